// Made by `npm run generate`. A rule is listed here because its file exists.
import type { AnyRule } from './define.ts'
import cacheIsLoadBearing from './caching/cache-is-load-bearing.ts'
import expiryStampede from './caching/expiry-stampede.ts'
import ttlExceedsStaleness from './caching/ttl-exceeds-staleness.ts'
import ttlMissing from './caching/ttl-missing.ts'
import migrationContractBeforeExpand from './migrations/migration-contract-before-expand.ts'
import migrationIrreversible from './migrations/migration-irreversible.ts'
import migrationWithoutLockTimeout from './migrations/migration-without-lock-timeout.ts'
import callWithoutTimeout from './partial-failure/call-without-timeout.ts'
import singleInstanceOnCriticalPath from './partial-failure/single-instance-on-critical-path.ts'
import capacityBelowPeak from './scaling/capacity-below-peak.ts'
import connectionLedgerOverflow from './scaling/connection-ledger-overflow.ts'
import localStateWithReplicas from './scaling/local-state-with-replicas.ts'

export const rules: readonly AnyRule[] = [
  cacheIsLoadBearing,
  expiryStampede,
  ttlExceedsStaleness,
  ttlMissing,
  migrationContractBeforeExpand,
  migrationIrreversible,
  migrationWithoutLockTimeout,
  callWithoutTimeout,
  singleInstanceOnCriticalPath,
  capacityBelowPeak,
  connectionLedgerOverflow,
  localStateWithReplicas,
]
