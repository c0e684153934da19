import { isMap, type Place, type Steps } from './documents.ts'
import type { Confidence, ImportedFact, Source } from './system.ts'

/** Data that knows where its parts were written. */
export interface Placed {
  readonly value: unknown
  readonly place: (path: Steps) => Place
}

/** A value inside an object, with its path, so that it can say where it was written. */
export interface Spot {
  readonly value: unknown
  readonly path: Steps
  readonly object: Placed
}

export const root = (object: Placed): Spot => ({ value: object.value, path: [], object })

/** The value below; `undefined` where there is none. */
export function at(spot: Spot, ...steps: Steps): Spot {
  let { value } = spot
  for (const step of steps) {
    if (typeof step === 'number') value = Array.isArray(value) ? (value as unknown[])[step] : undefined
    else value = isMap(value) && Object.hasOwn(value, step) ? value[step] : undefined
  }
  return { value, path: [...spot.path, ...steps], object: spot.object }
}

/** The items of a list; none where it is no list. */
export const items = (spot: Spot): Spot[] =>
  Array.isArray(spot.value) ? spot.value.map((_, i) => at(spot, i)).filter(({ value }) => value !== null) : []

export const entries = (spot: Spot): [string, Spot][] =>
  isMap(spot.value) ? Object.keys(spot.value).map(key => [key, at(spot, key)]) : []

/** A scalar as text, as YAML's numbers and booleans are where Kubernetes expects strings. */
export function textOf({ value }: Spot): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** A whole number of zero or more. */
export function countOf(spot: Spot): number | undefined {
  const { value } = spot
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 1e9 ? number : undefined
}

export function sourceOf(spot: Spot, signal: string, confidence: Confidence): Source {
  const { file, line } = spot.object.place(spot.path)
  return { file, line, signal, confidence }
}

/** A map of texts, as labels and selectors are. */
export function textsOf(spot: Spot): Record<string, string> {
  const found: [string, string][] = []
  for (const [key, value] of entries(spot)) {
    const text = textOf(value)
    if (text !== undefined) found.push([key, text])
  }
  return Object.fromEntries(found)
}

export function factOf(
  path: ImportedFact['path'],
  value: unknown,
  spot: Spot,
  signal: string,
  confidence: Confidence,
): ImportedFact {
  return { path, value, source: sourceOf(spot, signal, confidence) }
}
