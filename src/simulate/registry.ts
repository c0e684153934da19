/** Things by key, in the order in which they were first asked for, each under one index. */
export class Registry<T> {
  readonly list: T[] = []
  readonly #indices = new Map<string, number>()

  /** @param make is called once for each key, and may itself ask for others */
  at(key: string, make: () => T): number {
    const known = this.#indices.get(key)
    if (known !== undefined) return known
    const made = make()
    // What was made meanwhile stands before it.
    const index = this.list.push(made) - 1
    this.#indices.set(key, index)
    return index
  }

  find(key: string): number {
    return this.#indices.get(key) ?? -1
  }
}
