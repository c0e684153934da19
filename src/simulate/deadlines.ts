import { doubled } from './event-heap.ts'

/**
 * Deadlines that all lie the same time ahead, so that they end in the order in which they began. Of the many of one call only
 * the first is an event; most are void long before, and are passed over when their turn comes.
 */
export class Deadlines {
  #times = new Float64Array(64)
  #calls = new Int32Array(64)
  #generations = new Int32Array(64)
  #head = 0
  #size = 0

  get size(): number {
    return this.#size
  }
  /** Of the first; there must be one. */
  get time(): number {
    return this.#times[this.#head]!
  }
  get call(): number {
    return this.#calls[this.#head]!
  }
  get generation(): number {
    return this.#generations[this.#head]!
  }

  add(time: number, call: number, generation: number): void {
    if (this.#size === this.#times.length) this.#grow()
    const at = (this.#head + this.#size++) & (this.#times.length - 1)
    this.#times[at] = time
    this.#calls[at] = call
    this.#generations[at] = generation
  }

  drop(): void {
    this.#head = (this.#head + 1) & (this.#times.length - 1)
    this.#size--
  }

  /** The ring is full when it grows, so what stands before the head moves behind the old end. */
  #grow(): void {
    const { length } = this.#times
    this.#times = doubled(this.#times)
    this.#calls = doubled(this.#calls)
    this.#generations = doubled(this.#generations)
    for (const array of [this.#times, this.#calls, this.#generations]) array.copyWithin(length, 0, this.#head)
  }
}
