import { randomExponential, randomLcg, randomLogNormal, randomUniform } from 'd3-random'

/** Latencies as log-normal distributions. Times in milliseconds. */

/** Quantiles of the standard normal distribution for the percentiles that a manifest can state. */
export const normalQuantile = { p50: 0, p90: 1.2815516, p95: 1.6448536, p99: 2.3263479, p999: 3.0902323 } as const

export type Percentile = keyof typeof normalQuantile
export const percentiles = Object.keys(normalQuantile) as Percentile[]

/** The share of requests that a percentile covers. */
export const shareOf = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 } as const satisfies Record<
  Percentile,
  number
>

/** What is stated about a time. */
export type StatedTime = { readonly [K in Percentile | 'mean']?: number | undefined }

/** ln X is normal with mean `mu` and standard deviation `sigma`. */
export interface LogNormal {
  readonly mu: number
  readonly sigma: number
  /** Nothing was stated about the spread, so an ordinary one was taken. */
  readonly isAssumed: boolean
}

/** Spread of a latency of which only one number is known: its 99th percentile is four times its median. */
const usualSigma = 0.6

/**
 * The distribution through the lowest and the highest percentile that are stated, or through one and the mean
 * (mean = e^(μ + σ²/2)); with one number alone the spread is assumed. `undefined` where nothing is stated.
 */
export function fitLogNormal(time: StatedTime): LogNormal | undefined {
  const known = percentiles.flatMap(name => {
    const value = time[name]
    return value === undefined ? [] : [{ z: normalQuantile[name], ln: Math.log(value) }]
  })
  const [first, last] = [known[0], known.at(-1)]
  if (first && last && first !== last) {
    // Percentiles that fall are a contradiction that the shape of the manifest does not exclude.
    const sigma = Math.max(0, (last.ln - first.ln) / (last.z - first.z))
    return { mu: first.ln - first.z * sigma, sigma, isAssumed: false }
  }
  const { mean } = time
  if (first && mean !== undefined) {
    const sigma = sigmaThroughMean(first.ln - Math.log(mean), first.z)
    return { mu: first.ln - first.z * sigma, sigma, isAssumed: false }
  }
  if (first) return { mu: first.ln - first.z * usualSigma, sigma: usualSigma, isAssumed: true }
  return mean === undefined
    ? undefined
    : { mu: Math.log(mean) - usualSigma ** 2 / 2, sigma: usualSigma, isAssumed: true }
}

/**
 * σ with ln(quantile / mean) = zσ - σ²/2. No log-normal has a quantile further from its mean than e^(z²/2) times; one that is
 * stated further away is met as closely as can be.
 */
function sigmaThroughMean(distance: number, z: number): number {
  if (z === 0) return Math.sqrt(Math.max(0, -2 * distance))
  const root = z ** 2 - 2 * distance
  return root <= 0 ? z : Math.max(0, z - Math.sqrt(root))
}

export const meanOf = ({ mu, sigma }: LogNormal): number => Math.exp(mu + sigma ** 2 / 2)

export const varianceOf = ({ mu, sigma }: LogNormal): number => Math.expm1(sigma ** 2) * Math.exp(2 * mu + sigma ** 2)

/**
 * A value that is exceeded with a probability of at most `tail`, whatever the distribution, from the one-sided inequality of
 * Chebyshev (Cantelli): P(X >= m + k s) <= 1 / (1 + k²).
 */
export const upperQuantileOfMoments = ({ mean, variance }: Moments, tail: number): number =>
  mean + Math.sqrt(variance * ((1 - tail) / tail))

export interface Moments {
  readonly mean: number
  readonly variance: number
}

export const quantileOf = ({ mu, sigma }: LogNormal, percentile: Percentile): number =>
  Math.exp(mu + sigma * normalQuantile[percentile])

/**
 * A time that is exceeded with a probability of at most `tail`, from the Chernoff bound of the normal distribution:
 * z <= sqrt(-2 ln(2 tail)) for tails below one half.
 */
export const upperQuantile = ({ mu, sigma }: LogNormal, tail: number): number =>
  Math.exp(mu + sigma * Math.sqrt(Math.max(0, -2 * Math.log(2 * Math.min(0.5, tail)))))

/** Draws that repeat: the same seed gives the same numbers on every machine. */
export interface Draws {
  logNormal(shape: LogNormal): () => number
  exponential(mean: number): () => number
  /** From 0 to 1. */
  readonly uniform: () => number
}

export function drawsFrom(seed: number): Draws {
  const source = randomLcg(seed)
  return {
    logNormal: ({ mu, sigma }) => randomLogNormal.source(source)(mu, sigma),
    exponential: mean => randomExponential.source(source)(1 / mean),
    uniform: randomUniform.source(source)(),
  }
}
