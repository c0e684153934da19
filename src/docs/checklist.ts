import type { QuestionKey } from '../finding.ts'
import type { TableId } from '../tables/index.ts'
import { partialFailure } from './checklist-failure.ts'

/** One principle behind a question of the checklist, and the rules that judge it. */
export interface Principle {
  readonly name: string
  /** What a design that follows it does. */
  readonly asks: string
  /** Ids, the most telling first. None: nothing judges it yet. */
  readonly rules: readonly string[]
  /** Tables of `analyze` that show its numbers. */
  readonly tables?: readonly TableId[]
}

export const principles: Readonly<Record<QuestionKey, readonly Principle[]>> = {
  'partial-failure': partialFailure,
  instrumentation: [
    {
      name: 'Metrics, traces and logs',
      asks: 'Somebody can see into every service that an important journey goes through.',
      rules: ['hot-path-uninstrumented'],
    },
    {
      name: 'Work that nobody waits for',
      asks: 'Queues and jobs tell when they fall behind or stop, as no user gets an error from them.',
      rules: ['queue-unwatched', 'background-work-without-freshness-signal'],
    },
    {
      name: 'Signals that somebody acts on',
      asks: 'Objectives are watched, and who is paged can act.',
      rules: ['slo-without-alert', 'page-not-actionable'],
    },
    { name: 'Dashboards', asks: 'It is written down where a service is seen.', rules: [] },
  ],
  'read-write': [
    {
      name: 'CQRS: reads and writes apart',
      asks: 'Reports and reads do not take what writes need, and a read model can be made again.',
      rules: ['analytics-on-primary', 'read-heavy-on-primary', 'projection-without-rebuild'],
    },
    {
      name: 'Consistency and invariants',
      asks: 'What must hold is enforced where the write happens, and readers get values as fresh as they need.',
      rules: ['invariant-on-eventual-store', 'read-your-writes-on-replica', 'weak-write-acknowledgement'],
    },
    {
      name: 'Each store for its purpose',
      asks: 'Data has one owner and a home that keeps it.',
      rules: ['shared-datastore', 'derived-store-as-source-of-truth', 'even-or-two-node-quorum'],
    },
    {
      name: 'Sharding keys',
      asks: 'Keys spread reads and writes over the partitions.',
      rules: ['hot-partition'],
    },
    {
      name: 'Durability and recovery',
      asks: 'Losses and outages stay within what is allowed, and a restore was tried.',
      rules: [
        'no-backup-system-of-record',
        'backup-interval-exceeds-rpo',
        'restore-exceeds-rto',
        'failover-slower-than-rto',
        'backup-never-restored',
      ],
    },
  ],
  idempotency: [
    {
      name: 'Every operation may come twice',
      asks: 'Calls and messages that change state can be repeated for as long as repeats may come.',
      rules: [
        'retried-mutation-not-idempotent',
        'at-least-once-consumer-not-idempotent',
        'idempotency-window-too-short',
      ],
    },
    {
      name: 'Writes to several places',
      asks: 'What is half done is finished, undone, or found and mended.',
      rules: ['dual-write', 'multi-store-write-without-saga'],
    },
  ],
  caching: [
    {
      name: 'Fresh enough, and for the right reader',
      asks: 'Entries expire or are replaced before they are too old, and nobody gets the answer of another.',
      rules: ['ttl-exceeds-staleness', 'ttl-missing', 'personalised-response-public-cache', 'eviction-policy-mismatch'],
    },
    {
      name: 'The loss of a cache is survived',
      asks: 'The origin lives through an empty cache, a lost node and an entry that expires for all at once.',
      rules: ['cache-is-load-bearing', 'cache-node-loss', 'expiry-stampede', 'cache-failure-mode-undeclared'],
      tables: ['cache-loss'],
    },
    { name: 'Edge and CDN', asks: 'What is the same for everybody is answered at the edge.', rules: ['edge-unused'] },
  ],
  scaling: [
    {
      name: 'Capacity',
      asks: 'Full scale carries the peak, with all that it shares: connections, pools, quotas.',
      rules: [
        'capacity-below-peak',
        'connection-ledger-overflow',
        'pool-deadlock',
        'external-quota-exceeded',
        'rate-limit-below-peak',
        'pool-smaller-than-demand',
        'utilisation-too-high',
      ],
      tables: ['saturation', 'connections'],
    },
    {
      name: 'Autoscaling',
      asks: 'The autoscaler sees what runs out, and starts soon enough.',
      rules: [
        'autoscale-target-unreachable',
        'scale-to-zero-on-critical-path',
        'autoscale-headroom',
        'autoscale-metric-blind',
      ],
    },
    {
      name: 'Stateless design',
      asks: 'Any instance can do any work, and one more or less changes nothing.',
      rules: ['local-state-with-replicas', 'job-runs-once-per-replica', 'job-overlap'],
    },
    {
      name: 'Queues',
      asks: 'Consumers keep up, catch up, and put aside what they cannot handle before it is lost.',
      rules: [
        'queue-unstable',
        'drain-time-excessive',
        'retention-below-outage',
        'retry-horizon-shorter-than-failover',
        'visibility-timeout-too-short',
        'consumer-ack-deadline',
        'dlq-missing',
        'dlq-receive-count-extreme',
        'dlq-retention-not-longer',
      ],
      tables: ['drain'],
    },
    {
      name: 'Backpressure',
      asks: 'What is too much is refused early, below what can be served.',
      rules: ['no-admission-control', 'rate-limit-above-capacity'],
    },
    {
      name: 'Sharding and partitions',
      asks: 'Partitions are enough for the load and for those who work on them, and keep the order that is promised.',
      rules: ['partitions-cap-throughput', 'consumers-exceed-partitions', 'ordering-contradiction', 'hot-partition'],
    },
    {
      name: 'Cost',
      asks: 'Full scale can be paid for, and what idles has a reason.',
      rules: ['cost-against-budget'],
    },
  ],
  migrations: [
    {
      name: 'Expand and contract',
      asks: 'Old and new code run side by side on every shape of the schema, and there is a way back.',
      rules: ['migration-contract-before-expand', 'migration-irreversible'],
    },
    {
      name: 'Locks',
      asks: 'A schema change waits for no lock that others wait behind.',
      rules: [
        'migration-without-lock-timeout',
        'blocking-ddl',
        'migration-at-startup-race',
        'lock-timeout-exhausts-pool',
      ],
    },
    {
      name: 'Rolling and blue/green deploys',
      asks: 'A rollout takes neither capacity nor requests in flight, and a bad one goes back by itself.',
      rules: ['deploy-below-peak', 'drain-shorter-than-request', 'no-automatic-rollback', 'connection-ledger-overflow'],
    },
    {
      name: 'Canary',
      asks: 'A bad version is seen in its first step.',
      rules: ['canary-bake-too-short', 'canary-invisible-to-slo-alert'],
    },
    { name: 'Feature flags', asks: 'Flags have an owner, an end and a default.', rules: ['flag-stale-or-unowned'] },
  ],
  alerting: [
    {
      name: 'Objectives for users',
      asks: 'Every important journey has an objective that can be kept, measured and used.',
      rules: ['journey-without-slo', 'slo-target-invalid', 'low-traffic-slo'],
    },
    {
      name: 'Alerts on the error budget',
      asks: 'A breach pages before the budget is spent, and nothing else does.',
      rules: [
        'slo-without-alert',
        'burn-rate-unreachable',
        'burn-rate-window-mismatch',
        'slo-tighter-than-response',
        'page-not-actionable',
        'canary-invisible-to-slo-alert',
      ],
      tables: ['budget'],
    },
    {
      name: 'Owners and runbooks',
      asks: 'Somebody answers for each component, and what to do is written down and was followed.',
      rules: ['owner-missing', 'runbook-missing-or-stale'],
    },
    {
      name: 'Decisions (ADRs)',
      asks: 'Choices that are hard to undo are on record, with their reasons.',
      rules: ['decision-without-adr'],
    },
  ],
}
