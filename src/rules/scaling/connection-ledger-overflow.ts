import { firstMissing, linesOf, poolerSides, type Pooler } from '../../analysis/connection-limits.ts'
import type { Ledger } from '../../analysis/connections.ts'
import { engineOf } from '../../analysis/engine.ts'
import { exceeds } from '../../analysis/estimate.ts'
import type { Model, Store } from '../../manifest/model.ts'
import { number, roundUp } from '../../units.ts'
import { ask, defineRule, noOptions, yaml, type Context, type Outcome, type Violation } from '../define.ts'

/** What an engine accepts unless it is told otherwise. */
const defaultLimit: Readonly<Record<string, number>> = { postgres: 100, mysql: 151, mariadb: 151 }

export default defineRule({
  id: 'connection-ledger-overflow',
  title: 'Clients can open more connections than the store accepts',
  severity: 'error',
  question: 'scaling',
  on: 'store',
  options: noOptions,
  why: 'Scaling out takes the last connections at the moment of the highest load. New instances then fail to start, running ones fail at random, and nobody can log in to see why.',
  formula: 'Σ (n_max + surge) · processes · pool > max connections - reserved',
  fix: 'Make the pools smaller, or put a pooler in transaction mode in front of the store.',
  sources: [
    { title: 'PostgreSQL documentation', id: 'max_connections, superuser_reserved_connections', revision: '18' },
    { title: 'MySQL Reference Manual', id: 'max_connections', revision: '8.4' },
    { title: 'PgBouncer', id: 'max_client_conn, default_pool_size, pool_mode' },
    { title: 'HikariCP wiki', id: 'About Pool Sizing' },
  ],
  reads: [
    'stores.maxConnections',
    'stores.reservedConnections',
    'stores.pooler',
    'stores.cluster',
    'stores.engine',
    'calls.pool',
    'services.replicas',
    'services.processes',
    'services.deployable',
    'services.deploy.strategy',
    'services.deploy.maxSurge',
    'jobs.processes',
  ],

  // Stores of one cluster have one ledger; it is told at the store that states the limit, else at the first.
  appliesTo: (store, { model, facts }) =>
    speaker(store, model) === store &&
    facts.ledger(store).entries.length > 0 &&
    countsConnections(store, facts.ledger(store)),

  *check(store, context) {
    const ledger = context.facts.ledger(store)
    const { pooler } = store
    if (pooler !== undefined && pooler !== 'none') return yield* judgePooler(store, pooler, ledger, context)
    if (store.maxConnections === undefined) return yield askLimit(store, ledger)
    const over = exceeds(ledger.total, ledger.limit)
    if (over === true && pooler === undefined) {
      const because = `Without one, ${number(ledger.total.low)} connections are possible, and ${number(ledger.limit.low)} are accepted`
      return yield { unknown: [...store.path, 'pooler'], because }
    }
    if (over === true) yield overflow(store, ledger, context)
    else if (over !== false)
      yield* ask(
        firstMissing(ledger),
        `${number(ledger.total.low)} of ${number(ledger.limit.low)} connections are accounted for`,
      )
  },

  examples: [
    {
      title: 'Forty instances of ten, twelve of five, and ten more during a rollout',
      bad: yaml`
        services:
          shop:
            replicas: { min: 10, max: 40 }
            deploy: { strategy: rolling, maxSurge: 25% }
            calls: [{ to: orders-db, pool: 10 }]
          worker:
            replicas: 6
            processes: 2
            calls: [{ to: orders-db, pool: 5 }, { to: orders-db, pool: 2 }]
        jobs:
          report: { calls: [{ to: orders-db }] }
        stores:
          orders-db: { engine: postgres@16, maxConnections: 500, pooler: none } # <--
      `,
    },
    {
      title: 'Databases of one cluster share its connections, which are told once',
      bad: yaml`
        services:
          shop:
            replicas: 40
            calls: [{ to: orders-db, pool: 10 }, { to: stock-db, pool: 10 }]
        stores:
          stock-db: { cluster: main, engine: postgres@16 }
          orders-db: { cluster: main, engine: postgres@16, maxConnections: 500, pooler: none } # <--
      `,
    },
    {
      title: 'The poolers open more than the database accepts, or accept less than clients open',
      bad: yaml`
        services:
          shop:
            replicas: 40
            calls: [{ to: orders-db, pool: 10 }, { to: stock-db, pool: 10 }, { to: users-db, pool: 10 }]
        stores:
          orders-db: { maxConnections: 100, pooler: { mode: transaction, instances: 3, poolSize: 50 } } # <--
          stock-db:
            maxConnections: 100
            pooler: { mode: transaction, instances: 1, poolSize: 50, maxClientConnections: 300 } # <--
          users-db:
            maxConnections: 100
            pooler: { mode: session, instances: 1, poolSize: 50, maxClientConnections: 1000 } # <--
      `,
    },
    {
      title: 'What bounds the clients is not stated, or how instances are replaced',
      unclear: yaml`
        services:
          shop: # ?
            calls:
              - to: orders-db # ?
          carts: # ?
            replicas: 40
            calls: [{ to: carts-db, pool: 2 }]
        stores:
          orders-db: { engine: postgres@16, maxConnections: 100 }
          carts-db: { engine: mysql@8, maxConnections: 100 }
      `,
    },
    {
      title: 'What the databases and their poolers accept is not stated',
      unclear: yaml`
        services:
          search:
            replicas: 40
            calls: [{ to: search-db, pool: 10 }, { to: prices-db, pool: 10 }, { to: files, pool: 2 }, { to: users-db, pool: 10 }]
          shop: { calls: [{ to: stock-db, pool: 10 }] }
        stores:
          search-db: # ?
            maxConnections: 100
          prices-db: { engine: mysql@8 } # ?
          files: {} # ?
          users-db:
            maxConnections: 100
            pooler: # ?
              { instances: 1, poolSize: 50, maxClientConnections: 1000 }
          stock-db:
            maxConnections: 100
            pooler: # ? x2
              { mode: transaction, maxClientConnections: 1000 }
      `,
    },
    {
      title: 'Few enough, with a pooler or without, and a bucket that has no connections',
      good: yaml`
        services:
          shop:
            replicas: 40
            deploy: { strategy: recreate }
            calls: [{ to: orders-db, pool: 2 }, { to: stock-db, pool: 10 }, { to: images }]
          prices:
            deployable: shop
            replicas: 40
            deploy: { strategy: recreate }
            calls: [{ to: orders-db, pool: 2 }]
        stores:
          orders-db: { engine: postgres@16, maxConnections: 100, reservedConnections: 20, pooler: none }
          stock-db: { maxConnections: 100, pooler: { mode: transaction, instances: 1, poolSize: 50, maxClientConnections: 400 } }
          images: { engine: s3, role: objectStore }
          archive: { engine: postgres@16 }
      `,
    },
  ],
})

type Here = Context<Record<string, never>>

function speaker(store: Store, model: Model): Store {
  if (store.cluster === undefined) return store
  const sharing = [...model.stores.values()].filter(({ cluster }) => cluster === store.cluster)
  return sharing.find(({ maxConnections }) => maxConnections !== undefined) ?? sharing[0]!
}

/** Object stores and data APIs have no connections to run out of. */
const countsConnections = (store: Store, { entries }: Ledger): boolean =>
  store.maxConnections !== undefined ||
  Object.hasOwn(defaultLimit, engineOf(store).product ?? '') ||
  entries.some(({ call }) => call.pool !== undefined)

function askLimit(store: Store, { total }: Ledger): Outcome {
  const { product = '' } = engineOf(store)
  const usual = Object.hasOwn(defaultLimit, product) ? defaultLimit[product]! : undefined
  const unknown = [...store.path, 'maxConnections']
  if (usual === undefined || total.low <= usual) return { unknown }
  return {
    unknown,
    because: `Its clients may open ${number(total.low)}, and ${product} accepts ${number(usual)} unless it is told otherwise`,
  }
}

/** Clients connect to the pooler, and only the pooler connects to the store: each side has a limit of its own. */
function* judgePooler(
  store: Store,
  pooler: Pooler,
  ledger: Ledger,
  { facts }: Here,
): Generator<Outcome, void, undefined> {
  const { sides, poolers, size } = poolerSides(store, pooler, ledger)
  for (const side of sides) {
    const over = exceeds(side.use, side.limit)
    if (over === false) continue
    if (over !== true) return yield* ask(side.first.length > 0 ? side.first : firstMissing(ledger))
    if (side.key === 'mode' && pooler.mode === undefined) return yield { unknown: side.at }
    return yield {
      at: side.at,
      message: `"${store.name}" may have ${number(side.use.low)} connections ${side.what}; expected at most ${number(side.limit.high!)}`,
      arithmetic:
        side.key === 'poolSize'
          ? `${number(poolers.low)} x ${number(pooler.pairs ?? 1)} x ${number(size.low)} = ${number(side.use.low)} > ${number(side.limit.high!)}`
          : linesOf(ledger, number(side.limit.high!)),
      fix: 'Make the pools smaller, or raise the limits of the pooler and the store together',
      evidence: [{ label: 'the pooler', at: [...store.path, 'pooler'] }],
      journeys: facts.journeys.through(store.name, 'sure'),
    }
  }
}

function overflow(store: Store, ledger: Ledger, { facts }: Here): Violation {
  const { entries, total, limit } = ledger
  const most = limit.high!
  const processes = entries.reduce((sum, e) => sum + (e.pool.low > 0 ? e.total.low / e.pool.low : 0), 0)
  const each = Math.floor(most / processes)
  const raise = `raise maxConnections to at least ${number(roundUp(total.low + store.maxConnections! - most))}`
  return {
    at: [...store.path, 'maxConnections'],
    message: `Clients of "${store.name}" can open ${number(total.low)} connections at full scale; expected at most ${number(most)}`,
    arithmetic: linesOf(
      ledger,
      `${number(store.maxConnections!)} - ${number(store.maxConnections! - most)} reserved = ${number(most)}`,
    ),
    fix: `${each > 0 ? `Cut the pools to ${number(each)} per process` : 'Run fewer processes'}, put a pooler in transaction mode in front, or ${raise}`,
    evidence: entries.flatMap(({ call, client }) => [
      { label: `pool of ${call.name}`, at: [...call.path, 'pool'] },
      ...(client.kind === 'service'
        ? [{ label: `instances of ${client.name}`, at: [...client.path, 'replicas'] }]
        : []),
    ]),
    journeys: facts.journeys.through(store.name, 'sure'),
  }
}
