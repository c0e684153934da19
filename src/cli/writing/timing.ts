import type { Measure } from '../../review.ts'

/** Rules that are worth a line of their own. */
const mostRules = 20

/** What is done for nobody to know how long it took: to ask for the clock takes time as well. */
export const untimed: Pick<Timing, 'measure' | 'wait' | 'text'> = {
  measure: (_, work) => work(),
  wait: (_, work) => work(),
  text: () => '',
}

/** Where the time of a run goes, phase by phase and rule by rule. */
export class Timing {
  /** Milliseconds by the name of what was done, in the order in which it was first done. */
  readonly #spent = new Map<string, number>()
  readonly #started = performance.now()

  /** Counts the time of some work, which may be done in several pieces. */
  readonly measure: Measure = (what, work) => {
    const started = performance.now()
    try {
      return work()
    } finally {
      this.#add(what, performance.now() - started)
    }
  }

  /** The same for work that waits. */
  async wait<T>(what: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now()
    try {
      return await work()
    } finally {
      this.#add(what, performance.now() - started)
    }
  }

  /** A table for people: phases in their order, below them the rules that took most. */
  text(): string {
    const entries = [...this.#spent]
    const phases = entries.filter(([name]) => !isRule(name))
    const rules = entries.filter(([name]) => isRule(name)).sort(([, a], [, b]) => b - a)
    const more = rules.slice(mostRules)
    const lines: (readonly [string, number])[] = [
      ...phases,
      ['total', performance.now() - this.#started],
      ...rules.slice(0, mostRules).map(([name, time]) => [`  ${name.slice(rulePrefix.length)}`, time] as const),
      ...(more.length > 0 ? [[`  ${more.length} other rules`, sumOf(more)] as const] : []),
    ]
    const width = Math.max(...lines.map(([name]) => name.length))
    const rows = lines.map(([name, time]) => `${name.padEnd(width)}  ${time.toFixed(1).padStart(9)} ms`)
    // Analyses are shared: each is computed for the first rule that needs it.
    rows.splice(phases.length + 1, 0, 'of rules, with the analyses that each is the first to need:')
    return `${rows.join('\n')}\n`
  }

  #add(what: string, time: number): void {
    this.#spent.set(what, (this.#spent.get(what) ?? 0) + time)
  }
}

const rulePrefix = 'rule '
const isRule = (name: string) => name.startsWith(rulePrefix)
const sumOf = (entries: readonly (readonly [string, number])[]) => entries.reduce((sum, [, time]) => sum + time, 0)
