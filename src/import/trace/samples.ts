import { isMap } from '../documents.ts'

/** A sample of a counter, from Prometheus' text exposition or from its HTTP API. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** Seconds over which the value was counted; `undefined` where it was counted since nobody knows when. */
  readonly seconds: number | undefined
  /** Line of the file, from 1. */
  readonly line: number
}

const label = /([a-zA-Z_][\w]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?\s*/y

/** Prometheus' text exposition format, and OpenMetrics. Lines that are neither are left out and counted. */
export function readExposition(text: string): { samples: Sample[]; unread: number } {
  const samples: Sample[] = []
  let unread = 0
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const sample = readLine(line, i + 1)
    if (sample) samples.push(sample)
    else unread++
  }
  return { samples, unread }
}

function readLine(text: string, line: number): Sample | undefined {
  const [, name = '', brace] = /^([a-zA-Z_:][\w:]*)\s*(\{)?/.exec(text) ?? []
  if (name === '') return undefined
  const labels: Record<string, string> = {}
  let rest = text.slice(name.length).trimStart()
  if (brace !== undefined) {
    let at = 1
    for (;;) {
      while (rest[at] === ' ' || rest[at] === ',') at++
      if (rest[at] === '}') break
      label.lastIndex = at
      const found = label.exec(rest)
      if (!found) return undefined
      labels[found[1]!] = unescaped(found[2]!)
      at = label.lastIndex
    }
    rest = rest.slice(at + 1).trimStart()
  }
  const value = numberOf(rest.split(/\s+/)[0] ?? '')
  return value === undefined ? undefined : { name, labels, value, seconds: undefined, line }
}

const unescaped = (text: string): string =>
  text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))

/** Prometheus' numbers: `+Inf`, `NaN`, `1e+06`. */
export function numberOf(text: unknown): number | undefined {
  if (typeof text === 'number') return text
  if (typeof text !== 'string' || text === '') return undefined
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  const value = Number(text)
  return Number.isNaN(value) ? undefined : value
}

/** Answers of the HTTP API: `vector`, or `matrix`, which states the time over which it counts. `undefined` where it is neither. */
export function readApi(value: unknown): Sample[] | undefined {
  const data = isMap(value) && isMap(value['data']) ? value['data'] : value
  if (!isMap(data) || !Array.isArray(data['result'])) return undefined
  return data['result'].flatMap(one => {
    if (!isMap(one) || !isMap(one['metric'])) return []
    const { __name__: name, ...others } = one['metric']
    if (typeof name !== 'string') return []
    const labels = Object.fromEntries(
      Object.entries(others).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    )
    const counted = Array.isArray(one['values']) ? increase(one['values']) : lastOf(one['value'])
    return counted ? [{ name, labels, ...counted, line: 1 }] : []
  })
}

const lastOf = (pair: unknown): { value: number; seconds: undefined } | undefined => {
  const value = Array.isArray(pair) ? numberOf(pair[1]) : undefined
  return value === undefined ? undefined : { value, seconds: undefined }
}

/** How much a counter grew between the first and the last of its values. Where it fell, the process had begun anew from zero. */
function increase(values: readonly unknown[]): { value: number; seconds: number } | undefined {
  const points = values.flatMap(pair => {
    const [time, value] = Array.isArray(pair) ? [numberOf(pair[0]), numberOf(pair[1])] : []
    return time === undefined || value === undefined ? [] : [{ time, value }]
  })
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last || !(last.time > first.time)) return undefined
  let grown = 0
  for (const [i, { value }] of points.entries()) {
    const before = i === 0 ? value : points[i - 1]!.value
    grown += value < before ? value : value - before
  }
  return { value: grown, seconds: last.time - first.time }
}
