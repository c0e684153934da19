import { contradictionsIn } from '../../analysis/contradictions.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'contradictory-facts',
  title: 'Two stated facts cannot both hold',
  severity: 'error',
  question: 'partial-failure',
  on: 'manifest',
  options: noOptions,
  why: 'One of the two is not true of the system that runs, and every calculation that uses either of them is worth nothing.',
  fix: 'Find out which of the two is true, and correct the other.',
  sources: [
    { title: 'Kubernetes: Configure liveness, readiness and startup probes', id: 'timeoutSeconds, periodSeconds' },
    { title: 'Apache Kafka: Topic configs', id: 'min.insync.replicas' },
    { title: 'Amazon RDS User Guide: Multi-AZ DB instance deployments' },
  ],
  reads: [
    'services.replicas.min',
    'services.replicas.max',
    'services.health',
    'services.deploy.steps',
    'journeys.load.steady',
    'journeys.load.peak',
    'journeys.load.offPeak',
    'stores.failover.mode',
    'stores.replicas',
    'stores.managedStandby',
    'queues.failover.mode',
    'queues.replicas',
    'queues.managedStandby',
    'caches.failover.mode',
    'caches.replicas',
    'caches.managedStandby',
    'queues.ordering',
    'queues.partitions',
    'queues.minInsync',
    'queues.replicationFactor',
    'slos.window',
    'slos.alerts.longWindow',
    'services.latency',
    'services.serviceTime',
    'stores.latency',
    'queues.latency',
    'caches.latency',
    'externals.latency',
    'consumes.processing',
  ],

  *check(model) {
    for (const { about, at, other, is, expected } of contradictionsIn(model)) {
      yield {
        at,
        message: `"${about.name}" ${is}; expected ${expected}`,
        evidence: [{ label: 'cannot hold as well', at: other }],
        about: about.path,
        contradicts: [at, other],
      }
    }
  },

  examples: [
    {
      title: 'At least eight instances and at most four',
      bad: yaml`
        services:
          shop:
            replicas:
              min: 8 # <--
              max: 4
      `,
    },
    {
      title: 'The peak is below the ordinary load, and the quietest hour above it',
      bad: yaml`
        journeys:
          checkout:
            load:
              steady: 600/s
              peak: 120/s # <--
          browse:
            load:
              steady: 600/s
              peak: 4000/s
              offPeak: 900/s # <--
      `,
    },
    {
      title: 'Nothing is there to fail over to',
      bad: yaml`
        stores:
          orders-db:
            replicas: 1
            failover:
              mode: automatic # <--
        queues:
          order-events:
            replicas: 1
            failover: { mode: automatic } # <--
        caches:
          sessions:
            replicas: 1
            failover: { mode: automatic } # <--
      `,
    },
    {
      title: 'One order over twelve partitions, and more confirmations than copies',
      bad: yaml`
        queues:
          order-events:
            ordering: global # <--
            partitions: 12
            replicationFactor: 2
            minInsync: 3 # <--
      `,
    },
    {
      title: 'A probe that is given up before it may be late',
      bad: yaml`
        services:
          shop:
            health:
              liveness:
                interval: 1s
                failures: 3
                timeout: 5s # <--
      `,
    },
    {
      title: 'A canary that takes requests away, and an alert that looks back further than the SLO',
      bad: yaml`
        services:
          shop:
            deploy:
              strategy: canary
              steps:
                - 5%
                - 50%
                - 25% # <--
        slos:
          checkout-success:
            service: shop
            window: 7d
            alerts:
              - burnRate: 1
                longWindow: 30d # <--
      `,
    },
    {
      title: 'Percentiles that fall, and means that are too small for what the slow ones take',
      bad: yaml`
        services:
          shop:
            serviceTime:
              p50: 80ms
              p99: 60ms # <--
            latency:
              p50: 100ms
              p95: 400ms
              p99: 390ms # <--
              p999: 2s
            consumes:
              - from: order-events
                processing:
                  mean: 4ms # <--
                  p99: 500ms
        stores:
          orders-db:
            latency:
              mean: 2ms # <--
              p50: 5ms
              p999: 100ms
        externals:
          psp:
            latency:
              mean: 30ms
              p90: 200ms
              p95: 150ms # <--
              p999: 2s
      `,
    },
    {
      title: 'A few very long times lift a mean above the 99th percentile',
      good: yaml`
        services:
          shop:
            latency: { mean: 300ms, p50: 20ms, p95: 90ms, p99: 90ms, p999: 40s }
            serviceTime: { mean: 1ms, p50: 2ms, p99: 100ms, p999: 1s }
            consumes: [{ from: order-events, processing: { mean: 5ms, p99: 500ms } }]
        caches:
          sessions: { latency: { mean: 1ms, p99: 20ms } }
        queues:
          order-events: { latency: { p99: 20ms } }
      `,
    },
    {
      title: 'The provider keeps a standby that is not counted, and a manual failover may start from a backup',
      good: yaml`
        stores:
          orders-db: { replicas: 1, managedStandby: true, failover: { mode: automatic } }
          report-db: { replicas: 1, failover: { mode: manual } }
          stock-db: { replicas: 2, failover: { mode: automatic } }
      `,
    },
    {
      title: 'Limits that meet do not contradict each other',
      good: yaml`
        journeys:
          checkout: { load: { steady: 120/s, peak: 120/s, offPeak: 120/s } }
        slos:
          checkout-success: { service: shop, window: 3d, alerts: [{ burnRate: 1, longWindow: 3d }] }
        services:
          shop:
            replicas: { min: 4, max: 4 }
            health:
              liveness: none
              readiness: { interval: 5s, failures: 3, timeout: 15s }
            deploy: { strategy: canary, steps: [5%, 25%, 25%, 100%] }
        queues:
          order-events: { ordering: global, partitions: 1, replicationFactor: 3, minInsync: 3 }
          stock-events: { ordering: perKey, partitions: 12 }
      `,
    },
  ],
})
