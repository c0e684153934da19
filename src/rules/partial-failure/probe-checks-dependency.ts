import { bystandersOf } from '../../analysis/hang.ts'
import type { Edge } from '../../analysis/graph.ts'
import type { Facts } from '../../analysis/index.ts'
import type { Path } from '../../finding.ts'
import type { Call, Component, Model, Service } from '../../manifest/model.ts'
import { list, plural } from '../../units.ts'
import { defineRule, noOptions, yaml, type Outcome } from '../define.ts'

export default defineRule({
  id: 'probe-checks-dependency',
  title: 'A probe fails when a dependency does',
  severity: 'error',
  question: 'partial-failure',
  on: 'service',
  options: noOptions,
  why: 'A liveness probe that asks a database restarts every instance when that database is away, which mends nothing and adds a cold start of the whole fleet. A readiness probe that asks what the service can do without takes all instances out of rotation at once.',
  fix: 'Let the liveness probe ask nothing but the process itself, and readiness only what no request can do without.',
  sources: [
    { title: 'kube-score', id: 'README_PROBES.md' },
    { title: "Amazon Builders' Library: Implementing health checks" },
  ],
  reads: [
    'services.health.liveness.checks',
    'services.health.readiness.checks',
    'services.health.readiness.failOpen',
    'services.replicas',
    'calls.fallback',
    'calls.optional',
    'calls.transport',
    'calls.serves',
    'calls.probability',
  ],

  appliesTo: ({ health }) => isProbe(health?.liveness) || isProbe(health?.readiness),

  *check(service, { model, facts }) {
    const { liveness, readiness } = service.health!
    if (isProbe(liveness)) {
      const at = [...service.path, 'health', 'liveness', 'checks']
      if (liveness.checks === undefined) yield { unknown: at }
      for (const asked of asks(service, liveness.checks, at, model)) yield restarts(service, asked)
    }
    if (isProbe(readiness)) {
      const at = [...service.path, 'health', 'readiness', 'checks']
      const soft = softEdges(service, facts, model)
      if (readiness.checks === undefined && soft.size > 0) {
        const because = `"${service.name}" can answer without ${list([...soft.keys()].map(name => `"${name}"`))}`
        yield { unknown: at, because }
      }
      if (readiness.failOpen === true) return
      for (const asked of asks(service, readiness.checks, at, model)) {
        const edge = soft.get(asked.component.name)
        if (edge) yield* leavesRotation(service, asked, edge, readiness.failOpen)
      }
    }
  },

  examples: [
    {
      title: 'A failover of the database restarts all instances of the service',
      bad: yaml`
        services:
          orders:
            replicas: 6
            health:
              liveness:
                checks:
                  - orders-db # <--
            calls: [{ to: orders-db, fallback: none }]
        stores:
          orders-db: {}
      `,
    },
    {
      title: 'Liveness asks a cache, an external and a service that nobody calls',
      bad: yaml`
        services:
          shop:
            health:
              liveness:
                checks: [sessions, psp, prices] # <-- x3
          prices: {}
        caches: { sessions: {} }
        externals: { psp: {} }
      `,
    },
    {
      title: 'The shop has a fallback for the recommendations, but leaves the rotation without them',
      bad: yaml`
        services:
          shop:
            health:
              readiness:
                failOpen: false
                checks: [catalogue, recommendations] # <--
            calls:
              - { to: catalogue, fallback: none }
              - { to: recommendations, fallback: empty }
          catalogue: {}
          recommendations: {}
      `,
    },
    {
      title: 'Only the checkout needs the payments, but browsing stops with them',
      bad: yaml`
        journeys: { checkout: { entry: shop }, browse: { entry: shop } }
        services:
          shop:
            health:
              readiness:
                failOpen: false
                checks: [payments] # <--
            calls: [{ to: payments, serves: [checkout], fallback: none }]
        externals: { payments: {} }
      `,
    },
    {
      title: 'What the probes ask is not stated; it matters for readiness where the service can do without something',
      unclear: yaml`
        services:
          shop:
            health:
              liveness: { interval: 5s } # ?
              readiness: { interval: 5s } # ?
            calls: [{ to: recommendations, optional: true }]
          recommendations:
            health:
              readiness: { interval: 5s }
            calls: [{ to: recommendations-db, fallback: none }]
        stores: { recommendations-db: {} }
      `,
    },
    {
      title: 'Whether the balancer keeps sending when all instances fail is not stated',
      unclear: yaml`
        services:
          shop:
            health:
              readiness: { checks: [recommendations] } # ?
            calls: [{ to: recommendations, fallback: empty }]
          recommendations: {}
      `,
    },
    {
      title: 'Readiness asks what every request needs, and the startup probe may ask everything',
      good: yaml`
        services:
          orders:
            health:
              liveness: { checks: [] }
              readiness: { checks: [orders-db], failOpen: true }
              startup: { checks: [orders-db, prices] }
            calls: [{ to: orders-db, fallback: none }, { to: prices, fallback: static }]
          prices: { health: { readiness: { checks: [orders-db], failOpen: false } }, calls: [{ to: orders-db, fallback: none }] }
        stores: { orders-db: {} }
      `,
    },
    {
      title: 'With a balancer that fails open, a soft dependency takes nobody out of rotation',
      good: yaml`
        services:
          shop:
            health: { readiness: { checks: [recommendations], failOpen: true } }
            calls: [{ to: recommendations, fallback: empty }]
          recommendations: {}
      `,
    },
    {
      title: 'Itself, its own sidecar and a library in its own process are no dependencies; others have no probes',
      good: yaml`
        services:
          shop:
            health: { liveness: { checks: [shop, flags, ledger] } }
            calls:
              - { to: flags, transport: localhost, fallback: none }
              - { to: ledger, transport: inProcess, fallback: none }
          flags: {}
          stock: { health: { liveness: none, readiness: none } }
        stores: { ledger: {} }
      `,
    },
  ],
})

type Health = NonNullable<Service['health']>
const isProbe = <P extends Health['liveness'] | Health['readiness']>(
  probe: P | undefined,
): probe is Exclude<P, 'none' | undefined> => probe !== undefined && probe !== 'none'

interface Asked {
  readonly component: Component
  readonly at: Path
}

/** Components that a probe asks and that fail by themselves: what runs in the same process or pod is part of the instance. */
function asks(service: Service, checks: readonly string[] | undefined, at: Path, model: Model): Asked[] {
  const near = new Set(service.calls.filter(isNear).map(({ to }) => to))
  return (checks ?? []).flatMap((name, i) => {
    const component = model.components.get(name)
    return component === undefined || component === service || near.has(name) ? [] : [{ component, at: [...at, i] }]
  })
}

const isNear = ({ transport }: Call) => transport === 'inProcess' || transport === 'localhost'

/** What some requests of the service surely do without. A component that is called twice counts by its first such call. */
function softEdges(service: Service, facts: Facts, model: Model): ReadonlyMap<string, Edge> {
  const edges = facts.graph.out.get(service.name)!.filter(edge => edge.kind === 'call' && !isNear(edge.via as Call))
  const needed = new Set(
    edges
      .filter(edge => edge.hard !== 'no' && bystandersOf(edge, model, facts.reach).journeys.length === 0)
      .map(edge => edge.to.name),
  )
  return new Map(edges.filter(edge => !needed.has(edge.to.name)).map(edge => [edge.to.name, edge]))
}

function restarts({ name, replicas }: Service, { component, at }: Asked): Outcome {
  const all = replicas?.max === undefined ? 'every instance' : plural(replicas.max, 'instance')
  return {
    at,
    message: `The liveness probe of "${name}" asks "${component.name}", so an outage there restarts ${all} here again and again; expected it to ask nothing but its own process`,
    fix: `Take "${component.name}" out of the liveness probe; timeouts and breakers on the calls are what its outages need`,
  }
}

function* leavesRotation(
  { name }: Service,
  { component, at }: Asked,
  edge: Edge,
  failOpen: boolean | undefined,
): Generator<Outcome> {
  const without = edge.hard === 'no' ? 'all requests' : 'some requests'
  if (failOpen === undefined) {
    const because = `"${name}" asks "${component.name}" whether it is ready, although ${without} can do without`
    yield { unknown: [...at.slice(0, -2), 'failOpen'], because }
    return
  }
  yield {
    at,
    severity: 'warning',
    message: `The readiness probe of "${name}" asks "${component.name}", so an outage there takes all instances out of rotation at once, although ${without} can do without it; expected the outage to stay there`,
    fix: `Take "${component.name}" out of the readiness probe, or let the balancer fail open`,
    evidence: [{ label: `"${edge.name}" can be done without`, at: edge.path }],
  }
}
