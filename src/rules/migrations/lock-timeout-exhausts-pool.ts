import { engineOf } from '../../analysis/engine.ts'
import { reaches } from '../../analysis/estimate.ts'
import { harmlessWait, largestHarmlessWait, lockQueueOf, type LockQueue } from '../../analysis/lock-wait.ts'
import { blocksTable, migrationsOf, stepsOf, type Step } from '../../analysis/migrations.ts'
import type { Facts } from '../../analysis/index.ts'
import { firstOf } from '../../analysis/questions.ts'
import type { Store } from '../../manifest/model.ts'
import { duration, number, plural, rate } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

const known: readonly string[] = ['postgres', 'mysql', 'mariadb']

export default defineRule({
  id: 'lock-timeout-exhausts-pool',
  title: 'A schema change may wait for its lock until all pools are empty',
  severity: 'info',
  question: 'migrations',
  on: 'store',
  options: noOptions,
  why: 'A lock timeout ends the wait of the schema change, not that of the queries behind it meanwhile. When as many of them wait as the callers have connections, requests that never touch the table get none either, and the table takes the service with it. How much of the load goes to one table cannot be stated, so all of it counts: an upper bound.',
  formula: 'queries that wait = Σ λ · min(lock timeout, timeout of the call) ≥ Σ pools of the callers',
  fix: 'Give up on the lock before the pools are empty and try again, or migrate when there is little load.',
  sources: [
    { title: "Little's law", id: 'L = λW' },
    { title: 'PostgreSQL documentation', id: 'lock_timeout', revision: '18' },
    { title: 'squawk', id: 'require-lock-timeout' },
  ],
  reads: [
    'stores.engine',
    'stores.replicas',
    'stores.migrations.lockTimeout',
    'stores.migrations.strategy',
    'stores.migrations.onlineTool',
    'stores.migrations.steps',
    'calls.pool',
    'calls.timeout',
    'calls.totalTimeout',
    'calls.access',
    'calls.readFrom',
    'calls.serves',
    'services.replicas',
    'services.processes',
    'services.deploy',
    'caches.hitRatio',
    'journeys.load',
  ],

  // Where nobody states a pool nobody counts connections; the wait itself is judged by another rule.
  appliesTo: (store, { facts }) => {
    const { lockTimeout, strategy, onlineTool } = migrationsOf(store) ?? {}
    return (
      typeof lockTimeout === 'number' &&
      known.includes(engineOf(store).product ?? '') &&
      strategy !== 'maintenanceWindow' &&
      onlineTool !== true &&
      mayBlock(store) &&
      facts.callsTo(store.name).some(({ pool }) => pool !== undefined)
    )
  },

  *check(store, { facts }) {
    const { lockTimeout, strategy } = migrationsOf(store)!
    const wait = lockTimeout as number
    const queue = lockQueueOf(store, wait, facts)
    const empty = reaches(queue.queries, queue.pools)
    if (empty === false) return
    if (empty !== true) {
      const because = `a schema change of "${store.name}" waits for its lock for up to ${duration(wait)}, and the queries behind it as well`
      return yield* ask(firstOf(empty, ['pool', 'replicas', 'max', 'timeout']).slice(0, 1), because)
    }
    if (strategy === undefined) return yield { unknown: [...store.path, 'migrations', 'strategy'] }
    const [queries, pools] = [queue.queries.low, queue.pools.high ?? 0]
    yield {
      at: [...store.path, 'migrations', 'lockTimeout'],
      message: `A schema change of "${store.name}" may wait ${duration(wait)} for its lock, and up to ${number(queries)} queries behind it if all load goes to that table, but the pools have ${plural(pools, 'connection')}; expected fewer queries than those`,
      arithmetic: [
        ...queue.parts.map(
          ({ call, perSecond, wait }) =>
            `${call.name}: ${rate(perSecond)} x ${duration(wait)} = ${number((perSecond * wait) / 1000)}`,
        ),
        `${number(queries)} >= ${number(pools)}`,
      ].join('\n'),
      fix: adviceFor(store, queue, facts),
      evidence: queue.parts.map(({ call }) => ({ label: `pool of "${call.from.name}"`, at: [...call.path, 'pool'] })),
      journeys: facts.journeys.through(store.name, 'sure'),
    }
  },

  examples: [
    {
      title: '2 000 queries wait behind a change that waits for 5s, and there are 100 connections',
      bad: yaml`
        journeys:
          buy: { entry: orders, load: { steady: 400/s, peak: 500/s } }
        services:
          orders:
            replicas: 10
            deploy: { strategy: recreate }
            calls: [{ to: orders-db, access: write, pool: 10, timeout: 10s }]
        stores:
          orders-db:
            engine: postgres@16
            migrations:
              strategy: inPlace
              lockTimeout: 5s # <--
              steps: [{ kind: addColumn, object: orders.note }]
      `,
    },
    {
      title: 'Pool, timeout of the call, what the primary answers, load and strategy are asked for one after another',
      unclear: yaml`
        journeys:
          buy: { entry: orders, load: 400/s }
          pay: { entry: payments, load: 400/s }
          browse: { entry: catalogue, load: 400/s }
          send: { entry: parcels } # ?
          look: { entry: views, load: 400/s }
          list: { entry: lists, load: 400/s }
        defaults: { services: { replicas: 10, deploy: { strategy: recreate } } }
        services:
          orders:
            calls:
              - { to: orders-db, access: write, pool: 10, timeout: 10s }
              - { to: orders-db, access: read, readFrom: replica }
          invoices:
            calls: [{ to: orders-db }] # ?
          payments:
            calls: [{ to: payments-db, access: write, pool: 10 }] # ?
          catalogue:
            calls: [{ to: catalogue-db, access: read, pool: 10, timeout: 10s }] # ?
          parcels:
            calls: [{ to: parcels-db, access: write, pool: 10, timeout: 10s }]
          views:
            calls: [{ to: views-db, pool: 10, timeout: 10s }] # ?
          lists:
            calls: [{ to: lists-db, access: write, pool: 10, timeout: 10s }]
        stores:
          orders-db: { engine: postgres@16, migrations: { lockTimeout: 5s } }
          payments-db: { engine: postgres@16, migrations: { lockTimeout: 5s } }
          catalogue-db: { engine: postgres@16, replicas: 3, migrations: { lockTimeout: 5s } }
          parcels-db: { engine: mysql@8, migrations: { lockTimeout: 5s } }
          views-db: { engine: mysql@8, migrations: { lockTimeout: 5s } }
          lists-db:
            engine: mariadb@11
            migrations: # ?
              lockTimeout: 5s
      `,
    },
    {
      title: 'It gives up in time, the callers do, replicas answer, or nobody is there',
      good: yaml`
        journeys:
          buy: { entry: orders, load: { steady: 400/s, peak: 500/s } }
        services:
          orders:
            replicas: 10
            deploy: { strategy: recreate }
            calls:
              - { to: orders-db, access: write, pool: 10, timeout: 10s }
              - { to: payments-db, access: write, pool: 10, timeout: 200ms }
              - { to: reports-db, access: read, readFrom: replica, pool: 10, timeout: 10s }
              - { to: stock-db, access: write, pool: 10, timeout: 10s }
              - { to: files-db, access: write, pool: 10, timeout: 10s }
              - { to: prices-db, access: write, pool: 10, timeout: 10s }
              - { to: users-db, access: write, timeout: 10s }
              - { to: search-db, access: write, pool: 10, timeout: 10s }
        stores:
          orders-db: { engine: postgres@16, migrations: { strategy: inPlace, lockTimeout: 200ms } }
          payments-db: { engine: postgres@16, migrations: { strategy: inPlace, lockTimeout: 5s } }
          reports-db: { engine: postgres@16, replicas: 3, migrations: { strategy: inPlace, lockTimeout: 5s } }
          stock-db: { engine: postgres@16, migrations: { strategy: maintenanceWindow, lockTimeout: 5s } }
          files-db: { engine: mysql@8, migrations: { strategy: inPlace, onlineTool: true, lockTimeout: 5s } }
          prices-db:
            engine: postgres@16
            migrations: { strategy: inPlace, lockTimeout: 5s, steps: [{ kind: addTable, object: notes }] }
          users-db: { engine: postgres@16, migrations: { strategy: inPlace, lockTimeout: 5s } }
          search-db:
            engine: postgres@16
            migrations: { strategy: inPlace, lockTimeout: 5s, steps: [{ kind: addIndex, object: words.word }] }
      `,
    },
  ],
})

/** Without planned changes it is about those to come. What waits for the lock of an index built concurrently holds nobody up. */
function mayBlock(store: Store): boolean {
  const steps = stepsOf(store)
  const holdsUp = (step: Step) => blocksTable(step) && (step.kind !== 'addIndex' || step.concurrently === false)
  return steps.length === 0 || steps.some(holdsUp)
}

/** At the peak where that is known, as a change may come then as well. */
function adviceFor(store: Store, { perSecond, pools }: LockQueue, facts: Facts): string {
  const wait = largestHarmlessWait(store, facts)?.wait ?? harmlessWait(perSecond.low, pools.high ?? 0)
  if (wait < 1) return 'Migrate when there is little load'
  return `Set lockTimeout: ${duration(wait)} or less and try again when it strikes, or migrate when there is little load`
}
