/** Waiting for one of `slots`, all busy for an exponential time, when requests arrive at random (M/M/c). */

/** Of more slots one is always free, or so nearly always that no estimate of load is precise enough to tell. */
const manySlots = 100_000

/**
 * Probability that a request must wait: Erlang C. By the recurrence of Erlang B, which no number of slots overflows.
 * @param busy offered load in Erlangs, below `slots`
 */
export function waitProbability(busy: number, slots: number): number {
  if (slots > manySlots) return 0
  let blocking = 1
  for (let n = 1; n <= slots; n++) blocking = (busy * blocking) / (n + busy * blocking)
  return blocking / (1 - (busy / slots) * (1 - blocking))
}

/** Mean wait: C · S / (c − a). `holdTime` in milliseconds. */
export const meanWait = (busy: number, slots: number, holdTime: number): number =>
  (waitProbability(busy, slots) * holdTime) / (slots - busy)

/** Wait that a share `quantile` of all requests stays below: S / (c − a) · ln(C / (1 − q)); nothing where so few wait. */
export function waitQuantile(busy: number, slots: number, holdTime: number, quantile = 0.99): number {
  const ratio = waitProbability(busy, slots) / (1 - quantile)
  return ratio <= 1 ? 0 : (holdTime / (slots - busy)) * Math.log(ratio)
}

/**
 * How much longer waits are than with exponential times: (ca² + cs²) / 2 (Kingman's approximation), of the squared coefficients
 * of variation of the times between arrivals and of the times that slots are held.
 */
export const variabilityFactor = (arrivals: number, holds: number): number => (arrivals + holds) / 2
