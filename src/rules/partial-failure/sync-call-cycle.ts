import { cyclesOf, type Cycle } from '../../analysis/cycles.ts'
import type { Edge } from '../../analysis/graph.ts'
import type { Facts } from '../../analysis/index.ts'
import { formatRoute } from '../../analysis/reach.ts'
import type { Call } from '../../manifest/model.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'sync-call-cycle',
  title: 'Synchronous calls form a circle',
  severity: 'warning',
  question: 'partial-failure',
  on: 'manifest',
  options: noOptions,
  why: 'Each member waits for the others and, through them, for itself: under load every slot is held by a request that needs another slot of the same service, timeouts and retries feed back, and there is no order in which to start or deploy the members.',
  fix: 'Turn one of the calls into an event, or give the caller the data that it asks for.',
  sources: [
    { title: 'Taibi, Lenarduzzi: On the Definition of Microservice Bad Smells', id: 'Cyclic Dependency' },
    { title: 'Tarjan: Depth-First Search and Linear Graph Algorithms', id: 'doi:10.1137/0201010' },
  ],
  reads: ['calls.to', 'calls.mode', 'calls.transport', 'calls.operation', 'calls.serves', 'calls.fallback'],

  appliesTo: (_model, { facts }) => facts.graph.edges.some(waitsForService),

  *check(_model, { facts }) {
    for (const cycle of cyclesOf(facts.graph, waitsForService)) {
      const { edges, members } = cycle
      const [first, last] = [edges[0]!, edges.at(-1)!]
      const others = members.length > edges.length ? ` (one of several circles among ${members.length} services)` : ''
      yield {
        at: first.path,
        about: first.path,
        message: `"${first.from.name}" waits for its own answer: ${formatRoute(edges)}${others}; expected no way back`,
        fix: `Turn one of the calls into an event, or give the caller the data that it asks for; "${last.name}" closes the circle`,
        severity: isRecursion(cycle, facts) ? 'error' : 'warning',
        evidence: edges.map(edge => ({ label: edge.name, at: edge.path })),
        journeys: facts.journeys.taking(first, 'sure'),
      }
    }
  },

  examples: [
    {
      title: 'To place an order, orders asks the stock, which asks for prices, which asks orders',
      bad: yaml`
        journeys:
          checkout: { entry: orders }
        services:
          stock:
            calls: [{ to: prices, fallback: none }]
          orders:
            calls:
              - { to: stock, fallback: none } # <--
          prices:
            calls: [{ to: orders, fallback: none }]
      `,
    },
    {
      title: 'Two circles, and a service that calls itself',
      bad: yaml`
        services:
          carts:
            calls:
              - { to: prices } # <--
          prices:
            calls: [{ to: carts }]
          catalogue:
            calls:
              - { to: catalogue } # <--
      `,
    },
    {
      title: 'The way back is another operation: no recursion, but still no order to start them in',
      bad: yaml`
        services:
          orders:
            calls:
              - { to: stock, operation: reserve, fallback: none } # <--
          stock:
            calls: [{ to: orders, operation: status, fallback: none }]
      `,
    },
    {
      title: 'An event instead of a call back, and a callback that nobody waits for',
      good: yaml`
        services:
          orders:
            calls: [{ to: stock }, { to: payments }]
            consumes: [{ from: stock-changes }]
          stock:
            publishes: [{ to: stock-changes }]
          payments:
            calls: [{ to: orders, mode: async }]
        queues:
          stock-changes: {}
      `,
    },
    {
      title: 'Traffic in and out through the sidecar, and modules of one process',
      good: yaml`
        services:
          orders:
            calls: [{ to: proxy, transport: localhost }, { to: prices, transport: inProcess }]
          prices:
            calls: [{ to: orders, transport: inProcess }]
          proxy:
            role: sidecar
            calls: [{ to: orders, transport: localhost }]
      `,
    },
  ],
})

/** Within a process or a host nothing waits in a queue of requests, and a sidecar sees the traffic of both directions. */
function waitsForService({ kind, via }: Edge): boolean {
  const { mode, transport } = via as Call
  return kind === 'call' && mode !== 'async' && transport !== 'inProcess' && transport !== 'localhost'
}

/** One request surely goes all the way round. Where operations are named, the way back may be another one that ends there. */
const isRecursion = ({ edges }: Cycle, facts: Facts): boolean =>
  edges.every(edge => edge.hard === 'yes' && (edge.via as Call).operation === undefined) &&
  facts.journeys
    .taking(edges[0]!, 'sure')
    .some(({ name }) => edges.every(e => facts.reach.get(name)!.takes(e) === 'yes'))
