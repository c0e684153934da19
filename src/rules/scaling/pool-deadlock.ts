import type { Path } from '../../finding.ts'
import { deadlockFreePool } from '../../analysis/formulas/capacity.ts'
import type { Call } from '../../manifest/model.ts'
import { number, plural } from '../../units.ts'
import { defineRule, noOptions, yaml, type Outcome } from '../define.ts'

export default defineRule({
  id: 'pool-deadlock',
  title: 'Requests can block each other in their own connection pool',
  severity: 'warning',
  question: 'scaling',
  on: 'call',
  options: noOptions,
  why: 'A request that holds a connection and needs another one waits for a request to finish that waits for the same. Once every connection is held by such a request none of them ever goes on, without any load on the database.',
  formula: 'pool < T · (h - 1) + 1, with T requests of one process at the same time that hold h connections each',
  fix: 'Make the pool large enough that one request always gets all it needs, or use one connection for a request.',
  sources: [{ title: 'HikariCP wiki', id: 'About Pool Sizing, "Pool-locking"' }],
  reads: [
    'calls.connectionsPerRequest',
    'calls.pool',
    'calls.bulkhead',
    'services.concurrency',
    'services.processes',
    'services.runtime',
  ],

  appliesTo: ({ connectionsPerRequest = 1 }) => connectionsPerRequest > 1,

  *check(call, { facts }) {
    const outcome = judge(call)
    if (!outcome) return
    const edge = facts.journeys.edgeOf(call)
    yield 'at' in outcome ? { ...outcome, journeys: edge ? facts.journeys.taking(edge, 'sure') : [] } : outcome
  },

  examples: [
    {
      title: 'Eight threads that need three connections each share ten',
      bad: yaml`
        services:
          orders:
            concurrency: 8
            calls:
              - { to: orders-db, connectionsPerRequest: 3, bulkhead: none, pool: 10 } # <--
        stores:
          orders-db: {}
      `,
    },
    {
      title: 'A bulkhead lets fewer in, and each process has a pool of its own; still too many',
      bad: yaml`
        services:
          orders:
            concurrency: 64
            calls:
              - { to: orders-db, connectionsPerRequest: 2, bulkhead: 12, pool: 12 } # <--
          stock:
            concurrency: 17
            processes: 4
            calls:
              - { to: stock-db, connectionsPerRequest: 2, bulkhead: none, pool: 5 } # <--
        stores:
          orders-db: {}
          stock-db: {}
      `,
    },
    {
      title: 'Not even one request gets what it needs',
      bad: yaml`
        services:
          orders:
            calls:
              - { to: orders-db, connectionsPerRequest: 2, pool: 1 } # <--
        jobs:
          report:
            calls:
              - { to: orders-db, connectionsPerRequest: 2, pool: 1 } # <--
        stores:
          orders-db: {}
      `,
    },
    {
      title: 'What would decide is not stated',
      unclear: yaml`
        services:
          orders:
            calls:
              - to: orders-db # ?
                connectionsPerRequest: 2
          stock: # ?
            calls: [{ to: orders-db, connectionsPerRequest: 2, pool: 10 }]
          carts:
            concurrency: 10
            calls:
              - to: orders-db # ?
                connectionsPerRequest: 2
                pool: 10
        stores:
          orders-db: {}
      `,
    },
    {
      title: 'Enough for all, or for all that are let in; one connection each; one request at a time',
      good: yaml`
        services:
          orders:
            concurrency: 8
            calls:
              - { to: orders-db, connectionsPerRequest: 3, pool: 17 }
              - { to: files-db, connectionsPerRequest: 1, pool: 4, bulkhead: none }
              - { to: users-db, pool: 4 }
          stock:
            concurrency: 16
            processes: 4
            calls: [{ to: orders-db, connectionsPerRequest: 2, pool: 5 }]
          carts:
            concurrency: 64
            calls: [{ to: orders-db, connectionsPerRequest: 2, bulkhead: 9, pool: 10 }]
          mails:
            concurrency: 9
            calls: [{ to: users-db, connectionsPerRequest: 2, bulkhead: 20, pool: 10 }]
          upload:
            runtime: serverless
            calls: [{ to: files-db, connectionsPerRequest: 2, bulkhead: none, pool: 2 }]
        jobs:
          report: { calls: [{ to: orders-db, connectionsPerRequest: 2, pool: 2 }] }
        stores:
          orders-db: {}
          files-db: {}
          users-db: {}
      `,
    },
  ],
})

function judge(call: Call): Outcome | undefined {
  const { from, path, connectionsPerRequest: held = 1, pool, bulkhead } = call
  const at: Path = [...path, 'pool']
  if (pool === undefined) return { unknown: at, because: `Each request holds ${number(held)} connections of it` }
  const evidence = [{ label: `${number(held)} connections per request`, at: [...path, 'connectionsPerRequest'] }]
  if (pool < held)
    return {
      at,
      message: `"${call.name}" has a pool of ${plural(pool, 'connection')}, but one request needs ${number(held)} at once`,
      arithmetic: `${number(pool)} < ${number(held)}`,
      severity: 'error',
      fix: `Raise the pool to at least ${number(held)}, or use one connection for a request`,
      evidence,
    }
  // A job handles one thing at a time as far as a manifest can say, and so does a function unless it says more.
  if (from.kind === 'job' || (from.runtime === 'serverless' && from.concurrency === undefined)) return undefined
  const { concurrency, processes = 1 } = from
  if (concurrency === undefined) return { unknown: [...from.path, 'concurrency'] }
  // With all slots busy some process has at least an equal part of them.
  const letIn = typeof bulkhead === 'number' ? Math.min(bulkhead, concurrency) : concurrency
  const threads = Math.ceil(letIn / processes)
  const needed = deadlockFreePool(threads, held)
  if (pool >= needed) return undefined
  const formula = `${number(threads)} x (${number(held)} - 1) + 1 = ${number(needed)} > ${number(pool)}`
  if (bulkhead === undefined) return { unknown: [...path, 'bulkhead'], because: formula }
  return {
    at,
    message: `"${call.name}" can deadlock: ${plural(threads, 'request')} at the same time hold ${number(held)} connections each of a pool of ${number(pool)}; expected a pool of at least ${number(needed)}`,
    arithmetic: formula,
    fix: `Raise the pool to at least ${number(needed)}, let at most ${plural(Math.floor((pool - 1) / (held - 1)) * processes, 'request')} in at a time with a bulkhead, or use one connection for a request`,
    evidence: [...evidence, { label: `${number(concurrency)} slots`, at: [...from.path, 'concurrency'] }],
  }
}
