import { answers, behind, isLate, nodeOf, readsOf, rereads } from '../../analysis/replica-reads.ts'
import type { Path } from '../../finding.ts'
import type { Call, Journey, Store } from '../../manifest/model.ts'
import { duration } from '../../units.ts'
import { defineRule, noOptions, yaml, type Outcome } from '../define.ts'

export default defineRule({
  id: 'read-your-writes-on-replica',
  title: 'A reader that needs the last write asks a replica that may not have it',
  severity: 'warning',
  question: 'read-write',
  on: 'journey',
  options: noOptions,
  why: 'A replica that is written to later answers as if the last write had not happened. The new address is missing from the order, the user saves it again, and support cannot reproduce it, because the lag is gone by then.',
  fix: 'Read from the primary where the last write must be seen, or let the reader wait until the replica has it (session token, log position).',
  sources: [
    { title: 'PostgreSQL documentation: Log-Shipping Standby Servers, synchronous replication', id: 'section 26.2' },
    { title: 'Terry et al.: Session Guarantees for Weakly Consistent Replicated Data', id: 'PDIS 1994' },
  ],
  reads: [
    'journeys.steps',
    'journeys.consistency',
    'calls.consistency',
    'calls.readFrom',
    'calls.access',
    'calls.sessionConsistency',
    'calls.maxStaleness',
    'calls.serves',
    'stores.replication',
    'stores.replicationLag',
    'stores.consistency',
    'stores.replicas',
  ],

  appliesTo: (journey, { model, facts }) =>
    rereads(journey, model).length > 0 || readsOf(journey, model, facts).some(hasNeed),

  *check(journey, { model, facts }) {
    const reread = rereads(journey, model)
    for (const { call, store, at } of reread) {
      const need = call.consistency ?? journey.consistency
      if (need === 'bounded' || need === 'eventual') continue
      const said = `"${journey.name}" writes "${store.name}" and then "${call.from.name}" reads it from ${nodeOf(call)}`
      if (need === undefined) {
        if (answers(call) === 'replica') yield { unknown: [...journey.path, 'consistency'], because: said }
        continue
      }
      const evidence = [{ label: 'the step that reads', at }]
      yield* freshReads({ call, store, need, said, journeys: [journey], evidence })
    }
    for (const call of readsOf(journey, model, facts)) {
      const store = call.target as Store
      const { consistency: need } = call
      const journeys = facts.journeys.taking(facts.journeys.edgeOf(call)!, 'sure')
      const known = reread.some(known => known.call === call)
      if (!known && (need === 'strong' || need === 'readYourWrites')) {
        const said = `"${call.name}" must see ${need === 'strong' ? 'the last write' : 'its own writes'} and reads from ${nodeOf(call)}`
        const evidence = [{ label: 'what the reader needs', at: [...call.path, 'consistency'] }]
        yield* freshReads({ call, store, need, said, journeys, evidence })
      }
      yield* staleReads(call, store, journeys)
    }
  },

  examples: [
    {
      title: 'The address is saved, and the summary of the order shows the old one',
      bad: yaml`
        journeys:
          checkout:
            entry: shop
            consistency: readYourWrites
            steps: [{ service: shop }, { service: profile, writes: profile-db }, { service: orders, reads: profile-db }]
          browse: { entry: shop }
        services:
          shop: { calls: [{ to: profile }, { to: orders }] }
          profile: { calls: [{ to: profile-db, access: write }] }
          orders:
            calls:
              - { to: profile-db, access: read, readFrom: replica, sessionConsistency: false } # <--
              - { to: profile-db, access: write, readFrom: primary }
              - { to: profile-db, access: read, readFrom: primary, serves: [browse] }
        stores: { profile-db: { replicas: 3, replication: async, replicationLag: { p99: 2s } } }
      `,
    },
    {
      title: 'Stock that must be exact, read from whatever node is near; a price that is older than allowed',
      bad: yaml`
        journeys:
          checkout: { entry: orders }
          quote: { entry: orders }
        services:
          orders:
            calls:
              - { to: stock-db, serves: [checkout, quote], readFrom: nearest, consistency: strong, sessionConsistency: false } # <--
              - { to: price-db, serves: [quote], readFrom: replica, maxStaleness: 5s } # <--
        stores: { stock-db: { replication: async }, price-db: { replicationLag: { p99: 8s } } }
      `,
    },
    {
      title: 'What the user must see, which node answers, and how far it is behind, one after another',
      unclear: yaml`
        journeys:
          checkout: # ?
            entry: shop
            steps: [{ service: profile, writes: profile-db }, { service: orders, reads: profile-db }]
          pay:
            entry: shop
            consistency: readYourWrites
            steps: [{ service: orders, writes: orders-db }, { service: orders, reads: orders-db }]
        services:
          shop: { calls: [{ to: orders }] }
          profile: { calls: [{ to: profile-db, access: write }] }
          orders:
            calls:
              - { to: profile-db, access: read, readFrom: replica }
              - { to: orders-db, access: read, readFrom: replica }
              - { to: orders-db, access: readWrite, serves: [pay] } # ?
              - { to: stock-db, serves: [pay], consistency: strong, readFrom: replica }
              - { to: carts-db, serves: [pay], consistency: strong, readFrom: replica } # ?
              - { to: price-db, serves: [pay], maxStaleness: 5s } # ?
              - { to: tax-db, serves: [pay], maxStaleness: 5s, readFrom: replica }
              - { to: views-db, serves: [pay], maxStaleness: 5s, readFrom: replica }
        stores:
          profile-db: {}
          orders-db: {}
          stock-db: {} # ?
          carts-db: { replicationLag: { mean: 10ms } }
          price-db: {}
          tax-db: {} # ?
          views-db: { replicationLag: { mean: 1s } } # ?
      `,
    },
    {
      title:
        'The primary answers, the session waits for its write, the replica has it already, or it may be a minute late',
      good: yaml`
        journeys:
          checkout:
            entry: shop
            consistency: readYourWrites
            steps:
              - { service: profile, writes: profile-db }
              - { service: orders, reads: profile-db }
              - { service: orders, writes: orders-db }
              - { service: history, reads: orders-db }
              - { service: history, reads: carts-db }
              - { service: profile, writes: carts-db }
          browse: { entry: catalogue }
          list:
            entry: lists
            consistency: eventual
            steps: [{ service: lists, writes: views-db }, { service: lists, reads: views-db }]
        services:
          shop: { calls: [{ to: orders }] }
          catalogue: {}
          profile: { calls: [{ to: profile-db, access: write }, { to: carts-db, access: write }] }
          lists:
            calls:
              - { to: views-db, access: readWrite, readFrom: replica, maxStaleness: 1m }
              - { to: orders-db, readFrom: replica, consistency: bounded }
          orders:
            calls:
              - { to: profile-db, access: read, readFrom: replica }
              - { to: profile-db, access: read, readFrom: primary }
              - { to: tax-db, access: read, readFrom: replica, consistency: strong }
              - { to: orders-db, access: write, readFrom: replica }
              - { to: single-db, access: read, consistency: strong, maxStaleness: 1s }
              - { to: ledger, access: read, readFrom: replica, consistency: strong }
              - { to: accounts, access: read, readFrom: nearest, consistency: strong }
          history:
            calls:
              - { to: orders-db, access: read, readFrom: replica, sessionConsistency: true }
              - { to: carts-db, access: read, readFrom: replica }
        stores:
          profile-db: { replication: async }
          orders-db: { replication: async }
          carts-db: { replication: async }
          single-db: { replicas: 1 }
          ledger: { replication: sync }
          accounts: { consistency: strong }
          tax-db: { replicationLag: { p99: 0s } }
          views-db: { replicationLag: { p99: 1m } }
      `,
    },
  ],
})

const hasNeed = ({ consistency, maxStaleness }: Call): boolean =>
  consistency === 'strong' || consistency === 'readYourWrites' || maxStaleness !== undefined

interface FreshRead {
  readonly call: Call
  readonly store: Store
  readonly need: 'strong' | 'readYourWrites'
  readonly said: string
  readonly journeys: readonly Journey[]
  readonly evidence: readonly { label: string; at: Path }[]
}

function* freshReads({ call, store, need, said, journeys, evidence }: FreshRead): Generator<Outcome, void, undefined> {
  const node = answers(call)
  if (node === 'primary' || call.sessionConsistency === true) return
  if (node === undefined)
    return yield { unknown: [...call.path, 'readFrom'], because: 'the reader must see the last write' }
  const late = isLate(store)
  if (late === false) return
  if (late === undefined) return yield { unknown: [...store.path, 'replication'], because: said }
  if (call.sessionConsistency === undefined)
    return yield { unknown: [...call.path, 'sessionConsistency'], because: said }
  yield {
    at: [...call.path, 'readFrom'],
    message: `${said}, which is ${behind(store)}; expected the primary, or a reader that waits for the write`,
    severity: need === 'strong' ? 'error' : 'warning',
    evidence,
    journeys,
    about: call.path,
  }
}

function* staleReads(call: Call, store: Store, journeys: readonly Journey[]): Generator<Outcome, void, undefined> {
  const { maxStaleness, path } = call
  const node = answers(call)
  if (maxStaleness === undefined || node === 'primary') return
  const { p99, mean } = store.replicationLag ?? {}
  const lag = p99 ?? mean
  if (node === undefined) {
    if (lag === undefined || lag > maxStaleness) yield { unknown: [...path, 'readFrom'] }
    return
  }
  if (lag === undefined)
    return yield {
      unknown: [...store.path, 'replicationLag'],
      because: `"${call.name}" takes answers that are at most ${duration(maxStaleness)} old`,
    }
  if (lag <= maxStaleness) {
    if (p99 === undefined) yield { unknown: [...store.path, 'replicationLag', 'p99'] }
    return
  }
  yield {
    at: [...path, 'maxStaleness'],
    message: `"${call.name}" takes answers that are at most ${duration(maxStaleness)} old, but the replicas of "${store.name}" are ${behind(store)}; expected less`,
    arithmetic: `${p99 === undefined ? 'mean' : 'p99'} of the lag = ${duration(lag)} > ${duration(maxStaleness)}`,
    fix: `Read from the primary, bring the lag below ${duration(maxStaleness)}, or accept answers that are ${duration(lag)} old`,
    evidence: [{ label: `lag ${duration(lag)}`, at: [...store.path, 'replicationLag'] }],
    journeys,
    about: path,
  }
}
