import type { Path } from '../finding.ts'

/**
 * A number of which the manifest may state only a part. `low` holds however the unstated facts turn out in the author's
 * favour; `high` holds however they turn out against it, and is `undefined` where nothing bounds it.
 */
export interface Estimate {
  readonly low: number
  readonly high: number | undefined
  /** The unstated facts that keep the two apart, each once. */
  readonly missing: readonly Path[]
}

export const exactly = (value: number): Estimate =>
  value === 0 ? zero : value === 1 ? one : { low: value, high: value, missing: nothing }

const nothing: readonly Path[] = []
/** Most visits, shares and attempts are one of these two. */
const zero: Estimate = { low: 0, high: 0, missing: nothing }
const one: Estimate = { low: 1, high: 1, missing: nothing }

/** Nothing is known but that it is at least `low`. */
export const unknown = (fact: Path | readonly Path[], low = 0): Estimate => ({
  low,
  high: undefined,
  missing: paths(fact),
})

/** Between two bounds, depending on facts that are not stated. */
export const between = (low: number, high: number | undefined, fact: Path | readonly Path[]): Estimate => ({
  low,
  high,
  missing: low === high ? nothing : paths(fact),
})

/** The stated value, or nothing known about it but that it is at least `low`. */
export const stated = (value: number | undefined, fact: Path, low = 0): Estimate =>
  value === undefined ? unknown(fact, low) : exactly(value)

/** The unstated facts of several estimates. Most miss nothing or all the same, so the usual case must cost nothing. */
function gathered(parts: readonly Estimate[]): readonly Path[] {
  let only: readonly Path[] = nothing
  for (const { missing } of parts) {
    if (missing.length === 0 || missing === only) continue
    if (only.length > 0) return unionOf(parts)
    only = missing
  }
  return only
}

/** The same of two. */
function ofBoth({ missing: a }: Estimate, { missing: b }: Estimate): readonly Path[] {
  if (b.length === 0 || a === b) return a
  return a.length === 0 ? b : unionOf([{ missing: a }, { missing: b }])
}

/** Adds up what is zero or more, the bounds apart. Without parts it is zero. */
export function sum(parts: readonly Estimate[]): Estimate {
  if (parts.length === 1 && parts[0]!.low >= 0) return parts[0]!
  let low = 0
  let high: number | undefined = 0
  for (const part of parts) {
    low += part.low
    high = high === undefined || part.high === undefined ? undefined : high + part.high
  }
  return { low, high, missing: gathered(parts) }
}

/** The largest of what is zero or more. Without parts it is zero. */
export const largest = (parts: readonly Estimate[]): Estimate => ({
  low: Math.max(0, ...parts.map(({ low }) => low)),
  high: parts.some(({ high }) => high === undefined) ? undefined : Math.max(0, ...parts.map(({ high }) => high!)),
  missing: gathered(parts),
})

/** No more than a limit that is known, as far as it goes beyond it. All estimates have one shape: none is a changed copy. */
export const capped = ({ low, high = Number.POSITIVE_INFINITY, missing }: Estimate, limit: number): Estimate => ({
  low: Math.min(low, limit),
  high: Math.min(high, limit),
  missing,
})

/** Of which less is sure, or more. */
export const withLow = ({ high, missing }: Estimate, low: number): Estimate => ({ low, high, missing })

/** The lesser of two: what is known of one alone bounds it from above. */
export const smallest = (a: Estimate, b: Estimate): Estimate => ({
  low: Math.min(a.low, b.low),
  high: a.high === undefined ? b.high : Math.min(a.high, b.high ?? a.high),
  missing: ofBoth(a, b),
})

/** Both factors are zero or more, so the bounds multiply. Zero times anything is zero, also times nothing known. */
export function product(a: Estimate, b: Estimate): Estimate {
  if (a.high === 0 || b.high === 0) return zero
  if (b === one) return a
  if (a === one) return b
  return {
    low: times(a.low, b.low),
    high: a.high === undefined || b.high === undefined ? undefined : times(a.high, b.high),
    missing: ofBoth(a, b),
  }
}

const times = (a: number, b: number) => (a === 0 || b === 0 ? 0 : a * b)

export const scale = (estimate: Estimate, by: number): Estimate => product(estimate, exactly(by))

/** Surely, surely not, or depending on the facts that are returned. */
export type Answer = true | false | readonly Path[]

/** Whether `a` is at least `b`. A number stands for something known exactly. */
export function reaches(a: Estimate, b: Estimate | number): Answer {
  return compare(a, b, (x, y) => x >= y)
}

/** Whether `a` is more than `b`. */
export function exceeds(a: Estimate, b: Estimate | number): Answer {
  return compare(a, b, (x, y) => x > y)
}

function compare(a: Estimate, other: Estimate | number, holds: (a: number, b: number) => boolean): Answer {
  const b = typeof other === 'number' ? exactly(other) : other
  if (b.high !== undefined && holds(a.low, b.high)) return true
  if (a.high !== undefined && !holds(a.high, b.low)) return false
  return ofBoth(a, b)
}

function paths(fact: Path | readonly Path[]): readonly Path[] {
  return isOne(fact) ? [fact] : distinct(fact)
}

const isOne = (fact: Path | readonly Path[]): fact is Path => fact.length > 0 && !Array.isArray(fact[0])

/** Facts that one estimate may name: nobody answers more at once, and longer lists grow with the length of every route. */
const mostMissing = 32

/** Each fact once, in order, as far as they are worth naming. */
export const distinct = (facts: readonly Path[]): readonly Path[] =>
  facts.length <= 1 ? facts : unionOf([{ missing: facts }])

/** So few are kept that comparing each with all of them costs less than looking it up by a name that has to be made. */
function unionOf(parts: readonly Pick<Estimate, 'missing'>[]): Path[] {
  const found: Path[] = []
  for (const { missing } of parts) {
    for (const fact of missing) {
      if (holds(found, fact)) continue
      if (found.push(fact) === mostMissing) return found
    }
  }
  return found
}

function holds(facts: readonly Path[], fact: Path): boolean {
  for (const one of facts) if (isSame(one, fact)) return true
  return false
}

function isSame(a: Path, b: Path): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  // Facts of one element differ at their end, and most are of one element.
  for (let i = a.length - 1; i >= 0; i--) if (a[i] !== b[i]) return false
  return true
}

/** `a / b`: the least of it needs the most of `b`. Nothing bounds a division by what may be zero; nothing divided is nothing. */
export function quotient(a: Estimate, b: Estimate): Estimate {
  const { high = Number.POSITIVE_INFINITY } = b
  const bounded = a.high !== undefined && b.low > 0 && (Number.isFinite(a.high) || Number.isFinite(b.low))
  return {
    low: a.low === 0 || high === Number.POSITIVE_INFINITY ? 0 : a.low / high,
    high: bounded ? a.high / b.low : undefined,
    missing: ofBoth(a, b),
  }
}
