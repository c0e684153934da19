/** Confidence intervals by batch means: the time after the warm-up in twenty parts, each long enough to be nearly independent. */

export const batches = 20
/** Quantiles of Student's t distribution with 19 degrees of freedom, for two-sided intervals. */
export const student = { '95%': 2.093, '99%': 2.861 } as const
export type Level = keyof typeof student

export interface Interval {
  readonly mean: number
  /** Half of the width. */
  readonly half: number
}

/**
 * Of a mean `sum / count` over intervals that are counted one by one. The mean is that of all; the width follows from the batches.
 * @returns `undefined` where there are fewer intervals than batches, or a batch without a count
 */
export function intervalOf(
  sum: (interval: number) => number,
  count: (interval: number) => number,
  intervals: number,
  level: Level = '95%',
): Interval | undefined {
  const each = Math.floor(intervals / batches)
  if (each === 0) return undefined
  // What does not fill a batch is left out at the beginning.
  const first = intervals - each * batches
  const means: number[] = []
  let [all, counted] = [0, 0]
  for (let batch = 0; batch < batches; batch++) {
    let [total, n] = [0, 0]
    for (let i = first + batch * each; i < first + (batch + 1) * each; i++) {
      total += sum(i)
      n += count(i)
    }
    if (n === 0) return undefined
    means.push(total / n)
    all += total
    counted += n
  }
  const centre = means.reduce((a, b) => a + b, 0) / batches
  const variance = means.reduce((a, b) => a + (b - centre) ** 2, 0) / (batches - 1)
  return { mean: all / counted, half: student[level] * Math.sqrt(variance / batches) }
}
