import { changesState } from '../../analysis/access.ts'
import { distinct } from '../../analysis/estimate.ts'
import type { Edge } from '../../analysis/graph.ts'
import type { Facts } from '../../analysis/index.ts'
import type { Path } from '../../finding.ts'
import type { Call, Journey, Store } from '../../manifest/model.ts'
import { list } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'multi-store-write-without-saga',
  title: 'A journey that stops half-way leaves its stores apart',
  severity: 'warning',
  question: 'idempotency',
  on: 'journey',
  options: noOptions,
  why: 'The stock is reserved, the payment fails, and nobody gives the stock back. No transaction spans two databases; what was done must be undone by somebody, or found and mended later.',
  fix: 'Name what undoes each step when a later one fails, or a job that finds and mends what does not match.',
  sources: [
    { title: 'Garcia-Molina and Salem: Sagas', id: 'doi:10.1145/38713.38742' },
    { title: 'Microservices Patterns', id: 'pattern "Saga"' },
  ],
  reads: [
    'journeys.compensation',
    'journeys.reconciliation',
    'calls.access',
    'calls.mutates',
    'calls.serves',
    'services.deployable',
    'stores.cluster',
    'stores.role',
    'stores.lossTolerated',
  ],

  appliesTo: (journey, { facts }) => areApart(writesOf(journey, facts)),

  *check(journey, { facts }) {
    const { name, path, compensation, reconciliation } = journey
    if (isStated(compensation) || isStated(reconciliation)) return
    const writes = writesOf(journey, facts)
    const sure = writes.filter(({ missing }) => missing === undefined)
    if (!areApart(sure))
      return yield* ask(
        writes.flatMap(({ missing }) => (missing ? [missing] : [])),
        `"${name}" may write several databases`,
      )
    const stores = list([...new Set(sure.map(({ store }) => `"${store.name}"`))])
    const because = `it writes ${stores}, and may stop between them`
    if (compensation === undefined) return yield { unknown: [...path, 'compensation'], because }
    if (reconciliation === undefined) return yield { unknown: [...path, 'reconciliation'], because }
    for (const key of ['role', 'cluster'] as const) {
      const open = sure.filter(({ store }) => store[key] === undefined)
      const settled = sure.filter(write => !open.includes(write))
      if (!areApart(settled)) return yield* ask(distinct(open.map(({ store }) => [...store.path, key])), because)
    }
    yield {
      at: [...path, 'compensation'],
      message: `"${name}" writes ${stores} through different services, and nothing undoes or finds what stops between them; expected a compensation or a reconciliation`,
      evidence: [
        { label: 'no reconciliation', at: [...path, 'reconciliation'] },
        ...sure.map(({ call }) => ({ label: `${call.name} writes`, at: call.path })),
      ],
      journeys: [journey],
    }
  },

  examples: [
    {
      title: 'The stock is reserved, the payment fails, and the stock stays reserved',
      bad: yaml`
        journeys:
          checkout:
            entry: orders
            compensation: none # <--
            reconciliation: none
        services:
          orders: { calls: [{ to: stock }, { to: payments }] }
          stock: { calls: [{ to: stock-db, access: readWrite }] }
          payments: { calls: [{ to: payments-db, mutates: true }] }
        stores:
          stock-db: { role: systemOfRecord, cluster: a }
          payments-db: { role: systemOfRecord, cluster: b }
      `,
    },
    {
      title: 'Whether several databases are written, and what undoes the rest',
      unclear: yaml`
        journeys:
          checkout: # ?
            entry: orders
          refund: # ?
            entry: refunds
            compensation: none
          gift: { entry: gifts }
        services:
          orders: { calls: [{ to: stock-db, access: write }, { to: payments }] }
          payments: { calls: [{ to: payments-db, access: write }] }
          refunds: { calls: [{ to: refunds-db, access: write }, { to: points }] }
          points: { calls: [{ to: points-db, access: write }] }
          gifts:
            calls:
              - { to: gifts-db } # ?
              - { to: cards }
          cards: { calls: [{ to: cards-db, access: write }] }
        stores: { stock-db: {}, payments-db: {}, refunds-db: {}, points-db: {}, gifts-db: {}, cards-db: {} }
      `,
    },
    {
      title: 'Whether both are the only home of their data, and whether they share a server',
      unclear: yaml`
        journeys:
          checkout: { entry: orders, compensation: none, reconciliation: none }
          refund: { entry: refunds, compensation: none, reconciliation: none }
        services:
          orders: { calls: [{ to: orders-db, access: write }, { to: payments }] }
          payments: { calls: [{ to: payments-db, access: write }] }
          refunds: { calls: [{ to: refunds-db, access: write }, { to: points }] }
          points: { calls: [{ to: points-db, access: write }] }
        stores:
          orders-db: {} # ?
          payments-db: { role: systemOfRecord }
          refunds-db: { role: systemOfRecord } # ?
          points-db: { role: systemOfRecord, cluster: main }
      `,
    },
    {
      title: 'Two journeys, and whether one of them takes both ways is not stated',
      unclear: yaml`
        journeys:
          order: { entry: orders, compensation: none, reconciliation: none }
          track: { entry: orders, compensation: none, reconciliation: none }
        services:
          orders:
            calls:
              - { to: orders-db, access: write, serves: [order] }
              - { to: views } # ?
          views: { calls: [{ to: views-db, access: write, serves: [order] }] }
        stores: { orders-db: {}, views-db: {} }
      `,
    },
    {
      title: 'What is half done is undone, or found later',
      good: yaml`
        journeys:
          checkout: { entry: orders, compensation: release the stock, reconciliation: none }
          refund: { entry: orders, compensation: none, reconciliation: reconcile-payments }
          browse: { entry: catalogue }
        services:
          orders: { calls: [{ to: orders-db, access: write }, { to: payments }] }
          payments: { calls: [{ to: payments-db, access: write }] }
          catalogue: { calls: [{ to: orders-db, access: read }, { to: payments }] }
        stores: { orders-db: {}, payments-db: {} }
      `,
    },
    {
      title: 'One cluster or one deployable commits both; the message after the order is handled until it succeeds',
      good: yaml`
        defaults:
          journeys: { compensation: none, reconciliation: none }
        journeys:
          checkout: { entry: orders }
          refund: { entry: refunds }
          order: { entry: cart }
        services:
          orders: { calls: [{ to: orders-db, access: write }, { to: bills }] }
          bills: { calls: [{ to: bills-db, access: write }, { to: traces, access: write }, { to: playground, access: write }] }
          refunds: { deployable: shop, calls: [{ to: refunds-db, access: write }, { to: points }] }
          points: { deployable: shop, calls: [{ to: points-db, access: write }] }
          cart: { calls: [{ to: cart-db, access: write }], publishes: [{ to: order-events, outbox: true }] }
          mailer: { consumes: [{ from: order-events }], calls: [{ to: mails-db, access: write }] }
        queues: { order-events: {} }
        stores:
          orders-db: { cluster: main }
          bills-db: { cluster: main }
          traces: { role: observability }
          playground: { lossTolerated: true }
          refunds-db: {}
          points-db: {}
          cart-db: {}
          mails-db: {}
      `,
    },
  ],
})

const isStated = (what: string | undefined): boolean => what !== undefined && what !== 'none'

interface Write {
  readonly call: Call
  readonly store: Store
  /** What commits as one: modules of one deployable. */
  readonly by: string
  /** The fact that would say whether the journey writes here; absent where it does. */
  readonly missing?: Path
}

/** Copies and logs are made again or done without. */
const counts = ({ role, lossTolerated }: Store): boolean =>
  lossTolerated !== true && role !== 'observability' && role !== 'projection' && role !== 'searchIndex'

/** What a journey writes while its user waits; what comes out of a queue is repeated until it is done. */
function writesOf(journey: Journey, { graph, reach }: Facts): Write[] {
  const of = reach.get(journey.name)!
  const doubts = new Map<string, Path | undefined>()
  if (journey.entry !== undefined && graph.out.has(journey.entry)) doubts.set(journey.entry, undefined)
  const found: Write[] = []
  const next = (edge: Edge): Path | undefined =>
    doubts.get(edge.from.name) ?? (of.takes(edge) === 'maybe' ? [...edge.path, 'serves'] : undefined)
  // A map takes new members while it is walked.
  for (const [name] of doubts)
    for (const edge of graph.out.get(name)!) {
      if (edge.kind !== 'call' || of.takes(edge) === 'no') continue
      const { to, via } = edge
      const call = via as Call
      if (to.kind === 'service' && (!doubts.has(to.name) || next(edge) === undefined)) doubts.set(to.name, next(edge))
      if (to.kind !== 'store' || !counts(to) || changesState(call) === false || call.from.kind === 'job') continue
      const missing = changesState(call) === undefined ? [...call.path, 'access'] : next(edge)
      found.push({ call, store: to, by: call.from.deployable ?? call.from.name, ...(missing && { missing }) })
    }
  return found
}

/** Different stores, written by different deployables. */
const areApart = (writes: readonly Write[]): boolean =>
  writes.some(a =>
    writes.some(
      b =>
        a.by !== b.by && a.store !== b.store && (a.store.cluster === undefined || a.store.cluster !== b.store.cluster),
    ),
  )
