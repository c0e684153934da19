/** Arithmetic of availabilities, all as fractions from 0 to 1. */

/** Parts that must all work, failing independently: Π aᵢ. */
export const series = (parts: readonly number[]): number => parts.reduce((product, a) => product * a, 1)

/** Parts of which one is enough, failing independently: 1 − Π(1 − aᵢ). */
export const parallel = (parts: readonly number[]): number => 1 - parts.reduce((product, a) => product * (1 - a), 1)

/**
 * At least k of n equal parts, failing independently: Σ C(n,i) aⁱ (1 − a)ⁿ⁻ⁱ over i from k to n. Summed over logarithms,
 * as neither the binomial coefficients nor the powers of a large fleet fit a number.
 */
export function kOfN(k: number, n: number, a: number): number {
  if (k <= 0 || a >= 1) return k <= n ? 1 : 0
  if (a <= 0) return 0
  const odds = Math.log1p(-a) - Math.log(a)
  let sum = 0
  let term = n * Math.log(a)
  for (let i = n; i >= k; i--) {
    sum += Math.exp(term)
    // Past the likeliest number of working parts the terms only shrink, soon to nothing.
    if (i < n * a && term < -100) break
    term += Math.log(i) - Math.log(n - i + 1) + odds
  }
  return Math.min(1, sum)
}

/**
 * Bounds of a series whatever the dependence between failures (Fréchet): 1 − Σ(1 − aᵢ) ≤ A ≤ min aᵢ.
 * The product of independent parts lies between.
 */
export function frechet(parts: readonly number[]): { lower: number; upper: number } {
  const lower = 1 - parts.reduce((sum, a) => sum + (1 - a), 0)
  return { lower: Math.max(0, lower), upper: parts.reduce((least, a) => Math.min(least, a), 1) }
}

/** Each part's share of the unavailability of a series: −ln aᵢ / Σ −ln aₖ, which adds up to 1. */
export function logShares(parts: readonly number[]): number[] {
  const losses = parts.map(a => -Math.log(a))
  const total = losses.reduce((sum, loss) => sum + loss, 0)
  if (total === 0) return parts.map(() => 0)
  // A part that never works takes all of the blame, shared with others like it.
  if (!Number.isFinite(total)) {
    const dead = losses.filter(loss => !Number.isFinite(loss)).length
    return losses.map(loss => (Number.isFinite(loss) ? 0 : 1 / dead))
  }
  return losses.map(loss => loss / total)
}
