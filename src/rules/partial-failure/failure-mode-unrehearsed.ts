import type { Blast } from '../../analysis/blast-radius.ts'
import { ageAt } from '../../analysis/dates.ts'
import { drillsOn } from '../../analysis/recovery.ts'
import type { Drill, Journey, Model } from '../../manifest/model.ts'
import { duration, list, plural } from '../../units.ts'
import { defineRule, numberOption, optionMap, yaml } from '../define.ts'

const day = 86_400_000
/** As many as are shown at once. All others are as true, so facts that change the order make no false finding. */
const most = 3

export default defineRule({
  id: 'failure-mode-unrehearsed',
  title: 'The loss that does the most harm was never rehearsed',
  severity: 'info',
  question: 'partial-failure',
  on: 'manifest',
  options: optionMap({
    maxAgeDays: numberOption(180, 'Age in days from which a drill no longer counts.', { above: 0 }),
  }),
  why: 'Failovers, restores and fallbacks are code that runs once a year, in the worst hour. What was not tried does not work: credentials expired, the standby is smaller, the fallback is empty.',
  formula:
    'components by criticality x load of the journeys that fail without them; the first three without a drill in 180 days',
  fix: 'Take it away on purpose, in working hours, and write down what happened.',
  sources: [
    {
      title: 'AWS Well-Architected, Reliability: Test resiliency using chaos engineering',
      id: 'REL12-BP04',
      revision: 'November 2024',
    },
    { title: 'Azure Well-Architected, Reliability: Design a testing strategy', id: 'RE:08', revision: '2026-07' },
  ],
  reads: [
    'drills',
    'drills.scenario',
    'drills.on',
    'drills.date',
    'journeys.criticality',
    'journeys.load',
    'calls.fallback',
    'calls.serves',
  ],

  appliesTo: (model, { facts }) =>
    [...model.journeys.values()].some(
      journey => matters(journey) && facts.blastRadius.fatalFor(journey).some(({ kind }) => kind !== 'service'),
    ),

  *check(model, { facts, today, options }) {
    const harmful = harmfulOf(facts.blastRadius.ranking('down'), model)
    const limit = options.maxAgeDays * day
    const [worst] = harmful
    if (model.raw.drills === undefined) {
      const because = `${list(worst!.journeys.map(({ name }) => `"${name}"`))} surely fail without "${worst!.blast.component.name}"`
      return yield { unknown: ['drills'], because }
    }
    const open = harmful.filter(({ blast }) => !drillsOn(blast.component, model).some(isRecent(today, limit)))
    // A drill that names nothing may have been on any of them; one of a zone is on no single component.
    const unplaced = [...model.drills.values()].find(
      drill => drill.on === undefined && drill.scenario !== 'zoneLoss' && rehearsesLoss(drill),
    )
    if (unplaced && open.length > 0) return yield { unknown: [...unplaced.path, 'on'] }
    for (const { blast, journeys } of open.slice(0, most)) {
      const { name, path } = blast.component
      const drills = drillsOn(blast.component, model).filter(rehearsesLoss)
      const undated = drills.find(({ date }) => date === undefined)
      if (undated) {
        yield { unknown: [...undated.path, 'date'], because: `no other drill on "${name}" counts` }
        continue
      }
      const [last] = drills
      const age = last?.date === undefined ? undefined : ageAt(today, last.date)
      yield {
        at: path,
        about: path,
        severity: journeys.some(({ criticality }) => criticality === 'critical') ? 'warning' : 'info',
        message: `${list(journeys.map(({ name }) => `"${name}"`))} ${journeys.length === 1 ? 'fails' : 'fail'} without "${name}", and its loss was ${age === undefined ? 'never rehearsed' : `last rehearsed ${duration(age)} ago`}; expected a drill every ${duration(limit)}`,
        arithmetic: `${plural(journeys.length, 'critical or high journey', 'critical or high journeys')} of ${plural(model.journeys.size, 'journey')} ${journeys.length === 1 ? 'fails' : 'fail'} when "${name}" is down`,
        fix: `Take "${name}" away on purpose (${blast.component.kind === 'external' ? 'down, slow' : 'failover, restore'}), and write down how long it took`,
        journeys,
      }
    }
  },

  examples: [
    {
      title: 'Everything fails without the database, and nobody ever tried',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical, load: 10/s }
          browse: { entry: shop, criticality: high, load: 90/s }
        defaults: { calls: { fallback: none } }
        services:
          shop:
            calls:
              - { to: main-pg, serves: [checkout, browse] }
              - { to: psp, serves: [checkout] }
              - { to: news, serves: [browse] }
        stores:
          main-pg: {} # <--
        externals:
          psp: {} # <--
          news: {} # <--
        drills:
          failover: { scenario: failover, on: main-pg, date: 2026-05-26 }
          psp-load: { scenario: loadTest, on: psp, date: 2026-11-01 }
      `,
    },
    {
      title: 'Nothing is said of drills: one question',
      unclear: yaml`
        journeys: { checkout: { entry: shop, criticality: critical } } # ?
        services: { shop: { calls: [{ to: psp, fallback: none }, { to: orders-db, fallback: none }] } }
        stores: { orders-db: {} }
        externals: { psp: {} }
      `,
    },
    {
      title: 'When it was rehearsed, or what, is not stated',
      unclear: yaml`
        journeys: { checkout: { entry: shop, criticality: critical } }
        services: { shop: { calls: [{ to: psp, fallback: none }] } }
        externals: { psp: {} }
        drills: { psp: { scenario: slow, on: psp } } # ?
      `,
    },
    {
      title: 'Each loss that stops something critical was tried within half a year; a slow one, a restore',
      good: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
          read: { entry: news, criticality: normal }
        services:
          shop:
            calls:
              - { to: orders-db, fallback: none }
              - { to: psp, fallback: none }
              - { to: reviews, fallback: empty }
              - { to: adverts, mode: async }
          news: { calls: [{ to: news-db, fallback: none }] }
        stores: { orders-db: {}, reviews: {}, news-db: {} }
        externals: { psp: {}, adverts: {} }
        drills:
          restore: { scenario: restore, on: orders-db, date: 2026-05-27 }
          psp: { scenario: slow, on: psp, date: 2026-11-01 }
      `,
    },
    {
      title: 'Nothing critical or high surely depends on anything but services, which every deployment restarts',
      good: yaml`
        journeys: { checkout: { entry: shop, criticality: critical }, read: { entry: news, criticality: normal } }
        services:
          shop: { calls: [{ to: stock, fallback: none }] }
          stock: {}
          news: { calls: [{ to: news-db, fallback: none }] }
        stores: { news-db: {} }
      `,
    },
  ],
})

const matters = ({ criticality }: Journey): boolean => criticality === 'critical' || criticality === 'high'

/** Components that critical or high journeys surely need, most harmful first. Services are restarted by every deployment. */
function harmfulOf(ranking: readonly Blast[], model: Model): { blast: Blast; journeys: Journey[] }[] {
  return ranking
    .filter(({ component }) => component.kind !== 'service')
    .map(blast => ({
      blast,
      journeys: [...blast.cells].flatMap(([name, { least }]) => {
        const journey = model.journeys.get(name)!
        return least === 'fails' && matters(journey) ? [journey] : []
      }),
    }))
    .filter(({ journeys }) => journeys.length > 0)
}

/** A drill whose scenario is not stated may have been one. */
const rehearsesLoss = ({ scenario }: Drill): boolean => scenario !== 'loadTest' && scenario !== 'rollback'

const isRecent =
  (today: string | undefined, limit: number) =>
  (drill: Drill): boolean =>
    rehearsesLoss(drill) && drill.date !== undefined && (ageAt(today, drill.date) ?? 0) <= limit
