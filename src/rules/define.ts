import type * as z from 'zod'
import type { Facts } from '../analysis/index.ts'
import type { Path, QuestionKey, Severity } from '../finding.ts'
import { element, preset } from '../manifest/schema/fact.ts'
import { flag, number, type Bounds } from '../manifest/schema/scalars.ts'
import type { Fields, MapType, Output } from '../manifest/schema/type.ts'
import type {
  Cache,
  Call,
  Component,
  Consume,
  External,
  Flag,
  Job,
  Journey,
  Model,
  Publish,
  Queue,
  Service,
  Slo,
  Store,
} from '../manifest/model.ts'

/** What a rule can look at. `check` is called once for each element of the kind; a component is any of the five kinds. */
export interface Subjects {
  manifest: Model
  journey: Journey
  slo: Slo
  component: Component
  service: Service
  store: Store
  queue: Queue
  cache: Cache
  external: External
  job: Job
  flag: Flag
  call: Call
  publish: Publish
  consume: Consume
}

export interface Violation {
  /** The key that is wrong, or that has to change. */
  at: Path
  /** The element in quotes, what is, what was expected. No rule id, no colour, no full stop at the end. */
  message: string
  /** The formula with the numbers substituted, one step a line. */
  arithmetic?: string
  /** An imperative sentence with the computed number; the rule's own `fix` where it is left out. */
  fix?: string
  severity?: Severity
  /** Stated facts that the arithmetic used, besides the one at `at`. */
  evidence?: readonly { label: string; at: Path }[]
  /** Journeys that are affected. */
  journeys?: readonly Journey[]
  /** The element it is about where that is not the subject of the rule; findings about one element fold into each other. */
  about?: Path
  /** Facts that cannot be believed because of this; findings that used one of them fold into this one. */
  contradicts?: readonly Path[]
}

/** A fact without which the rule cannot decide. */
export interface Unknown {
  unknown: Path
  /** Why it matters here, with the arithmetic of the worst case where there is one. */
  because?: string
}

/** What a rule says about one subject. Saying nothing means that it passed. */
export type Outcome = Violation | Unknown

export interface Context<O> {
  model: Model
  facts: Facts
  options: O
  /**
   * The ISO date by which ages are judged, given from outside as the core has no clock. Without one nothing is old: a rule about
   * an age says nothing. `ageAt` in `src/analysis/dates.ts` is how long ago a date was.
   */
  today: string | undefined
}

/**
 * One manifest, documentation and test at once. `bad` marks each reported line with a trailing `# <--`; `unclear` marks the
 * line of each open question with `# ?` (a fact that is not there is asked for at its element).
 */
export type Example = { title: string } & ({ bad: string } | { good: string } | { unclear: string })

/** The day on which examples are reviewed, in tests and on the pages, so that what is old in them stays old. */
export const exampleDay = '2026-11-23'

/** Where a formula, a figure or an advice comes from; `revision` for texts whose numbering moves. */
export interface Reference {
  title: string
  /** Chapter, section, identifier or DOI: what finds the place. */
  id?: string
  revision?: string
}

/** What may be configured: a map of `preset` keys or, for rules of your own, an object described by zod. */
export type RuleOptions = MapType | z.ZodObject
export type OptionValues<O extends RuleOptions> = O extends z.ZodObject ? z.output<O> : Output<O>

export interface Rule<K extends keyof Subjects = keyof Subjects, O extends RuleOptions = RuleOptions> {
  /** Equals the name of the file. */
  id: string
  /** The fault in a few words. */
  title: string
  /** Of an ordinary finding; a violation may say otherwise. */
  severity: Severity
  /** Equals the folder. */
  question: QuestionKey
  on: K
  options: O
  /** What goes wrong in production. */
  why: string
  /** The formula with its symbols, where there is one. */
  formula?: string
  /** What to do, as an imperative. */
  fix: string
  sources: readonly Reference[]
  /** Keys that the rule reads, such as `calls.timeout`; the reference page of the manifest lists the rule there. */
  reads: readonly string[]
  /** Rules whose finding on the same element is the cause of this one. */
  impliedBy?: readonly string[]
  examples: readonly [Example, Example, ...Example[]]
  /** Subjects that the rule has something to say about; others do not count as passed. */
  appliesTo?(subject: Subjects[K], context: Context<OptionValues<O>>): boolean
  check(subject: Subjects[K], context: Context<OptionValues<O>>): Iterable<Outcome, void, undefined>
}

/** A rule of any subject, as the engine sees it. The subject's type is erased here and nowhere else. */
export type AnyRule = Omit<Rule, 'check' | 'appliesTo'> & {
  appliesTo?(subject: never, context: Context<never>): boolean
  check(subject: never, context: Context<never>): Iterable<Outcome, void, undefined>
}

export function defineRule<K extends keyof Subjects, O extends RuleOptions>(rule: Rule<K, O>): Rule<K, O> {
  return rule
}

/** A copy in which some is different. What a rule reads on demand, as its examples in the built program, is not read for it. */
export function ruleWith(rule: AnyRule, changes: Partial<AnyRule>): AnyRule {
  return Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(rule),
      ...Object.getOwnPropertyDescriptors(changes),
    },
  ) as AnyRule
}

/** What may be configured of a rule. Each option has a value where nobody gives one. */
export const optionMap = <const F extends Fields>(options: F) => element(options, 'a map of options')
export const numberOption = (value: number, doc: string, bounds: Bounds) => preset(number(bounds), value, doc)
export const flagOption = (value: boolean, doc: string) => preset(flag(), value, doc)

export const noOptions = optionMap({})

/** One open question for each missing fact. */
export function* ask(facts: readonly Path[], because?: string): Generator<Unknown, void, undefined> {
  for (const unknown of facts) yield because === undefined ? { unknown } : { unknown, because }
}

/** Template tag: drops the indentation that the source file added. */
export function yaml(strings: TemplateStringsArray): string {
  const lines = strings.raw
    .join('')
    .replaceAll(/^\n|\n\s*$/g, '')
    .split('\n')
  const indent = Math.min(...lines.filter(line => line.trim()).map(line => line.length - line.trimStart().length))
  return `${lines.map(line => line.slice(indent)).join('\n')}\n`
}
