import type { Facts } from '../../analysis/index.ts'
import { groupsOf } from '../../analysis/queue-flow.ts'
import type { Path } from '../../finding.ts'
import type { Journey, Model, Publish, Queue } from '../../manifest/model.ts'
import { duration, number, plural, rate } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'sync-over-async',
  title: 'A request waits for a reply that comes through a queue',
  severity: 'warning',
  question: 'partial-failure',
  on: 'journey',
  options: noOptions,
  why: 'A queue lets work wait, a user does not. Whatever lies in the queue when the message arrives is in front of the answer: a backlog of minutes is a timeout for everybody, and the broker and the consumer have to be up as for a call.',
  formula: 'wait = backlog/μ + S; a target T leaves room for a backlog of (T - S) · μ',
  fix: 'Accept the request at once and let the client ask for the outcome or be told of it, or make it a call.',
  sources: [
    { title: 'Azure Architecture Center: Asynchronous Request-Reply pattern' },
    { title: 'HTTP Semantics', id: 'RFC 9110, section 15.3.3 "202 Accepted"' },
    { title: "Little's law", id: 'L = λW' },
  ],
  reads: [
    'journeys.steps',
    'journeys.latency',
    'journeys.load',
    'publishes.awaitsReply',
    'publishes.serves',
    'consumes.processing',
    'consumes.concurrency',
    'services.replicas',
  ],

  appliesTo: (journey, { facts, model }) => waitsOf(journey, facts, model).length > 0,

  *check(journey, { facts, model }) {
    const waits = waitsOf(journey, facts, model)
    const target = targetOf(journey)
    const [first, ...others] = waits.filter(({ isSure }) => isSure)
    if (!first) return yield { unknown: [...waits[0]!.path, 'serves'], because: 'its sender waits for the reply' }
    if (!target) {
      const because = `"${journey.name}" waits for a reply that comes through ${first.words}`
      return yield { unknown: [...journey.path, 'latency'], because }
    }
    const requests = waits.flatMap(({ requests }) => (requests ? [requests] : []))
    yield {
      at: first.at,
      message: `"${journey.name}" has to answer in ${duration(target.time)} and waits for a reply that comes through ${first.words}; expected an answer that does not wait in a queue`,
      ...explain(requests[0], target.time, facts, model),
      fix: `Answer at once that the work is accepted (202) and let the client ask for the outcome or be told of it; or make it a call with a timeout below ${duration(target.time)}`,
      evidence: [
        { label: `${target.key} ${duration(target.time)}`, at: [...journey.path, 'latency', target.key] },
        ...others.map(({ at }) => ({ label: 'waits as well', at })),
      ],
      journeys: [journey],
    }
  },

  examples: [
    {
      title: 'The gateway publishes a command and holds the request until the reply arrives',
      bad: yaml`
        journeys:
          checkout: { entry: gateway, latency: { p99: 500ms }, load: 90/s }
        services:
          gateway:
            publishes:
              - to: commands
                awaitsReply: true # <--
          orders:
            replicas: 10
            consumes: [{ from: commands, concurrency: 1, processing: { mean: 100ms } }]
        queues: { commands: {} }
      `,
    },
    {
      title: 'A step that waits for the reply queue',
      bad: yaml`
        journeys:
          checkout:
            entry: gateway
            latency: { p50: 100ms, p95: 1s }
            steps:
              - { service: gateway }
              - { service: gateway, waitsFor: replies } # <--
              - { service: gateway, waitsFor: receipts }
        services: { gateway: {} }
        queues: { replies: {}, receipts: {} }
      `,
    },
    {
      title: 'How fast the answer must be, or which of two journeys waits, is not stated',
      unclear: yaml`
        journeys:
          checkout: # ?
            entry: gateway
          browse: { entry: shop, latency: { p99: 1s } }
          search: { entry: shop, latency: { p99: 1s } }
        services:
          gateway: { publishes: [{ to: commands, awaitsReply: true }] }
          shop:
            publishes:
              - { to: queries, awaitsReply: true } # ?
        queues: { commands: {}, queries: {} }
      `,
    },
    {
      title: 'Accepted, and asked for later; a worker that waits for another; a journey that takes another way',
      good: yaml`
        journeys:
          checkout: { entry: gateway, latency: { p99: 500ms }, steps: [{ service: gateway, writes: orders-db }] }
          browse: { entry: gateway, latency: { p99: 500ms } }
          quote: { entry: quotes, latency: { p99: 1m } }
          report: { entry: quotes, latency: { p99: 1m } }
        services:
          gateway: { publishes: [{ to: commands, awaitsReply: false, serves: [checkout] }, { to: views }] }
          worker:
            consumes: [{ from: commands }]
            publishes: [{ to: payments, awaitsReply: true }]
          quotes: { publishes: [{ to: offers, awaitsReply: false, serves: [quote] }] }
        stores: { orders-db: {} }
        queues: { commands: {}, payments: {}, views: {}, offers: {} }
      `,
    },
  ],
})

interface Wait {
  readonly at: Path
  readonly path: Path
  readonly isSure: boolean
  /** `"commands"`, with the verb's object. */
  readonly words: string
  /** The queue that the requests wait in, where it is stated. */
  readonly requests: Queue | undefined
}

/** Replies that users of the journey wait for: steps that say so, and messages sent while they wait. */
function waitsOf(journey: Journey, { graph, waiting }: Facts, model: Model): Wait[] {
  const steps = (journey.steps ?? []).flatMap((step, i): Wait[] => {
    if (step.waitsFor === undefined) return []
    const path = [...journey.path, 'steps', i]
    return [{ at: [...path, 'waitsFor'], path, isSure: true, words: `"${step.waitsFor}"`, requests: undefined }]
  })
  const messages = model.publishes.filter(({ awaitsReply }) => awaitsReply === true)
  const sent = messages.flatMap((publish: Publish): Wait[] => {
    const edge = graph.out.get(publish.from.name)?.find(({ via }) => via === publish)
    if (!edge || !waiting.on(edge).includes(journey)) return []
    const isSure = waiting.on(edge, 'sure').includes(journey)
    const { path, to, target } = publish
    return [{ at: [...path, 'awaitsReply'], path, isSure, words: `"${to}"`, requests: target }]
  })
  return [...steps, ...sent]
}

/** What almost every request is promised: the highest percentile that is stated. */
function targetOf({ latency }: Journey) {
  const keys = ['p999', 'p99', 'p95', 'p90', 'p50'] as const
  for (const key of keys) {
    const time = latency?.[key]
    if (time !== undefined) return { key, time }
  }
  return undefined
}

/** ρ of the consumers at the peak, and the backlog that the target leaves room for. */
function explain(queue: Queue | undefined, target: number, facts: Facts, model: Model): { arithmetic?: string } {
  const slowest = queue && groupsOf(queue, model).toSorted((a, b) => (a.capacity.high ?? 0) - (b.capacity.high ?? 0))[0]
  const [member] = slowest?.members ?? []
  const [mean, most] = [member?.consume.processing?.mean, slowest?.capacity.high]
  if (!queue || mean === undefined) return {}
  const arrivals = facts.load.at(queue.name, 'peak').low
  const room = most === undefined ? undefined : Math.floor((Math.max(0, target - mean) * most) / 1000)
  return {
    arithmetic: [
      `wait = backlog / mu + ${duration(mean)}`,
      ...(most === undefined || arrivals === 0
        ? []
        : [`rho = ${rate(arrivals)} / ${rate(most)} = ${number(arrivals / most)}`]),
      ...(room === undefined
        ? []
        : [
            `(${duration(target)} - ${duration(mean)}) x ${rate(most!)} = room for a backlog of ${plural(room, 'message')}`,
          ]),
    ].join('\n'),
  }
}
