import { engineOf, isRelational } from '../../analysis/engine.ts'
import { gapsAround, isBornWith, orderOf, overlaps, servicesOf, type Order } from '../../analysis/migration-order.ts'
import { isContract, losesData, migrationsOf, stepName, stepsOf, type Step } from '../../analysis/migrations.ts'
import type { Store } from '../../manifest/model.ts'
import { list } from '../../units.ts'
import { ask, defineRule, noOptions, yaml, type Context, type Outcome, type Violation } from '../define.ts'

export default defineRule({
  id: 'migration-contract-before-expand',
  title: 'The old shape goes while code still uses it',
  severity: 'error',
  question: 'migrations',
  on: 'store',
  options: noOptions,
  why: 'During a deploy the old and the new version of the code run side by side, and after it the old one may have to come back. A column that was dropped with the release that stops using it fails the one and rules out the other.',
  formula: 'expand < dual write, backfill < switch of reads and code < contract, each in a release of its own',
  fix: 'Drop, rename or tighten only in a release after the one that stops using the old shape, once that can no longer be rolled back.',
  sources: [
    { title: 'Danilo Sato: Parallel Change', id: 'martinfowler.com/bliki/ParallelChange.html' },
    { title: "Amazon Builders' Library: Ensuring rollback safety during deployments", id: 'two-phase deployment' },
    { title: 'squawk', id: 'ban-drop-column, renaming-column, changing-column-type, adding-required-field' },
  ],
  reads: [
    'stores.migrations.strategy',
    'stores.migrations.steps',
    'stores.role',
    'stores.engine',
    'services.deploy.strategy',
  ],

  appliesTo: store =>
    store.migrations === undefined
      ? store.role === 'systemOfRecord' && isRelational(engineOf(store).product)
      : store.migrations !== 'none',

  *check(store, context) {
    const migrations = migrationsOf(store)
    if (!migrations) return yield { unknown: [...store.path, 'migrations'] }
    const steps = stepsOf(store)
    if (steps.length === 0) return yield* judgeStrategy(store, context)
    const journeys = context.facts.journeys.through(store.name, 'sure')
    for (const step of steps) {
      if (step.kind === undefined && step.newTable !== true) yield { unknown: [...step.path, 'kind'] }
      if (!isContract(step) || isBornWith(step, steps)) continue
      for (const outcome of judge(step, store, context)) yield 'at' in outcome ? { ...outcome, journeys } : outcome
    }
  },

  examples: [
    {
      title: 'The release that stops reading a column also drops it, or drops it while billing still reads it',
      bad: yaml`
        services:
          users: { deploy: { strategy: rolling }, calls: [{ to: users-db }] }
          billing: { calls: [{ to: users-db }] }
        stores:
          users-db:
            migrations:
              strategy: expandContract
              steps:
                - { kind: switchCode, object: customers.email, release: 42 }
                - { kind: dropColumn, object: customers.email, release: 42 } # <--
                - { kind: switchCode, object: customers.phone, release: 42 }
                - { kind: dropColumn, object: customers.phone, release: 43, readers: [billing] } # <--
      `,
    },
    {
      title: 'Dropped before it was copied, renamed under running code, required before code fills it',
      bad: yaml`
        platform: kubernetes
        services:
          carts: { calls: [{ to: carts-db }] }
        stores:
          users-db:
            migrations:
              strategy: maintenanceWindow
              steps:
                - { kind: dropColumn, object: customers.email, release: v7 } # <--
                - { kind: backfill, object: customers.email, release: v8 }
                - { kind: dropTable, object: coupons, release: v8 } # <--
                - { kind: backfill, object: coupons.code, release: v8 }
          stock-db:
            migrations:
              steps:
                - { kind: switchReads, object: customers.email, release: 43 }
                - { kind: renameColumn, object: customers.email, release: 42 } # <--
                - { kind: dropColumn, object: customers.phone, release: 42 } # <--
                - { kind: addColumn, object: customers.phone, release: 43 }
                - { kind: addColumn, object: customers.country, release: 41, default: none }
                - { kind: setNotNull, object: customers.country, release: 41 } # <--
                - { kind: setNotNull, object: customers.city, release: 41 } # <--
                - { kind: switchCode, object: customers.city, release: 41 }
          carts-db: { migrations: { strategy: inPlace } } # <--
          orders-db:
            migrations:
              strategy: inPlace
              steps:
                - { kind: changeType, object: orders.total, release: 42 } # <--
      `,
    },
    {
      title: 'How the schema changes is not stated, or not in which order',
      unclear: yaml`
        services:
          users: # ?
            calls: [{ to: carts-db }]
        stores:
          users-db: # ?
            engine: postgres@16
            role: systemOfRecord
          orders-db:
            migrations: # ?
              tool: flyway
          stock-db:
            migrations: # ?
              steps: [{ kind: dropColumn, object: stock.place, release: 42 }]
          carts-db: { migrations: { strategy: inPlace } }
      `,
    },
    {
      title: 'A plan with gaps, for a database that two services share',
      unclear: yaml`
        services:
          users: { calls: [{ to: users-db }] }
          billing: { calls: [{ to: users-db }] }
        stores:
          users-db:
            migrations:
              steps:
                - { kind: switchCode, object: customers.email, release: 42 }
                - { kind: dropColumn, object: customers.email, release: 43 } # ?
                - { kind: dropColumn, object: customers.email, release: 44, readers: [] }
                - { kind: dropColumn, object: customers.email } # ?
                - { object: customers.phone, release: 43 } # ?
                - { object: notes.author, newTable: true }
          orders-db:
            migrations:
              steps:
                - { kind: renameColumn, release: 43 } # ?
          stock-db:
            migrations:
              steps:
                - { kind: switchCode, release: 43 } # ?
                - { kind: dropTable, object: places, release: 44 }
      `,
    },
    {
      title: 'Each step in a release of its own, the old shape last; a name that code has left may be used again',
      good: yaml`
        services:
          users: { deploy: { strategy: rolling }, calls: [{ to: users-db }] }
        stores:
          users-db:
            migrations:
              steps:
                - { kind: dualWrite, object: customers.contact, release: 41 }
                - { kind: backfill, object: customers.contact, release: 42 }
                - { kind: setNotNull, object: customers.contact, release: 42 }
                - { kind: switchReads, object: customers.contact, release: 43 }
                - { kind: switchCode, object: customers.contact, release: 43 }
                - { kind: switchCode, object: customers, release: 43 }
                - { kind: dropColumn, object: customers.email, release: 44 }
                - { kind: addColumn, object: customers.email, release: 45 }
                - { kind: backfill, object: customers.email, release: 46 }
                - { kind: addIndex, object: customers.email, release: 47 }
                - { kind: dropColumn, object: customers.note, release: 44 }
                - { kind: switchCode, object: customers, release: 45 }
                - { kind: addTable, object: notes, release: 42 }
                - { kind: setNotNull, object: notes.author, release: 42 }
                - { kind: renameColumn, object: drafts.author, release: 42, newTable: true }
      `,
    },
    {
      title: 'Expand and contract, nobody there while it changes, or no schema that changes',
      good: yaml`
        services:
          orders: { deploy: { strategy: recreate }, calls: [{ to: orders-db }] }
        stores:
          users-db: { migrations: { strategy: expandContract } }
          stock-db:
            migrations: { strategy: maintenanceWindow, steps: [{ kind: dropColumn, object: stock.place, release: 42 }] }
          orders-db: { migrations: { strategy: inPlace } }
          sessions: { engine: redis@8, role: systemOfRecord }
          search: { engine: postgres@16, role: searchIndex }
          countries: { engine: postgres@16, role: systemOfRecord, migrations: none }
      `,
    },
  ],
})

type Here = Context<Record<string, never>>

/** Without a plan there is only what the author says of plans in general. */
function* judgeStrategy(store: Store, { model, facts }: Here): Generator<Outcome, void, undefined> {
  const at = [...store.path, 'migrations', 'strategy']
  const { strategy } = migrationsOf(store)!
  if (strategy === undefined) yield { unknown: at }
  const together = strategy === 'inPlace' && overlaps(store, model)
  const subject = `"${store.name}" changes its schema in place`
  if (typeof together !== 'boolean') return yield* ask(together, subject)
  const message = `${subject}, but deploys run old and new code side by side; expected expandContract`
  if (together) yield { at, message, severity: 'warning', journeys: facts.journeys.through(store.name, 'sure') }
}

function* judge(step: Step, store: Store, { model }: Here): Generator<Outcome, void, undefined> {
  const { strategy, steps } = { ...migrationsOf(store)!, steps: stepsOf(store) }
  if (step.object === undefined) return yield { unknown: [...step.path, 'object'] }
  const gaps = gapsAround(step, steps)
  if (gaps.length > 0) return yield* ask(gaps, `The order around ${stepName(step)} depends on it`)
  const { tooLate, switched } = orderOf(step, steps)
  // Where nobody runs meanwhile nothing fails at once, but the release cannot go back.
  const severity = strategy !== 'maintenanceWindow' && overlaps(store, model) === true ? 'error' : 'warning'
  if (tooLate) return yield { severity, ...wrongOrder(step, tooLate, store) }
  const subject = `"${store.name}" runs ${stepName(step)}`
  const readers = list((step.readers ?? []).map(name => `"${name}"`))
  if (readers !== '')
    return yield {
      at: [...step.path, 'readers'],
      message: `${subject} while ${readers} still ${readers.includes(' and ') ? 'read' : 'reads'} the old shape; expected no readers`,
      fix: `Let ${readers} change over first, and contract in a release after that`,
      severity,
    }
  if (strategy === 'expandContract' || strategy === 'maintenanceWindow') return
  if (!switched) {
    const because = `Nothing in the plan of "${store.name}" says when code stops using ${step.object}`
    if (strategy === undefined) return yield { unknown: [...store.path, 'migrations', 'strategy'], because }
    const message = `${subject} in place, with the code that uses it; expected a release of its own after that code`
    return yield { at: [...step.path, 'kind'], message, severity }
  }
  const users = servicesOf(store, model).map(({ name }) => `"${name}"`)
  if (step.readers === undefined && users.length > 1)
    yield { unknown: [...step.path, 'readers'], because: `${list(users)} all use "${store.name}"` }
}

function wrongOrder(step: Step, { step: late, sameRelease }: NonNullable<Order['tooLate']>, store: Store): Violation {
  const [own, release] = [step.release!, late.release!]
  const next = typeof release === 'number' ? `release ${release + 1} or later` : `a release after ${release}`
  return {
    at: [...step.path, 'release'],
    message: `"${store.name}" runs ${stepName(step)} in release ${own}, but ${stepName(late)} ${sameRelease ? 'ships with the same release' : `follows in release ${release}`}; expected ${next}`,
    arithmetic: `needed: ${late.kind!} < ${step.kind!}; stated: ${late.kind!} in release ${release}, ${step.kind!} in release ${own}`,
    fix: `Move it to ${next}, once release ${release} can no longer be rolled back`,
    // What is dropped before it was copied is gone, whoever is running.
    ...(losesData(step) && late.kind === 'backfill' ? { severity: 'error' } : {}),
    evidence: [{ label: stepName(late), at: late.path }],
  }
}
