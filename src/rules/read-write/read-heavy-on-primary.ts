import { cacheBefore } from '../../analysis/graph.ts'
import type { Path } from '../../finding.ts'
import type { Model, Store } from '../../manifest/model.ts'
import { number, percent, rate } from '../../units.ts'
import { ask, defineRule, numberOption, optionMap, yaml } from '../define.ts'

export default defineRule({
  id: 'read-heavy-on-primary',
  title: 'The node that writes answers all the reads as well',
  severity: 'info',
  question: 'read-write',
  on: 'store',
  options: optionMap({
    ratio: numberOption(10, 'Reads for each write from which reads count as most of the load.', { least: 1 }),
    busy: numberOption(0.5, 'Utilisation below which nothing needs to change.', { least: 0, most: 1 }),
    crowded: numberOption(0.7, 'Utilisation from which it is a warning.', { least: 0, most: 1 }),
  }),
  why: 'Writes have one place to go, reads have many. When reads fill the one place, writes wait for them, and the only way left is a larger machine.',
  formula: 'reads / writes >= 10 and (reads + writes) / capacity >= 0.7',
  fix: 'Take reads away from the primary, the cheapest way first: an index, a cache, a replica, and only then a read model of its own.',
  sources: [
    {
      title: 'Azure Well-Architected, Performance Efficiency: Optimize data performance',
      id: 'PE:08',
      revision: '2026-07',
    },
  ],
  reads: [
    'stores.rates',
    'stores.capacity.rps',
    'stores.replicas',
    'calls.readFrom',
    'calls.access',
    'calls.cachedBy',
    'caches.inFrontOf',
  ],

  appliesTo: ({ rates, capacity }) =>
    rates?.read !== undefined && rates.write !== undefined && capacity?.rps !== undefined,

  *check(store, { model, facts, options }) {
    const { name, path, replicas } = store
    const { read = 0, write = 0 } = store.rates!
    const rps = store.capacity!.rps!
    const utilisation = (read + write) / rps
    if (read === 0 || read < options.ratio * write || utilisation < options.busy) return
    const readers = facts.callsTo(name).filter(({ access }) => access !== 'write')
    if (readers.some(call => cacheBefore(call, model) !== undefined) || hasCache(store, model)) return
    if (readers.some(({ readFrom }) => readFrom === 'replica' || readFrom === 'nearest')) return
    const unplaced = unplacedCaches(model)
    if (unplaced.length > 0) return yield* ask(unplaced, `it may answer reads of "${name}"`)
    const open = replicas === 1 ? [] : readers.filter(({ readFrom }) => readFrom === undefined)
    if (open.length > 0)
      return yield* ask(
        open.map(call => [...call.path, 'readFrom']),
        `reads keep "${name}" busy`,
      )
    if (replicas !== 1 && readers.length === 0) return
    yield {
      at: [...path, 'rates', 'read'],
      message: `"${name}" answers ${rate(read)} reads and ${rate(write)} writes on one node, ${percent(utilisation)} of what it can do; expected reads that go elsewhere`,
      arithmetic: `reads / writes = ${rate(read)} / ${rate(write)}${write > 0 ? ` = ${number(read / write)}` : ''}\nutilisation = (${rate(read)} + ${rate(write)}) / ${rate(rps)} = ${percent(utilisation)}`,
      severity: utilisation >= options.crowded ? 'warning' : 'info',
      evidence: [{ label: `capacity ${rate(rps)}`, at: [...path, 'capacity', 'rps'] }],
      journeys: facts.journeys.through(name, 'sure'),
    }
  },

  examples: [
    {
      title: '9000 reads and 300 writes a second on one node, and two replicas that do nothing',
      bad: yaml`
        services:
          catalogue: { calls: [{ to: catalogue-db, access: read, readFrom: primary }] }
          editor: { calls: [{ to: catalogue-db, access: write }] }
        stores:
          catalogue-db:
            replicas: 3
            capacity: { rps: 11000 }
            rates:
              read: 9000/s # <--
              write: 300/s
          pages-db:
            replicas: 1
            capacity: { rps: 200 }
            rates:
              read: 100/s # <--
              write: 0/s
      `,
    },
    {
      title: 'Which node answers the reads is not stated',
      unclear: yaml`
        services:
          catalogue:
            calls:
              - { to: catalogue-db } # ?
        stores:
          catalogue-db: { capacity: { rps: 10000 }, rates: { read: 8000/s, write: 800/s } }
      `,
    },
    {
      title: 'What a cache stands before is not stated',
      unclear: yaml`
        services:
          catalogue: { calls: [{ to: catalogue-db, readFrom: primary }, { to: pages }] }
        caches:
          pages: {} # ?
        stores:
          catalogue-db: { capacity: { rps: 10000 }, rates: { read: 8000/s, write: 800/s } }
      `,
    },
    {
      title: 'A cache or a replica answers, writes are many, or half of the time is left',
      good: yaml`
        services:
          catalogue:
            calls:
              - { to: catalogue-db, access: read, readFrom: replica }
              - { to: catalogue-db, access: read, readFrom: primary, operation: edit }
              - { to: pages-db, access: read, readFrom: primary, cachedBy: pages }
              - { to: images-db, access: read, readFrom: primary }
              - { to: orders-db, access: read, readFrom: primary }
              - { to: users-db, access: read, readFrom: primary }
        caches:
          pages: {}
          images: { pattern: readThrough, inFrontOf: images-db }
        stores:
          catalogue-db: { capacity: { rps: 10000 }, rates: { read: 9000/s, write: 300/s } }
          pages-db: { capacity: { rps: 10000 }, rates: { read: 9000/s, write: 300/s } }
          images-db: { capacity: { rps: 10000 }, rates: { read: 9000/s, write: 300/s } }
          orders-db: { capacity: { rps: 10000 }, rates: { read: 7999/s, write: 800/s } }
          users-db: { capacity: { rps: 10000 }, rates: { read: 4700/s, write: 299/s } }
          prices-db: { capacity: { rps: 10000 }, rates: { read: 9000/s, write: 300/s } }
          stock-db: { rates: { read: 9000/s, write: 300/s } }
      `,
    },
  ],
})

const hasCache = ({ name }: Store, model: Model): boolean =>
  [...model.caches.values()].some(({ inFrontOf }) => inFrontOf === name)

/** What a cache stands before is not stated, neither by itself nor by a call that asks it first. */
function unplacedCaches({ caches, calls }: Model): Path[] {
  const asked = new Set(calls.map(({ cachedBy }) => cachedBy))
  return [...caches.values()]
    .filter(({ name, inFrontOf }) => inFrontOf === undefined && !asked.has(name))
    .map(({ path }) => [...path, 'inFrontOf'])
}
