import type { CachePlan } from './plan.ts'
import { uniform, type Streams } from './random.ts'

/** Entries of a cache with the time at which each expires. What nothing was ever put into expired at minus infinity. */
export class CacheEntries {
  readonly plan: CachePlan
  readonly #streams: Streams
  readonly #stream: number
  readonly #expires: Float64Array
  /** Calls that fetch an entry for all who read it meanwhile. */
  readonly #fetching: Uint8Array
  /** Who waits for such a call: the first of a list of calls, or -1. */
  readonly followers: Int32Array
  readonly #firstEntry: Int32Array
  readonly #classShare: Float64Array
  /** Where the cache cannot be asked. */
  isDown = 0
  #tokens: number
  #tokensAt = 0

  constructor(plan: CachePlan, streams: Streams, stream: number) {
    this.plan = plan
    this.#streams = streams
    this.#stream = stream
    this.#tokens = Math.max(1, plan.originLimit)
    const { classes, ttl } = plan
    this.#firstEntry = new Int32Array(classes.length + 1)
    this.#classShare = new Float64Array(classes.length)
    let share = 0
    for (const [i, one] of classes.entries()) {
      this.#firstEntry[i + 1] = this.#firstEntry[i]! + one.entries
      this.#classShare[i] = share += one.share
    }
    const size = this.#firstEntry[classes.length]!
    this.#expires = new Float64Array(size).fill(Number.NEGATIVE_INFINITY)
    this.#fetching = new Uint8Array(size)
    this.followers = new Int32Array(size).fill(-1)
    for (const [i, one] of classes.entries()) {
      for (let entry = this.#firstEntry[i]!; entry < this.#firstEntry[i + 1]!; entry++)
        // Put in at some time of the last time to live.
        if (this.#draw() < one.warm) this.#expires[entry] = Number.isFinite(ttl) ? ttl * this.#draw() : ttl
    }
  }

  /** The entry that a read is for, or -1 for what no entry can answer. */
  pick(): number {
    const u = this.#draw()
    const at = (u - this.plan.uncacheable) / (1 - this.plan.uncacheable)
    if (at < 0) return -1
    const shares = this.#classShare
    const last = shares.length - 1
    const scaled = at * shares[last]!
    let i = 0
    while (i < last && scaled >= shares[i]!) i++
    const below = i === 0 ? 0 : shares[i - 1]!
    const from = this.#firstEntry[i]!
    const entries = this.#firstEntry[i + 1]! - from
    return from + Math.min(entries - 1, Math.floor(((scaled - below) / (shares[i]! - below)) * entries))
  }

  isValid(entry: number, now: number): boolean {
    return this.#expires[entry]! > now
  }

  /** Whether there is an old value. */
  isStale(entry: number): boolean {
    return this.#expires[entry]! > Number.NEGATIVE_INFINITY
  }

  /** Whether a read of the entry can wait for a call that is under way: it must be for the same key. */
  isShared(entry: number): boolean {
    return this.#fetching[entry] === 1 && this.#draw() < this.#sticks(entry)
  }

  isFetching(entry: number): boolean {
    return this.#fetching[entry] === 1
  }

  lead(entry: number): void {
    this.#fetching[entry] = 1
  }

  fetched(entry: number): void {
    this.#fetching[entry] = 0
  }

  put(entry: number, now: number): void {
    const { ttl, jitter } = this.plan
    if (this.#draw() >= this.#sticks(entry)) return
    this.#expires[entry] = now + (jitter ? ttl * (0.8 + 0.4 * this.#draw()) : ttl)
  }

  /** Whether one more miss may go to the origin (a token bucket). */
  mayAsk(now: number): boolean {
    const { originLimit } = this.plan
    const tokens = Math.min(Math.max(1, originLimit), this.#tokens + ((now - this.#tokensAt) * originLimit) / 1000)
    this.#tokensAt = now
    this.#tokens = tokens >= 1 ? tokens - 1 : tokens
    return tokens >= 1
  }

  /** A share of the entries is gone. */
  flush(share: number): void {
    for (let entry = 0; entry < this.#expires.length; entry++)
      if (share >= 1 || this.#draw() < share) this.#expires[entry] = Number.NEGATIVE_INFINITY
  }

  #sticks(entry: number): number {
    let i = 0
    while (entry >= this.#firstEntry[i + 1]!) i++
    return this.plan.classes[i]!.sticks
  }

  #draw(): number {
    return uniform(this.#streams, this.#stream)
  }
}
