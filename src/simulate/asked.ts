import { formatPath, type Path } from '../finding.ts'
import type { Missing } from './plan.ts'

/** Gathers what a manifest does not state, once for each fact. */
export class Asked {
  readonly #found = new Map<string, Missing>()

  /** Without it the simulation would be about some other system; `taken` is what `--assume` takes. */
  need<T>(fact: Path, taken: string, value: T): T {
    return this.#add(fact, taken, value, true)
  }

  /** What is taken without asking, and said. */
  take<T>(fact: Path, taken: string, value: T): T {
    return this.#add(fact, taken, value, false)
  }

  get missing(): readonly Missing[] {
    return [...this.#found.values()]
  }

  #add<T>(fact: Path, taken: string, value: T, isNeeded: boolean): T {
    const key = formatPath(fact)
    if (!this.#found.has(key)) this.#found.set(key, { fact, taken, isNeeded })
    return value
  }
}
