import { blocksTable, migrationsOf, stepsOf } from '../../analysis/migrations.ts'
import { engineOf } from '../../analysis/engine.ts'
import type { Facts } from '../../analysis/index.ts'
import { largestHarmlessWait } from '../../analysis/lock-wait.ts'
import type { Store } from '../../manifest/model.ts'
import { duration, number, rate } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

/** How long a schema change waits for a lock unless somebody sets a limit. */
const defaultWait: Readonly<Record<string, string>> = {
  postgres: 'PostgreSQL waits for ever',
  mysql: 'MySQL waits for a year',
  mariadb: 'MariaDB waits for a day',
}

export default defineRule({
  id: 'migration-without-lock-timeout',
  title: 'A schema change may wait for its lock without limit',
  severity: 'error',
  question: 'migrations',
  on: 'store',
  options: noOptions,
  why: 'A schema change that waits behind one long query makes every later query on the table wait behind it. The table is down for as long as that first query runs, and the pools of all its callers fill.',
  formula: 'queries that wait = λ · lock timeout, which must stay below Σ pools of the callers',
  fix: 'Set a lock timeout for the session that migrates, and try again when it strikes.',
  sources: [
    { title: 'PostgreSQL documentation', id: 'lock_timeout', revision: '18' },
    { title: 'MySQL Reference Manual', id: 'lock_wait_timeout', revision: '8.4' },
    { title: 'squawk', id: 'require-lock-timeout' },
  ],
  reads: [
    'stores.migrations.lockTimeout',
    'stores.migrations.steps.kind',
    'stores.migrations.steps.newTable',
    'stores.migrations.strategy',
    'stores.engine',
    'calls.pool',
    'services.replicas',
    'journeys.load',
  ],

  appliesTo: store =>
    Object.hasOwn(defaultWait, engineOf(store).product ?? '') &&
    store.migrations !== undefined &&
    store.migrations !== 'none',

  *check(store, { facts }) {
    const { lockTimeout, strategy } = migrationsOf(store)!
    if (typeof lockTimeout === 'number') return
    const steps = stepsOf(store)
    const untyped = steps.filter(step => step.kind === undefined && step.newTable !== true)
    if (steps.length > 0 && !steps.some(blocksTable)) return yield* ask(untyped.map(step => [...step.path, 'kind']))
    const at = [...store.path, 'migrations', 'lockTimeout']
    const byDefault = defaultWait[engineOf(store).product!]!
    if (lockTimeout === undefined) return yield { unknown: at, because: `Without a limit ${byDefault}` }
    const callers = facts.callsTo(store.name)
    const alone = callers.length === 0 || strategy === 'maintenanceWindow'
    yield {
      at,
      message: `A schema change of "${store.name}" waits for its lock without a limit${alone ? '' : ', and every query behind it waits as well'}; expected a lock timeout`,
      // With nobody there, what it waits for is a session that somebody forgot to close.
      severity: strategy === 'maintenanceWindow' ? 'info' : alone ? 'warning' : 'error',
      ...adviceFor(store, facts),
      journeys: facts.journeys.through(store.name, 'sure'),
    }
  },

  examples: [
    {
      title: 'Every order waits behind a new column, which waits behind a report',
      bad: yaml`
        services:
          orders:
            replicas: 10
            calls: [{ to: orders-db, pool: 10 }]
        stores:
          orders-db:
            engine: postgres@16
            migrations:
              tool: flyway
              lockTimeout: none # <--
              steps: [{ kind: addColumn, object: orders.note }]
      `,
    },
    {
      title: 'MySQL waits for a year; the load says which timeout its pools can bear',
      bad: yaml`
        journeys:
          buy: { entry: orders, load: { steady: 100/s, peak: 400/s } }
        services:
          orders:
            replicas: 10
            calls: [{ to: orders-db, pool: 10 }]
        stores:
          orders-db:
            engine: mysql@8
            migrations: { lockTimeout: none } # <--
      `,
    },
    {
      title: 'Even in a maintenance window a forgotten session can hold the lock',
      bad: yaml`
        services:
          orders:
            calls: [{ to: orders-db }]
        stores:
          orders-db:
            engine: mariadb@11
            migrations: { lockTimeout: none, strategy: maintenanceWindow } # <--
      `,
    },
    {
      title: 'The tool is named, its lock timeout is not',
      unclear: yaml`
        stores:
          orders-db:
            engine: postgres@16
            migrations: # ?
              tool: flyway
      `,
    },
    {
      title: 'A step that may or may not change a table',
      unclear: yaml`
        stores:
          orders-db:
            engine: postgres@16
            migrations:
              lockTimeout: none
              steps:
                - object: orders.note # ?
                - { object: notes, newTable: true }
      `,
    },
    {
      title: 'It gives up after a second',
      good: yaml`
        stores:
          orders-db: { engine: postgres@16, migrations: { lockTimeout: 1s } }
          events: { engine: mongodb@8, migrations: { lockTimeout: none } }
          stock-db: { engine: postgres@16, migrations: none }
          users-db: { engine: postgres@16 }
          files: { role: objectStore, migrations: { tool: scripts } }
      `,
    },
    {
      title: 'Nobody waits for a table that did not exist before, or for a change of rows or code',
      good: yaml`
        services:
          orders:
            calls: [{ to: orders-db }]
        stores:
          orders-db:
            engine: postgres@16
            migrations:
              lockTimeout: none
              steps:
                - { kind: addTable, object: notes }
                - { kind: addIndex, object: notes.author, newTable: true }
                - { kind: backfill, object: orders.note }
                - { kind: dualWrite, object: orders.note }
                - { kind: switchReads, object: orders.note }
                - { kind: switchCode, object: orders.note }
      `,
    },
  ],
})

/** A second is usual; where load and pools are known, no more waits than the pools can hold. */
function adviceFor(store: Store, facts: Facts): { fix: string; arithmetic?: string } {
  const bound = largestHarmlessWait(store, facts)
  const retry = 'and try again when it strikes'
  if (!bound) return { fix: `Set lockTimeout: 1s for the session that migrates, ${retry}` }
  const { perSecond, pools, wait } = bound
  return {
    arithmetic: `${rate(perSecond)} x ${duration(wait)} = ${number((perSecond * wait) / 1000)} queries wait, of ${number(pools)} pooled connections`,
    fix: `Set lockTimeout: ${duration(wait)} for the session that migrates, or less, ${retry}`,
  }
}
