import { carriedBy, originsOf } from '../../analysis/caching.ts'
import { capped, reaches, sum, withLow, type Estimate } from '../../analysis/estimate.ts'
import type { Facts } from '../../analysis/index.ts'
import type { LoadKind } from '../../analysis/load.ts'
import type { Path } from '../../finding.ts'
import type { Call, Component, Model } from '../../manifest/model.ts'
import { list, number, rate } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'fallback-overloads-target',
  title: 'A fallback sends more than its target carries',
  severity: 'warning',
  question: 'partial-failure',
  on: 'call',
  options: noOptions,
  why: 'When the callee fails, all its requests go to the fallback at once, on top of what that does already. A target that was sized for less fails too, and with it everybody who needed it for its own sake: part of an outage becomes all of it.',
  formula: 'λ_own + λ_diverted must stay below what the target carries',
  fix: 'Cap what is sent to the fallback, size its target for the diverted load, or answer with a static value.',
  sources: [
    { title: "Amazon Builders' Library: Avoiding fallback in distributed systems" },
    { title: 'Metastable Failures in the Wild', id: 'OSDI 2022' },
  ],
  reads: [
    'calls.fallback',
    'calls.serves',
    'journeys.load',
    'services.loadShedding',
    'services.replicas',
    'services.concurrency',
    'services.serviceTime',
    'services.capacity.rps',
    'stores.capacity.rps',
    'caches.capacity.rps',
    'caches.hitRatio',
    'externals.quota',
  ],

  appliesTo: (call, { facts, model }) => divertedWith(call, facts, model)[0] === call,

  *check(call, { facts, model }) {
    const target = model.components.get(targetOf(call)!)!
    const limit = carriedBy(target, facts)
    // Work that is refused does not overload anybody.
    if (!limit || (target.kind === 'service' && target.loadShedding === true)) return
    const calls = divertedWith(call, facts, model)
    for (const kind of ['steady', 'peak'] as const) {
      const own = ownLoad(call, target, kind, facts)
      // Too small without the fallback as well: that is a fault of the target.
      if (reaches(own, limit.most) === true) continue
      const diverted = sum(calls.map(one => divertedBy(one, kind, facts)))
      const fails = reaches(sum([own, diverted]), limit.most)
      if (fails === false) continue
      const flood = `when "${call.to}" fails, ${rate(diverted.low)} go to "${target.name}" at ${kind} load`
      if (fails !== true) return yield* ask(fails.slice(0, 1), diverted.low > 0 ? flood : undefined)
      const open = calls.find(one => capOf(one) === undefined)
      if (open) return yield { unknown: [...open.path, 'fallback', 'maxRps'], because: flood }
      if (target.kind === 'service' && target.loadShedding === undefined)
        return yield { unknown: [...target.path, 'loadShedding'], because: flood }
      const [all, most] = [own.low + diverted.low, limit.most.high!]
      const at: Path = [...call.path, 'fallback', 'maxRps']
      return yield {
        at,
        message: `When "${call.to}" fails, ${list(calls.map(({ from }) => `"${from.name}"`))} send ${rate(diverted.low)} to "${target.name}" at ${kind} load, which then gets ${rate(all)} and carries ${rate(most)}; expected a cap`,
        arithmetic: `${rate(own.low)} own + ${rate(diverted.low)} diverted = ${rate(all)}\nrho = ${rate(all)} / ${limit.text} = ${number(all / most)}`,
        fix: `Send at most ${rate(Math.max(0, Math.floor(0.8 * most - own.low)))} to "${target.name}" (\`maxRps\`), make it carry ${rate(all)}, or answer with a static value`,
        severity: kind === 'steady' ? ('error' as const) : ('warning' as const),
        evidence: [
          { label: `"${target.name}" carries ${rate(most)}`, at: limit.at },
          ...calls.slice(1).map(one => ({ label: one.name, at: [...one.path, 'fallback'] })),
        ],
        journeys: facts.journeys.through(target.name, 'sure'),
      }
    }
  },

  examples: [
    {
      title: 'A search for 2000 requests per second, and a listing for 400 that stands in for it',
      bad: yaml`
        journeys: { search: { entry: shop, load: { steady: 2000/s, peak: 2000/s } } }
        services:
          shop:
            calls:
              - to: search
                fallback:
                  to: listing
                  maxRps: none # <--
          search: {}
          listing: { replicas: 4, capacity: { rps: 100 }, loadShedding: false }
      `,
    },
    {
      title: 'Two callers whose caps together are more than the store carries at the peak',
      bad: yaml`
        defaults: { calls: { fallback: { to: archive, maxRps: 300 } } }
        journeys:
          search: { entry: shop, load: { steady: 10/s, peak: 400/s, coincident: true } }
          browse: { entry: web, load: { steady: 10/s, peak: 400/s, coincident: true } }
        services:
          shop: { calls: [{ to: search }] } # <--
          web: { calls: [{ to: search }] }
          search: {}
        stores: { archive: { capacity: { rps: 500 } } }
      `,
    },
    {
      title: 'What the fallback carries, and whether anything limits what is sent there, is not stated',
      unclear: yaml`
        journeys: { search: { entry: shop, load: { steady: 500/s, peak: 500/s } } }
        services:
          shop:
            calls:
              - { to: search, fallback: { to: archive } }
              - to: prices
                fallback: { to: rates } # ?
              - { to: stock, fallback: { to: listing, maxRps: none } }
          search: {}
          prices: {}
          stock: {}
          listing: { replicas: 1, capacity: { rps: 100 } } # ?
        stores: { archive: {} } # ?
        externals: { rates: { quota: 100/s } }
      `,
    },
    {
      title: 'Capped, large enough, shedding, a static answer, or too small by itself',
      good: yaml`
        journeys: { search: { entry: shop, load: { steady: 500/s, peak: 500/s } } }
        services:
          shop:
            calls:
              - { to: search, fallback: { to: archive, maxRps: 100 } }
              - { to: prices, fallback: { to: rates, maxRps: none } }
              - { to: stock, fallback: { to: listing, maxRps: none } }
              - { to: reviews, fallback: static }
              - { to: small }
              - { to: carts, fallback: { to: small, maxRps: none } }
          search: {}
          prices: {}
          stock: {}
          reviews: {}
          carts: {}
          listing: { replicas: 1, capacity: { rps: 100 }, loadShedding: true }
        stores: { archive: { capacity: { rps: 200 } }, small: { capacity: { rps: 100 } } }
        externals: { rates: { quota: 600/s } }
      `,
    },
    {
      title: 'What a cache keeps from its own origin is a matter of the cache',
      good: yaml`
        journeys: { search: { entry: shop, load: { steady: 500/s, peak: 500/s } } }
        services:
          shop: { calls: [{ to: pages, fallback: { to: page-db, maxRps: none } }, { to: page-db, access: read }] }
        caches: { pages: { inFrontOf: page-db, hitRatio: 90% } }
        stores: { page-db: { capacity: { rps: 200 } } }
      `,
    },
  ],
})

const targetOf = ({ fallback }: Call): string | undefined =>
  fallback === undefined || fallback === 'none' ? undefined : fallback.to

const capOf = ({ fallback }: Call) => (fallback === undefined || fallback === 'none' ? undefined : fallback.maxRps)

/** Calls that go to the same fallback when the callee fails. What a cache holds back from its origin is judged at the cache. */
function divertedWith(call: Call, facts: Facts, model: Model): Call[] {
  const target = model.components.get(targetOf(call) ?? '')
  if (!target || !call.target || target === call.target) return []
  if (call.target.kind === 'cache' && originsOf(call.target, model).includes(target)) return []
  return facts.callsTo(call.to).filter(one => targetOf(one) === target.name && facts.journeys.edgeOf(one) !== undefined)
}

function divertedBy(call: Call, kind: LoadKind, facts: Facts): Estimate {
  const all = facts.load.requestsOn(facts.journeys.edgeOf(call)!, kind)
  const cap = capOf(call)
  return typeof cap === 'number' ? capped(all, cap) : all
}

/** What the target has to do anyway. Work that comes to it through the failed callee may not come any more. */
function ownLoad(call: Call, target: Component, kind: LoadKind, facts: Facts): Estimate {
  const own = facts.load.requestsAt(target, kind)
  return dependsOn(target.name, call.to, facts) ? withLow(own, 0) : own
}

function dependsOn(target: string, callee: string, { graph }: Facts): boolean {
  const reached = new Set([callee])
  for (const name of reached) for (const { to } of graph.out.get(name) ?? []) reached.add(to.name)
  return reached.has(target)
}
