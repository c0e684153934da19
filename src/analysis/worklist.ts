import type { OutageEdges } from './outage-edges.ts'

/** What changed, callees before their callers, so that most is looked at once. */
export class Worklist {
  readonly #order: OutageEdges['order']
  readonly #isWaiting: Uint8Array
  #at: number

  constructor(order: OutageEdges['order']) {
    this.#order = order
    this.#isWaiting = new Uint8Array(order.names.length)
    this.#at = order.names.length
  }

  add(name: string): void {
    const i = this.#order.indexOf.get(name)!
    this.#isWaiting[i] = 1
    this.#at = Math.min(this.#at, i)
  }

  next(): string | undefined {
    while (this.#at < this.#isWaiting.length && this.#isWaiting[this.#at] === 0) this.#at++
    if (this.#at >= this.#isWaiting.length) return undefined
    this.#isWaiting[this.#at] = 0
    return this.#order.names[this.#at]
  }
}
