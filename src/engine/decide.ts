import { factsOf } from '../analysis/index.ts'
import type { Facts } from '../analysis/index.ts'
import type { Model } from '../manifest/model.ts'
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

/** What one rule said about one subject. */
export interface Decision {
  rule: AnyRule
  subject: Subjects[keyof Subjects]
  violations: Violation[]
  unknowns: Unknown[]
}

export interface Decided {
  facts: Facts
  decisions: Decision[]
  notApplicable: Map<string, number>
}

/** Asks every rule about every subject of its kind, in one order whatever the order of the rules. */
export function decide(
  model: Model,
  rules: readonly AnyRule[],
  options: Readonly<Record<string, unknown>>,
  today?: string,
  measure: <T>(what: string, work: () => T) => T = (_, work) => work(),
): Decided {
  const facts = factsOf(model)
  const decisions: Decision[] = []
  const notApplicable = new Map<string, number>()
  for (const rule of [...rules].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const context: Context<never> = {
      model,
      facts,
      options: rule.options.parse(options[rule.id] ?? {}) as never,
      today,
    }
    let skipped = 0
    measure(`rule ${rule.id}`, () => {
      for (const subject of subjects[rule.on](model)) {
        if (rule.appliesTo?.(subject as never, context) === false) {
          skipped++
          continue
        }
        const outcomes = [...rule.check(subject as never, context)]
        decisions.push({
          rule,
          subject,
          violations: outcomes.filter(outcome => 'at' in outcome),
          unknowns: outcomes.filter(outcome => 'unknown' in outcome),
        })
      }
    })
    notApplicable.set(rule.id, skipped)
  }
  return { facts, decisions, notApplicable }
}
