import { exceeds, product, unknown } from '../../analysis/estimate.ts'
import { hottestShare, partitionLimits } from '../../analysis/hot-keys.ts'
import type { Path } from '../../finding.ts'
import type { Store } from '../../manifest/model.ts'
import { number, percent, rate } from '../../units.ts'
import { ask, defineRule, numberOption, optionMap, yaml } from '../define.ts'

export default defineRule({
  id: 'hot-partition',
  title: 'The busiest key is more than one partition can carry',
  severity: 'error',
  question: 'read-write',
  on: 'store',
  options: optionMap({
    skew: numberOption(
      10,
      'How many times its even share the busiest key may ordinarily have; nobody is asked beyond that.',
      { least: 1 },
    ),
  }),
  why: 'All that belongs to one key lies on one partition. When that one is full its requests are refused, while the rest of the store has nothing to do, and neither more partitions nor more money help.',
  formula: 'share of the busiest key x requests <= what one partition carries',
  fix: 'Add a suffix to the key that spreads the busiest ones, or partition by something that has no busy values.',
  sources: [
    { title: 'Amazon DynamoDB Developer Guide: Best practices for designing and using partition keys effectively' },
    { title: 'Amazon DynamoDB Developer Guide: Using write sharding to distribute workloads evenly' },
  ],
  reads: [
    'stores.engine',
    'stores.partitionKey',
    'stores.keys',
    'stores.rates',
    'stores.consistency',
    'stores.capacity.rps',
    'stores.partitions',
    'calls.access',
    'calls.mutates',
    'calls.consistency',
    'journeys.load',
    'journeys.entry',
    'calls.serves',
  ],
  impliedBy: ['capacity-below-peak'],

  // Without a word about keys, or about requests, there is nothing to divide.
  appliesTo: (store, { facts }) =>
    store.partitionKey !== 'none' &&
    (store.partitionKey !== undefined || store.keys !== undefined) &&
    partitionLimits(store, facts).limits.length > 0,

  *check(store, { facts, options }) {
    const { name, path, keys, partitionKey } = store
    if (keys?.writeSharded === true) return
    const hotShare: Path = [...path, 'keys', 'hotShare']
    const share = hottestShare(store, options.skew)
    const { documented, limits } = partitionLimits(store, facts)
    const found = limits.map(limit => {
      // Who says nothing of the keys is asked only when all of the load would be too much for one partition.
      const hot = product(limit.work, share ?? unknown(hotShare))
      const over = share === undefined && limit.work.low <= limit.most ? false : exceeds(hot, limit.most)
      return { ...limit, hot: hot.low, over }
    })
    const hot = found.filter(({ over }) => over === true)
    const [worst] = hot.toSorted((a, b) => b.hot / b.most - a.hot / a.most)
    if (share === undefined || worst === undefined) {
      const open = found.find(({ over }) => typeof over === 'object')
      if (open && typeof open.over === 'object')
        yield* ask(open.over.slice(0, 1), `one partition carries ${number(open.most)} ${open.what} a second`)
      return
    }
    const because = `its busiest key takes ${number(worst.hot)} ${worst.what} a second, one partition carries ${number(worst.most)}`
    if (keys?.writeSharded === undefined) return yield { unknown: [...path, 'keys', 'writeSharded'], because }
    yield {
      at: [...path, ...(partitionKey === undefined ? ['keys'] : ['partitionKey'])],
      message: `The busiest key of "${name}" takes ${keys.hotShare === undefined ? 'at least ' : ''}${number(worst.hot)} ${worst.what} a second, but one partition carries ${number(worst.most)}; expected no key that takes more`,
      arithmetic: [
        ...(documented ? [] : [evenShare(store, worst.most)]),
        ...hot.map(({ work, what, most, hot }) => {
          const part = keys.hotShare === undefined ? `1 / ${number(keys.cardinality ?? 1)}` : percent(keys.hotShare)
          return `${part} x ${rate(work.low)} ${what} = ${rate(hot)} > ${rate(most)}`
        }),
      ].join('\n'),
      fix: `Spread each busy key over at least ${number(Math.ceil(worst.hot / worst.most))} partitions by a suffix, or partition by something whose busiest value gets at most ${percent(Math.floor((worst.most / worst.work.low) * 1000) / 1000)}`,
      severity: documented ? 'error' : 'warning',
      evidence: [{ label: 'no suffix spreads it', at: [...path, 'keys', 'writeSharded'] }],
      journeys: facts.journeys.through(name, 'sure'),
    }
  },

  examples: [
    {
      title: 'All that is written today has the date of today',
      bad: yaml`
        stores:
          events:
            engine: dynamodb
            rates: { write: 2500/s }
            partitionKey: date # <--
            keys: { hotShare: 100%, writeSharded: false }
      `,
    },
    {
      title: 'Four states of an order, 300 seats that everybody looks at, and one tenant that fills its shard',
      bad: yaml`
        journeys:
          checkout: { entry: orders, load: { steady: 100/s, peak: 6000/s, coincident: true } }
        services:
          orders: { calls: [{ to: orders-db, access: write }] }
        stores:
          orders-db:
            engine: dynamodb
            partitionKey: status # <--
            keys: { cardinality: 4, writeSharded: false }
          seats-db:
            engine: dynamodb
            consistency: strong
            rates: { read: 9000/s, write: 10/s }
            keys: { cardinality: 300, hotShare: 40%, writeSharded: false } # <--
          tenants-db:
            engine: cassandra@5
            partitions: 16
            capacity: { rps: 16000 }
            rates: { read: 5000/s, write: 500/s }
            partitionKey: tenantId # <--
            keys: { hotShare: 25%, writeSharded: false }
      `,
    },
    {
      title: 'How busy the busiest key is, whether a suffix spreads it, and what the calls do is not stated',
      unclear: yaml`
        journeys:
          checkout: { entry: orders, load: { steady: 100/s, peak: 6000/s, coincident: true } }
        services:
          orders:
            calls:
              - { to: orders-db } # ?
              - { to: carts-db, access: readWrite }
        stores:
          orders-db: { engine: dynamodb, partitionKey: status, keys: { hotShare: 50% } }
          carts-db: # ?
            engine: dynamodb
            partitionKey: cartId
            keys: { hotShare: 50% }
          events: # ?
            engine: dynamodb
            rates: { write: 2500/s }
            partitionKey: date
          clicks:
            engine: dynamodb
            rates: { write: 2500/s }
            keys: { cardinality: 20 } # ?
          views:
            engine: dynamodb
            rates: { write: 2500/s }
            keys: { hotShare: 50% } # ?
          seats-db: # ?
            engine: dynamodb
            rates: { read: 9000/s, write: 10/s }
            keys: { hotShare: 40% }
      `,
    },
    {
      title: 'A suffix, many keys, halved reads, and loads that fit into one partition',
      good: yaml`
        journeys: { look: { entry: shop } }
        services:
          shop: { calls: [{ to: seats-db, access: read, consistency: eventual }, { to: users-db, mutates: false }] }
        stores:
          events: { engine: dynamodb, rates: { write: 2500/s }, partitionKey: date, keys: { hotShare: 100%, writeSharded: true } }
          orders-db: { engine: dynamodb, rates: { write: 2500/s }, partitionKey: orderId, keys: { cardinality: 5000000 } }
          clicks: { engine: dynamodb, rates: { write: 2500/s }, keys: { cardinality: 25 } }
          stock-db: { engine: dynamodb, rates: { write: 1000/s, read: 3000/s }, consistency: strong, partitionKey: shop }
          prices-db: { engine: dynamodb, rates: { read: 6000/s }, consistency: eventual, keys: { hotShare: 100% } }
          seats-db: { engine: dynamodb, rates: { read: 7500/s }, consistency: eventual, keys: { hotShare: 80%, writeSharded: false } }
          tenants-db: { engine: cassandra, partitions: 16, capacity: { rps: 16000 }, rates: { read: 4000/s, write: 0/s }, keys: { hotShare: 25% } }
          logs-db: { engine: cassandra, partitions: 16, rates: { read: 9000/s, write: 9000/s }, keys: { hotShare: 90% } }
          one-db: { engine: postgres, partitions: 1, capacity: { rps: 9000 }, rates: { read: 9000/s, write: 900/s }, keys: { hotShare: 100% } }
          small-db: { engine: dynamodb, rates: { write: 9000/s }, partitionKey: none, keys: { hotShare: 100% } }
          plain-db: { engine: dynamodb, rates: { write: 9000/s } }
          idle-db: { engine: dynamodb, partitionKey: user, keys: { hotShare: 100% } }
          users-db: { engine: dynamodb, rates: { write: 10/s }, partitionKey: user, keys: { hotShare: 100% } }
      `,
    },
  ],
})

const evenShare = ({ capacity, partitions = 1 }: Store, each: number): string =>
  `one of ${number(partitions)} partitions carries ${rate(capacity?.rps ?? 0)} / ${number(partitions)} = ${rate(each)}`
