import { describe, expect, test } from 'vitest'
import type { ImportedSystem } from '../src/import/system.ts'
import { compose } from './import-support.ts'

const facts = (system: ImportedSystem, name: string) =>
  Object.fromEntries(
    (system.elements.find(one => one.name === name)?.facts ?? []).map(({ path, value }) => [path.join('.'), value]),
  )
describe('facts', () => {
  test('of a service', async () => {
    const system = await compose(`
services:
  web:
    image: web
    deploy: { replicas: 3, resources: { limits: { cpus: "0.5" }, reservations: { cpus: 0.25 } } }
    stop_grace_period: 1m30s
    healthcheck: { test: [CMD, x], interval: 5s, timeout: 2s, retries: 4, start_period: 20s }
    environment: ["OTEL_RESOURCE_ATTRIBUTES=a=b,service.criticality=low"]
  off: { image: off, healthcheck: { disable: true }, deploy: { mode: global } }
  none: { image: none, healthcheck: { test: NONE } }
`)
    expect(facts(system, 'web')).toEqual({
      replicas: 3,
      'cpu.limit': 0.5,
      'cpu.request': 0.25,
      terminationGrace: '1m30s',
      'health.readiness': { interval: '5s', timeout: '2s', failures: 4, initialDelay: '20s' },
      criticality: 'best-effort',
    })
    expect(facts(system, 'off')).toEqual({})
    expect(facts(system, 'none')).toEqual({ replicas: 1 })
  })

  test.each([
    ['image: "postgres:16"', 'none'],
    ['image: "postgres:16", volumes: ["d:/var/lib/postgresql/data"]', undefined],
    ['image: "postgres:18", volumes: ["d:/var/lib/postgresql"]', undefined],
    ['image: "postgres:16", volumes: ["./data:/var/lib/postgresql/data/"]', undefined],
    ['image: "postgres:16", volumes: [{ type: volume, source: d, target: /var/lib/postgresql/data }]', undefined],
    ['image: "postgres:16", volumes: ["/var/lib/postgresql/data"]', undefined],
    ['image: "postgres:16", volumes: ["./init.sql:/docker-entrypoint-initdb.d/init.sql"]', 'none'],
    ['image: "postgres:16", tmpfs: /var/lib/postgresql/data', 'none'],
    ['image: "mongo:4", tmpfs: [/tmp]', 'none'],
    ['image: "mongo:4", volumes: ["d:/elsewhere"]', undefined],
    ['image: "redis:7", command: redis-server --appendonly yes, volumes: ["d:/data"]', 'appendOnly'],
    ['image: "redis:7", command: redis-server --appendonly yes', 'none'],
    ['image: own/users-db', undefined],
  ])('{ %s } keeps its data: %s', async (store, persistence) => {
    const system = await compose(`services: { users-db: { ${store} } }`)
    expect(facts(system, 'users-db')['persistence']).toBe(persistence)
  })

  test('nodes of a cluster are no single instances', async () => {
    const system = await compose(
      'services: { kafka-1: { image: apache/kafka }, kafka-2: { image: apache/kafka }, redis-2: { image: redis } }',
    )
    expect(['kafka-1', 'kafka-2', 'redis-2'].map(name => facts(system, name)['replicas'])).toEqual([
      undefined,
      undefined,
      1,
    ])
  })
})

describe('where users come in', () => {
  const journeys = async (text: string) => (await compose(text)).others.map(({ name }) => name)
  const calls = 'environment: { API_URL: "http://api:80" }'

  test.each([
    ['the one open port', `shop: { image: shop, ports: ["80:80"], ${calls} }, api: { image: api }`, ['shop']],
    [
      'a port of the machine alone',
      `shop: { image: shop, ports: ["127.0.0.1:80:80"], ${calls} }, api: { image: api }`,
      [],
    ],
    ['a port that nobody chose', `shop: { image: shop, ports: ["80"], ${calls} }, api: { image: api }`, []],
    [
      'open ports everywhere, one front end',
      `web: { image: w, ports: ["80:80"], ${calls} }, api: { image: api, ports: ["81:80"] }, other: { image: o, ports: ["82:80"] }`,
      ['web'],
    ],
    [
      'open ports everywhere, no front end',
      `x: { image: w, ports: ["80:80"], ${calls} }, api: { image: api, ports: ["81:80"] }, y: { image: o, ports: ["82:80"] }`,
      [],
    ],
    ['no edges from there', 'web: { image: w, ports: ["80:80"] }, api: { image: api }', []],
    ['a load generator', `loadgenerator: { image: l, ports: ["80:80"], ${calls} }, api: { image: api }`, []],
    ['one service alone', 'blog: { image: blog, ports: ["80:80"] }', ['blog']],
  ])('%s', async (_, services, expected) => {
    expect(await journeys(`services: { ${services} }`)).toEqual(expected)
  })
})
