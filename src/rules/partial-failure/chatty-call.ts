import { waitsOnNetwork } from '../../analysis/attempt.ts'
import { exactly, between, reaches, scale } from '../../analysis/estimate.ts'
import { cacheBefore } from '../../analysis/graph.ts'
import { duration, number, rate } from '../../units.ts'
import { ask, defineRule, numberOption, optionMap, yaml } from '../define.ts'

export default defineRule({
  id: 'chatty-call',
  title: 'One request makes many calls, one after another',
  severity: 'warning',
  question: 'partial-failure',
  on: 'call',
  options: optionMap({
    calls: numberOption(10, 'Calls in turn to one callee from which on a request counts as chatty.', { least: 2 }),
  }),
  why: 'A list that is fetched item by item waits for one round trip per item, so the latency grows with the list however fast the callee is, and the callee sees the load multiplied.',
  formula: 'latency ≥ m · mean of one call; load on the callee = m · λ',
  fix: 'Ask for all items in one call, or at least make the calls at the same time.',
  sources: [
    { title: 'Azure Architecture Center: Performance antipatterns', id: 'Chatty I/O' },
    {
      title: 'Taibi, Lenarduzzi: On the Definition of Microservice Bad Smells',
      id: 'IEEE Software 35(3), 2018, "Inappropriate Service Intimacy"',
    },
  ],
  reads: [
    'calls.callsPerRequest',
    'calls.sequential',
    'calls.cachedBy',
    'caches.hitRatio',
    'services.latency',
    'stores.latency',
    'caches.latency',
    'externals.latency',
    'journeys.load',
  ],

  appliesTo: (call, { facts }) => {
    const edge = facts.journeys.edgeOf(call)
    if (call.sequential !== true || !waitsOnNetwork(call) || edge === undefined) return false
    // Work that comes through a queue, or runs as a job, keeps nobody waiting.
    return facts.load.requestsOn(edge, 'peak').high !== 0
  },

  *check(call, { facts, model, options }) {
    const { callsPerRequest: made = 1, from, to, path } = call
    const cache = cacheBefore(call, model)
    const missed = !cache
      ? exactly(1)
      : cache.hitRatio === undefined
        ? between(0, 1, [...cache.path, 'hitRatio'])
        : exactly(1 - cache.hitRatio)
    const calls = scale(missed, made)
    const many = reaches(calls, options.calls)
    if (many === false) return
    if (many !== true) return yield* ask(many, `"${call.name}" is made ${number(made)} times in turn for one request`)

    const edge = facts.journeys.edgeOf(call)!
    const each = facts.durations.answer(edge.to).low
    const load = facts.load.requestsOn(edge, 'peak').low
    const count = number(calls.low)
    yield {
      at: [...path, 'callsPerRequest'],
      message: `One request of "${from.name}" waits for ${count} calls to "${to}" in turn${each > 0 ? `, ${duration(each * calls.low)} in all` : ''}; expected fewer than ${number(options.calls)}`,
      arithmetic: [
        ...(cache ? [`m = ${number(made)} x (1 - hit ratio of ${cache.name}) = ${count}`] : []),
        each > 0
          ? `${count} x ${duration(each)} = ${duration(each * calls.low)} at least`
          : `${count} x one round trip at least`,
        ...(load > 0 ? [`load = ${count} x ${rate(load / calls.low)} = ${rate(load)} at the peak`] : []),
      ].join('\n'),
      fix: `Ask "${to}" for all of them in one call, or make the calls at the same time${each > 0 ? `, which takes ${duration(each)} instead of ${duration(each * calls.low)}` : ''}`,
      evidence: [{ label: 'one after another', at: [...path, 'sequential'] }],
      journeys: facts.journeys.taking(edge, 'sure'),
    }
  },

  examples: [
    {
      title: 'One query for each of 40 items of an order',
      bad: yaml`
        journeys: { checkout: { entry: orders, load: 50/s } }
        services:
          orders:
            calls:
              - to: stock-db
                callsPerRequest: 40 # <--
                sequential: true
        stores:
          stock-db: { latency: { mean: 2.5ms } }
      `,
    },
    {
      title: 'Ten calls in turn, whatever each of them takes',
      bad: yaml`
        services:
          web:
            calls:
              - to: prices
                callsPerRequest: 10 # <--
                sequential: true
          prices: {}
      `,
    },
    {
      title: 'How many of the 40 calls the cache answers is not stated',
      unclear: yaml`
        services:
          web:
            calls:
              - { to: prices-db, callsPerRequest: 40, sequential: true, cachedBy: prices-cache }
        stores: { prices-db: {} }
        caches:
          prices-cache: {} # ?
      `,
    },
    {
      title: 'A few calls, calls at the same time, and calls that a cache answers',
      good: yaml`
        services:
          web:
            calls:
              - { to: prices, callsPerRequest: 9, sequential: true }
              - { to: stock, callsPerRequest: 40 }
              - { to: prices-db, callsPerRequest: 40, sequential: true, cachedBy: prices-cache }
          prices: {}
          stock: {}
        stores: { prices-db: {} }
        caches: { prices-cache: { hitRatio: 90% } }
      `,
    },
    {
      title: 'A library, a message that is sent off, a worker and a job keep nobody waiting',
      good: yaml`
        journeys: { checkout: { entry: orders } }
        services:
          orders:
            calls:
              - { to: tax, transport: inProcess, callsPerRequest: 40, sequential: true }
              - { to: mailer, mode: async, callsPerRequest: 40, sequential: true }
            publishes: [{ to: order-events, outbox: true }]
          packer:
            consumes: [{ from: order-events }]
            calls: [{ to: stock-db, callsPerRequest: 40, sequential: true }]
          tax: {}
          mailer: {}
        queues: { order-events: {} }
        stores: { stock-db: {} }
        jobs:
          report: { calls: [{ to: stock-db, callsPerRequest: 5000, sequential: true }] }
      `,
    },
  ],
})
