/** Fluid model of a queue. Rates per second, times in milliseconds. */

/** Messages waiting after `outage` without consumers: λ·T. */
export const backlogAfter = (arrivals: number, outage: number): number => (arrivals * outage) / 1000

/** Time to work off a backlog while messages keep arriving: backlog/(μ − λ). `undefined` where it never ends. */
export function drainTime(backlog: number, arrivals: number, capacity: number): number | undefined {
  return capacity > arrivals ? (backlog / (capacity - arrivals)) * 1000 : undefined
}

/** Messages per second that `workers` handle when each message takes `processing`. */
export const consumerCapacity = (workers: number, processing: number): number => (workers * 1000) / processing

/** SQS with a Lambda trigger: 6 · function timeout + batch window (AWS Lambda developer guide, "Using Lambda with SQS"). */
export const lambdaVisibility = (functionTimeout: number, batchWindow: number): number =>
  6 * functionTimeout + batchWindow
