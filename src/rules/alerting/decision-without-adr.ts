import { costlyChoices, type CostlyChoice } from '../../analysis/costly-choices.ts'
import type { Path } from '../../finding.ts'
import type { Component, Decision, Model } from '../../manifest/model.ts'
import { list } from '../../units.ts'
import { defineRule, noOptions, yaml, type Unknown } from '../define.ts'

/** Questions name a few; all of them at once read like a list of parts. */
const most = 3

export default defineRule({
  id: 'decision-without-adr',
  title: 'A choice that is hard to take back rests on no decision that is in force',
  severity: 'info',
  question: 'alerting',
  on: 'manifest',
  options: noOptions,
  why: 'The engine of a database, its partition key or a broker is changed once in years, and at night. Who then does not know why it was chosen either is afraid to touch it or repeats the mistake that was ruled out.',
  fix: 'Write down what was decided, why and what was ruled out, and replace the record when the decision changes.',
  sources: [
    { title: 'Nygard: Documenting Architecture Decisions', revision: '2011' },
    { title: 'AWS Prescriptive Guidance: Using architectural decision records' },
  ],
  reads: [
    'decisions',
    'decisions.status',
    'decisions.supersededBy',
    'decisions.concerns',
    'stores.role',
    'stores.engine',
    'stores.partitionKey',
    'queues.engine',
  ],

  appliesTo: model => costlyChoices(model).length > 0,

  *check(model) {
    const choices = costlyChoices(model)
    const unknowns: Unknown[] = []
    if (model.raw.decisions === undefined) return yield openQuestion(choices)
    // What was rejected says nothing of what is there: often it is the change that did not happen.
    const decisions = [...model.decisions.values()].filter(({ status }) => status !== 'rejected')
    const concerning = (component: Component) => decisions.filter(({ concerns }) => concerns?.includes(component.name))
    const uncovered = choices.filter(({ component }) => concerning(component).length === 0)
    // A decision that names nothing may be about any of them.
    const unplaced = decisions.find(({ concerns, status }) => concerns === undefined && status !== 'superseded')
    // A list that names other things is the author's word on what was worth writing down.
    if (uncovered.length > 0 && unplaced) unknowns.push(openQuestion(uncovered, [...unplaced.path, 'concerns']))
    for (const { component, what, at } of choices) {
      const records = concerning(component)
      const old = records.at(-1)
      if (old === undefined || records.some(({ status }) => status !== 'superseded')) continue
      const because = `"${component.name}" rests on "${old.name}"`
      const successor = successorOf(old, model)
      if (successor === undefined) {
        if (old.supersededBy === undefined) unknowns.push({ unknown: [...old.path, 'supersededBy'], because })
        continue
      }
      if (successor.status === undefined) {
        unknowns.push({ unknown: [...successor.path, 'status'], because })
        continue
      }
      if (unplaced) {
        unknowns.push({ unknown: [...unplaced.path, 'concerns'], because })
        continue
      }
      yield {
        at: [...old.path, 'status'],
        about: component.path,
        message: `${what} of "${component.name}" rests on "${old.name}", which "${successor.name}" superseded without a word about it; expected a decision that is in force`,
        fix: `Add "${component.name}" to what "${successor.name}" concerns, or write down what holds for it now`,
        evidence: [
          { label: what.toLowerCase(), at },
          { label: 'what the new decision is about', at: [...successor.path, 'concerns'] },
        ],
      }
    }
    yield* unknowns.slice(0, 1)
  },

  examples: [
    {
      title: 'A partition key and a broker whose decisions were superseded by others that are silent about them',
      bad: yaml`
        stores:
          orders-db: { role: systemOfRecord, engine: postgres, partitionKey: tenantId }
        queues:
          order-events: { engine: kafka@4 }
        decisions:
          ADR-007:
            status: superseded # <--
            supersededBy: ADR-012
            concerns: [orders-db]
          ADR-008:
            status: superseded # <--
            supersededBy: ADR-019
            concerns: [order-events]
          ADR-012: { status: superseded, supersededBy: ADR-019, concerns: [stock-db] }
          ADR-019: { status: accepted, concerns: [stock-db] }
      `,
    },
    {
      title: 'Nothing is said of decisions: one question, however many choices there are',
      unclear: yaml`
        stores: # ?
          orders-db: { role: systemOfRecord, engine: postgres@16 }
          stock-db: { role: systemOfRecord, engine: postgres@16 }
        queues:
          order-events: { engine: kafka@4 }
      `,
    },
    {
      title: 'Which decision a store rests on is not stated',
      unclear: yaml`
        stores:
          orders-db: { partitionKey: tenantId }
          stock-db: { partitionKey: tenantId }
        decisions:
          ADR-007: # ?
            status: accepted
          ADR-008: { status: rejected }
      `,
    },
    {
      title: 'All that is decided concerns other things, or was rejected',
      good: yaml`
        stores:
          orders-db: { partitionKey: tenantId }
        decisions:
          ADR-006: { status: rejected, concerns: [orders-db] }
          ADR-007: { status: accepted, concerns: [] }
          ADR-008: { status: rejected }
      `,
    },
    {
      title: 'What superseded a decision is not stated',
      unclear: yaml`
        stores:
          orders-db: { partitionKey: tenantId }
        decisions:
          ADR-007: # ?
            status: superseded
            concerns: [orders-db]
      `,
    },
    {
      title: 'What the new decision is about is not stated',
      unclear: yaml`
        stores:
          orders-db: { partitionKey: tenantId }
        decisions:
          ADR-007: { status: superseded, supersededBy: ADR-019, concerns: [orders-db] }
          ADR-019: # ?
            status: accepted
      `,
    },
    {
      title: 'Whether the new decision is in force is not stated',
      unclear: yaml`
        stores:
          orders-db: { partitionKey: tenantId }
        decisions:
          ADR-007: { status: superseded, supersededBy: ADR-019, concerns: [orders-db] }
          ADR-019: # ?
            concerns: []
      `,
    },
    {
      title: 'In force, replaced by one that says so, or a successor that is not decided yet',
      good: yaml`
        stores:
          orders-db: { role: systemOfRecord, engine: postgres@16 }
          stock-db: { partitionKey: shop }
          carts-db: { partitionKey: cartId }
          search: { role: searchIndex, engine: opensearch, partitionKey: none }
        decisions:
          ADR-003: { status: accepted, concerns: [orders-db] }
          ADR-005: { status: rejected, concerns: [orders-db] }
          ADR-007: { status: superseded, supersededBy: ADR-019, concerns: [stock-db, orders-db] }
          ADR-019: { concerns: [stock-db] }
          ADR-020: { status: superseded, supersededBy: ADR-021, concerns: [carts-db] }
          ADR-021: { status: proposed, concerns: [] }
      `,
    },
    {
      title: 'Nothing that is hard to take back',
      good: yaml`
        stores:
          search: { role: searchIndex, engine: opensearch }
      `,
    },
  ],
})

function openQuestion(choices: readonly CostlyChoice[], unknown: Path = ['decisions']): Unknown {
  const named = choices.slice(0, most).map(({ component, what }) => `${what.toLowerCase()} of "${component.name}"`)
  const others = choices.length > most ? [`${String(choices.length - most)} more`] : []
  return { unknown, because: `${list([...named, ...others])} would be hard to take back` }
}

/** The decision at the end of the chain, if it is in force; `undefined` where the manifest does not lead to one. */
function successorOf(decision: Decision, { decisions }: Model): Decision | undefined {
  const seen = new Set<Decision>()
  let last: Decision | undefined = decision
  while (last?.status === 'superseded' && !seen.has(last)) {
    seen.add(last)
    last = last.supersededBy === undefined ? undefined : decisions.get(last.supersededBy)
  }
  return last === undefined || last.status === 'accepted' || last.status === undefined ? last : undefined
}
