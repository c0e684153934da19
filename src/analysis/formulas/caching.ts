/** Arithmetic of caches. Hit ratios as fractions, rates per second, times in milliseconds. */

/** How many times more load the origin gets when the cache is empty: 1/(1 − h). `undefined` where nothing ever missed. */
export const lossMultiplier = (hitRatio: number): number | undefined => (hitRatio < 1 ? 1 / (1 - hitRatio) : undefined)

/** The same when one of n nodes is lost under consistent hashing: 1 + h/(n(1 − h)). */
export const nodeLossMultiplier = (hitRatio: number, nodes: number): number | undefined =>
  hitRatio < 1 ? 1 + hitRatio / (nodes * (1 - hitRatio)) : undefined

/** Requests that recompute one expired value at the same time: λ_key · T_regeneration (Little's law). */
export const simultaneousMisses = (perSecond: number, regeneration: number): number => (perSecond * regeneration) / 1000
