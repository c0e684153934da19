import { describe, expect, test } from 'vitest'
import { arrows } from './import-support.ts'
import { app, documents, factsOf, kube, messages } from './kubernetes-support.ts'

const env = (...pairs: readonly string[]) => `image: x\nenv: [${pairs.map(pair => `{ ${pair} }`).join(', ')}]`
const configMap = (name: string, data: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata:\n  ${data.trim().replaceAll('\n', '\n  ')}`
const mongo = app('orders-db', 'image: mongo:7')

describe('settings', () => {
  test('addresses in the environment, with variables that refer to others', () => {
    const web = env('name: HOST, value: orders', 'name: ORDERS_URL, value: "http://$(HOST):80/$$(X)"')
    const system = kube(documents(app('web', web), app('orders')))
    expect(arrows(system)).toEqual(['web -> orders'])
    expect(system.edges[0]!.source).toMatchObject({ signal: 'env HOST', confidence: 'derived' })
  })

  test('Kubernetes sets the host and the port of each Service', () => {
    const web = env('name: URL, value: "http://$(MY_ORDERS_SERVICE_HOST):$(MY_ORDERS_SERVICE_PORT)"')
    expect(arrows(kube(documents(app('web', web), app('my-orders'))))).toEqual(['web -> my-orders'])
  })

  test('a ConfigMap that is the own one of a workload, whole or by key', () => {
    const map = configMap('web-config', 'ORDERS_HOST: orders\nSTOCK_URL: http://stock')
    const all = app('web', 'image: x\nenvFrom: [{ configMapRef: { name: web-config } }]')
    const one = app(
      'shop',
      'image: x\nenv: [{ name: S, valueFrom: { configMapKeyRef: { name: web-config, key: STOCK_URL } } }]',
    )
    const text = documents(all, one, app('orders'), app('stock'), map)
    const system = kube(text)
    expect(arrows(system)).toEqual(['shop -> stock', 'web -> orders', 'web -> stock'])
    const line = text.split('\n').findIndex(one => one.includes('ORDERS_HOST: orders')) + 1
    expect(system.edges.map(({ source }) => source.line)).toEqual([line + 1, line, line + 1])
  })

  test('of a ConfigMap that many take as a whole not each of them uses everything', () => {
    const shared = 'image: x\nenvFrom: [{ configMapRef: { name: common } }]'
    const map = configMap('common', 'ORDERS_HOST: orders\nGONE_URL: http://gone:80')
    const taken = (image: string) =>
      kube(
        documents(
          app('web', shared),
          app('stock', shared),
          app('pay', shared.replace('image: x', image)),
          app('orders'),
          map,
        ),
      )
    expect(arrows(taken('image: y'))).toEqual([
      'pay -> orders guessed',
      'stock -> orders guessed',
      'web -> orders guessed',
    ])
    // Three processes of one program.
    expect(arrows(taken('image: x'))).toEqual(['pay -> orders', 'stock -> orders', 'web -> orders'])
    const system = taken('image: y')
    expect(messages(system, 'dangling')).toEqual([])
  })

  test('arguments, properties of a virtual machine, and containers that wait for others', () => {
    const web = `image: x
args: ["--orders-addr=orders:80", --stock, "stock:80", "-v"]
env: [{ name: JAVA_TOOL_OPTIONS, value: "-Xmx1g -Dspring.data.mongodb.host=orders-db" }]`
    const init =
      'initContainers: [{ name: w, image: busybox, command: [sh, -c, "until nc -z rabbit 80; do sleep 1; done"] }]'
    const system = kube(documents(app('web', web, init), app('orders'), app('stock'), app('rabbit'), mongo))
    expect(arrows(system)).toEqual(['web -> orders', 'web -> orders-db', 'web -> rabbit guessed', 'web -> stock'])
  })

  test('files that are mounted: nginx and Envoy say whom they pass requests to', () => {
    const nginx = configMap(
      'edge',
      `nginx.conf: |
  upstream orders-pool { server orders:80; }
  server {
    location / { proxy_pass http://orders-pool; }
    # proxy_pass http://ghost:80;
    location /s {
      proxy_pass http://stock:80;
      proxy_pass http://ghost:80;
    }
  }`,
    )
    const pod = 'volumes: [{ name: conf, configMap: { name: edge } }]'
    const web = 'image: nginx:1\nvolumeMounts: [{ name: conf, mountPath: /etc/nginx }]'
    const system = kube(documents(app('web', web, pod), app('orders'), app('stock'), nginx))
    expect(arrows(system)).toEqual(['web -> orders', 'web -> stock'])
    const line = system.edges[1]!.source.line
    expect(documents(app('web', web, pod), app('orders'), app('stock'), nginx).split('\n')[line - 1]).toContain(
      'stock:80',
    )
    expect(messages(system, 'dangling')).toEqual([
      '"web" addresses ghost:80 (proxy_pass), and no Service of that name is in these files',
    ])
    // What nobody mounts is read by nobody.
    expect(arrows(kube(documents(app('web', 'image: nginx:1', pod), app('orders'), app('stock'), nginx)))).toEqual([])
  })

  test('names that are no hosts, its own address, and parts that are not of the system', () => {
    const orders = env(
      'name: POSTGRES_DB, value: web',
      'name: SELF_URL, value: "http://orders"',
      'name: O, value: "http://orders:80"',
    )
    const load = app('loadgenerator', env('name: FRONTEND_ADDR, value: "web:80"'))
    const otel = env('name: OTEL_EXPORTER_OTLP_ENDPOINT, value: "http://collector:4317"')
    const system = kube(documents(app('orders', orders), app('web', otel), load))
    expect(arrows(system)).toEqual([])
    expect(system.elements.map(({ name }) => name)).toEqual(['orders', 'web'])
    expect(messages(system, 'dangling')).toEqual([])
  })
})

describe('Services', () => {
  test('what an operator or a chart makes is elsewhere, and does not dangle', () => {
    const web = env(
      'name: A_URL, value: "postgres://orders-db-rw:5432/x"',
      'name: B_URL, value: "http://gone"',
      'name: C_URL, value: "http://in-chart"',
    )
    const cluster = 'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: orders-db }\nspec: {}'
    const service =
      'apiVersion: v1\nkind: Service\nmetadata: { name: pooler }\nspec: { selector: { cluster: orders-db } }'
    const chart = 'kind: Service\nmetadata: { name: in-chart }\nspec: {{ .Values.x }}'
    expect(messages(kube(documents(app('web', web), cluster, service), chart), 'dangling')).toEqual([
      '"web" addresses gone (B_URL), and no Service of that name is in these files',
    ])
  })

  test('an address that no Service has, and a port that it does not listen on', () => {
    const web = env('name: A_URL, value: "http://gone:8080"', 'name: B_ADDR, value: "orders:8080"')
    const system = kube(documents(app('web', web), app('orders')))
    expect(arrows(system)).toEqual(['web -> orders'])
    expect(messages(system, 'dangling')).toEqual([
      '"web" addresses gone:8080 (A_URL), and no Service of that name is in these files',
      '"web" addresses orders:8080 (B_ADDR), but the Service listens on 80',
    ])
  })

  test('namespaces: a short name is of the own one, a long one says which', () => {
    const inside = (name: string, text: string) =>
      text.replaceAll('metadata: { name: ', `metadata: { namespace: ${name}, name: `)
    const system = kube(
      documents(
        inside(
          'shop',
          app(
            'web',
            env('name: A, value: "http://orders:80"', 'name: B, value: "http://stock.depot.svc.cluster.local"'),
          ),
        ),
        inside('shop', app('orders')),
        inside('depot', app('orders')),
        inside('depot', app('stock')),
      ),
    )
    expect(arrows(system)).toEqual(['web -> orders.shop', 'web -> stock'])
    expect(system.elements.map(({ name }) => name)).toEqual(['orders.depot', 'orders.shop', 'stock', 'web'])
    expect(system.elements[2]!.aliases).toEqual(['stock.depot'])
  })

  test('names of an ExternalName and of a Service without a selector are externals', () => {
    const service = (name: string, spec: string) =>
      `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { ${spec} }`
    const web = env(
      'name: PAY_URL, value: "http://pay"',
      'name: OLD_URL, value: "http://legacy:99"',
      'name: MAIL_URL, value: "https://api.mail.io/v1"',
    )
    const system = kube(
      documents(
        app('web', web),
        service('pay', 'type: ExternalName, externalName: api.psp.io'),
        service('legacy', 'ports: [{ port: 80 }]'),
      ),
    )
    expect(arrows(system)).toEqual(['web -> api.mail.io', 'web -> api.psp.io', 'web -> legacy'])
    expect(system.elements.map(({ kind }) => kind)).toEqual(['external', 'external', 'external', 'service'])
  })

  test('several workloads behind one Service, pods of a StatefulSet, and a selector that chooses nothing', () => {
    const version = (v: string) =>
      app(`reviews-${v}`).split('---')[0]!.replaceAll(`app: reviews-${v}`, `app: reviews, v: ${v}`)
    const service =
      'apiVersion: v1\nkind: Service\nmetadata: { name: reviews }\nspec: { selector: { app: reviews }, ports: [{ port: 80 }] }'
    const web = env('name: R, value: "reviews-0.reviews:80"')
    const lost = 'apiVersion: v1\nkind: Service\nmetadata: { name: lost }\nspec: { selector: { app: web, v: "3" } }'
    const system = kube(documents(app('web', web), version('v1'), version('v2'), service, lost))
    expect(arrows(system)).toEqual(['web -> reviews-v1', 'web -> reviews-v2'])
    expect(messages(system, 'dangling')).toEqual([
      'Service "lost" selects app=web, v=3, which no workload in these files has',
    ])
  })
})

test('queues: the side is known only where something tells', () => {
  const url = 'name: AMQP_URL, value: "amqp://rabbitmq:80"'
  const system = kube(
    documents(app('orders', env(url)), app('mail-worker', env(url)), app('rabbitmq', 'image: rabbitmq:4')),
  )
  expect(arrows(system)).toEqual(['mail-worker -> rabbitmq consume', 'orders -> rabbitmq unknown'])
  expect(factsOf(system, 'rabbitmq')).toMatchObject({ engine: 'rabbitmq@4', replicas: 1 })
})
