import { blockingOf, mayBeBornWith } from '../../analysis/blocking-ddl.ts'
import { engineOf } from '../../analysis/engine.ts'
import { isBornWith } from '../../analysis/migration-order.ts'
import { migrationsOf, stepName, stepsOf, type Step } from '../../analysis/migrations.ts'
import type { Path } from '../../finding.ts'
import type { Store } from '../../manifest/model.ts'
import { number, plural } from '../../units.ts'
import { ask, defineRule, noOptions, yaml, type Outcome } from '../define.ts'

/** Tables of fewer rows are rewritten before anybody notices. */
const smallTable = 10_000

const known: readonly string[] = ['postgres', 'mysql', 'mariadb']

export default defineRule({
  id: 'blocking-ddl',
  title: 'A migration blocks a live table',
  severity: 'warning',
  question: 'migrations',
  on: 'store',
  options: noOptions,
  why: 'To build an index, check a constraint or rewrite a table the usual way locks the table for as long as it takes, which is milliseconds in the test and half an hour with eighty million rows. Everybody who writes waits.',
  fix: 'Use the form of the statement that lets others work: concurrently, not valid first, or in batches.',
  sources: [
    { title: 'PostgreSQL documentation', id: 'CREATE INDEX, ALTER TABLE', revision: '18' },
    { title: 'MySQL Reference Manual', id: 'Online DDL Operations', revision: '8.4' },
    {
      title: 'squawk',
      id: 'require-concurrent-index-creation, constraint-missing-not-valid, adding-not-nullable-field, changing-column-type, adding-field-with-default',
    },
  ],
  reads: ['stores.engine', 'stores.migrations.strategy', 'stores.migrations.onlineTool', 'stores.migrations.steps'],

  appliesTo: store => {
    const { strategy, onlineTool } = migrationsOf(store) ?? {}
    const { product } = engineOf(store)
    return (
      stepsOf(store).length > 0 &&
      strategy !== 'maintenanceWindow' &&
      onlineTool !== true &&
      product !== undefined &&
      known.includes(product)
    )
  },

  *check(store, { facts }) {
    const steps = stepsOf(store)
    const journeys = facts.journeys.through(store.name, 'sure')
    for (const step of steps) {
      if (isBornWith(step, steps)) continue
      const outcome = judge(step, store)
      const open = outcome && 'at' in outcome ? openFacts(step, store) : []
      if (open.length > 0) yield* ask(open)
      else if (outcome) yield 'at' in outcome ? { ...outcome, journeys } : outcome
    }
  },

  examples: [
    {
      title: 'Eighty million rows, and nobody can order while the index is built',
      bad: yaml`
        stores:
          orders-db:
            engine: postgres@16
            migrations:
              strategy: expandContract
              steps:
                - kind: addIndex
                  object: orders.customer_id
                  rows: 80000000
                  concurrently: false # <--
      `,
    },
    {
      title: 'Every row is checked, rewritten or filled at once',
      bad: yaml`
        stores:
          orders-db:
            engine: postgres
            migrations:
              strategy: expandContract
              steps:
                - { kind: addConstraint, object: orders.customer_id, notValid: false, concurrently: false } # <--
                - { kind: setNotNull, object: orders.state, notValid: false } # <--
                - { kind: changeType, object: orders.total, concurrently: false } # <--
                - { kind: addColumn, object: orders.token, default: volatile } # <--
                - { kind: backfill, object: orders.note, batched: false } # <--
      `,
    },
    {
      title: 'What is safe today was not safe before PostgreSQL 11 and 12',
      bad: yaml`
        stores:
          orders-db:
            engine: postgres@10
            migrations:
              strategy: expandContract
              steps:
                - { kind: addColumn, object: orders.state, default: constant } # <--
                - { kind: setNotNull, object: orders.state, notValid: true } # <--
          stock-db:
            engine: postgres@11
            migrations:
              strategy: expandContract
              steps:
                - { kind: addColumn, object: stock.state, default: constant }
                - { kind: setNotNull, object: stock.state, notValid: true } # <--
      `,
    },
    {
      title: 'MySQL copies the table for another type',
      bad: yaml`
        stores:
          orders-db:
            engine: mysql@8
            migrations:
              strategy: expandContract
              steps:
                - { kind: changeType, object: orders.total, concurrently: false } # <--
                - { kind: addConstraint, object: orders.customer_id, concurrently: false } # <--
      `,
    },
    {
      title: 'How it is done is not stated',
      unclear: yaml`
        stores:
          orders-db:
            engine: postgres@10
            migrations:
              steps:
                - { kind: addIndex, object: orders.customer_id } # ?
                - { kind: addConstraint, object: orders.customer_id } # ?
                - { kind: addConstraint, object: orders.number, notValid: false } # ?
                - { kind: setNotNull, object: orders.state } # ?
                - { kind: changeType, object: orders.total } # ?
                - { kind: addColumn, object: orders.note } # ?
                - { kind: backfill, object: orders.note } # ?
                - { object: orders.note } # ?
          stock-db:
            engine: mariadb@11
            migrations: { steps: [{ kind: changeType, object: stock.count }] } # ?
          carts-db:
            engine: postgres@16
            migrations: # ?
              steps:
                - { kind: addIndex, object: carts.owner, concurrently: false }
          notes-db:
            engine: postgres@16
            migrations:
              strategy: expandContract
              steps:
                - { kind: addTable, object: notes } # ?
                - { kind: addIndex, object: notes.author, release: 7, concurrently: false }
      `,
    },
    {
      title: 'Each in the form that lets others work, a default that is stored once, a table that is new',
      good: yaml`
        stores:
          orders-db:
            engine: postgres
            migrations:
              steps:
                - { kind: addIndex, object: orders.customer_id, concurrently: true }
                - { kind: addConstraint, object: orders.customer_id, notValid: true }
                - { kind: addConstraint, object: orders.number, notValid: false, concurrently: true }
                - { kind: setNotNull, object: orders.state, notValid: true }
                - { kind: changeType, object: orders.code, concurrently: true }
                - { kind: addColumn, object: orders.kind, default: constant }
                - { kind: addColumn, object: orders.note }
                - { kind: backfill, object: orders.note, batched: true }
                - { kind: dropColumn, object: orders.old }
                - { kind: addTable, object: notes, release: 7 }
                - { kind: addIndex, object: notes.author, release: 7, concurrently: false }
                - { kind: addIndex, object: drafts.author, newTable: true, concurrently: false }
          stock-db:
            engine: mysql@8
            migrations:
              steps:
                - { kind: addIndex, object: stock.place }
                - { kind: setNotNull, object: stock.place }
      `,
    },
    {
      title: 'Nobody is there, a tool copies the table, or the product is another',
      good: yaml`
        stores:
          orders-db:
            engine: postgres@16
            migrations: { strategy: maintenanceWindow, steps: [{ kind: backfill, batched: false }] }
          stock-db:
            engine: mysql@8
            migrations: { onlineTool: true, steps: [{ kind: changeType, concurrently: false }] }
          views: { engine: mongodb@8, migrations: { steps: [{ kind: addIndex }] } }
          users-db: { engine: postgres@16, migrations: { tool: flyway } }
      `,
    },
  ],
})

/** A table that the plan creates has no users yet, and in a maintenance window nobody is there. */
function openFacts(step: Step, store: Store): readonly Path[] {
  const born = mayBeBornWith(step, stepsOf(store))
  if (born.length > 0) return born
  return migrationsOf(store)?.strategy === undefined ? [[...store.path, 'migrations', 'strategy']] : []
}

function judge(step: Step, store: Store): Outcome | undefined {
  const { kind, path, rows } = step
  if (kind === undefined) return { unknown: [...path, 'kind'] }
  const engine = engineOf(store)
  const blocking = blockingOf(step, engine)
  if (!blocking) return undefined
  if ('ask' in blocking) return { unknown: [...path, blocking.ask] }
  const version = engine.major === undefined ? ' (no version is stated, so the newest is assumed)' : ''
  const size = rows === undefined ? '' : ` of ${plural(rows, 'row')}`
  return {
    at: [...path, blocking.key],
    message: `"${store.name}" runs ${stepName(step)}, which blocks ${blocking.blocks}${size} ${blocking.during}${version}; expected nobody to wait`,
    ...(rows === undefined ? {} : { arithmetic: `rows = ${number(rows)}` }),
    severity: severityOf(step),
    fix: blocking.instead,
  }
}

/** Of a table of unknown size an ordinary one is assumed. Rows that are being filled are locked, the table is not. */
function severityOf({ kind, rows }: Step): 'error' | 'warning' | 'info' {
  if (rows !== undefined && rows < smallTable) return 'info'
  return rows === undefined || kind === 'backfill' ? 'warning' : 'error'
}
