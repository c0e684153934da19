import { exceeds, stated, sum, type Estimate } from '../../analysis/estimate.ts'
import { drillsOn } from '../../analysis/recovery.ts'
import type { Path } from '../../finding.ts'
import type { Component, Drill } from '../../manifest/model.ts'
import { duration } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'drill-contradicts-objective',
  title: 'A drill took longer than the manifest promises',
  severity: 'error',
  question: 'partial-failure',
  on: 'component',
  options: noOptions,
  why: 'The drill did its work: it showed that the objective is a wish. As long as it stands in the manifest, plans, contracts and other designs count on it.',
  formula: 'measured > promised, by the latest drill of each scenario',
  fix: 'Mend what made it slow and repeat the drill, or promise what was measured.',
  sources: [
    {
      title: 'AWS Well-Architected, Reliability: Test disaster recovery implementation to validate the implementation',
      id: 'REL13-BP03',
      revision: 'November 2024',
    },
  ],
  reads: [
    'drills.scenario',
    'drills.on',
    'drills.date',
    'drills.measured',
    'stores.objectives',
    'queues.objectives',
    'caches.objectives',
    'stores.failover',
    'queues.failover',
    'caches.failover',
  ],

  appliesTo: (component, { model }) => drillsOn(component, model).some(({ measured }) => measured !== undefined),

  *check(component, { model, facts }) {
    const drills = drillsOn(component, model)
    for (const promise of promisesOf(component)) {
      for (const scenario of new Set(drills.map(({ scenario }) => scenario))) {
        const [latest, ...earlier] = drills.filter(
          drill => drill.scenario === scenario && drill.measured?.[promise.key] !== undefined,
        )
        if (!latest) continue
        const answer = isWorse(latest, promise)
        if (answer === false) continue
        const because = `in "${latest.name}" it was ${duration(latest.measured![promise.key]!)}`
        const unmeasured = drills.find(
          drill =>
            drill.scenario === scenario && drill.measured?.[promise.key] === undefined && mayBeLater(drill, latest),
        )
        // Any drill may be the latest while one of several does not say when it was; a drill of an unknown scenario may be a later one.
        const doubt =
          [latest, ...earlier].length > 1 ? [latest, ...earlier].find(({ date }) => date === undefined) : undefined
        const unnamed = drills.find(drill => drill.scenario === undefined && (drill !== latest || drills.length > 1))
        if (doubt) yield { unknown: [...doubt.path, 'date'], because }
        else if (unmeasured) yield { unknown: [...unmeasured.path, 'measured'], because }
        else if (unnamed) yield { unknown: [...unnamed.path, 'scenario'], because }
        else if (answer !== true) yield* ask(answer.slice(0, 1), because)
        else yield { ...describe(component, latest, promise), journeys: facts.journeys.through(component.name, 'sure') }
      }
    }
  },

  examples: [
    {
      title: 'Three hours to restore, and an hour is still promised',
      bad: yaml`
        stores:
          orders-db:
            objectives:
              rpo: 5m
              rto: 1h # <--
        drills:
          restore-2025: { scenario: restore, on: orders-db, date: 2025-09-12, measured: { rto: 40m } }
          restore-2026: { scenario: restore, on: orders-db, date: 2026-03-12, measured: { rto: 3h10m, rpo: 4m } }
      `,
    },
    {
      title: 'A failover that took longer than it is said to take, and lost more than may be lost',
      bad: yaml`
        queues:
          events:
            failover: { mode: automatic, time: 30s, detection: 10s, reconnect: 5s } # <--
            objectives: { rpo: 0s } # <--
        drills:
          failover: { scenario: failover, on: events, date: 2026-03-12, measured: { failover: 46s, rpo: 2s } }
      `,
    },
    {
      title: 'Which of two drills is the latest, and what belongs to a failover, is not stated',
      unclear: yaml`
        stores:
          orders-db: { objectives: { rto: 1h } }
          stock-db:
            failover: { mode: automatic, time: 30s } # ?
        caches:
          prices: { objectives: { rto: 1h } }
        drills:
          restore: { scenario: restore, on: orders-db, date: 2026-03-12, measured: { rto: 3h } }
          again: { scenario: restore, on: orders-db, measured: { rto: 30m } } # ?
          failover: { scenario: failover, on: stock-db, measured: { failover: 40s } }
          prices: { scenario: restore, on: prices, date: 2026-03-12, measured: { rto: 3h } }
          other: { on: prices, date: 2026-04-12, measured: { rto: 1h } } # ?
      `,
    },
    {
      title: 'Within the objective, to the second, the last time',
      good: yaml`
        stores:
          orders-db:
            objectives: { rpo: 5m, rto: 1h }
            failover: { mode: automatic, time: 30s, detection: 10s, reconnect: 5s }
          stock-db: { objectives: { rto: 1h } }
        drills:
          restore: { scenario: restore, on: orders-db, date: 2025-03-12, measured: { rto: 3h } }
          again: { scenario: restore, on: orders-db, date: 2026-03-12, measured: { rto: 1h, rpo: 5m } }
          failover: { scenario: failover, on: orders-db, date: 2026-03-12, measured: { failover: 45s } }
      `,
    },
    {
      title: 'Nothing was measured, or nothing is promised',
      good: yaml`
        stores:
          orders-db: { objectives: { rto: 1h } }
          stock-db: { failover: none }
        services: { shop: {} }
        drills:
          restore: { scenario: restore, on: orders-db, date: 2026-03-12, passed: true }
          failover: { scenario: failover, on: stock-db, measured: { rto: 3h, failover: 1h } }
          rollback: { scenario: rollback, on: shop, measured: { rollback: 9m, rto: 1h } }
      `,
    },
  ],
})

/** A number that the manifest promises, and a drill measures. */
interface Promised {
  readonly key: 'rto' | 'rpo' | 'failover'
  readonly most: Estimate
  readonly at: Path
  readonly what: string
}

function promisesOf(component: Component): Promised[] {
  if (component.kind === 'service' || component.kind === 'external') return []
  const { objectives, failover, path } = component
  const objective = (key: 'rto' | 'rpo', what: string): Promised[] => {
    const at = [...path, 'objectives', key]
    return objectives?.[key] === undefined ? [] : [{ key, most: stated(objectives[key], at), at, what }]
  }
  const part = (key: 'time' | 'detection' | 'reconnect') =>
    stated(typeof failover === 'object' ? failover[key] : undefined, [...path, 'failover', key])
  return [
    ...objective('rto', 'was back after'),
    ...objective('rpo', 'lost the last'),
    ...(typeof failover === 'object' && failover.time !== undefined
      ? [
          {
            key: 'failover' as const,
            // Noticing and connecting again may be in what was measured.
            most: sum([part('time'), part('detection'), part('reconnect')]),
            at: [...path, 'failover', 'time'],
            what: 'failed over in',
          },
        ]
      : []),
  ]
}

const isWorse = ({ measured }: Drill, { key, most }: Promised) => exceeds(stated(measured![key], []), most)

function describe(component: Component, { name, date, path, measured }: Drill, { key, most, at, what }: Promised) {
  const [took, promised] = [duration(measured![key]!), duration(most.low)]
  return {
    at,
    message: `"${component.name}" ${what} ${took} in the drill "${name}"${date === undefined ? '' : ` of ${date}`}, but ${promised} is promised`,
    arithmetic: `${took} > ${promised}`,
    fix: `Mend what made it slow and repeat the drill, or promise no less than ${took}`,
    evidence: [{ label: `${took} measured`, at: [...path, 'measured', key] }],
  }
}

const mayBeLater = (drill: Drill, than: Drill): boolean =>
  drill.date === undefined || than.date === undefined || drill.date > than.date
