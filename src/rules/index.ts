// Made by `npm run generate`. A rule is listed here because its file exists.
import type { AnyRule } from './define.ts'
import atLeastOnceConsumerNotIdempotent from './idempotency/at-least-once-consumer-not-idempotent.ts'
import dualWrite from './idempotency/dual-write.ts'
import retriedMutationNotIdempotent from './idempotency/retried-mutation-not-idempotent.ts'
import callWithoutTimeout from './partial-failure/call-without-timeout.ts'
import singleInstanceOnCriticalPath from './partial-failure/single-instance-on-critical-path.ts'
import analyticsOnPrimary from './read-write/analytics-on-primary.ts'
import noBackupSystemOfRecord from './read-write/no-backup-system-of-record.ts'
import readYourWritesOnReplica from './read-write/read-your-writes-on-replica.ts'
import sharedDatastore from './read-write/shared-datastore.ts'
import capacityBelowPeak from './scaling/capacity-below-peak.ts'
import dlqMissing from './scaling/dlq-missing.ts'
import queueUnstable from './scaling/queue-unstable.ts'
import visibilityTimeoutTooShort from './scaling/visibility-timeout-too-short.ts'

export const rules: readonly AnyRule[] = [
  atLeastOnceConsumerNotIdempotent,
  dualWrite,
  retriedMutationNotIdempotent,
  callWithoutTimeout,
  singleInstanceOnCriticalPath,
  analyticsOnPrimary,
  noBackupSystemOfRecord,
  readYourWritesOnReplica,
  sharedDatastore,
  capacityBelowPeak,
  dlqMissing,
  queueUnstable,
  visibilityTimeoutTooShort,
]
