import type { Edge } from '../../analysis/graph.ts'
import type { Facts } from '../../analysis/index.ts'
import type { Dependency } from '../../analysis/reach.ts'
import type { Call, Journey } from '../../manifest/model.ts'
import { list, number } from '../../units.ts'
import { ask, defineRule, numberOption, optionMap, yaml } from '../define.ts'

export default defineRule({
  id: 'critical-journey-without-degraded-mode',
  title: 'A critical journey works completely or not at all',
  severity: 'warning',
  question: 'partial-failure',
  on: 'journey',
  options: optionMap({
    dependencies: numberOption(
      3,
      'Services and externals that a journey cannot do without, from which on a degraded mode is expected.',
      { least: 1 },
    ),
  }),
  why: 'Where no call has a fallback, each failure of any part is a failure of the whole, and each new part makes it fail more often. Most answers are worth having without the reviews, the exact stock or the fresh price.',
  formula: '|H| ≥ 3 and no call with a fallback, with H the services and externals that the journey surely fails with',
  fix: 'Decide what users get without each part, and answer with that.',
  sources: [
    {
      title:
        'AWS Well-Architected, Reliability: Implement graceful degradation to transform applicable hard dependencies into soft dependencies',
      id: 'REL05-BP01',
      revision: 'November 2024',
    },
    {
      title: 'Site Reliability Engineering',
      id: 'ch. 22 "Addressing Cascading Failures", section "Graceful Degradation"',
    },
  ],
  reads: [
    'journeys.criticality',
    'journeys.degradedMode',
    'calls.fallback',
    'calls.optional',
    'calls.mustSucceed',
    'calls.mode',
    'calls.serves',
    'caches.staleOnError',
  ],

  appliesTo: (journey, { facts, options }) =>
    journey.criticality === 'critical' && replaceable(journey, facts).length >= options.dependencies,

  *check(journey, { facts, options }) {
    const calls = waitedFor(journey, facts)
    const { degradedMode, path, name } = journey
    if (calls.some(({ hard }) => hard === 'no') || (degradedMode !== undefined && degradedMode !== 'none')) return
    const needed = replaceable(journey, facts)
    const because = `"${name}" fails with any one of ${number(needed.length)} services and externals`
    if (degradedMode === undefined) return yield { unknown: [...path, 'degradedMode'], because }
    const open = calls.find(({ hard }) => hard === 'maybe')
    if (open) return yield* ask([open.hardness], because)
    yield {
      at: [...path, 'degradedMode'],
      message: `"${name}" fails with any one of ${named(needed)}; expected something that still works without one of them`,
      arithmetic: `|H| = ${number(needed.length)} >= ${number(options.dependencies)}\ncalls with a fallback = 0 of ${number(calls.length)}`,
      fix: `Answer without one of them (\`fallback\` or \`optional\` of its call) and state in \`degradedMode\` what still works; a call that is rightly indispensable gets \`mustSucceed: true\``,
      evidence: needed.map(({ route }) => ({ label: route.at(-1)!.name, at: route.at(-1)!.path })),
      journeys: [journey],
    }
  },

  examples: [
    {
      title: 'Nothing is found without the prices, the stock or the reviews',
      bad: yaml`
        defaults: { calls: { fallback: none } }
        journeys:
          search:
            criticality: critical
            entry: search
            degradedMode: none # <--
        services:
          search: { calls: [{ to: pricing }, { to: stock }, { to: reviews }] }
          pricing: {}
          stock: {}
        externals: { reviews: {} }
      `,
    },
    {
      title: 'A cache that may be down makes nothing degrade, nor does a message that is sent off',
      bad: yaml`
        journeys:
          search:
            criticality: critical
            entry: web
            degradedMode: none # <--
        services:
          web: { calls: [{ to: search, fallback: none }] }
          search:
            calls:
              - { to: pricing, fallback: none }
              - { to: stock, fallback: none }
              - { to: ranking, fallback: none }
              - { to: answers, fallback: static }
              - { to: tracking, mode: async }
          pricing: {}
          stock: {}
          ranking: {}
          tracking: {}
        caches: { answers: { onFailure: origin } }
      `,
    },
    {
      title: 'What still works, or what a fourth call does without its callee, is not stated',
      unclear: yaml`
        journeys:
          search: # ?
            criticality: critical
            entry: search
          find: { criticality: critical, entry: finder, degradedMode: none }
        services:
          search: { calls: [{ to: pricing, fallback: none }, { to: stock, fallback: none }, { to: reviews, fallback: none }] }
          finder:
            calls:
              - { to: pricing, fallback: none }
              - { to: stock, fallback: none }
              - { to: reviews, fallback: none }
              - to: ranking # ?
          pricing: {}
          stock: {}
          reviews: {}
          ranking: {}
      `,
    },
    {
      title: 'One call that has a fallback or serves an old value, and a degraded mode of the whole',
      good: yaml`
        journeys:
          search: { criticality: critical, entry: search, degradedMode: none }
          find: { criticality: critical, entry: finder, degradedMode: none }
          buy: { criticality: critical, entry: shop, degradedMode: orders are taken by phone }
        services:
          search: { calls: [{ to: pricing, fallback: none }, { to: stock, fallback: none }, { to: reviews, fallback: none }, { to: ranking, fallback: static }] }
          finder: { calls: [{ to: pricing, fallback: none }, { to: stock, fallback: none }, { to: reviews, fallback: none }, { to: ranking, cachedBy: ranks }] }
          shop: { calls: [{ to: pricing, fallback: none }, { to: stock, fallback: none }, { to: reviews, fallback: none }] }
          pricing: {}
          stock: {}
          reviews: {}
          ranking: {}
        caches: { ranks: { staleOnError: 1h } }
      `,
    },
    {
      title: 'Payments that must succeed, a gateway and its only service, stores, and a journey that is not critical',
      good: yaml`
        defaults: { calls: { fallback: none } }
        journeys:
          checkout: { criticality: critical, entry: gateway, degradedMode: none }
          browse: { criticality: high, entry: shop, degradedMode: none }
        services:
          gateway: { calls: [{ to: orders }] }
          orders: { calls: [{ to: payments, mustSucceed: true }, { to: stock }, { to: prices }, { to: orders-db }] }
          shop: { calls: [{ to: stock }, { to: prices }, { to: reviews }] }
          payments: {}
          stock: {}
          prices: {}
          reviews: {}
        stores: { orders-db: {} }
      `,
    },
  ],
})

/** Services and externals that the journey surely fails with, without those that it rightly needs. */
function replaceable(journey: Journey, facts: Facts): readonly Dependency[] {
  const { hard } = facts.reach.get(journey.name)!
  const fromEntry = waitedFor(journey, facts).filter(({ from }) => from.name === journey.entry)
  // What stands behind a gateway alone is the journey itself.
  const only = fromEntry.length === 1 ? fromEntry[0]!.to : undefined
  return [...hard.values()].filter(({ component, hard, route }) => {
    const last = route.at(-1)
    const isPart = component.kind === 'service' || component.kind === 'external'
    return last !== undefined && isPart && hard === 'yes' && component !== only && !mustSucceed(last)
  })
}

const mustSucceed = ({ kind, via }: Edge): boolean => kind === 'call' && (via as Call).mustSucceed === true

/** Calls of the journey at whatever it cannot do without. A cache that is down costs time, not a part of the answer. */
function waitedFor(journey: Journey, facts: Facts): readonly Edge[] {
  const reach = facts.reach.get(journey.name)!
  return [...reach.hard.keys()].flatMap(name =>
    facts.graph.out.get(name)!.filter(edge => {
      const isWaited = edge.kind === 'call' && (edge.via as Call).mode !== 'async' && edge.to.kind !== 'cache'
      return isWaited && reach.takes(edge) !== 'no'
    }),
  )
}

/** The first few, as a journey may need dozens. */
function named(needed: readonly Dependency[]): string {
  const names = needed.map(({ component }) => `"${component.name}"`)
  return names.length <= 6 ? list(names) : list([...names.slice(0, 5), `${number(names.length - 5)} more`])
}
