import type { Path } from '../finding.ts'
import type { Call } from '../manifest/model.ts'
import { between, exactly, type Estimate } from './estimate.ts'

/** How long the caller waits for one attempt of a call. */
export interface AttemptLimit {
  /** Milliseconds; `Infinity` where nothing ends the wait. */
  readonly time: Estimate
  /** The key that sets it. */
  readonly at: Path
}

type TimesOut = Pick<Call, 'timeout' | 'totalTimeout' | 'path'>

/** The timeout, or the total timeout where that is shorter. */
export function attemptLimit({ timeout, totalTimeout = Number.POSITIVE_INFINITY, path }: TimesOut): AttemptLimit {
  const at = [...path, 'timeout']
  if (timeout === undefined)
    return { time: between(0, Number.isFinite(totalTimeout) ? totalTimeout : undefined, [at]), at }
  const perAttempt = timeout === 'none' ? Number.POSITIVE_INFINITY : timeout
  return totalTimeout < perAttempt
    ? { time: exactly(totalTimeout), at: [...path, 'totalTimeout'] }
    : { time: exactly(perAttempt), at }
}

/** Whether the caller waits for one answer over the network. A stream has no end to wait for. */
export const waitsOnNetwork = ({ mode, transport }: Call): boolean =>
  mode !== 'async' && transport !== 'inProcess' && transport !== 'localhost' && transport !== 'streaming'
