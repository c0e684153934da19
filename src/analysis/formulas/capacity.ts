/** Arithmetic of load and capacity. Times in milliseconds, rates per second. */

/** Slots that are busy on average, in Erlangs: λ·S (Little's law, which holds for any distribution). */
export const offeredLoad = (perSecond: number, holdTime: number): number => (perSecond * holdTime) / 1000

/** Requests that wait at the same time when each waits for `duration`: λ·D (Little's law). */
export const inFlight = offeredLoad

/** Requests per second that `slots` carry when each request holds one for `holdTime`: C/S. */
export const slotCapacity = (slots: number, holdTime: number): number => (slots * 1000) / holdTime

/** ρ = λ/μ; nothing to do is no load, whatever the capacity. */
export const utilisation = (perSecond: number, capacity: number): number => (perSecond === 0 ? 0 : perSecond / capacity)

/**
 * Time in milliseconds until hanging calls fill all slots: (C − λS)/λ_edge.
 * @param busy slots that other work holds already
 */
export const timeToExhaustion = (slots: number, busy: number, perSecond: number): number =>
  slots <= busy ? 0 : ((slots - busy) / perSecond) * 1000

/** Connections of a pool that `threads` requests cannot all block with one missing, when each holds `held` at once: T · (h − 1) + 1. */
export const deadlockFreePool = (threads: number, held: number): number => threads * (held - 1) + 1

/** Instances that keep `busy` slots (or cores) at the share `target` of `each`, rounded up. */
export const instancesFor = (busy: number, each: number, target: number): number =>
  Math.ceil(exact(busy / (each * target)))

/** CPU of an instance whose slots are all busy, as a share of its `cores`: c · cpu / (S · cores). */
export const cpuAtSaturation = (slots: number, cpuTime: number, holdTime: number, cores: number): number =>
  (slots * cpuTime) / (holdTime * cores)

/** Highest target that an autoscaler can see exceeded: it acts only beyond `1 + tolerance` times the target. */
export const highestTarget = (mostUtilisation: number, tolerance: number): number => mostUtilisation / (1 + tolerance)

/** Extra instances during a rollout. Kubernetes rounds a share up for a surge, and down for what may be unavailable. */
export const surgeOf = (replicas: number, surge: { instances: number } | { share: number }): number =>
  'instances' in surge ? surge.instances : Math.ceil(exact(replicas * surge.share))

/** Missing instances during a rollout, rounded down. */
export const unavailableOf = (replicas: number, missing: { instances: number } | { share: number }): number =>
  'instances' in missing ? missing.instances : Math.floor(exact(replicas * missing.share))

/** Takes the noise of binary fractions off before rounding: 7 % of 100 are 7, not 7.000000000000001. */
const exact = (value: number): number => Number(value.toPrecision(12))
