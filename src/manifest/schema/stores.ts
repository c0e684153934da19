import { element, fact, listOf, literal, mechanism, named, oneOf, orNone, reading, reference } from './fact.ts'
import { migrationsSchema } from './migrations.ts'
import { componentFacts, persistence } from './shared.ts'
import {
  choice,
  count,
  date,
  duration,
  flag,
  positiveDuration,
  rate,
  share,
  size,
  text,
  throughput,
} from './scalars.ts'

/** Databases, search indices, object stores: whatever keeps data. */

const backup = element(
  {
    interval: fact(positiveDuration(), 'Time between backups.', { example: '1h' }),
    duration: fact(positiveDuration(), 'Time one backup takes.', { example: '10m' }),
    pointInTime: fact(flag(), 'Whether any moment can be restored from archived logs.', { example: 'true' }),
    archiveLag: fact(duration(), 'How far the archived logs are behind.', { example: '1m' }),
    restoreThroughput: fact(throughput(), 'Speed of a restore.', { example: '100MB/s' }),
    lastRestoreTest: fact(
      oneOf(
        [
          reading(literal(['never', 'none', false]), () => 'none' as const),
          reading(date(), day => ({ date: day }) as { date?: string; duration?: number }),
          element(
            {
              date: fact(date(), 'When.', { example: '2026-10-02' }),
              duration: fact(positiveDuration(), 'How long it took.', { example: '40m' }),
            },
            'a date or a map with date, duration',
          ),
        ],
        'a date, never, or a map with date and duration',
      ),
      'When a backup was last restored for practice.',
      { ask: 'When was a backup last restored?', example: '2026-10-02' },
    ),
  },
  'a map with interval, duration, pointInTime',
)

const pooler = element(
  {
    mode: fact(choice('transaction', 'session', 'statement'), 'When a server connection is given back.', {
      ask: 'When does the pooler give a server connection back?',
      example: 'transaction',
    }),
    instances: fact(count(1), 'Poolers that run.', { ask: 'How many poolers run?', example: '2' }),
    maxClientConnections: fact(count(1), 'Client connections one pooler accepts.', {
      ask: 'How many client connections does one pooler accept?',
      example: '1000',
    }),
    poolSize: fact(count(1), 'Server connections of one pooler for one database and user.', {
      ask: 'How many server connections does one pooler open for a database and user?',
      example: '20',
    }),
    pairs: fact(count(1), 'Pairs of database and user.', { default: '1' }),
  },
  'a map with mode, instances, maxClientConnections, poolSize',
)

export const storeSchema = element(
  {
    ...componentFacts,
    role: fact(
      choice('systemOfRecord', 'projection', 'searchIndex', 'objectStore', 'sessions', 'observability'),
      'What the data is.',
      {
        ask: 'Is this the only home of its data, or can it be rebuilt from elsewhere?',
        example: 'systemOfRecord',
      },
    ),
    cluster: fact(text(), 'Server or cluster it shares with other stores.', { example: 'main-pg' }),
    replication: fact(choice('sync', 'async', 'quorum'), 'When a write counts as done.', {
      ask: 'Is a write answered before the replicas have it?',
      example: 'sync',
    }),
    replicationLag: fact(
      element(
        {
          mean: fact(duration(), 'Mean.', { example: '100ms' }),
          p99: fact(duration(), '99th percentile.', {
            ask: 'How far are the replicas behind at worst, one time in a hundred?',
            example: '2s',
          }),
        },
        'a map with mean, p99',
      ),
      'How far replicas are behind.',
      { ask: 'How far may replicas be behind?', example: '{ p99: 2s }' },
    ),
    writeConcern: fact(choice('one', 'majority', 'all'), 'MongoDB: nodes that confirm a write.', {
      example: 'majority',
    }),
    flushOnCommit: fact(flag(), 'Whether a commit is answered only when the log is on disk.', { example: 'true' }),
    persistence: fact(persistence(), 'What is left after a restart.', { example: 'durable' }),
    eviction: fact(text(), 'What is dropped when memory is full, such as `noeviction` or `allkeys-lru`.', {
      ask: 'What does it drop when its memory is full?',
      example: 'noeviction',
    }),
    consistency: fact(choice('strong', 'eventual'), 'What a reader sees after a write.', {
      ask: 'Does a reader always see the last write?',
      example: 'strong',
    }),
    rebuildFrom: fact(orNone(text(), 'where it can be rebuilt from'), 'What it can be rebuilt from.', {
      example: 'order-events',
    }),
    freshness: fact(orNone(positiveDuration(), 'a duration'), 'How old its data may be.', { example: '1m' }),
    size: fact(size(), 'Data it holds.', { example: '800GB' }),
    rates: fact(
      element(
        {
          read: fact(rate(), 'Reads.', { ask: 'How many reads are there per second?', example: '9000/s' }),
          write: fact(rate(), 'Writes.', { ask: 'How many writes are there per second?', example: '300/s' }),
        },
        'a map with read, write',
      ),
      'Reads and writes, measured.',
      { example: '{ read: 9000/s, write: 300/s }' },
    ),
    partitionKey: fact(orNone(text(), 'the name of a key'), 'What the data is partitioned by.', {
      example: 'tenantId',
    }),
    partitions: fact(count(1), 'Partitions or shards.', { example: '16' }),
    keys: fact(
      element(
        {
          cardinality: fact(count(1), 'Different keys.', {
            ask: 'How many different keys are there?',
            example: '50000',
          }),
          hotShare: fact(share(), 'Share of the busiest key.', {
            ask: 'Which share of the requests has the busiest key?',
            example: '2%',
          }),
          writeSharded: fact(
            flag(),
            'Whether a suffix spreads hot keys, or the store splits them by a sort key that does not only grow.',
            {
              ask: 'Does a suffix, or a sort key that does not only grow, spread a busy key over several partitions?',
              example: 'true',
            },
          ),
        },
        'a map with cardinality, hotShare',
      ),
      'How load spreads over keys.',
      { example: '{ cardinality: 50000, hotShare: 2% }' },
    ),
    maxConnections: fact(count(1), 'Connections it accepts.', {
      ask: 'How many connections does it accept?',
      example: '500',
    }),
    reservedConnections: fact(count(), 'Connections kept for administrators.', { default: '3 for PostgreSQL' }),
    pooler: fact(mechanism(pooler, 'a map with mode, instances, poolSize'), 'A connection pooler in front of it.', {
      ask: 'Is a connection pooler in front of it?',
      example: 'none',
    }),
    backup: fact(
      mechanism(backup, 'a map with interval, duration, pointInTime'),
      'Copies from which it can be restored. Replication is not one; versions of objects that are copied to another account are.',
      {
        ask: 'How is it backed up?',
        example: '{ interval: 1h, duration: 10m, pointInTime: true }',
        must: true,
      },
    ),
    migrations: fact(migrationsSchema, 'How its schema changes.', {
      ask: 'How does its schema change?',
      example: '{ tool: flyway, lockTimeout: 1s, runOn: deploy }',
    }),
    invariants: fact(
      named(
        element(
          {
            enforcedBy: fact(
              choice('constraint', 'conditionalWrite', 'transaction', 'application', 'cache'),
              'What refuses a violation.',
              { example: 'constraint' },
            ),
          },
          'a map with enforcedBy',
        ),
        'an invariant',
      ),
      'Rules that the data must always obey.',
      { example: '{ one-voucher-per-customer: { enforcedBy: constraint } }' },
    ),
    clients: fact(listOf(reference('a service or job'), 'names'), 'Users that are not written down as calls.', {
      example: '[reporting]',
    }),
  },
  'a map of what is known of the store',
)
