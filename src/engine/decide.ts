import { factsOf } from '../analysis/index.ts'
import type { Facts } from '../analysis/index.ts'
import type { Model } from '../manifest/model.ts'
import { defaultValues, optionValues } from '../rules/options.ts'
import type { AnyRule, Context, Subjects, Unknown, Violation } from '../rules/define.ts'

const subjects: { [K in keyof Subjects]: (model: Model) => Iterable<Subjects[K]> } = {
  manifest: model => [model],
  journey: model => model.journeys.values(),
  slo: model => model.slos.values(),
  component: model => model.components.values(),
  service: model => model.services.values(),
  store: model => model.stores.values(),
  queue: model => model.queues.values(),
  cache: model => model.caches.values(),
  external: model => model.externals.values(),
  job: model => model.jobs.values(),
  flag: model => model.flags.values(),
  call: model => model.calls,
  publish: model => model.publishes,
  consume: model => model.consumes,
}

/** What one rule said about one subject; one that said nothing passed, and is only counted. */
export interface Decision {
  rule: AnyRule
  subject: Subjects[keyof Subjects]
  violations: Violation[]
  unknowns: Unknown[]
}

/** A rule that threw instead of answering. Its subject is neither passed nor failed. */
export interface Failure {
  rule: AnyRule
  subject: Subjects[keyof Subjects]
  /** What was thrown, in its own words. */
  message: string
}

export interface Decided {
  facts: Facts
  decisions: Decision[]
  /** Subjects by rule id. */
  passed: Map<string, number>
  notApplicable: Map<string, number>
  failures: Failure[]
}

/**
 * Asks every rule about every subject of its kind, in one order whatever the order of the rules. A rule that throws loses the
 * subject it threw on, and no other rule loses anything. Pauses after each rule.
 */
export function* decideInSteps(
  model: Model,
  rules: readonly AnyRule[],
  options: Readonly<Record<string, unknown>>,
  today?: string,
  measure: <T>(what: string, work: () => T) => T = (_, work) => work(),
): Generator<undefined, Decided> {
  const facts = factsOf(model)
  const optionsOf = ({ id, options: known }: AnyRule) => {
    const given = options[id] ?? undefined
    return given === undefined ? defaultValues(known) : optionValues(known, given)
  }
  const decisions: Decision[] = []
  const passed = new Map<string, number>()
  const notApplicable = new Map<string, number>()
  const failures: Failure[] = []
  for (const rule of [...rules].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    let [silent, skipped] = [0, 0]
    let context: Context<never> | undefined
    const ask = (subject: Subjects[keyof Subjects]) => {
      context ??= { model, facts, options: optionsOf(rule) as never, today }
      if (rule.appliesTo?.(subject as never, context) === false) {
        skipped++
        return
      }
      let decision: Decision | undefined
      const told = () => (decision ??= { rule, subject, violations: [], unknowns: [] })
      for (const outcome of rule.check(subject as never, context)) {
        if ('at' in outcome) told().violations.push(outcome)
        if ('unknown' in outcome) told().unknowns.push(outcome)
      }
      if (decision) decisions.push(decision)
      else silent++
    }
    measure(`rule ${rule.id}`, () => {
      for (const subject of subjects[rule.on](model)) {
        try {
          ask(subject)
        } catch (error) {
          failures.push({ rule, subject, message: error instanceof Error ? error.message : String(error) })
        }
      }
    })
    passed.set(rule.id, silent)
    notApplicable.set(rule.id, skipped)
    yield
  }
  return { facts, decisions, passed, notApplicable, failures }
}
