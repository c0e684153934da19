import { exceeds } from '../../analysis/estimate.ts'
import { errorBudget } from '../../analysis/formulas/error-budget.ts'
import type { Facts } from '../../analysis/index.ts'
import { explain, failoverTime } from '../../analysis/recovery.ts'
import { promisedJourney } from '../../analysis/availability.ts'
import type { Path } from '../../finding.ts'
import type { Cache, Component, Model, Queue, Store } from '../../manifest/model.ts'
import { duration, percent } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'failover-slower-than-rto',
  title: 'A failover takes longer than the outage that is allowed',
  severity: 'error',
  question: 'read-write',
  on: 'component',
  options: noOptions,
  why: 'A person who is woken, opens a laptop and decides needs a quarter of an hour before anything begins. An objective of minutes is only met by a machine, and only if noticing, switching and connecting again fit into it.',
  formula:
    'T = detection + failover + reconnect, and for a manual one the time until somebody acts, > RTO or, for a manual one, the error budget B = (1 - SLO) · window',
  fix: 'Let it fail over by itself, or promise less.',
  sources: [
    {
      title: 'AWS Well-Architected, Reliability: Automate recovery',
      id: 'REL13-BP05',
      revision: 'November 2024',
    },
    { title: 'The Calculus of Service Availability', id: 'ACM Queue 15(2), 2017' },
  ],
  reads: [
    'stores.failover',
    'queues.failover',
    'caches.failover',
    'stores.objectives',
    'queues.objectives',
    'caches.objectives',
    'slos.objective',
    'slos.window',
    'slos.journey',
    'slos.indicator',
    'calls.fallback',
    'calls.serves',
    'onCall',
  ],

  appliesTo: (component, { model, facts }) =>
    switches(component) &&
    failoverTime(component, model) !== undefined &&
    limitOf(component, model, facts) !== undefined,

  *check(component, { model, facts }) {
    const store = component as Replicated
    const { name, path } = store
    const failover = store.failover as Failover
    const { mode, time } = failover
    const limit = limitOf(store, model, facts)!
    const span = failoverTime(store, model)!
    const isLate = exceeds(span.total, limit.most)
    if (isLate === true && mode !== undefined) {
      const who = mode === 'manual' ? 'waits for a person and ' : ''
      const [response] = span.parts.filter(({ what }) => what === 'until somebody acts')
      return yield {
        at: mode === 'manual' ? [...path, 'failover', 'mode'] : [...path, 'failover', 'time'],
        message: `The failover of "${name}" ${who}takes ${duration(span.total.low)}, but ${limit.words}`,
        arithmetic: `${explain(span)} > ${duration(limit.most)}`,
        fix:
          mode === 'manual'
            ? `Let "${name}" fail over by itself within ${duration(limit.most)}, or promise less`
            : `Fail over within ${duration(limit.most)} in all, or promise ${duration(span.total.low)}`,
        evidence: [
          { label: limit.label, at: limit.at },
          ...(response && !response.assumed
            ? [{ label: `${duration(response.time.low)} until somebody acts`, at: response.at }]
            : []),
        ],
        journeys: facts.journeys.dependingOn(name, 'sure'),
      }
    }
    const because = `a failover of "${name}" must be over after ${duration(limit.most)}`
    const byHand = { ...store, failover: { ...failover, mode: 'manual' } } as Replicated
    if (mode === undefined && failoverTime(byHand, model)!.total.low > limit.most)
      yield { unknown: [...path, 'failover', 'mode'], because }
    else if (time === undefined) yield { unknown: [...path, 'failover', 'time'], because }
  },

  examples: [
    {
      title:
        'A manual failover for an objective of five minutes, and for 99.99 %, which leaves 4.32 minutes in 30 days',
      bad: yaml`
        journeys: { checkout: { entry: shop } }
        slos:
          checkout: { journey: checkout, objective: 99.99%, window: 30d }
          latency: { journey: checkout, indicator: latency, objective: 99.999%, window: 30d }
        services: { shop: { calls: [{ to: orders-db, fallback: none }] } }
        stores:
          orders-db:
            failover:
              mode: manual # <--
              time: 2m
          stock-db:
            objectives: { rto: 5m }
            failover: { mode: manual } # <--
      `,
    },
    {
      title: 'By itself, but slower than promised once clients are connected again',
      bad: yaml`
        queues:
          events:
            objectives: { rto: 1m }
            failover: { mode: automatic, detection: 10s, time: 45s, reconnect: 6s } # <--
        caches:
          prices:
            objectives: { rto: 10m }
            failover: { mode: manual, time: 1s } # <--
        onCall: { acknowledge: 12m, respond: 10m }
      `,
    },
    {
      title: 'Who starts it and how long it takes is not stated',
      unclear: yaml`
        stores:
          orders-db:
            objectives: { rto: 5m }
            failover: { time: 30s } # ?
          stock-db:
            objectives: { rto: 5m }
            failover: { mode: automatic } # ?
          users-db:
            objectives: { rto: 1h }
            failover: { mode: manual } # ?
      `,
    },
    {
      title: 'Fast enough, to the second',
      good: yaml`
        journeys: { checkout: { entry: shop }, browse: { entry: shop } }
        slos:
          checkout: { journey: checkout, objective: 99.99%, window: 30d }
          browse: { journey: browse, objective: 99%, window: 30d }
        services:
          shop:
            calls:
              - { to: orders-db, serves: [checkout], fallback: none }
              - { to: views-db, serves: [checkout, browse], fallback: static }
              - { to: news-db, serves: [browse], fallback: none }
        stores:
          orders-db: { failover: { mode: automatic, time: 10m } }
          views-db: { failover: { mode: manual, time: 10m } }
          news-db: { failover: { mode: manual, time: 10m } }
          stock-db: { objectives: { rto: 20m }, failover: { mode: manual, time: 5m } }
          users-db: { objectives: { rto: 1m }, failover: { mode: automatic, detection: 10s, time: 45s, reconnect: 5s } }
          lists-db: { objectives: { rto: 30m }, failover: { time: 5m } }
      `,
    },
    {
      title: 'Nothing takes over, or nothing is promised',
      good: yaml`
        services: { shop: {} }
        stores:
          orders-db: { objectives: { rto: 1m }, failover: none }
          stock-db: { objectives: { rpo: 1m }, failover: { mode: manual, time: 1h } }
      `,
    },
  ],
})

type Replicated = Store | Queue | Cache
type Failover = Exclude<Store['failover'], 'none' | undefined>

const switches = (component: Component): component is Replicated =>
  component.kind !== 'service' && component.kind !== 'external'

interface Limit {
  readonly most: number
  readonly words: string
  readonly label: string
  readonly at: Path
}

/** The objective; for a manual failover also the least budget of the journeys that surely fail meanwhile. */
function limitOf(component: Replicated, model: Model, facts: Facts): Limit | undefined {
  const { objectives, failover, path, name } = component
  const limits: Limit[] = []
  if (objectives?.rto !== undefined) {
    const rto = duration(objectives.rto)
    limits.push({
      most: objectives.rto,
      words: `it must be back after ${rto}`,
      label: `back after ${rto}`,
      at: [...path, 'objectives', 'rto'],
    })
  }
  if (typeof failover === 'object' && failover.mode === 'manual') {
    const failing = facts.journeys.dependingOn(name, 'sure')
    for (const slo of model.slos.values()) {
      const journey = promisedJourney(slo, model)
      if (!journey || !failing.includes(journey) || slo.objective === undefined || slo.window === undefined) continue
      const budget = errorBudget(slo.objective, slo.window)
      const promise = `${percent(slo.objective)} of "${journey.name}" over ${duration(slo.window)}`
      const words = `${promise} leave ${duration(budget)}`
      limits.push({ most: budget, words, label: `${duration(budget)} of error budget`, at: [...slo.path, 'objective'] })
    }
  }
  return limits.sort((a, b) => a.most - b.most)[0]
}
