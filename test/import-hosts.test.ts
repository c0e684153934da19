import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressesIn, isDangling, resolverOf, sideOf } from '../src/import/hosts.ts'
import { parseImage, partOf } from '../src/import/parts.ts'

const hosts = (key: string, value: string) =>
  addressesIn({ key, value }).map(({ host, port }) => (port === undefined ? host : `${host}:${port}`))

describe('addresses in a setting', () => {
  test.each([
    ['CART_ADDR', 'cart:7070', ['cart:7070']],
    ['EMAIL_ADDR', 'http://email:6060', ['email:6060']],
    ['EMAIL_ADDR', 'http://email:/v1', ['email']],
    ['DB', 'postgres://user:p%40ss@astronomy-db/astronomy?sslmode=disable', ['astronomy-db']],
    ['DB', 'postgres://user:p@ss/w@rd@db:5432/x', []],
    ['SPRING_DATASOURCE_URL', 'jdbc:mysql://mysql:3306/cities?useSSL=false', ['mysql:3306']],
    ['URL', 'jdbc:oracle:thin:@ora:1521:shop', ['ora:1521']],
    ['URL', 'jdbc:sqlserver://mssql:1433;databaseName=x', ['mssql:1433']],
    ['MONGO', 'mongodb://a:27017,b:27018/orders?replicaSet=rs', ['a:27017', 'b:27018']],
    ['ConnectionString', 'Server=sqldata;Database=CatalogDb;User Id=sa;Password=Pass@word', ['sqldata']],
    ['ConnectionString', 'Server=tcp:sqldata,1433;Database=CatalogDb', ['sqldata']],
    ['ConnectionStrings__Redis', 'redis:6379,password=x,abortConnect=false', ['redis:6379']],
    ['DB_CONNECTION_STRING', 'Host=astronomy-db;Username=u;Database=astronomy_db', ['astronomy-db']],
    ['DSN', 'host=db port=5432 dbname=orders', ['db']],
    ['DSN', 'root:secret@tcp(mysql:3306)/shop', ['mysql:3306']],
    ['KAFKA_BROKERS', 'kafka-1:9092,kafka-2:9092', ['kafka-1:9092', 'kafka-2:9092']],
    ['KAFKA_URL', 'PLAINTEXT://kafka:9092,CONTROLLER://other:9093', ['kafka:9092', 'other:9093']],
    ['RABBIT', 'guest:guest@rabbitmq:5672/shop', ['rabbitmq:5672']],
    ['AMQP_URL', 'amqp://guest:guest@rabbitmq', ['rabbitmq']],
    ['EventBusConnection', 'rabbitmq', ['rabbitmq']],
    ['FLAGD_HOST', 'flagd', ['flagd']],
    ['PGHOST', 'db', ['db']],
    ['ORDER_QUEUE_HOSTNAME', 'rabbitmq', ['rabbitmq']],
    ['REDIS_NODES', 'redis-1,redis-2', ['redis-1', 'redis-2']],
    ['POSTGRES_DB', 'orders', []],
    ['MYSQL_DATABASE', 'orders', []],
    ['QUEUE_NAME', 'orders', []],
    ['KAFKA_TOPIC', 'orders', []],
    ['OTEL_SERVICE_NAME', 'orders', []],
    ['GREETING', 'orders', []],
    ['ASPNETCORE_URLS', 'http://0.0.0.0:80', []],
    ['URL', 'http://localhost:8080', []],
    ['LISTEN_ADDR', ':8080', []],
    ['BASE_IMAGE', 'redis:6379', []],
    ['IMAGE_URL', 'redis:7', []],
    ['START', '12:30', []],
    ['NO_PROXY', 'orders:80', []],
    ['CORS_ORIGINS', 'http://web:80', []],
    ['SOCKET', 'unix:///var/run/db.sock', []],
    ['PUBLIC_HOST', '', []],
  ])('%s=%s', (key, value, expected) => {
    expect(hosts(key, value)).toEqual(expected)
  })

  test.each([
    ['PaymentUrlHC', 'http://payment-api/hc'],
    ['HealthChecksUI__HealthChecks__0__Uri', 'http://webmvc'],
    ['CATALOG_URL', 'http://catalog/healthz'],
  ])('%s=%s only asks for health', (key, value) => {
    expect(addressesIn({ key, value }).map(({ isHealthCheck }) => isHealthCheck)).toEqual([true])
  })

  test('a URL of an API is no health check', () => {
    expect(addressesIn({ key: 'API', value: 'http://health-records/patients' })[0]!.isHealthCheck).toBe(false)
  })

  test('no text is too strange, and what is found is a host', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-z:/@,;=.()\d ]*$/))
    fc.assert(
      fc.property(text, text, (key, value) => {
        for (const { host } of addressesIn({ key, value })) expect(host).toMatch(/^[a-z\d_][a-z\d_.-]*$/)
      }),
    )
  })

  test('a megabyte of text costs no more than its beginning', () => {
    for (const one of ['a', 'a:1', '://', 'a@', 'host=', '1.', 'tcp('])
      expect(addressesIn({ key: 'HOST', value: one.repeat(1_000_000) }).length).toBeLessThan(5000)
  }, 5000)
})

describe('components by host', () => {
  const resolve = resolverOf([
    { name: 'orders', aliases: ['orders-api', 'orders.shop'] },
    { name: 'kafka', aliases: ['kafka-headless', 'shared'] },
    { name: 'carts', aliases: ['cart', 'shared'] },
  ])
  test.each([
    ['orders', 'orders'],
    ['ORDERS', 'orders'],
    ['orders-api', 'orders'],
    ['orders.shop', 'orders'],
    ['orders.shop.svc', 'orders'],
    ['orders.shop.svc.cluster.local', 'orders'],
    ['orders.shop.svc.cluster.local.', 'orders'],
    ['orders.other.svc', 'orders'],
    ['tasks.orders', 'orders'],
    ['kafka-0.kafka-headless', 'kafka'],
    ['kafka-0.kafka-headless.shop.svc.cluster.local', 'kafka'],
    ['cart', 'carts'],
    ['shared', undefined],
    ['order', undefined],
    ['orders.example.com', undefined],
  ])('%s is %s', (host, name) => {
    expect(resolve(host)).toBe(name)
  })
})

test.each([
  ['AI_SERVICE_URL', 'http://ai-service:5001/', true],
  ['SHOPPING_ASSISTANT_SERVICE_ADDR', 'shoppingassistantservice:80', true],
  ['ORDERS_URL', 'http://orders.shop.svc.cluster.local', true],
  ['GRAFANA_HOST', 'grafana', false],
  ['AI_HOST', 'ai-service', false],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:4317', false],
  ['JAEGER', 'http://jaeger-agent:6831', false],
  ['PAYMENT_GATEWAY', 'https://www.example.com', false],
  ['PaymentUrlHC', 'http://payment/hc', false],
])('%s=%s, which resolves to nothing, is dangling: %s', (key, value, expected) => {
  expect(addressesIn({ key, value }).some(one => isDangling(one, { key, value }))).toBe(expected)
})

describe('what a container is', () => {
  test.each([
    ['x', 'postgres:16.2-alpine', 'store', 'postgres@16.2'],
    ['x', 'docker.io/library/redis:6.2-alpine', 'store', 'redis@6.2'],
    ['product-cache', 'redis:7', 'cache', 'redis@7'],
    ['x', 'localhost:5000/mongo', 'store', 'mongodb'],
    ['x', 'mcr.microsoft.com/mssql/server:2019-latest', 'store', 'sqlserver@2019'],
    ['x', 'timescale/timescaledb:latest-pg16', 'store', 'postgres@16'],
    ['x', 'confluentinc/cp-kafka:7.6.1', 'queue', 'kafka'],
    ['x', 'rabbitmq:3-management-alpine', 'queue', 'rabbitmq@3'],
    ['x', 'memcached', 'cache', 'memcached'],
    ['mongodb', 'robotshop/rs-mongodb:2.1', 'store', 'mongodb'],
    ['mysql', 'robotshop/rs-mysql-db:2.1', 'store', 'mysql'],
    ['user-db', 'weaveworksdemos/user-db:0.4.0', 'store', undefined],
    ['kafka', 'ghcr.io/open-telemetry/demo:latest-kafka', 'queue', 'kafka'],
    ['orders', 'shop/orders:1', 'service', undefined],
    ['kafka-consumer', 'shop/kafka-consumer:1', 'service', undefined],
    ['rabbitmq-exporter', 'kbudde/rabbitmq-exporter', 'outside', undefined],
    ['user-sim', 'weaveworksdemos/load-test:0.1.1', 'outside', undefined],
    ['virtual-customer', 'shop/virtual-customer', 'outside', undefined],
    ['virtual-shelf', 'shop/virtual-shelf', 'service', undefined],
    ['otel-collector', 'otel/opentelemetry-collector-contrib', 'outside', undefined],
    ['jaeger-agent', 'jaegertracing/all-in-one:latest', 'outside', undefined],
    ['admin', 'dpage/pgadmin4', 'outside', undefined],
    ['flagd', 'ghcr.io/open-feature/flagd:v0.16.0', 'flags', undefined],
    ['payment-docs', undefined, 'outside', undefined],
    ['db-migrations', 'shop/db', 'outside', undefined],
    ['dynamodb-init', undefined, 'outside', undefined],
    ['initiatives', 'shop/initiatives', 'service', undefined],
  ])('%s of %s is a %s', (name, image, kind, engine) => {
    const part = partOf({ name, image })
    expect([part.kind, part.engine]).toEqual([kind, engine])
  })

  test('keys that only a server understands tell the engine', () => {
    expect(partOf({ name: 'catalogue-db', image: 'own/catalogue-db', env: ['MYSQL_ROOT_PASSWORD'] })).toMatchObject({
      kind: 'store',
      engine: 'mysql',
      confidence: 'derived',
    })
    expect(partOf({ name: 'orders', image: 'own/orders', env: ['POSTGRES_PASSWORD'] }).kind).toBe('service')
  })

  test('a client in the image of its server is none', () => {
    expect(partOf({ name: 'init', image: 'postgres:16', command: ['psql', '-h', 'db'] }).kind).toBe('outside')
    expect(partOf({ name: 'db', image: 'postgres:16', command: ['postgres', '-c', 'x=y'] }).kind).toBe('store')
    expect(partOf({ name: 'r', image: 'redis', command: ['redis-server', '--appendonly', 'yes'] }).kind).toBe('store')
  })

  test('an image in parts', () => {
    expect(parseImage('reg:5000/team/orders:1.2@sha256:abc')).toMatchObject({
      path: 'team/orders',
      base: 'orders',
      tag: '1.2',
    })
    expect(parseImage('postgres')).toMatchObject({ path: 'postgres', base: 'postgres', tag: undefined })
  })
})

test.each([
  ['order-worker', [], 'consume'],
  ['orders', ['sentry run consumer --consumer-group x'], 'consume'],
  ['orders', ['KAFKA_CONSUMER_GROUP'], 'consume'],
  ['orders', ['gunicorn --workers 4'], undefined],
  ['orders', ['celery -A app worker'], 'consume'],
  ['orders', [], undefined],
  ['OrderProducer', [], 'publish'],
  ['relay', ['producer', 'consumer'], undefined],
] as const)('%s with %j is on the side: %s', (name, texts, side) => {
  expect(sideOf(name, texts)).toBe(side)
})
