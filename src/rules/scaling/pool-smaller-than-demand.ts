import { reaches, type Answer } from '../../analysis/estimate.ts'
import type { Facts } from '../../analysis/index.ts'
import type { LoadKind } from '../../analysis/load.ts'
import { demandOf, type PoolDemand } from '../../analysis/pool-demand.ts'
import type { Path } from '../../finding.ts'
import type { Call, Service } from '../../manifest/model.ts'
import { duration, number, plural, rate } from '../../units.ts'
import { ask, defineRule, noOptions, yaml, type Violation } from '../define.ts'

export default defineRule({
  id: 'pool-smaller-than-demand',
  title: 'Requests need more connections than the pools hold',
  severity: 'warning',
  question: 'scaling',
  on: 'call',
  options: noOptions,
  why: 'A request that finds no free connection waits for one and keeps its slot meanwhile. When on average as many connections are needed as there are, that queue never gets shorter, although the database behind it is idle.',
  formula:
    'a = λ · hold time >= n · processes · pool, with λ the requests that make the call and n the instances at that load',
  fix: 'Make the pool larger, or hold a connection for less time: no calls to others inside a transaction.',
  sources: [
    { title: "Little's law", id: 'L = λW' },
    { title: 'HikariCP wiki', id: 'About Pool Sizing' },
  ],
  reads: [
    'calls.holdTime',
    'calls.pool',
    'calls.callsPerRequest',
    'calls.probability',
    'calls.serves',
    'calls.cachedBy',
    'caches.hitRatio',
    'journeys.load',
    'services.replicas',
    'services.processes',
    'services.autoscaling',
    'services.concurrency',
    'services.serviceTime',
    'services.capacity.rps',
  ],

  // How long a transaction lasts is no other time of the manifest. Jobs and functions share no pool between requests.
  appliesTo: ({ holdTime, from }) => holdTime !== undefined && from.kind === 'service' && from.runtime !== 'serverless',

  *check(call, { facts }) {
    const service = call.from as Service
    const answers: Answer[] = []
    for (const kind of ['steady', 'peak'] as const) {
      const demand = demandOf(call, service, kind, facts)
      if (!demand) return
      const full = reaches(demand.needed, demand.available)
      if (full === true && demand.needed.low > 0) return yield violation(call, service, kind, demand, facts)
      answers.push(full)
    }
    for (const answer of answers) if (Array.isArray(answer)) return yield* ask(answer.slice(0, 1))
  },

  examples: [
    {
      title: 'Six connections are busy all the time, and there are six',
      bad: yaml`
        journeys:
          search: { entry: search, load: 300/s }
        services:
          search:
            replicas: 6
            calls:
              - { to: search-db, holdTime: 20ms, pool: 1 } # <--
        stores:
          search-db: {}
      `,
    },
    {
      title: 'A transaction stays open while the payment provider answers',
      bad: yaml`
        journeys:
          checkout: { entry: orders, load: { steady: 40/s, peak: 200/s } }
          track: { entry: tracking, load: { steady: 10/s, peak: 200/s } }
        services:
          orders:
            replicas: { min: 4, max: 8 }
            processes: 2
            concurrency: 64
            capacity: { rps: 100 }
            autoscaling: { metric: cpu, target: 50% }
            calls:
              - { to: orders-db, holdTime: 450ms, pool: 10 } # <--
              - { to: psp }
          tracking:
            replicas: { min: 2, max: 6 }
            autoscaling: none
            calls:
              - { to: orders-db, holdTime: 100ms, pool: 10 } # <--
        stores:
          orders-db: {}
        externals:
          psp: { latency: { mean: 400ms } }
      `,
    },
    {
      title: 'The size of the pool, the load, and how many instances share it are not stated',
      unclear: yaml`
        journeys:
          search: { entry: search, load: 300/s }
          suggest: # ?
            entry: suggest
          list:
            entry: lists
            load: # ?
              { steady: 300/s }
          rate: { entry: ratings, load: 300/s }
          vote: { entry: votes, load: 300/s }
          order: { entry: orders, load: 300/s }
        services:
          search:
            replicas: 6
            calls:
              - to: search-db # ?
                holdTime: 20ms
          suggest:
            replicas: 6
            calls: [{ to: search-db, holdTime: 20ms, pool: 1 }]
          lists:
            replicas: 6
            calls: [{ to: search-db, holdTime: 20ms, pool: 10 }]
          ratings: # ?
            calls: [{ to: search-db, holdTime: 20ms, pool: 1 }]
          votes:
            replicas: # ?
              min: 3
            calls: [{ to: search-db, holdTime: 20ms, pool: 1 }]
          orders:
            replicas: 6
            calls:
              - { to: search-db, holdTime: 20ms, pool: 1 }
              - to: search-db # ?
        stores:
          search-db: {}
      `,
    },
    {
      title:
        'Enough: nine in ten reads never get there, five queries of one request share a connection, two journeys part ways',
      good: yaml`
        journeys:
          browse: { entry: catalogue, load: { steady: 300/s, peak: 500/s } }
          checkout: { entry: shop, load: { steady: 20/s, peak: 100/s } }
          read: { entry: shop, load: { steady: 900/s, peak: 4000/s } }
        services:
          catalogue:
            replicas: 2
            calls:
              - { to: catalogue-cache }
              - { to: catalogue-db, cachedBy: catalogue-cache, holdTime: 20ms, pool: 2 }
              - { to: prices-db, callsPerRequest: 5, holdTime: 10ms, pool: 3 }
          shop:
            replicas: 4
            calls:
              - { to: orders-db, serves: [checkout], holdTime: 30ms, pool: 1 }
              - { to: users-db, serves: [read], holdTime: 5ms, pool: 10 }
        stores:
          catalogue-db: {}
          prices-db: {}
          orders-db: {}
          users-db: {}
        caches:
          catalogue-cache: { hitRatio: 90%, inFrontOf: catalogue-db }
      `,
    },
    {
      title: 'Calls to one store share the larger pool; messages wait in their queue',
      good: yaml`
        journeys:
          order: { entry: orders, load: { steady: 300/s, peak: 600/s } }
        services:
          orders:
            replicas: 6
            calls:
              - { to: orders-db, access: read, pool: 2, holdTime: 50ms }
              - { to: orders-db, access: write, pool: 10, holdTime: 50ms }
            publishes: [{ to: placed }]
          mailer:
            consumes: [{ from: placed }]
            calls: [{ to: orders-db, holdTime: 50ms, pool: 1 }]
        stores:
          orders-db: {}
        queues:
          placed: {}
      `,
    },
    {
      title: 'Nothing to multiply: no time stated, a job, functions that have one connection each',
      good: yaml`
        journeys:
          upload: { entry: upload, load: 900/s }
        services:
          upload:
            runtime: serverless
            calls: [{ to: files-db, holdTime: 50ms, pool: 1 }, { to: users }]
          users:
            replicas: 2
            calls: [{ to: files-db, pool: 1 }]
        jobs:
          report: { calls: [{ to: files-db, holdTime: 50ms, pool: 1 }] }
        stores:
          files-db: {}
      `,
    },
  ],
})

function violation(call: Call, service: Service, kind: LoadKind, demand: PoolDemand, facts: Facts): Violation {
  const {
    needed,
    available,
    requests,
    pool: { low: pool },
  } = demand
  const { processes = 1 } = service
  // A pool of nothing is too small for any load, whatever the instances.
  const count = pool === 0 ? processes : available.high! / pool
  const load = kind === 'steady' ? 'steady load' : 'peak'
  const [enough, comfortable] = [Math.floor(needed.low / count) + 1, Math.ceil(needed.low / count / 0.8)]
  const at = (...keys: string[]): Path => [...call.path, ...keys]
  const shape = `${number(count / processes)} x ${processes > 1 ? `${number(processes)} x ` : ''}${number(pool)}`
  return {
    at: at('pool'),
    message: `"${call.name}" needs ${plural(needed.low, 'connection')} at its ${load}, and the pools of "${service.name}" hold ${number(available.high!)}; expected a pool of at least ${number(enough)}`,
    arithmetic: `a = ${rate(requests.low)} x ${duration(call.holdTime!)} = ${number(needed.low)} busy connections\nrho = ${number(needed.low)} / (${shape}) = ${number(needed.low / available.high!)}`,
    fix: `Raise the pool to at least ${number(enough)}${comfortable > enough ? ` (${number(comfortable)} for a utilisation of 0.8)` : ''}, or hold a connection for less time`,
    severity: kind === 'steady' ? 'error' : 'warning',
    evidence: [
      { label: `held for ${duration(call.holdTime!)}`, at: at('holdTime') },
      { label: `instances of ${service.name}`, at: [...service.path, 'replicas'] },
    ],
    journeys: facts.waiting.on(facts.journeys.edgeOf(call)!, 'sure'),
  }
}
