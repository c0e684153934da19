/** A bucket of a Prometheus histogram: how many observations were at most `le`. */
export interface Bucket {
  /** Upper bound, inclusive; `Infinity` in the last one. */
  readonly le: number
  /** Observations at or below it, those of all smaller buckets included. */
  readonly count: number
}

/**
 * The value that a share of the observations stays below, as Prometheus' `histogram_quantile` interpolates it: linear within a
 * bucket, from zero in the first one. Where it lies beyond the last finite bound, that bound is answered, and `isLeast` is true:
 * it is at least that.
 * @param quantile from 0 to 1
 * @param buckets in any order; one with `le: Infinity` is needed
 * @returns `undefined` without observations or without the last bucket
 */
export function histogramQuantile(
  quantile: number,
  buckets: readonly Bucket[],
): { readonly value: number; readonly isLeast: boolean } | undefined {
  const sorted = monotonic([...buckets].sort((a, b) => a.le - b.le))
  const last = sorted.at(-1)
  if (sorted.length < 2 || last?.le !== Infinity || !(last.count > 0)) return undefined
  const rank = quantile * last.count
  const index = sorted.findIndex(({ count }) => count >= rank)
  if (index === sorted.length - 1) return { value: sorted.at(-2)!.le, isLeast: true }
  const { le, count } = sorted[index]!
  if (index === 0 && le <= 0) return { value: le, isLeast: false }
  const [start, below] = index === 0 ? [0, 0] : [sorted[index - 1]!.le, sorted[index - 1]!.count]
  if (count === below) return { value: le, isLeast: false }
  return { value: start + (le - start) * ((rank - below) / (count - below)), isLeast: false }
}

/** Buckets that were read at slightly different moments can fall; counts never do. */
function monotonic(buckets: readonly Bucket[]): Bucket[] {
  let most = 0
  return buckets.map(({ le, count }) => ({ le, count: (most = Math.max(most, count)) }))
}
