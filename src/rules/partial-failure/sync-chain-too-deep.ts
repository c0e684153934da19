import { attemptLimit } from '../../analysis/attempt.ts'
import type { Chain } from '../../analysis/chains.ts'
import type { Edge } from '../../analysis/graph.ts'
import type { Facts } from '../../analysis/index.ts'
import { formatRoute } from '../../analysis/reach.ts'
import type { Call, Journey } from '../../manifest/model.ts'
import { duration, number } from '../../units.ts'
import { defineRule, numberOption, optionMap, yaml } from '../define.ts'

export default defineRule({
  id: 'sync-chain-too-deep',
  title: 'Too many calls wait for each other',
  severity: 'warning',
  question: 'partial-failure',
  on: 'journey',
  options: optionMap({
    warn: numberOption(5, 'Hops from which on a chain is a warning.', { least: 2 }),
    note: numberOption(4, 'Hops from which on a chain is noted.', { least: 1 }),
  }),
  why: 'Each hop adds its latency, needs a timeout that is shorter than the one above it, and multiplies the retries of all others. Depth by itself makes nothing less available, but beyond a few hops nobody keeps timeouts and retries in order.',
  formula: 'hops on the longest way of calls that wait for each other and have no fallback',
  fix: 'Fetch what is needed side by side, keep a copy of what is read often, or send a message where nobody has to wait.',
  sources: [
    {
      title: 'The Calculus of Service Availability',
      id: 'ACM Queue 15(2), 2017: unique critical dependencies count, not depth',
    },
    { title: 'Site Reliability Engineering', id: 'ch. 22 "Addressing Cascading Failures"' },
  ],
  reads: [
    'calls.fallback',
    'calls.optional',
    'calls.mode',
    'calls.transport',
    'calls.serves',
    'calls.timeout',
    'calls.retries',
    'services.role',
  ],

  *check(journey, { facts, options }) {
    const chain = facts.chains.sure.get(journey)
    if (!chain) return
    const depth = chain.hops.length
    if (depth >= options.note) {
      // One chain, one finding, however many journeys take it.
      if (chain.journeys[0] !== journey) return
      const isDeep = depth >= options.warn
      yield describe(chain, journey, isDeep ? options.warn : options.note, isDeep)
      return
    }
    const possible = facts.chains.possible.get(journey)
    if (!possible || possible.hops.length < options.warn) return
    const fact = doubtOf(possible, journey, facts)
    const because = `"${journey.name}" may wait for ${number(possible.hops.length)} calls inside each other: ${formatRoute(possible.route)}`
    if (fact) yield { unknown: fact, because }
  },

  examples: [
    {
      title: 'Five services and a database wait for each other behind the gateway',
      bad: yaml`
        defaults: { calls: { fallback: none, timeout: 1s, retries: none } }
        journeys:
          checkout: # <--
            entry: edge
        services:
          edge: { calls: [{ to: gateway }] }
          gateway: { role: gateway, calls: [{ to: shop }] }
          shop: { calls: [{ to: orders }] }
          orders: { calls: [{ to: prices }] }
          prices: { calls: [{ to: promotions }] }
          promotions: { calls: [{ to: promotions-db }] }
        stores: { promotions-db: {} }
      `,
    },
    {
      title: 'Two journeys take the same way of four hops',
      bad: yaml`
        defaults: { calls: { fallback: none } }
        journeys:
          checkout: # <--
            entry: shop
          reorder: { entry: shop }
        services:
          shop: { calls: [{ to: orders, serves: [checkout, reorder] }] }
          orders: { calls: [{ to: prices, serves: [checkout, reorder] }] }
          prices: { calls: [{ to: promotions, serves: [checkout, reorder] }] }
          promotions: { calls: [{ to: promotions-db, serves: [checkout, reorder] }] }
        stores: { promotions-db: {} }
      `,
    },
    {
      title: 'It would be five hops, if one of them has no fallback',
      unclear: yaml`
        defaults: { calls: { timeout: 1s } }
        journeys: { checkout: { entry: web } }
        services:
          web: { calls: [{ to: shop, fallback: none }] }
          shop: { calls: [{ to: orders, fallback: none }] }
          orders:
            calls:
              - to: prices # ?
          prices: { calls: [{ to: promotions, fallback: none }] }
          promotions: { calls: [{ to: promotions-db, fallback: none }] }
        stores: { promotions-db: {} }
      `,
    },
    {
      title: 'Gateways, sidecars, caches and libraries are no hops, fallbacks and messages end the chain',
      good: yaml`
        defaults: { calls: { timeout: 1s } }
        journeys: { checkout: { entry: edge }, search: { entry: search }, old: {} }
        services:
          edge: { calls: [{ to: gateway, fallback: none }] }
          gateway: { role: gateway, calls: [{ to: proxy, fallback: none }] }
          proxy: { role: sidecar, calls: [{ to: router, fallback: none }] }
          router: { role: edge, calls: [{ to: shop, fallback: none }] }
          shop: { calls: [{ to: orders, fallback: none }] }
          orders: { calls: [{ to: prices, fallback: none }, { to: mailer, mode: async }] }
          prices: { calls: [{ to: tax, transport: inProcess, fallback: none }, { to: promotions, fallback: static }] }
          tax: { calls: [{ to: rates, transport: localhost, fallback: none }] }
          rates: { calls: [{ to: rates-cache, fallback: none }] }
          promotions: { calls: [{ to: promotions-db, fallback: none }] }
          mailer: { calls: [{ to: promotions, fallback: none }] }
          search: { calls: [{ to: edge, fallback: static }] }
        stores: { promotions-db: {} }
        caches: { rates-cache: {} }
      `,
    },
  ],
})

/** The first fact on the way without which it is not sure that the calls wait for each other. */
function doubtOf({ route }: Chain, journey: Journey, facts: Facts) {
  const known = facts.reach.get(journey.name)!
  for (const edge of route) {
    if (known.takes(edge) === 'maybe') return [...edge.path, 'serves']
    if (edge.hard === 'maybe') return edge.hardness
  }
  return undefined
}

function describe({ route, hops, journeys }: Chain, journey: Journey, limit: number, isDeep: boolean) {
  const attempts = hops.map(({ via }) => 1 + ((via as Call).retries?.max ?? 0))
  const product = attempts.reduce((a, b) => a * b, 1)
  return {
    at: journey.path,
    severity: isDeep ? ('warning' as const) : ('info' as const),
    message: `"${journey.name}" waits for ${number(hops.length)} calls inside each other: ${formatRoute(route)}; expected fewer than ${number(limit)}`,
    arithmetic: [
      ...hops.map(rung),
      `attempts at the end: ${attempts.map(number).join(' x ')} = ${number(product)} at least`,
    ].join('\n'),
    evidence: hops.map(edge => ({ label: `"${edge.name}" waits`, at: edge.path })),
    journeys,
  }
}

function rung({ name, via }: Edge, i: number): string {
  const { time } = attemptLimit(via as Call)
  const timeout = time.high === undefined ? 'not stated' : Number.isFinite(time.high) ? duration(time.high) : 'none'
  return `${number(i + 1)}. ${name}: timeout ${timeout}`
}
