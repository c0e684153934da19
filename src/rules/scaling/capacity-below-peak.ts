import { reaches } from '../../analysis/estimate.ts'
import type { Component } from '../../manifest/model.ts'
import { number, plural, rate } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'capacity-below-peak',
  title: 'Full scale does not carry the peak',
  severity: 'error',
  question: 'scaling',
  on: 'component',
  options: noOptions,
  why: 'At a utilisation of 1 the queue in front of a service grows for as long as the peak lasts. No autoscaler helps beyond its maximum, and every request becomes late before the first one fails.',
  formula:
    'ρ = λ_peak · H / (n_max · c) ≥ 1, with H the time a request holds a slot; for a stated capacity ρ = λ_peak / μ ≥ 1',
  fix: 'Raise the maximum, or make a request hold its slot for less time.',
  sources: [
    { title: "Little's law", id: 'L = λW' },
    {
      title: 'Azure Well-Architected, Performance Efficiency: Conduct capacity planning',
      id: 'PE:02',
      revision: '2026-07',
    },
  ],
  reads: [
    'journeys.load',
    'services.replicas',
    'services.concurrency',
    'services.serviceTime',
    'services.capacity.rps',
    'stores.capacity.rps',
    'calls.callsPerRequest',
    'calls.probability',
    'calls.serves',
  ],

  appliesTo: (component, { facts }) => facts.utilisation(component, 'peak') !== undefined,

  *check(component, { facts }) {
    const { needed, available, unit, at, need, supply, evidence } = facts.utilisation(component, 'peak')!
    const full = reaches(needed, available)
    if (needed.high === 0 || full === false) return
    if (full !== true) return yield* ask(full)
    const most = available.high!
    const rho = needed.low / most
    const words = (amount: number) => (unit === 'slots' ? plural(amount, 'slot') : rate(amount))
    yield {
      at,
      message: `"${component.name}" needs ${words(needed.low)} at its peak, but has ${words(most)} at full scale`,
      arithmetic: [
        ...(unit === 'slots' ? [`a = ${need()} = ${number(needed.low)} busy slots`] : []),
        `rho = ${unit === 'slots' ? number(needed.low) : need()} / ${supply()} = ${number(rho)}`,
      ].join('\n'),
      fix: fixFor(component, rho),
      evidence,
      journeys: facts.journeys.through(component.name, 'sure'),
    }
  },

  examples: [
    {
      title: '72 slots are busy at the peak, 60 exist',
      bad: yaml`
        journeys:
          search: { entry: search, load: { steady: 200/s, peak: 600/s } }
        services:
          search:
            replicas: { min: 2, max: 6 } # <--
            concurrency: 10
            serviceTime: { mean: 120ms }
      `,
    },
    {
      title: 'A database behind a service that asks it five times a request',
      bad: yaml`
        journeys:
          browse: { entry: catalogue, load: { steady: 100/s, peak: 400/s } }
        services:
          catalogue:
            replicas: 8
            concurrency: 50
            serviceTime: { mean: 10ms }
            calls: [{ to: catalogue-db, callsPerRequest: 5 }]
        stores:
          catalogue-db:
            latency: { mean: 2ms }
            capacity: { rps: 1500 } # <--
      `,
    },
    {
      title: 'Nobody said how long a request takes',
      unclear: yaml`
        journeys:
          search: { entry: search, load: { steady: 200/s, peak: 600/s } }
        services:
          search: # ?
            replicas: 6
            concurrency: 10
      `,
    },
    {
      title: 'Messages wait in their queue, they do not queue for slots',
      good: yaml`
        journeys:
          order: { entry: shop, load: { steady: 10/s, peak: 600/s } }
        services:
          shop:
            replicas: 4
            concurrency: 10
            serviceTime: { mean: 20ms }
            publishes: [{ to: orders, outbox: true }]
          mailer:
            replicas: 2
            consumes: [{ from: orders, concurrency: 2, processing: { mean: 50ms } }]
            calls: [{ to: smtp }]
        externals:
          smtp: { latency: { mean: 100ms } }
        queues:
          orders: {}
      `,
    },
    {
      title: 'Only one of two journeys takes the slow call',
      good: yaml`
        journeys:
          checkout: { entry: web, load: { steady: 10/s, peak: 100/s } }
          browse: { entry: web, load: { steady: 500/s, peak: 4000/s } }
        services:
          web:
            replicas: 8
            concurrency: 100
            serviceTime: { mean: 5ms }
            calls:
              - { to: payments, serves: [checkout] }
              - { to: catalogue, serves: [browse] }
        externals:
          payments: { latency: { mean: 400ms } }
          catalogue: { latency: { mean: 20ms } }
      `,
    },
    {
      title: 'Two peaks that never meet are not added up',
      good: yaml`
        journeys:
          order: { entry: shop, load: { steady: 10/s, peak: 300/s, coincident: false } }
          report: { entry: shop, load: { steady: 10/s, peak: 300/s, coincident: false } }
        services:
          shop:
            replicas: 4
            concurrency: 10
            serviceTime: { mean: 120ms }
      `,
    },
    {
      title: 'A queue has no slots, and a function has no instances to count',
      good: yaml`
        journeys:
          upload: { entry: resize, load: 100/s }
        services:
          resize:
            runtime: serverless
            publishes: [{ to: resized, outbox: none }]
        queues:
          resized: { engine: sqs }
      `,
    },
  ],
})

function fixFor(component: Component, rho: number): string {
  if (component.kind !== 'service') {
    return 'Send fewer requests per journey, answer reads elsewhere, or make it larger and measure again'
  }
  const max = component.replicas!.max!
  const [enough, comfortable] = [Math.floor(max * rho) + 1, Math.ceil((max * rho) / 0.8)]
  return `Raise the maximum to at least ${number(enough)} replicas for a utilisation below 1 (${number(comfortable)} for 0.8), or make requests hold their slot for less time`
}
