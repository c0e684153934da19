/** What well-known images are: names of images, without registry and tag, and what runs in them. Plain data, one line each. */

/** What an engine is to the system around it, and where its image keeps its data. */
export interface EngineImage {
  readonly kind: 'store' | 'queue' | 'cache'
  /** As in the manifest: `postgres`. */
  readonly engine: string
  /** The last part of the name (`postgres`), or more of it where that alone says too little (`mssql/server`). */
  readonly images: readonly string[]
  /** Folders in the container that hold the data; none where it is in memory only, or where the place is a matter of settings. */
  readonly data: readonly string[]
}

const words = (text: string): string[] => text.split(/\s+/).filter(word => word !== '')

/** kind, engine: names of its images | folders of its data */
const engines = `
store postgres: postgres postgresql postgis timescaledb timescaledb-ha pgvector spilo alloydbomni postgresql-repmgr
  | /var/lib/postgresql /bitnami/postgresql /home/postgres/pgdata
store mysql: mysql mysql-server percona percona-server mysql-db | /var/lib/mysql /bitnami/mysql
store mariadb: mariadb mariadb-galera | /var/lib/mysql /bitnami/mariadb
store mongodb: mongo mongodb mongodb-community-server mongodb-enterprise-server percona-server-mongodb
  | /data/db /bitnami/mongodb
store documentdb: documentdb documentdb-local | /data /home/documentdb
store sqlserver: mssql/server mssql-server-linux mssql-server azure-sql-edge | /var/opt/mssql
store oracle: database/enterprise database/free database/express oracle-xe oracle-free | /opt/oracle/oradata
store db2: db2 | /database
store redis: redis redis-stack redis-stack-server redis-cluster redis-server rejson keydb | /data /bitnami/redis
store valkey: valkey valkey-bundle valkey-cluster | /data /bitnami/valkey
store dragonfly: dragonfly | /data
cache memcached: memcached |
cache varnish: varnish |
cache hazelcast: hazelcast |
store cassandra: cassandra | /var/lib/cassandra /bitnami/cassandra
store scylla: scylla | /var/lib/scylla
store cockroachdb: cockroach cockroachdb | /cockroach/cockroach-data
store yugabytedb: yugabyte yugabytedb | /home/yugabyte/yb_data
store couchdb: couchdb | /opt/couchdb/data /bitnami/couchdb
store couchbase: couchbase couchbase/server | /opt/couchbase/var
store rethinkdb: rethinkdb | /data
store arangodb: arangodb | /var/lib/arangodb3
store neo4j: neo4j | /data
store dgraph: dgraph | /dgraph
store surrealdb: surrealdb | /data /mydata
store clickhouse: clickhouse clickhouse-server | /var/lib/clickhouse /bitnami/clickhouse
store influxdb: influxdb | /var/lib/influxdb /var/lib/influxdb2
store questdb: questdb | /var/lib/questdb /root/.questdb
store elasticsearch: elasticsearch | /usr/share/elasticsearch/data /bitnami/elasticsearch/data
store opensearch: opensearch | /usr/share/opensearch/data
store solr: solr | /var/solr
store meilisearch: meilisearch | /meili_data
store typesense: typesense | /data
store weaviate: weaviate | /var/lib/weaviate
store qdrant: qdrant | /qdrant/storage
store milvus: milvus | /var/lib/milvus
store chroma: chroma chromadb/chroma | /chroma/chroma /data
store minio: minio | /data /export /bitnami/minio/data
store seaweedfs: seaweedfs | /data
store azurite: azurite | /data
store dynamodb: dynamodb-local | /home/dynamodblocal/data
store etcd: etcd | /etcd-data /bitnami/etcd /var/lib/etcd
store consul: consul | /consul/data
store zookeeper: zookeeper cp-zookeeper | /data /datalog /var/lib/zookeeper /bitnami/zookeeper
queue rabbitmq: rabbitmq rabbitmq-server | /var/lib/rabbitmq /bitnami/rabbitmq
queue kafka: kafka cp-kafka cp-server kafka-native confluent-local
  | /var/lib/kafka /bitnami/kafka /kafka /tmp/kraft-combined-logs /tmp/kafka-logs
queue redpanda: redpanda | /var/lib/redpanda
queue pulsar: pulsar pulsar-all | /pulsar/data
queue nats: nats nats-streaming | /data /var/lib/nats
queue activemq: activemq activemq-artemis activemq-classic artemis activemq-artemis-broker
  | /opt/activemq/data /opt/apache-activemq/data /var/lib/artemis-instance /var/lib/artemis/data
queue mosquitto: eclipse-mosquitto mosquitto | /mosquitto/data
queue emqx: emqx | /opt/emqx/data
queue nsq: nsq nsqd | /data
queue sqs: elasticmq elasticmq-native | /data
queue servicebus: servicebus-emulator |
queue beanstalkd: beanstalkd | /data
`

export const engineImages: readonly EngineImage[] = engines
  .replaceAll(/\n {2}/g, ' ')
  .trim()
  .split('\n')
  .map(line => {
    const [, kind, engine, images, data] = /^(\w+) (\w+): (.*)\|(.*)$/.exec(line)!
    return { kind: kind as EngineImage['kind'], engine: engine!, images: words(images!), data: words(data!) }
  })

/** Keys of the environment that only a server itself understands: they tell what an image of one's own is made of. */
export const serverKeys: readonly (readonly [engine: string, keys: RegExp])[] = [
  ['postgres', /^(?:POSTGRES_(?:INITDB_ARGS|HOST_AUTH_METHOD)|PGDATA)$/],
  ['mariadb', /^MARIADB_(?:ROOT_PASSWORD|ALLOW_EMPTY_ROOT_PASSWORD|RANDOM_ROOT_PASSWORD)$/],
  ['mysql', /^MYSQL_(?:ROOT_PASSWORD|ALLOW_EMPTY_PASSWORD|RANDOM_ROOT_PASSWORD|ROOT_HOST)$/],
  ['mongodb', /^MONGO_INITDB_/],
  ['sqlserver', /^MSSQL_PID$/],
  ['zookeeper', /^(?:ZOOKEEPER_CLIENT_PORT|ZOO_MY_ID)$/],
  ['rabbitmq', /^RABBITMQ_(?:ERLANG_COOKIE|NODENAME|DEFAULT_VHOST)$/],
  ['kafka', /^KAFKA_(?:CFG_)?(?:ADVERTISED_LISTENERS|BROKER_ID|NODE_ID|CONTROLLER_QUORUM_VOTERS|PROCESS_ROLES)$/],
]

/** Parts that watch, fill, show or drive a system. No request of a user needs one of them. */
export const outsideImages: readonly { readonly what: string; readonly images: readonly string[] }[] = [
  {
    what: 'a load generator',
    images: words('locust k6 jmeter gatling vegeta wrk artillery load-test loadgenerator load-generator fortio'),
  },
  {
    what: 'a collector or store of telemetry',
    images: words(`
      opentelemetry-collector opentelemetry-collector-contrib opentelemetry-collector-k8s otel-collector otelcol
      opentelemetry-collector-ebpf-profiler jaeger jaegertracing/all-in-one jaeger-agent jaeger-collector jaeger-query
      zipkin zipkin-slim prometheus victoria-metrics vmagent thanos mimir cortex tempo loki promtail fluentd fluent-bit
      fluentd-kubernetes-daemonset filebeat metricbeat heartbeat auditbeat apm-server elastic-agent logstash
      timberio/vector telegraf statsd graphite graphite-statsd datadog/agent newrelic-infrastructure alertmanager
      pushgateway cadvisor heapster datalust/seq graylog alloy grafana/agent grafana-agent pyroscope
      skywalking-oap-server metrics-server kube-state-metrics aspire-dashboard otel-lgtm openobserve uptrace netdata`),
  },
  {
    what: 'an exporter of metrics',
    images: words(`
      node-exporter postgres-exporter postgres_exporter redis_exporter redis-exporter mysqld-exporter mongodb-exporter
      mongodb_exporter kafka-exporter kafka-lag-exporter rabbitmq-exporter rabbitmq_exporter blackbox-exporter
      elasticsearch-exporter elasticsearch_exporter nginx-prometheus-exporter statsd-exporter jmx-exporter
      memcached-exporter snmp-exporter consul-exporter burrow`),
  },
  {
    what: 'a user interface for operators',
    images: words(`
      grafana grafana-oss grafana-enterprise kibana opensearch-dashboards chronograf pgadmin4 adminer phpmyadmin
      mongo-express redis-commander redisinsight phpredisadmin kafka-ui kafdrop akhq cmak kafka-manager control-center
      cp-enterprise-control-center redpandadata/console minio/console zoonavigator portainer portainer-ce dozzle
      mailhog mailpit mailcatcher maildev smtp4dev swagger-ui swagger-editor cloudbeaver dbgate cerebro elasticvue
      elasticsearch-hq flower rq-dashboard hystrix-dashboard skywalking-ui spring-boot-admin weaveworks/scope flagd-ui
      temporalio/ui uptime-kuma pghero sqlpad dejavu watchtower`),
  },
  {
    what: 'a tool of development',
    images: words('localstack wiremock mockserver selenium standalone-chrome ngrok toxiproxy'),
  },
]

/** Images that pass requests on: the likely place where users come in. */
export const proxyImages: readonly string[] = words(`
  nginx nginx-unprivileged openresty envoy traefik haproxy caddy httpd kong tyk-gateway apisix nginx-proxy krakend
  openresty-thrift emissary contour swag`)

/** Servers of feature flags: a service asks them, and lives on the values that it has when they are down. */
export const flagImages: readonly string[] = words(
  'flagd unleash-server unleash flagsmith flipt go-feature-flag ld-relay flagr',
)
