import { exceeds } from '../../analysis/estimate.ts'
import { admissionOf, refuses } from '../../analysis/limits.ts'
import { narrowestBehind } from '../../analysis/narrowest.ts'
import type { Path } from '../../finding.ts'
import { number, rate } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'rate-limit-above-capacity',
  title: 'A rate limit lets in more than can be served',
  severity: 'warning',
  question: 'scaling',
  on: 'service',
  options: noOptions,
  why: 'A limit above what the narrowest part carries never protects it: the overload is there before the limit is reached. Limits per instance grow with every instance that is added, while the database behind them stays the same.',
  formula:
    'limit (per instance: limit · n_max) > μ of the narrowest part that a request needs, in requests of the limited service',
  fix: 'Lower the limit to what the narrowest part carries, or let that part refuse what is too much.',
  sources: [
    { title: 'AWS Well-Architected, Reliability: Throttle requests', id: 'REL05-BP02', revision: 'November 2024' },
    { title: 'Site Reliability Engineering', id: 'ch. 21 "Handling Overload"' },
  ],
  reads: [
    'services.rateLimit',
    'services.replicas',
    'services.concurrency',
    'services.serviceTime',
    'services.capacity.rps',
    'services.concurrencyLimit',
    'services.loadShedding',
    'stores.capacity.rps',
    'caches.capacity.rps',
    'journeys.load',
    'calls.fallback',
    'calls.serves',
  ],

  appliesTo: ({ rateLimit }) => rateLimit !== undefined && rateLimit !== 'none',

  *check(service, { model, facts }) {
    const admission = admissionOf(service.rateLimit, service.path, service)
    if (!admission) return
    const { most, scope, each, text, at } = admission
    const narrowest = narrowestBehind(service, model, facts)
    if (!narrowest) return
    const { component, carries, arithmetic } = narrowest
    const over = exceeds(most, carries)
    if (over === false) return
    const whose = component === service ? 'itself' : `"${component.name}" behind it`
    const because = `"${service.name}" carries ${rate(carries)} of its requests (${whose})`
    if (over !== true) {
      if (over[0]) yield { unknown: over[0], because }
      return
    }
    // Whoever refuses in time protects the rest: the door when what is behind it becomes slow, or the narrow part itself.
    const guards = [service, ...(component.kind === 'service' ? [component] : [])].map(refuses)
    if (guards.includes(true)) return
    const open = guards.find((guard): guard is Path => typeof guard !== 'boolean')
    if (open) return yield { unknown: open, because }
    const isFair = scope === 'perClient'
    yield {
      at,
      message: `"${service.name}" lets in ${rate(most.low)}${isFair ? ' of all clients together' : ''}, but ${component === service ? 'itself carries' : `"${component.name}" behind it carries`} ${rate(carries)}; expected a limit below that${isFair ? ' for all clients' : ''}`,
      arithmetic: `limit = ${text}${scope === 'global' ? '' : ` = ${rate(most.low)}`}\n${arithmetic}\n${rate(most.low)} / ${rate(carries)} = ${number(most.low / carries)}`,
      fix: isFair
        ? `Add a limit of at most ${rate(carries)} for all clients together: one per client is fair, but protects nothing`
        : `Lower the limit to at most ${rate((carries * each) / most.low)}${scope === 'perInstance' ? ' per instance' : ''}, or let "${component.name}" refuse what is too much`,
      severity: isFair ? 'info' : 'warning',
      evidence: [{ label: `carries ${rate(carries)} of these requests`, at: narrowest.at }],
      journeys: facts.journeys.through(service.name, 'sure'),
    }
  },

  examples: [
    {
      title: 'Ten gateways with 200/s each before orders for 900/s',
      bad: yaml`
        journeys:
          order: { entry: gateway, load: { steady: 100/s, peak: 600/s } }
        services:
          gateway:
            replicas: 10
            concurrencyLimit: none
            loadShedding: false
            rateLimit:
              limit: 200/s # <--
              scope: perInstance
            calls: [{ to: orders, fallback: none }]
          orders:
            replicas: 9
            capacity: { rps: 100 }
            concurrencyLimit: none
            loadShedding: false
      `,
    },
    {
      title: 'The service itself carries less, whatever arrives; and a limit for each of 400 clients',
      bad: yaml`
        defaults: { services: { concurrencyLimit: none, loadShedding: false } }
        services:
          search:
            replicas: 4
            concurrency: 10
            serviceTime: { mean: 100ms }
            rateLimit:
              limit: 500/s # <--
              scope: global
          maps:
            replicas: 4
            capacity: { rps: 100 }
            rateLimit:
              limit: 10/s # <--
              scope: perClient
              clients: 400
      `,
    },
    {
      title: 'What the limit counts, and whether anybody refuses what is too much',
      unclear: yaml`
        journeys:
          order: { entry: gateway, load: { steady: 100/s, peak: 600/s } }
        services:
          gateway:
            loadShedding: false
            concurrencyLimit: none
            rateLimit: { limit: 1000/s, scope: global }
            calls: [{ to: orders, fallback: none }]
          orders: # ?
            replicas: 9
            capacity: { rps: 100 }
          search:
            replicas: 4
            capacity: { rps: 100 }
            rateLimit: { limit: 100/s } # ?
          maps: # ?
            replicas: 4
            capacity: { rps: 100 }
            concurrencyLimit: none
            rateLimit: { limit: 500/s, scope: global }
      `,
    },
    {
      title: 'A limit that fits, parts that refuse, an optional part, and one that is too small for its peak anyway',
      good: yaml`
        journeys:
          order: { entry: gateway, load: { steady: 100/s, peak: 600/s } }
          search: { entry: search, load: { steady: 100/s, peak: 600/s } }
          browse: { entry: shop, load: { steady: 100/s, peak: 600/s } }
          find: { entry: finder, load: { steady: 100/s, peak: 600/s, coincident: false } }
          bulk: { entry: batch, load: { steady: 100/s, peak: 600/s, coincident: false } }
        defaults: { services: { replicas: 9 } }
        services:
          gateway:
            rateLimit: { limit: 900/s, scope: global }
            calls: [{ to: orders, fallback: none }]
          orders: { capacity: { rps: 100 } }
          search:
            concurrencyLimit: adaptive
            rateLimit: { limit: 1000/s, scope: global }
            calls: [{ to: index, fallback: none }]
          index: { capacity: { rps: 100 } }
          shop:
            rateLimit: { limit: 1000/s, scope: global }
            calls: [{ to: pages, fallback: none }, { to: tips, optional: true }, { to: small-db, fallback: none }]
          pages: { capacity: { rps: 100 }, loadShedding: true }
          tips: { capacity: { rps: 90 } }
          finder:
            rateLimit: { limit: 1000/s, scope: global }
            calls: [{ to: shared-db, fallback: none }, { to: hints }]
            capacity: { rps: 50 }
          hints: { capacity: { rps: 90 } }
          batch: { calls: [{ to: shared-db, fallback: none }], rateLimit: none }
        stores:
          small-db: { capacity: { rps: 500 } }
          shared-db: { capacity: { rps: 1150 } }
      `,
    },
  ],
})
