/**
 * Events by time: an implicit binary heap in typed arrays, so that neither adding nor taking one allocates. Of several at one
 * time the first that was added comes first.
 */
export class EventHeap {
  /** Of the event that was taken last. */
  time = 0
  kind = 0
  id = 0
  #times = new Float64Array(1024)
  #order = new Float64Array(1024)
  /** Kind and id in one number. */
  #events = new Int32Array(1024)
  #size = 0
  #added = 0

  get size(): number {
    return this.#size
  }

  /**
   * @param kind from 0 to 15
   * @param id from 0 to 2^27
   */
  add(time: number, kind: number, id: number): void {
    if (this.#size === this.#times.length) this.#grow()
    const times = this.#times
    const order = this.#order
    const events = this.#events
    let hole = this.#size++
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      // What is added later never goes before what is there, so equal times need no look at the order.
      if (times[parent]! <= time) break
      times[hole] = times[parent]!
      order[hole] = order[parent]!
      events[hole] = events[parent]!
      hole = parent
    }
    times[hole] = time
    order[hole] = this.#added++
    events[hole] = (id << 4) | kind
  }

  /** Takes the next event into `time`, `kind` and `id`; false where there is none. */
  take(): boolean {
    if (this.#size === 0) return false
    const times = this.#times
    const order = this.#order
    const events = this.#events
    this.time = times[0]!
    this.kind = events[0]! & 15
    this.id = events[0]! >> 4
    const size = --this.#size
    const time = times[size]!
    const turn = order[size]!
    const event = events[size]!
    let hole = 0
    for (let child = 1; child < size; child = 2 * hole + 1) {
      const right = child + 1
      if (
        right < size &&
        (times[right]! < times[child]! || (times[right] === times[child] && order[right]! < order[child]!))
      )
        child = right
      if (time < times[child]! || (time === times[child] && turn < order[child]!)) break
      times[hole] = times[child]!
      order[hole] = order[child]!
      events[hole] = events[child]!
      hole = child
    }
    times[hole] = time
    order[hole] = turn
    events[hole] = event
    return true
  }

  #grow(): void {
    this.#times = doubled(this.#times)
    this.#order = doubled(this.#order)
    this.#events = doubled(this.#events)
  }
}

/** The same array with twice the room. */
export function doubled<T extends Float64Array | Int32Array | Uint8Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(array.length * 2)
  larger.set(array)
  return larger
}
