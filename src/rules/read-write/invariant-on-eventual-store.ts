import { changesState } from '../../analysis/access.ts'
import type { Path } from '../../finding.ts'
import type { Call, Store } from '../../manifest/model.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'invariant-on-eventual-store',
  title: 'A rule of the data is checked against what may be old',
  severity: 'error',
  question: 'read-write',
  on: 'store',
  options: noOptions,
  why: 'Two requests read the same old value, both find that the rule holds, and both write. The voucher is used twice, the last book is sold twice. No error appears; the data is wrong from then on.',
  fix: 'Let the store refuse the write: a unique constraint, a conditional write, or a version that is compared.',
  sources: [
    { title: 'Amazon DynamoDB developer guide: Read consistency; Condition expressions' },
    { title: 'Bailis et al.: Coordination Avoidance in Database Systems', id: 'PVLDB 8(3), 2014' },
  ],
  reads: ['stores.invariants', 'stores.consistency', 'calls.readFrom', 'calls.access', 'calls.mutates'],

  appliesTo: ({ invariants }) => invariants !== undefined && Object.keys(invariants).length > 0,

  *check(store, { facts }) {
    for (const [name, { enforcedBy }] of Object.entries(store.invariants!)) {
      const at: Path = [...store.path, 'invariants', name, 'enforcedBy']
      if (enforcedBy === undefined) yield { unknown: at, because: `something must refuse what breaks "${name}"` }
      if (enforcedBy !== 'cache' && enforcedBy !== 'application') continue
      const reads = enforcedBy === 'cache' ? cached : readsOld(store, facts.callsTo(store.name))
      if (reads === undefined) continue
      if ('missing' in reads) {
        yield* ask(reads.missing, `the application checks "${name}" against what it reads`)
        continue
      }
      yield {
        at,
        message: `"${name}" of "${store.name}" is checked against ${reads.what}, so that two requests at once can both pass; expected a constraint or a conditional write`,
        evidence: reads.evidence,
        journeys: facts.journeys.through(store.name, 'sure'),
      }
    }
  },

  examples: [
    {
      title: 'One use of a voucher per customer, checked with a read that may be old; stock that is counted in a cache',
      bad: yaml`
        services:
          orders: { calls: [{ to: stock-db, access: readWrite, readFrom: nearest }] }
          reports: { calls: [{ to: stock-db, access: read, readFrom: primary }] }
        stores:
          vouchers:
            consistency: eventual
            invariants:
              one-use-per-customer: { enforcedBy: application } # <--
              code-is-unique: { enforcedBy: conditionalWrite }
          stock-db:
            consistency: eventual
            invariants:
              never-below-zero: { enforcedBy: application } # <--
          seats-db:
            consistency: strong
            invariants:
              seat-is-sold-once: { enforcedBy: cache } # <--
      `,
    },
    {
      title: 'What refuses a violation, what a reader sees, and which node it asks, one after another',
      unclear: yaml`
        services:
          orders:
            calls:
              - { to: stock-db, access: readWrite } # ?
              - { to: stock-db, access: readWrite, readFrom: primary, operation: release }
              - { to: stock-db, readFrom: replica, operation: count } # ?
        stores:
          vouchers:
            invariants:
              one-use-per-customer: {} # ?
          seats-db: # ?
            invariants:
              seat-is-sold-once: { enforcedBy: application }
          stock-db:
            consistency: eventual
            invariants:
              never-below-zero: { enforcedBy: application }
      `,
    },
    {
      title: 'The store refuses, whatever the reader saw',
      good: yaml`
        stores:
          vouchers:
            consistency: eventual
            invariants:
              one-use-per-customer: { enforcedBy: conditionalWrite }
              code-is-unique: { enforcedBy: constraint }
              total-is-right: { enforcedBy: transaction }
          views: { consistency: eventual, invariants: {} }
          prices: {}
      `,
    },
    {
      title: 'The application checks what it reads from the primary, or from a store that never shows an old value',
      good: yaml`
        services:
          orders:
            calls: [{ to: stock-db, access: readWrite, readFrom: primary }]
          reports:
            calls: [{ to: stock-db, access: read, readFrom: replica }]
        stores:
          stock-db:
            consistency: eventual
            invariants:
              never-below-zero: { enforcedBy: application }
          seats-db:
            consistency: strong
            invariants:
              seat-is-sold-once: { enforcedBy: application }
          offers: {}
      `,
    },
  ],
})

interface Old {
  readonly what: string
  readonly evidence: readonly { label: string; at: Path }[]
}

/** An entry may be gone or old whatever the store behind it does. */
const cached: Old = { what: 'a cache', evidence: [] }

/** Whoever writes has checked before; those who only read decide nothing. */
function readsOld(store: Store, calls: readonly Call[]): Old | { missing: readonly Path[] } | undefined {
  const { consistency, path } = store
  const at = [...path, 'consistency']
  if (consistency === undefined) return { missing: [at] }
  if (consistency === 'strong') return undefined
  const old = { what: 'reads that may be old', evidence: [{ label: 'reads are eventually consistent', at }] }
  const writers = calls.filter(call => changesState(call) !== false)
  const sure = writers.filter(call => changesState(call) === true)
  if (writers.length === 0 || sure.some(({ readFrom }) => readFrom === 'replica' || readFrom === 'nearest')) return old
  const open = writers.filter(call => call.readFrom !== 'primary')
  const missing = open.map((call): Path => [...call.path, changesState(call) === true ? 'readFrom' : 'access'])
  return missing.length > 0 ? { missing } : undefined
}
