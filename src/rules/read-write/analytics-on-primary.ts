import { reaches, scale, type Answer } from '../../analysis/estimate.ts'
import type { Facts } from '../../analysis/index.ts'
import { whenRuns, type Overlap } from '../../analysis/peak-hours.ts'
import type { Call, Journey, Store } from '../../manifest/model.ts'
import { list } from '../../units.ts'
import { ask, defineRule, numberOption, optionMap, yaml } from '../define.ts'

export default defineRule({
  id: 'analytics-on-primary',
  title: 'Reports read the primary while users need it',
  severity: 'warning',
  question: 'read-write',
  on: 'call',
  options: optionMap({
    utilisation: numberOption(
      0.6,
      'Utilisation of the store at the peak from which a report is too much where there is no replica.',
      { least: 0, most: 1 },
    ),
  }),
  why: 'A report reads more in a minute than users do in an hour: it fills the memory of the primary with old pages, holds locks and keeps old rows from being cleaned up. At the peak users pay for it, and a migration that waits for the report stops everybody behind it.',
  fix: 'Read from a replica or an export, or run outside the hours of the peak.',
  sources: [
    {
      title: 'Azure Well-Architected, Performance Efficiency: Optimize data performance',
      id: 'PE:08',
      revision: '2026-07',
    },
  ],
  reads: [
    'jobs.purpose',
    'jobs.schedule',
    'jobs.interval',
    'jobs.duration',
    'services.purpose',
    'calls.readFrom',
    'calls.access',
    'journeys.load.peakWindow',
    'stores.replicas',
    'stores.capacity.rps',
    'journeys.load',
  ],

  appliesTo: (call, { facts }) =>
    call.target?.kind === 'store' &&
    call.access !== 'write' &&
    readsMuch(call) !== false &&
    usersOf(call.target, facts).length > 0,

  *check(call, { facts, options }) {
    const store = call.target as Store
    const { from, path, readFrom } = call
    // Of most jobs nobody says what they are for; that matters only where the rest is a fault.
    const purposeless = readsMuch(call) === undefined
    if (readFrom === undefined && !purposeless)
      return yield { unknown: [...path, 'readFrom'], because: `"${from.name}" reads much of "${store.name}" at once` }
    if (readFrom !== 'primary') return

    const users = usersOf(store, facts)
    const heavy = needsCare(store, facts, options.utilisation)
    if (heavy === false) return
    const overlap = from.kind === 'job' ? whenRuns(from, users) : runsAlways(users)
    const missing = overlap.meets.length === 0 ? overlap.missing : heavy === true ? [] : heavy
    if (purposeless && missing.length > 0) return
    if (missing.length > 0) return yield* ask(missing, `"${from.name}" reads the primary of "${store.name}"`)
    if (overlap.meets.length === 0) return
    if (purposeless)
      return yield {
        unknown: [...from.path, 'purpose'],
        because: `it reads the primary of "${store.name}" at the peak of ${named(overlap.meets)}`,
      }
    yield {
      at: [...path, 'readFrom'],
      message: `"${from.name}" reads the primary of "${store.name}" ${overlap.when} at the peak of ${named(overlap.meets)}; expected a replica, or hours in which users need less`,
      ...(overlap.arithmetic === undefined ? {} : { arithmetic: overlap.arithmetic }),
      evidence: overlap.evidence,
      journeys: overlap.meets,
    }
  },

  examples: [
    {
      title: 'The hourly revenue report reads all orders while customers buy their lunch',
      bad: yaml`
        journeys:
          checkout: { entry: orders, load: { steady: 100/s, peak: 600/s, peakWindow: 11:30-13:30 } }
        services:
          orders: { calls: [{ to: orders-db, access: readWrite }] }
        stores:
          orders-db: { replicas: 2 }
        jobs:
          revenue-report:
            purpose: analytics
            schedule: 0 * * * *
            calls:
              - to: orders-db
                readFrom: primary # <--
      `,
    },
    {
      title: 'A run that goes on into the peak, one every ten minutes, and a service that never stops',
      bad: yaml`
        journeys:
          checkout: { entry: orders, load: { peak: 600/s, peakWindow: 11:30-13:30 } }
        services:
          orders: { calls: [{ to: orders-db, access: readWrite }] }
          dashboards:
            purpose: analytics
            calls:
              - { to: orders-db, access: read, readFrom: primary } # <--
          archive:
            purpose: audit-export
            calls:
              - { to: orders-db, access: read, readFrom: primary } # <--
        stores:
          orders-db: { capacity: { rps: 1000 } }
        jobs:
          stock-export: { purpose: export, schedule: 0 10 * * *, duration: 2h, calls: [{ to: orders-db, readFrom: primary }] } # <--
          funnel: { purpose: analytics, interval: 10m, calls: [{ to: orders-db, readFrom: primary }] } # <--
      `,
    },
    {
      title: 'What a report reads from, when it runs, how long, and what a job is for',
      unclear: yaml`
        journeys:
          checkout: { entry: orders, load: { peak: 600/s, peakWindow: 11:30-13:30 } }
        services:
          orders: { calls: [{ to: orders-db, access: readWrite }] }
        stores:
          orders-db: { replicas: 2 }
        jobs:
          revenue-report: { purpose: analytics, calls: [{ to: orders-db }] } # ?
          stock-report: { purpose: analytics, calls: [{ to: orders-db, readFrom: primary }] } # ?
          weekly-report: { purpose: analytics, schedule: Monday, calls: [{ to: orders-db, readFrom: primary }] } # ?
          daily-report: { purpose: analytics, schedule: 0 10 * * *, calls: [{ to: orders-db, readFrom: primary }] } # ?
          rare-report: { purpose: analytics, interval: 6h, calls: [{ to: orders-db, readFrom: primary }] } # ?
          clean-up: { schedule: 0 12 * * *, calls: [{ to: orders-db, readFrom: primary }] } # ?
          tidy: { calls: [{ to: orders-db, readFrom: primary }] }
          expire-carts: { calls: [{ to: orders-db }] }
      `,
    },
    {
      title: 'When users need the store most, or how busy it is then, is not stated',
      unclear: yaml`
        journeys:
          checkout: { entry: orders, load: { peak: 600/s } } # ?
          track: { entry: tracking, load: { steady: 10/s, peakWindow: 18:00-20:00 } } # ?
        services:
          orders: { calls: [{ to: orders-db, access: readWrite }] }
          tracking: { calls: [{ to: tracking-db, access: read }, { to: returns-db }, { to: parcels-db }] }
        stores:
          orders-db: { replicas: 2 }
          tracking-db: { capacity: { rps: 300 } } # ?
          returns-db: { replicas: 1 } # ?
          parcels-db: { replicas: 1, capacity: { rps: 300 } }
        jobs:
          revenue-report:
            purpose: analytics
            schedule: 0 19 * * *
            calls:
              - { to: orders-db, readFrom: primary }
              - { to: tracking-db, readFrom: primary }
              - { to: returns-db, readFrom: primary }
              - { to: parcels-db, readFrom: primary }
      `,
    },
    {
      title: 'A replica answers the report; another is done before the peak; a third reads what users never ask',
      good: yaml`
        journeys:
          checkout: { entry: orders, load: { peak: 600/s, peakWindow: 11:30-13:30 } }
        services:
          orders: { calls: [{ to: orders-db, access: readWrite }] }
        stores:
          orders-db: { replicas: 2 }
          warehouse: {}
        jobs:
          revenue-report:
            purpose: analytics
            schedule: 0 12 * * *
            calls:
              - { to: orders-db, readFrom: replica }
              - { to: warehouse, readFrom: primary }
              - { to: orders-db, access: write }
          stock-export:
            purpose: export
            schedule: 0 10 * * *
            duration: 1h30m
            calls: [{ to: orders-db, readFrom: primary }]
          expire-carts: { purpose: maintenance, schedule: 0 12 * * *, calls: [{ to: orders-db, readFrom: primary }] }
      `,
    },
    {
      title: 'One node that has half of its time left can spare some for a report',
      good: yaml`
        journeys:
          checkout: { entry: orders, load: { steady: 100/s, peak: 598/s, peakWindow: 11:30-13:30 } }
          watch: { entry: dashboards, load: { steady: 1/s, peak: 1/s, peakWindow: 11:30-13:30 } }
        services:
          orders: { calls: [{ to: orders-db, access: readWrite }] }
          dashboards:
            purpose: analytics
            calls: [{ to: orders-db, access: read, readFrom: primary }, { to: warehouse, readFrom: primary }]
        stores:
          orders-db: { replicas: 1, capacity: { rps: 1000 } }
          warehouse: { replicas: 2 }
        jobs:
          revenue-report:
            purpose: analytics
            schedule: 0 12 * * *
            calls: [{ to: orders-db, readFrom: primary }]
      `,
    },
  ],
})

const named = (journeys: readonly Journey[]) => list(journeys.map(({ name }) => `"${name}"`))

/** Whether it is a report or an export; `undefined` for jobs that do not say what they are for. */
function readsMuch({ from }: Call): boolean | undefined {
  if (from.kind === 'service') return from.purpose === 'analytics' || from.purpose === 'audit-export'
  return from.purpose && (from.purpose === 'analytics' || from.purpose === 'export')
}

/** Journeys whose users wait for the store, reports aside. */
function usersOf(store: Store, { graph, journeys }: Facts): Journey[] {
  const edges = graph.in.get(store.name)!.filter(({ via }) => via.kind === 'call' && readsMuch(via) === false)
  return [...new Set(edges.flatMap(edge => journeys.taking(edge, 'sure')))]
}

const runsAlways = (users: readonly Journey[]): Overlap => ({
  meets: users,
  missing: [],
  when: 'at all hours, also',
  evidence: [],
})

/** Whether a report is too much for it: where a replica could answer instead, or where the primary is busy at the peak. */
function needsCare(store: Store, facts: Facts, utilisation: number): Answer {
  const { replicas, path } = store
  if (replicas !== undefined && replicas > 1) return true
  const capacity = facts.capacity(store)
  const busy = capacity && reaches(facts.load.at(store.name, 'peak'), scale(capacity.perSecond, utilisation))
  if (busy === true) return true
  if (replicas === undefined) return [[...path, 'replicas']]
  return busy ?? [[...path, 'capacity', 'rps']]
}
