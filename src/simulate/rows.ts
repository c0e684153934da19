import { doubled } from './event-heap.ts'

/** Rows of typed arrays that are used again: requests at stations, and calls under way. */

/** What a row of requests is, as bits. */
export const flag = { user: 1, message: 2, failed: 4, degraded: 8 } as const

/** Visits of stations: those of users, of messages, and attempts of calls. */
export class Requests {
  station = new Int32Array(1024)
  source = new Int32Array(1024)
  /** The call that waits for it, or -1. */
  parent = new Int32Array(1024)
  step = new Int32Array(1024)
  /** Calls of the step that are not answered yet. */
  open = new Int32Array(1024)
  lost = new Int32Array(1024)
  flags = new Uint8Array(1024)
  epoch = new Int32Array(1024)
  deliveries = new Int32Array(1024)
  next = new Int32Array(1024)
  born = new Float64Array(1024)
  /** When it came into the queue, then when it got its slot. */
  queued = new Float64Array(1024)
  deadline = new Float64Array(1024)
  used = 0
  free = -1
  live = 0

  take(): number {
    this.live++
    const row = this.free
    if (row >= 0) {
      this.free = this.next[row]!
      return row
    }
    if (this.used === this.station.length) this.#grow()
    return this.used++
  }

  give(row: number): void {
    this.live--
    this.next[row] = this.free
    this.free = row
  }

  #grow(): void {
    this.station = doubled(this.station)
    this.source = doubled(this.source)
    this.parent = doubled(this.parent)
    this.step = doubled(this.step)
    this.open = doubled(this.open)
    this.lost = doubled(this.lost)
    this.flags = doubled(this.flags)
    this.epoch = doubled(this.epoch)
    this.deliveries = doubled(this.deliveries)
    this.next = doubled(this.next)
    this.born = doubled(this.born)
    this.queued = doubled(this.queued)
    this.deadline = doubled(this.deadline)
  }
}

/** Where a call is. */
export const phase = { idle: 0, pool: 1, sent: 2, pausing: 3, refused: 4, following: 5 } as const

/** Calls under way, each over all its attempts. */
export class Instances {
  call = new Int32Array(1024)
  /** The request that makes it, or -1 where nobody waits for the answer. */
  parent = new Int32Array(1024)
  source = new Int32Array(1024)
  request = new Int32Array(1024)
  attempt = new Int32Array(1024)
  /** Raised with each attempt and when the row is given back, so that deadlines of earlier ones are void. */
  generation = new Int32Array(1024)
  /** The same for the whole call. */
  life = new Int32Array(1024)
  phase = new Uint8Array(1024)
  flags = new Uint8Array(1024)
  cause = new Uint8Array(1024)
  entry = new Int32Array(1024)
  next = new Int32Array(1024)
  before = new Int32Array(1024)
  begun = new Float64Array(1024)
  sent = new Float64Array(1024)
  /** When a pause ends. */
  wake = new Float64Array(1024)
  used = 0
  free = -1
  live = 0

  take(): number {
    this.live++
    const row = this.free
    if (row >= 0) {
      this.free = this.next[row]!
      return row
    }
    if (this.used === this.call.length) this.#grow()
    return this.used++
  }

  give(row: number): void {
    this.live--
    this.generation[row]!++
    this.life[row]!++
    this.phase[row] = phase.idle
    this.next[row] = this.free
    this.free = row
  }

  #grow(): void {
    this.call = doubled(this.call)
    this.parent = doubled(this.parent)
    this.source = doubled(this.source)
    this.request = doubled(this.request)
    this.attempt = doubled(this.attempt)
    this.generation = doubled(this.generation)
    this.life = doubled(this.life)
    this.phase = doubled(this.phase)
    this.flags = doubled(this.flags)
    this.cause = doubled(this.cause)
    this.entry = doubled(this.entry)
    this.next = doubled(this.next)
    this.before = doubled(this.before)
    this.begun = doubled(this.begun)
    this.sent = doubled(this.sent)
    this.wake = doubled(this.wake)
  }
}
