/** Arithmetic of waiting and trying again. Times in milliseconds. */

export interface Backoff {
  kind: 'none' | 'fixed' | 'exponential'
  /** Wait before the first retry. */
  base: number
  /** Longest wait before any retry. */
  cap?: number | undefined
}

/** Longest total wait between `retries` + 1 attempts. Full jitter draws from 0 to the same wait, so this bounds it too. */
export function backoffTotal(retries: number, { kind, base, cap = Number.POSITIVE_INFINITY }: Backoff): number {
  // Nothing doubled stays nothing, which 0 · 2ⁱ is not once the power overflows.
  if (kind === 'none' || base === 0) return 0
  let sum = 0
  for (let i = 0; i < retries; i++) {
    const wait = Math.min(cap, kind === 'fixed' ? base : base * 2 ** i)
    // Once the cap is reached all further waits are equal, which keeps `retries: 1000000000` finite work.
    if (wait === cap || kind === 'fixed') return sum + wait * (retries - i)
    sum += wait
    if (!Number.isFinite(sum)) return sum
  }
  return sum
}

/**
 * Longest time that a caller waits for one call: (1 + r)·t + backoff, at most the total timeout.
 * @param timeout per attempt; `Infinity` where there is none
 */
export function worstCaseDuration(
  retries: number,
  timeout: number,
  backoff: Backoff,
  totalTimeout = Number.POSITIVE_INFINITY,
): number {
  return Math.min(totalTimeout, (1 + retries) * timeout + backoffTotal(retries, backoff))
}

/**
 * Attempts that one request makes of a callee that keeps failing, in the steady state of an outage: 1 + r, or 1 + β where
 * a retry budget caps retries at the share β of requests (SRE book, ch. 21 "Handling overload").
 */
export function attemptsPerRequest(retries: number, budget?: number): number {
  return budget === undefined ? 1 + retries : Math.min(1 + retries, 1 + budget)
}
