import { cacheBefore, type Edge } from '../../analysis/graph.ts'
import { formatRoute } from '../../analysis/reach.ts'
import type { Facts } from '../../analysis/index.ts'
import type { Path } from '../../finding.ts'
import type { Call, Model } from '../../manifest/model.ts'
import { list } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'fallback-shares-fate',
  title: 'A fallback fails together with what it stands in for',
  severity: 'error',
  question: 'partial-failure',
  on: 'call',
  options: noOptions,
  why: 'A fallback is for the day on which the callee fails. One that needs the callee, or the database below it, fails on the same day and for the same reason, and nobody notices before.',
  fix: 'Answer from something that does not need the callee: a copy, a static value, another vendor.',
  sources: [
    { title: "Amazon Builders' Library: Avoiding fallback in distributed systems" },
    { title: 'Neri et al.: Design principles, architectural smells and refactorings for microservices' },
  ],
  reads: [
    'calls.fallback',
    'calls.optional',
    'calls.serves',
    'calls.readFrom',
    'calls.probability',
    'calls.cachedBy',
    'publishes.outbox',
    'caches.onFailure',
    'caches.staleOnError',
  ],

  appliesTo: (call, { model }) => targetOf(call, model) !== undefined && call.target !== undefined,

  *check(call, { facts, model }) {
    const target = targetOf(call, model)!
    const journeys = new Set(taking(call, facts).map(({ name }) => name))
    const [its, own] = [needsOf(target.name, journeys, facts, model), needsOf(call.to, journeys, facts, model)]
    const at: Path = [...call.path, 'fallback', 'to']
    const fix = `Answer with a copy or a static value, or make "${target.name}" independent of what fails with "${call.to}"`
    // The primary may stand in for a replica of the same store.
    if (target === call.target && target.kind === 'store' && call.readFrom !== 'primary') {
      if (call.readFrom === undefined)
        yield { unknown: [...call.path, 'readFrom'], because: 'its fallback is the same store' }
      return
    }
    const back = its.get(call.to)
    if (back && back.missing.length === 0) {
      yield {
        at,
        message: `The fallback of "${call.name}" ${target === call.target ? 'is what failed' : `needs what failed: ${formatRoute(back.route)}`}; expected something that does not need "${call.to}"`,
        fix,
        evidence: back.route.map(edge => ({ label: edge.name, at: edge.path })),
        journeys: taking(call, facts),
      }
      return
    }
    if (back)
      return yield* ask(back.missing.slice(0, 1), `"${target.name}" is to stand in for "${call.to}" and may need it`)
    const below = [...own].filter(([name]) => name !== call.to && model.components.get(name)?.kind !== 'service')
    const shared = below.filter(([name]) => its.has(name))
    const missing = shared.flatMap(([name, need]) => [...need.missing, ...its.get(name)!.missing])
    if (missing.length > 0)
      return yield* ask(missing.slice(0, 1), `"${target.name}" and "${call.to}" may fail together`)
    if (shared.length === 0) return
    const all = shared.length === below.length
    const names = list(shared.map(([name]) => `"${name}"`))
    yield {
      at,
      message: `The fallback of "${call.name}" needs ${names}, as "${call.to}" does; expected it to work while ${names} ${shared.length > 1 ? 'are' : 'is'} down`,
      fix,
      // What the callee alone needs is a reason for the fallback.
      severity: all ? ('error' as const) : ('info' as const),
      evidence: shared.flatMap(([name, { route }]) =>
        [...route, ...its.get(name)!.route].map(edge => ({ label: edge.name, at: edge.path })),
      ),
      journeys: taking(call, facts),
    }
  },

  examples: [
    {
      title: 'The simple payments use the database of the payments; the old search asks the new one',
      bad: yaml`
        defaults: { calls: { fallback: none } }
        services:
          shop:
            calls:
              - to: payments
                fallback:
                  to: payments-lite # <--
              - { to: search, fallback: { to: old-search } } # <--
              - { to: stock, fallback: { to: stock } } # <--
          payments: { calls: [{ to: payments-db }] }
          payments-lite: { calls: [{ to: payments-db }] }
          search: {}
          old-search: { calls: [{ to: search }] }
          stock: {}
        stores: { payments-db: {} }
      `,
    },
    {
      title: 'Whether the fallback can do without what failed is not stated',
      unclear: yaml`
        services:
          shop:
            calls:
              - { to: search, fallback: { to: old-search } }
              - { to: payments, fallback: { to: payments-lite } }
          search: {}
          old-search: { calls: [{ to: search }] } # ?
          payments: { calls: [{ to: payments-db, fallback: none }] }
          payments-lite: { calls: [{ to: payments-db }] } # ?
        stores: { payments-db: {} }
      `,
    },
    {
      title: 'A copy, a rare or another need, the primary in place of a replica, and a static answer',
      good: yaml`
        defaults: { calls: { fallback: none } }
        journeys: { browse: { entry: shop }, admin: { entry: office } }
        services:
          shop:
            calls:
              - { to: search, serves: [browse], fallback: { to: listing } }
              - { to: shop-db, serves: [browse], readFrom: replica, fallback: { to: shop-db } }
              - { to: reviews, serves: [browse], fallback: static }
          search: { calls: [{ to: search-db }, { to: index }] }
          listing: { calls: [{ to: listing-db }, { to: index, probability: 1% }, { to: search, serves: [admin] }, { to: search-db, probability: 1% }] }
          office: { calls: [{ to: listing }] }
          reviews: {}
        stores: { search-db: {}, listing-db: {}, shop-db: {}, index: {} }
      `,
    },
    {
      title: 'Of two journeys that use the fallback it is not stated which one needs the common store',
      unclear: yaml`
        journeys:
          checkout: { entry: web, criticality: critical }
          admin: { entry: prices-lite }
        services:
          web: { calls: [{ to: prices, serves: [checkout], fallback: { to: prices-lite } }, { to: prices-lite, serves: [checkout] }] }
          prices: { calls: [{ to: prices-db, fallback: none }] }
          prices-lite:
            calls:
              - to: prices-db # ?
                fallback: none
        stores: { prices-db: {} }
      `,
    },
  ],
})

const targetOf = ({ fallback }: Call, model: Model) =>
  fallback === undefined || fallback === 'none' ? undefined : model.components.get(fallback.to ?? '')

function taking(call: Call, facts: Facts) {
  const edge = facts.journeys.edgeOf(call)
  return edge ? facts.journeys.taking(edge, 'sure') : []
}

interface Need {
  readonly route: readonly Edge[]
  readonly missing: readonly Path[]
}

/** What a component cannot work without for these journeys, itself first; ways that are sure before those that may be. */
function needsOf(start: string, journeys: ReadonlySet<string>, facts: Facts, model: Model): Map<string, Need> {
  const found = new Map<string, Need>([[start, { route: [], missing: [] }]])
  for (const hard of ['yes', 'maybe'] as const) {
    // A map takes new entries while it is walked.
    for (const [name, { route, missing }] of found) {
      for (const edge of facts.graph.out.get(name) ?? []) {
        if (found.has(edge.to.name) || !isNeeded(edge, journeys, model)) continue
        const doubts = [
          ...(edge.hard === 'yes' ? [] : [edge.hardness]),
          // Of several journeys that come by, any may be the one that takes it.
          ...(edge.serves === undefined && facts.journeys.through(name).length > 1 ? [[...edge.path, 'serves']] : []),
        ]
        if (hard === 'yes' && doubts.length > 0) continue
        found.set(edge.to.name, { route: [...route, edge], missing: [...missing, ...doubts] })
      }
    }
  }
  return found
}

/** Whether each request of these journeys takes the edge, as far as that is stated. */
function isNeeded({ hard, serves, via }: Edge, journeys: ReadonlySet<string>, model: Model): boolean {
  if (hard === 'no' || via.kind === 'consume') return false
  if (serves !== undefined && !serves.some(name => journeys.has(name))) return false
  if (via.kind !== 'call') return (via.probability ?? 1) >= 1
  return (via.probability ?? 1) >= 1 && (via.callsPerRequest ?? 1) >= 1 && cacheBefore(via, model) === undefined
}
