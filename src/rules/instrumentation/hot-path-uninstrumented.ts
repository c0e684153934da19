import type { Edge } from '../../analysis/graph.ts'
import type { Facts } from '../../analysis/index.ts'
import { isImportant, type Reach } from '../../analysis/reach.ts'
import type { Path } from '../../finding.ts'
import type { Journey, Service } from '../../manifest/model.ts'
import { list, percent, rate } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'hot-path-uninstrumented',
  title: 'An important journey goes through a service that nobody can see into',
  severity: 'warning',
  question: 'instrumentation',
  on: 'service',
  options: noOptions,
  why: 'When the journey is slow or failing, the service without metrics, traces or logs is the one that every search for the cause ends at.',
  fix: 'Measure rate, errors and duration, trace requests across services, and put the trace id into the logs.',
  sources: [
    {
      title: 'AWS Well-Architected, Reliability: Monitor all components for the workload',
      id: 'REL06-BP01',
      revision: 'November 2024',
    },
    {
      title: 'AWS Well-Architected, Reliability: Monitor end-to-end tracing of requests through your system',
      id: 'REL06-BP07',
      revision: 'November 2024',
    },
    {
      title: 'Azure Well-Architected, Operational Excellence: Observability',
      id: 'OE:07',
      revision: '2026-07',
    },
  ],
  reads: [
    'services.observability.metrics',
    'services.observability.traces',
    'services.observability.logs',
    'services.observability.saturation',
    'journeys.criticality',
    'journeys.load',
    'calls.serves',
  ],

  appliesTo: ({ name }, { facts }) => facts.journeys.through(name).some(isImportant),

  *check(service, { model, facts }) {
    const { name, path, observability } = service
    const at = [...path, 'observability']
    if (observability === undefined) return yield { unknown: at }
    const lacking = signals.filter(({ key }) => isDenied(observability[key]))
    if (lacking.length === 0) {
      const open = signals.find(({ key, needed }) => needed && observability[key] === undefined)
      return yield* open ? [{ unknown: [...at, open.key] }] : []
    }
    const words = list(lacking.map(({ what }) => `no ${what}`))
    const hot = facts.journeys.through(name, 'sure').filter(isHot)
    if (hot.length === 0) return yield { unknown: doubtAbout(service, facts), because: `"${name}" has ${words}` }
    yield {
      at: [...at, lacking[0]!.key],
      message: `"${name}" has ${words}, but ${list(hot.map(journey => `"${journey.name}"`))} ${hot.length === 1 ? 'goes' : 'go'} through it; expected them`,
      ...shareOf(hot, [...model.journeys.values()].filter(isHot)),
      evidence: lacking.slice(1).map(({ key, what }) => ({ label: `no ${what}`, at: [...at, key] })),
      fix: sentence(list(lacking.map(({ how }) => how))),
      journeys: hot,
    }
  },

  examples: [
    {
      title: 'No logs of payments, no traces of the catalogue, nothing of the stock',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical, load: 120/s }
          browse: { entry: shop, criticality: high, load: 900/s }
        services:
          shop:
            observability: { metrics: true, traces: true, logs: structured }
            calls:
              - { to: payments, serves: [checkout] }
              - { to: stock, serves: [checkout, browse] }
              - { to: catalogue, serves: [browse] }
          payments:
            observability:
              metrics: true
              logs: none # <--
          catalogue:
            observability:
              metrics: true
              traces: false # <--
          stock:
            observability:
              metrics: false # <--
              logs: none
      `,
    },
    {
      title: 'A pool that nobody watches, and a load that nobody stated',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        services:
          shop:
            observability: { metrics: true, traces: true, logs: structured, saturation: false } # <--
      `,
    },
    {
      title: 'Nothing is stated of the shop, and of payments not all',
      unclear: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        services:
          shop: # ?
            calls: [{ to: payments }]
          payments:
            observability: { metrics: true, logs: plain } # ?
      `,
    },
    {
      title: 'No traces, and nobody said how bad it is, or whether the checkout comes this way',
      unclear: yaml`
        journeys:
          wish-list: # ?
            entry: wishes
          checkout: { entry: shop, criticality: critical }
          newsletter: { entry: shop, criticality: best-effort }
        services:
          wishes: { observability: { metrics: true, traces: false, logs: structured } }
          shop:
            observability: { metrics: true, traces: true, logs: structured }
            calls:
              - to: mailer # ?
          mailer:
            observability: { metrics: true, traces: false, logs: structured }
            calls: [{ to: templates, serves: [checkout, newsletter] }]
          templates: { observability: { metrics: true, traces: false, logs: structured } }
      `,
    },
    {
      title: 'Where no journeys are stated, they are asked for first',
      unclear: yaml`
        services: # ?
          shop:
            observability: { metrics: true, traces: false, logs: structured }
      `,
    },
    {
      title: 'The mesh measures every service, stated once; the nightly export may stay dark',
      good: yaml`
        defaults:
          services: { observability: { metrics: true, traces: true, logs: correlated } }
        journeys:
          checkout: { entry: shop, criticality: critical }
          export: { entry: exporter, criticality: normal }
        services:
          shop: { calls: [{ to: payments }] }
          payments: {}
          exporter: { observability: { metrics: false, traces: false, logs: none } }
      `,
    },
  ],
})

/** What a service may show, in the order in which it is missed; what is `needed` is asked for where it is not stated. */
const signals = [
  { key: 'metrics', what: 'metrics', how: 'measure rate, errors and duration', needed: true },
  { key: 'traces', what: 'traces', how: 'trace requests across services', needed: true },
  { key: 'logs', what: 'logs', how: 'write logs that carry the trace id', needed: true },
  { key: 'saturation', what: 'saturation metrics', how: 'measure how full pools, slots and queues are', needed: false },
] as const

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

const isDenied = (signal: string | boolean | undefined) => signal === false || signal === 'none'

const isHot = ({ criticality }: Journey) => criticality === 'critical' || criticality === 'high'

/** The fact that would say whether an important journey comes through. */
function doubtAbout(service: Service, facts: Facts): Path {
  const important = facts.journeys.through(service.name).filter(isImportant)
  const hot = important.find(isHot)
  const edge = hot && doubtfulEdge(service.name, facts, facts.reach.get(hot.name)!)
  if (edge) return [...edge.path, 'serves']
  const [first] = important
  return [...first!.path, 'criticality']
}

/** An edge on the way to a component of which it is not sure that the journey takes it. */
function doubtfulEdge(name: string, facts: Facts, reach: Reach, seen = new Set<string>()): Edge | undefined {
  seen.add(name)
  const taken = facts.graph.in.get(name)!.filter(edge => reach.takes(edge) !== 'no')
  const doubtful = taken.find(edge => reach.takes(edge) === 'maybe')
  if (doubtful) return doubtful
  for (const { from } of taken) {
    const edge = seen.has(from.name) ? undefined : doubtfulEdge(from.name, facts, reach, seen)
    if (edge) return edge
  }
  return undefined
}

/** How much of what matters most comes through, where all of the loads are stated. */
function shareOf(through: readonly Journey[], hot: readonly Journey[]): { arithmetic?: string } {
  const total = sumOf(hot)
  const here = sumOf(through)
  if (total === undefined || here === undefined || total === 0) return {}
  return { arithmetic: `${rate(here)} of ${rate(total)} on critical and high journeys = ${percent(here / total)}` }
}

function sumOf(journeys: readonly Journey[]): number | undefined {
  const loads = journeys.map(({ load }) => load?.steady)
  return loads.includes(undefined) ? undefined : (loads as number[]).reduce((a, b) => a + b, 0)
}
