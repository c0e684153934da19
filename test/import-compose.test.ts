import { describe, expect, test } from 'vitest'
import { readCompose } from '../src/import/compose/read-compose.ts'
import type { ImportedSystem } from '../src/import/system.ts'
import { arrows, compose, filesIn } from './import-support.ts'

const messages = ({ notes }: ImportedSystem, kind: string) =>
  notes.filter(note => note.kind === kind).map(({ message }) => message)

describe('edges', () => {
  test('an address is one, a name is none', async () => {
    const system = await compose(`
services:
  web:
    image: web
    container_name: shop-web
    environment: { ORDERS_URL: "http://orders:8080", POSTGRES_DB: payments, SELF_URL: "http://shop-web", GREETING: payments }
    command: ["serve", "--payments=http://payments:80", "--verbose"]
  orders: { image: orders, hostname: order-host, environment: { PAY: "http://pay.internal:80" } }
  payments: { image: payments, networks: { default: { aliases: [pay.internal] } } }
`)
    expect(arrows(system)).toEqual(['web -> orders', 'web -> payments', 'orders -> payments'])
    expect(system.edges.map(({ source }) => [source.signal, source.line])).toEqual([
      ['env ORDERS_URL', 6],
      ['command payments', 7],
      ['env PAY', 8],
    ])
  })

  test('a broker has two sides, and the files seldom say which', async () => {
    const system = await compose(`
services:
  api: { image: api, environment: { AMQP_URL: amqp://rabbitmq } }
  mail-worker: { image: mail, environment: { AMQP_URL: amqp://rabbitmq } }
  billing: { image: billing, environment: { AMQP_URL: amqp://rabbitmq, CONSUMER_GROUP_ID: x } }
  relay: { image: relay, command: run-publisher, environment: { AMQP_URL: amqp://rabbitmq } }
  rabbitmq: { image: rabbitmq }
`)
    expect(arrows(system)).toEqual([
      'api -> rabbitmq unknown',
      'mail-worker -> rabbitmq consume',
      'billing -> rabbitmq consume',
      'relay -> rabbitmq publish',
    ])
  })

  test('depends_on is a guess, and none where an address says more, a task ends, or somebody only watches', async () => {
    const system = await compose(`
services:
  web:
    image: web
    environment: { DB: "postgres://db/shop" }
    depends_on:
      db: { condition: service_healthy }
      cache: { condition: service_started, required: false }
      migrate: { condition: service_completed_successfully }
      jaeger: { condition: service_started }
  db: { image: postgres }
  cache: { image: redis }
  migrate: { image: web, command: migrate, environment: { DB: "postgres://db/shop" } }
  jaeger: { image: jaegertracing/all-in-one }
`)
    expect(arrows(system)).toEqual(['web -> db', 'web -> cache unknown optional guessed'])
    expect(messages(system, 'ignored')).toEqual([
      'No part of the system: "migrate" (a task that runs once); "jaeger" (a collector or store of telemetry)',
    ])
  })

  test('ZooKeeper is that of the broker, and a guess', async () => {
    const system = await compose(`
services:
  web: { image: web, environment: { ZK: "zookeeper:2181", BROKERS: "kafka:9092" } }
  kafka: { image: confluentinc/cp-kafka, environment: { KAFKA_ZOOKEEPER_CONNECT: "zookeeper:2181" } }
  zookeeper: { image: zookeeper }
`)
    expect(arrows(system)).toEqual(['web -> zookeeper unknown guessed', 'web -> kafka unknown'])
  })

  test('flags and what is switched off are optional', async () => {
    const system = await compose(`
services:
  web: { image: web, environment: { FLAGD_HOST: flagd, SEARCH_HOST: search, SEARCH_ENABLED: "false", MAIL_HOST: mail, MAIL_ENABLED: "true" } }
  flagd: { image: ghcr.io/open-feature/flagd }
  search: { image: elasticsearch }
  mail: { image: mail }
`)
    expect(arrows(system)).toEqual(['web -> flagd optional', 'web -> search optional', 'web -> mail'])
  })

  test('a dashboard of health checks is no part, and a health check is no call', async () => {
    const system = await compose(`
services:
  status: { image: own/status, environment: { A__Health__Uri: "http://a/hc", B__Health__Uri: "http://b/hc" } }
  a: { image: a, environment: { BUrlHC: "http://b/hc" } }
  b: { image: b }
`)
    expect(arrows(system)).toEqual([])
    expect(messages(system, 'ignored')).toEqual(['No part of the system: "status" (a dashboard of health checks)'])
  })

  test('a port of the machine leads to the container that published it', async () => {
    const system = await compose(`
services:
  spa: { image: spa, environment: { REACT_APP_API: "http://localhost:8000", LOCAL: "http://localhost:8000" } }
  mvc: { image: mvc, environment: { IDENTITY_URL: "http://host.docker.internal:5105", LOGO_URL: "http://host.docker.internal:8000/logo.png" } }
  api: { image: api, ports: ["127.0.0.1:8000:80"], environment: { SpaClient: "http://host.docker.internal:5105" } }
  identity: { image: identity, ports: [{ target: 80, published: "5105" }] }
`)
    expect(arrows(system)).toEqual(['spa -> api', 'mvc -> identity'])
  })

  test('an address that leads nowhere is dangling, unless it is of telemetry or outside', async () => {
    const system = await compose(`
services:
  web:
    image: web
    environment: { AI_URL: "http://ai-service:5001", OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4317", PSP: "https://api.psp.example", GRAFANA: "grafana:3000" }
`)
    expect(messages(system, 'dangling')).toEqual([
      '"web" addresses "ai-service:5001" (env AI_URL), which is not in these files',
    ])
  })
})

describe('files of settings', () => {
  test('routes of a proxy, templates filled in, names of upstreams left out', async () => {
    const system = await compose(
      `
services:
  web:
    image: nginx
    volumes: ["./nginx:/etc/nginx/templates:ro"]
    environment: { CART_HOST: cart }
  gw: { image: envoyproxy/envoy, volumes: ["./envoy.yaml:/etc/envoy/envoy.yaml"] }
  edge: { build: { context: edge } }
  caddy: { image: caddy, configs: [{ source: caddyfile, target: /etc/caddy/Caddyfile }] }
  cart: { image: cart, volumes: ["./files:/files"] }
  user: { image: user, volumes: ["./files:/files"] }
  other: { image: other, volumes: ["./files:/files"] }
configs: { caddyfile: { content: "shop.example {\\n  reverse_proxy /api/* cart:8080 user:8080\\n}\\n" } }
`,
      {
        'nginx/default.conf':
          'upstream user {\n  server user:8080;\n}\nserver {\n  listen 80;\n  location /a { proxy_pass http://${CART_HOST}:8080/; }\n  location / { proxy_pass http://user; }\n  # proxy_pass http://old:80;\n}\n',
        'envoy.yaml':
          'clusters:\n- endpoints:\n  - address:\n      socket_address: { address: user, port_value: 80 }\n',
        'edge/Dockerfile': 'FROM nginx\nCOPY nginx.conf /etc/nginx/nginx.conf\n',
        'edge/nginx.conf': 'location / { proxy_pass http://gone:80; }\n',
      },
    )
    expect(arrows(system)).toEqual(['web -> cart', 'web -> user', 'gw -> user', 'caddy -> cart', 'caddy -> user'])
    expect(messages(system, 'dangling')).toEqual(['Settings address "gone", which is not in these files'])
  })

  const settings = (names: string[]) =>
    JSON.stringify(
      Object.fromEntries(names.map(name => [name, { addr: name, port: 9090, timeout_ms: 10_000, connections: 512 }])),
      undefined,
      1,
    )

  test('a file of its own gives edges with timeouts and pools', async () => {
    const system = await compose(
      'services: { web: { image: web, volumes: ["./service-config.json:/c.json"] }, a: { image: a }, b: { image: postgres } }',
      { 'service-config.json': settings(['a', 'b']) },
    )
    expect(arrows(system)).toEqual(['web -> a', 'web -> b'])
    expect(system.edges[0]).toMatchObject({
      source: { file: 'service-config.json', line: 2 },
      facts: [
        { path: ['timeout'], value: '10000ms' },
        { path: ['pool'], value: 512 },
      ],
    })
  })

  test('a file that many share tells no edges, but what stands in it is looked at', async () => {
    const service = (name: string) => `${name}: { image: ${name}, volumes: ["./config:/config"] }`
    const system = await compose(
      `services: { ${['a', 'b', 'c', 'd'].map(service).join(', ')}, lost: { image: memcached } }`,
      { 'config/service-config.json': settings(['a', 'b', 'c', 'd', 'gone']) },
    )
    expect(arrows(system)).toEqual([])
    expect(messages(system, 'dangling')).toEqual(['Settings address "gone", which is not in these files'])
    expect(messages(system, 'defect')).toContain(
      'All 5 addresses have the same timeout, 10s: no caller outlives its callee, at any depth; expected less from hop to hop',
    )
    expect(messages(system, 'unwired').join()).toContain('Nothing in these files addresses "lost"')
  })
})

test('projects of several folders are read side by side', async () => {
  const texts = {
    'a/compose.yaml': 'services: { web: { image: "web:${T}", environment: { B: "http://api:80" } } }',
    'a/.env': 'T=1',
    'b/compose.yaml': 'services: { api: { image: "api:${T}" } }',
  }
  const input = filesIn(texts, ['a/compose.yaml', 'b/compose.yaml'])
  const system = await readCompose({ ...input, files: input.files.map(file => ({ ...file, folder: '.' })) })
  expect(system.elements.map(({ source }) => source.signal)).toEqual(['image web:1', 'image api:'])
  expect(arrows(system)).toEqual(['web -> api'])
})
