import type { Cache } from '../manifest/model.ts'
import { number } from '../units.ts'
import type { CacheClass, CachePlan } from './plan.ts'
import type { Reading } from './stations.ts'

/**
 * A cache as keys of Zipf's law with exponent 1, the usual one of web traffic (Breslau et al., INFOCOM 1999), each of which is
 * read at random and lives for the time to live. A key that is read at a rate r and fetched anew when it has expired answers
 * rT / (1 + rT) of its reads. There are as many keys as make that the stated hit ratio.
 */

const endless = Number.POSITIVE_INFINITY
/** Entries that are kept of a class; of more keys each entry stands for several. */
const mostEntries = 2048
const mostKeys = 1e12
const usualKeys = 100_000

/** @param reads per second that ask it, already scaled */
export function cachePlan(cache: Cache, station: number, reads: number, { asked, scale }: Reading): CachePlan {
  const { name, path, ttl, hitRatio, jitter, originLimit, stampedeProtection, staleOnError, hotKey } = cache
  const ratio = hitRatio ?? asked.need([...path, 'hitRatio'], '80%', 0.8)
  const life =
    typeof ttl === 'number'
      ? ttl
      : ttl === 'none'
        ? endless
        : asked.take([...path, 'ttl'], 'entries do not expire', endless)
  const hot = hotKey === undefined || reads === 0 ? 0 : Math.min(1, hotKey / scale / reads)
  const stated = cache.keys === undefined ? undefined : Math.max(1, cache.keys / scale)
  const { keys, uncacheable } = fit(ratio, reads / 1000, life, hot, stated)
  if (stated === undefined)
    asked.take(
      [...path, 'keys'],
      `${number(Number((keys * scale).toPrecision(2)))} keys, of Zipf's law, which make the hit ratio`,
      0,
    )
  return {
    name,
    station,
    ttl: life,
    jitter: jitter === true,
    classes: classesOf(keys, hot, (reads / 1000) * (1 - uncacheable), life),
    uncacheable,
    isCollapsed: stampedeProtection === 'singleFlight' || stampedeProtection === 'lease',
    servesStale: stampedeProtection === 'softTtl' || stampedeProtection === 'earlyRecompute',
    staleOnError: typeof staleOnError === 'number',
    originLimit: (typeof originLimit === 'number' ? originLimit : endless) / scale,
  }
}

/** How many keys there are, and which share of the reads is for none of them. */
function fit(
  ratio: number,
  reads: number,
  ttl: number,
  hot: number,
  stated: number | undefined,
): { keys: number; uncacheable: number } {
  const hits = (keys: number, uncacheable = 0) => hitRatioOf(classesOf(keys, hot, reads * (1 - uncacheable), ttl))
  const keys = stated ?? (ttl === endless ? usualKeys : undefined)
  if (keys !== undefined && hits(keys) > ratio) return { keys, uncacheable: rest(share => hits(keys, share), ratio) }
  // What is stated of the keys leaves more misses than are stated: as few keys as make the hit ratio.
  let [few, many] = [1, keys ?? mostKeys]
  if (hits(few) <= ratio) return { keys: few, uncacheable: 0 }
  for (let i = 0; i < 200 && many / few > 1.0001; i++) {
    const between = Math.sqrt(few * many)
    if (hits(between) > ratio) few = between
    else many = between
  }
  return { keys: many, uncacheable: 0 }
}

/** The share of reads that no entry answers, of which the entries that are read the less answer less as well. */
function rest(hits: (uncacheable: number) => number, ratio: number): number {
  let share = 0
  for (let i = 0; i < 50; i++) share = 1 - ratio / hits(share)
  return share
}

const hitRatioOf = (classes: readonly CacheClass[]): number =>
  classes.reduce((sum, { share, warm }) => sum + share * warm, 0)

/**
 * Keys whose ranks lie between two powers of two are taken to be as popular as their mean.
 * @param reads per millisecond
 */
export function classesOf(keys: number, hot: number, reads: number, ttl: number): CacheClass[] {
  const all = harmonic(keys)
  const classes: CacheClass[] = hot > 0 ? [classOf(1, hot, reads, ttl)] : []
  for (let from = 1; from <= keys; from *= 2) {
    const to = from * 2 > keys ? keys : from * 2 - 1
    const share = ((harmonic(to) - harmonic(from - 1)) / all) * (1 - hot)
    classes.push(classOf(Math.max(1, to - from + 1), share, reads, ttl))
  }
  return classes
}

function classOf(keys: number, share: number, reads: number, ttl: number): CacheClass {
  const lives = ((reads * share) / keys) * ttl
  const entries = Math.max(1, Math.min(mostEntries, Math.round(keys)))
  return { share, entries, sticks: Math.min(1, entries / keys), warm: lives === endless ? 1 : lives / (1 + lives) }
}

/** 1 + 1/2 + ... + 1/n, continued between whole numbers (Euler and Maclaurin). */
function harmonic(n: number): number {
  if (n <= 0) return 0
  if (n < 20) {
    let sum = 0
    const whole = Math.floor(n)
    for (let i = 1; i <= whole; i++) sum += 1 / i
    return sum + (n - whole) / (whole + 1)
  }
  return Math.log(n) + 0.5772156649015329 + 1 / (2 * n) - 1 / (12 * n * n)
}
