/** Systems to measure with, made by arithmetic alone, so that each is the same on every machine. */

export interface Shape {
  /** Services, twelve to a domain. */
  readonly services: number
  /** Journeys; one for each domain where it is not said. */
  readonly journeys?: number
  /** Calls of a service beside those to its own data. */
  readonly calls?: number
  /** Calls of each service to what somebody else runs. */
  readonly partnerCalls?: number
  /** Whether every service has a fault, so that a rule finds something at each of its calls. */
  readonly faulty?: boolean
}

const perDomain = 12

/**
 * A company of domains: in each a gateway, ten services behind it, a worker, two databases, a cache, a queue and somebody else's
 * service. Calls go down inside the domain; two services of each ask one that the first domain runs for all.
 */
export function system({ services, journeys, calls = 2, partnerCalls = 0, faulty = false }: Shape): string {
  const domains = Math.max(1, Math.ceil(services / perDomain))
  const lines = ['version: 1', 'system: generated', 'platform: kubernetes', 'journeys:']
  for (let j = 0; j < (journeys ?? domains); j++) lines.push(...journey(j, domains))
  lines.push('services:')
  for (let i = 0; i < services; i++) lines.push(...service(i, services, { calls, partnerCalls, faulty }))
  const each = (section: string, entry: (domain: number) => string[]) => {
    lines.push(`${section}:`)
    for (let d = 0; d < domains; d++) lines.push(...entry(d))
  }
  each('stores', d => [...store(d, 0), ...store(d, 1)])
  each('queues', d => [
    `  events-${d}: { engine: kafka@4, partitions: 12, retention: 7d, ordering: perKey, replicationFactor: 3, minInsync: 2 }`,
  ])
  each('caches', d => [
    `  cache-${d}: { engine: redis, ttl: 10m, jitter: true, hitRatio: 95%, inFrontOf: db-${d}-0, onFailure: origin }`,
  ])
  each('externals', d => [
    `  partner-${d}: { owner: team-${d}, availability: 99.95%, latency: { p50: 80ms, p99: 400ms }, quota: 200/s }`,
  ])
  return `${lines.join('\n')}\n`
}

const journey = (j: number, domains: number) => [
  `  journey-${j}: # what users of team ${j % domains} do`,
  `    entry: service-${(j % domains) * perDomain}`,
  `    criticality: ${['critical', 'high', 'normal'][j % 3]!}`,
  `    load: { steady: ${40 + (j % 7) * 10}/s, peak: ${120 + (j % 7) * 20}/s }`,
  '    latency: { p99: 1500ms }',
]

function service(
  i: number,
  services: number,
  { calls, partnerCalls, faulty }: Required<Pick<Shape, 'calls' | 'partnerCalls' | 'faulty'>>,
): string[] {
  const [domain, place] = [Math.floor(i / perDomain), i % perDomain]
  const first = domain * perDomain
  const last = Math.min(services, first + perDomain) - 1
  const isWorker = place === perDomain - 1
  return [
    `  service-${i}:`,
    ...(place === 0 ? ['    role: gateway', '    public: true', '    authentication: oidc'] : []),
    ...(isWorker ? ['    role: worker'] : []),
    `    owner: team-${domain}`,
    `    replicas: { min: 3, max: ${6 + (i % 5)} }`,
    '    autoscaling: { metric: cpu, target: 65% }',
    '    zones: 3',
    `    concurrency: ${64 + (i % 64)}`,
    `    serviceTime: { mean: ${4 + (i % 9)}ms, p99: ${30 + (i % 40)}ms }`,
    '    state: none',
    `    health: { liveness: { checks: [] }, readiness: { checks: [db-${domain}-0] } }`,
    '    deploy: { strategy: canary, steps: [5%, 25%], bake: 50m, rollback: automatic }',
    '    terminationGrace: 45s',
    '    observability: { metrics: true, traces: true, logs: structured }',
    `    runbook: docs/runbooks/service-${i}.md`,
    '    calls:',
    ...range(calls).flatMap(c => {
      const callee = place * calls + c + 1
      return callee < perDomain - 1 && first + callee <= last ? call(`service-${first + callee}`, i, faulty) : []
    }),
    ...(place % 5 === 4 && domain > 0 ? call(`service-${6 + (i % 4)}`, i, faulty) : []),
    ...(place === 3
      ? [`      - { to: partner-${domain}, timeout: 800ms, retries: none, circuitBreaker: none, mustSucceed: true }`]
      : []),
    ...range(partnerCalls).map(
      c =>
        `      - { to: partner-${domain}, operation: ask-${c}, probability: 1%, timeout: ${faulty ? 'none' : '800ms'}, retries: none, circuitBreaker: none, fallback: empty, mutates: false }`,
    ),
    ...(place % 2 === 0
      ? [`      - { to: cache-${domain}, access: read, timeout: 50ms, retries: none }`]
      : [
          `      - { to: db-${domain}-${place % 4 === 1 ? 0 : 1}, access: ${place % 3 === 0 ? 'write' : 'read'}, pool: 10, timeout: 200ms, retries: none }`,
        ]),
    ...(place === 2 ? ['    publishes:', `      - { to: events-${domain}, outbox: true }`] : []),
    ...(isWorker
      ? [
          '    consumes:',
          `      - { from: events-${domain}, idempotent: true, concurrency: 8, processing: { mean: 20ms, p99: 90ms } }`,
        ]
      : []),
  ]
}

const call = (to: string, i: number, faulty: boolean) => [
  `      - to: ${to}`,
  `        operation: op-${i % 10}`,
  `        timeout: ${faulty ? 'none' : `${300 + (i % 8) * 100}ms`}`,
  '        retries: { max: 1, backoff: exponential, base: 50ms, jitter: true, budget: 10% }',
  '        circuitBreaker: { failureRate: 50%, minimumCalls: 20, window: 10s, slowCallDuration: 400ms }',
  '        mutates: false',
]

const store = (d: number, k: number) => [
  `  db-${d}-${k}:`,
  '    engine: postgres@16',
  '    role: systemOfRecord',
  '    replicas: 2',
  '    failover: { mode: automatic, time: 30s }',
  '    maxConnections: 900',
  '    capacity: { rps: 3000 }',
  '    availability: 99.95%',
  '    backup: { interval: 1h, duration: 10m, pointInTime: true, lastRestoreTest: 2026-10-02 }',
  '    objectives: { rpo: 5m, rto: 30m }',
]

const range = (length: number) => Array.from({ length }, (_, i) => i)

/** A shop whose simulation is mostly events: two tiers with a queue before each, timeouts that seldom come, a cache. */
export const simulated = `journeys: { browse: { entry: web, load: 4000/s } }
services:
  web:
    replicas: 10
    concurrency: 40
    serviceTime: { mean: 5ms, p99: 20ms }
    calls:
      - { to: catalogue, timeout: 500ms, retries: { max: 2, backoff: exponential, base: 20ms, jitter: true, budget: 10% }, fallback: none }
  catalogue:
    replicas: 10
    concurrency: 20
    serviceTime: { mean: 8ms, p99: 30ms }
    calls:
      - { to: catalogue-db, cachedBy: cache, access: read, timeout: 200ms, retries: none, fallback: none, pool: 20 }
caches: { cache: { ttl: 5m, hitRatio: 60%, inFrontOf: catalogue-db, onFailure: origin } }
stores: { catalogue-db: { capacity: { rps: 2500 }, latency: { mean: 5ms, p99: 20ms } } }
`
