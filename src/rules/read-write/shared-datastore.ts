import { changesState } from '../../analysis/access.ts'
import { distinct } from '../../analysis/estimate.ts'
import type { Path } from '../../finding.ts'
import type { Call, Model, Store } from '../../manifest/model.ts'
import { list } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'
import { indicesOf } from '../../analysis/indices.ts'

export default defineRule({
  id: 'shared-datastore',
  title: 'Several services write the same tables',
  severity: 'warning',
  question: 'read-write',
  on: 'store',
  options: noOptions,
  why: 'Services that write the same tables share a schema that none of them can change, locks that none of them sees, and invariants that each can break. They cannot be deployed, scaled or moved to another store one by one.',
  fix: 'Let one service own the tables; give the others an API, events or a view to read from.',
  sources: [
    { title: 'Taibi and Lenarduzzi: On the Definition of Microservice Bad Smells', id: 'doi:10.1109/MS.2018.2141031' },
    { title: 'Microservices Patterns', id: 'pattern "Database per service"' },
  ],
  reads: [
    'calls.access',
    'calls.mutates',
    'calls.schema',
    'services.deployable',
    'services.owner',
    'jobs.hostedIn',
    'stores.role',
  ],

  appliesTo: (store, { model }) =>
    store.role !== 'observability' && new Set(writersOf(store, model).map(({ deployable }) => deployable)).size > 1,

  *check(store, { model, facts }) {
    const writers = writersOf(store, model)
    const pairs = writers.flatMap((a, i) => writers.slice(i + 1).map(b => [a, b] as const)).filter(areApart)
    const sharing = pairs.filter(([a, b]) => a.call.schema !== undefined && a.call.schema === b.call.schema)
    const sure = sharing.find(pair => pair.every(({ call }) => changesState(call) === true))
    if (!sure) return yield* ask(distinct(pairs.flatMap(missingOf)), `several services use "${store.name}"`)

    const { schema } = sure[0].call
    const both = writers.filter(({ call }) => call.schema === schema && changesState(call) === true)
    const names = [...new Set(both.map(({ deployable }) => `"${deployable}"`))]
    yield {
      at: store.path,
      message: `${list(names)} ${names.length === 2 ? 'both' : 'all'} write the schema "${schema}" of "${store.name}"; expected one of them to own it`,
      evidence: both.map(({ call }) => ({ label: `${call.name} writes`, at: call.path })),
      journeys: facts.journeys.through(store.name, 'sure'),
    }
  },

  examples: [
    {
      title: 'Orders and billing write the same schema',
      bad: yaml`
        services:
          orders:
            calls: [{ to: main-db, access: readWrite, schema: public }]
          billing:
            calls: [{ to: main-db, access: write, schema: public }]
        stores:
          main-db: {} # <--
      `,
    },
    {
      title: 'Two teams, and a job that is part of a service',
      bad: yaml`
        services:
          orders:
            owner: team-orders
            calls: [{ to: main-db, mutates: true, schema: public }]
          billing: { owner: team-billing }
          stock:
            owner: none
            calls: [{ to: stock-db, access: write, schema: public }]
          returns:
            owner: none
            calls: [{ to: stock-db, access: write, schema: public }]
        jobs:
          dunning:
            hostedIn: billing
            calls: [{ to: main-db, access: write, schema: public }]
        stores:
          main-db: {} # <--
          stock-db: {} # <--
      `,
    },
    {
      title: 'Who writes what is not stated',
      unclear: yaml`
        services:
          orders:
            calls:
              - { to: main-db, access: write } # ?
          billing:
            calls:
              - { to: main-db, access: write, schema: billing }
          returns:
            calls:
              - { to: main-db, schema: billing } # ?
        stores: { main-db: {} }
      `,
    },
    {
      title: 'One server, a schema for each service',
      good: yaml`
        services:
          orders:
            calls: [{ to: main-db, access: readWrite, schema: orders }]
          billing:
            calls: [{ to: main-db, access: readWrite, schema: billing }]
          returns:
            calls: [{ to: main-db, schema: returns }]
        stores: { main-db: { engine: postgres@16 } }
      `,
    },
    {
      title: 'One writes, the others read, and a job belongs to nobody else',
      good: yaml`
        services:
          orders:
            calls: [{ to: main-db, access: readWrite, schema: orders }]
          reports:
            calls: [{ to: main-db, access: read }, { to: reports-db, access: write }]
        jobs:
          clean-up:
            calls: [{ to: main-db, access: write, schema: orders }]
        stores: { main-db: {}, reports-db: {} }
      `,
    },
    {
      title: 'Modules of one deployable, or two services of one team that changes both at once',
      good: yaml`
        services:
          cart:
            deployable: shop
            calls: [{ to: main-db, access: write, schema: shop }]
          orders:
            deployable: shop
            calls: [{ to: main-db, access: write, schema: shop }]
          stock:
            owner: team-stock
            calls: [{ to: stock-db, access: write, schema: stock }]
          stock-import:
            owner: team-stock
            calls: [{ to: stock-db, access: write, schema: stock }]
        stores: { main-db: {}, stock-db: {} }
      `,
    },
    {
      title: 'Everybody writes traces',
      good: yaml`
        services:
          orders:
            calls: [{ to: traces, access: write }]
          stock:
            calls: [{ to: traces, access: write }]
        stores: { traces: { role: observability } }
      `,
    },
  ],
})

interface Writer {
  readonly call: Call
  /** What is deployed as one; modules and hosted jobs count as what they are part of. */
  readonly deployable: string
  readonly owner: string | undefined
}

/** Who writes or may write the store. A job of its own is taken to belong to one of the services. */
function writersOf(store: Store, model: Model): Writer[] {
  return indicesOf(model)
    .callsTo(store.name)
    .flatMap(call => {
      if (changesState(call) === false) return []
      const { from } = call
      const service = from.kind === 'service' ? from : model.services.get(from.hostedIn ?? '')
      return service
        ? [{ call, deployable: service.deployable ?? service.name, owner: service.owner ?? model.raw.owner }]
        : []
    })
}

/** Parts of different deployables. One team that owns both changes them together. */
const areApart = ([a, b]: readonly [Writer, Writer]): boolean =>
  a.deployable !== b.deployable && (a.owner === undefined || a.owner === 'none' || a.owner !== b.owner)

/** Who writes is asked first; then, which schema. Different schemas share no more than a server. */
function missingOf([a, b]: readonly [Writer, Writer]): Path[] {
  const schemas = [a.call.schema, b.call.schema]
  if (!schemas.includes(undefined) && schemas[0] !== schemas[1]) return []
  const key = [a, b].some(({ call }) => changesState(call) === undefined) ? 'access' : 'schema'
  return [a, b]
    .filter(({ call }) => (key === 'access' ? changesState(call) : call.schema) === undefined)
    .map(({ call }) => [...call.path, key])
}
