import type { Call } from '../manifest/model.ts'
import { cause, type Breaker, type CallPlan } from './plan.ts'
import { instancesOf, scaled, type Reading } from './stations.ts'

/** How a caller treats a callee, as a manifest states it. */

const endless = Number.POSITIVE_INFINITY

/** What of a call depends on the whole and not on the call. */
export type Placed = Pick<CallPlan, 'name' | 'station' | 'pool' | 'fallback' | 'cache'>

export function callPlan(call: Call, placed: Placed, reading: Reading): CallPlan {
  const { asked, scale } = reading
  const { probability = 1, callsPerRequest = 1, totalTimeout = endless, bulkhead, from } = call
  const isAwaited = call.mode !== 'async' && call.transport !== 'streaming'
  const times = Math.round(callsPerRequest)
  const instances = from.kind === 'service' ? () => instancesOf(from, reading) : () => 1
  return {
    ...placed,
    from: from.name,
    probability: probability * Math.min(1, callsPerRequest),
    timeout: timeoutOf(call, isAwaited, reading),
    totalTimeout,
    propagates: call.deadlinePropagation === true,
    isAwaited,
    ...retriesOf(call, reading),
    breaker: breakerOf(call, reading),
    bulkhead: typeof bulkhead === 'number' ? scaled(bulkhead * instances(), scale) : endless,
    isSoft: isSoft(call, asked),
    rateLimit: endless,
    tolerance:
      call.quorum !== undefined && call.sequential !== true && times > 1 ? Math.max(0, times - call.quorum) : 0,
  }
}

/** The call to what answers instead: once, with the patience of the call that failed. */
export function fallbackPlan(call: Call, name: string, station: number, reading: Reading): CallPlan {
  const { fallback } = call
  const most = typeof fallback === 'object' && typeof fallback.maxRps === 'number' ? fallback.maxRps : endless
  return {
    ...callPlan(
      { ...call, retries: { max: 0 }, circuitBreaker: 'none', optional: false, fallback: 'none' },
      { name, station, pool: -1, fallback: -1, cache: -1 },
      reading,
    ),
    probability: 1,
    rateLimit: most / reading.scale,
    bulkhead: endless,
    tolerance: 0,
  }
}

function timeoutOf({ timeout, totalTimeout, transport, path }: Call, isAwaited: boolean, { asked }: Reading): number {
  if (typeof timeout === 'number') return timeout
  const isLocal = transport === 'inProcess' || transport === 'localhost'
  if (timeout === undefined && isAwaited && !isLocal && totalTimeout === undefined)
    asked.need([...path, 'timeout'], 'none', 0)
  return endless
}

const usualBase = 100

function retriesOf(
  { retries, mode, path }: Call,
  { asked }: Reading,
): Pick<CallPlan, 'retries' | 'backoff' | 'jitter' | 'budget' | 'retryOn'> {
  const at = [...path, 'retries']
  const none = {
    retries: 0,
    backoff: { kind: 'none', base: 0, cap: endless },
    jitter: false,
    budget: endless,
    retryOn: 0,
  } as const
  if (retries === undefined && mode !== 'async') asked.need(at, 'none', 0)
  if (retries === undefined || retries.max === 0) return none
  const { max, backoff, base, cap = endless, jitter, budget } = retries
  const kind = backoff ?? asked.take([...at, 'backoff'], 'no wait between attempts', 'none' as const)
  const isTimed = kind !== 'none'
  return {
    retries: max,
    backoff: {
      kind,
      base: isTimed ? (base ?? asked.take([...at, 'base'], `${usualBase}ms`, usualBase)) : 0,
      cap,
    },
    jitter: isTimed ? (jitter ?? asked.take([...at, 'jitter'], 'false', false)) : false,
    budget: budget === 'none' ? endless : (budget ?? asked.take([...at, 'budget'], 'none', endless)),
    retryOn: bitsOf(retries.retryOn),
  }
}

/** What a failure is to a caller: refused and reset connections, its own timeout, errors, and refusals of what is too much. */
function bitsOf(retryOn: NonNullable<NonNullable<Call['retries']>['retryOn']> | undefined): number {
  if (retryOn === undefined) return cause.connect | cause.timeout | cause.error | cause.busy
  const bits = {
    connect: cause.connect,
    reset: cause.connect,
    timeout: cause.timeout,
    '5xx': cause.error | cause.busy,
    '429': cause.busy,
    conflict: 0,
  }
  return retryOn.reduce((all, one) => all | bits[one], 0)
}

const usualBreaker = { failureRate: 0.5, minimumCalls: 20, window: 10_000, openDuration: 5000 }

function breakerOf({ circuitBreaker, path }: Call, { asked }: Reading): Breaker | undefined {
  if (circuitBreaker === undefined) asked.take([...path, 'circuitBreaker'], 'none', 0)
  if (circuitBreaker === undefined || circuitBreaker === 'none') return undefined
  const at = [...path, 'circuitBreaker']
  const { failureRate, minimumCalls, window, openDuration, slowCallDuration } = circuitBreaker
  return {
    failureRate: failureRate ?? asked.take([...at, 'failureRate'], '50%', usualBreaker.failureRate),
    minimumCalls: minimumCalls ?? asked.take([...at, 'minimumCalls'], '20', usualBreaker.minimumCalls),
    window: window ?? asked.take([...at, 'window'], '10s', usualBreaker.window),
    openDuration: openDuration ?? asked.take([...at, 'openDuration'], '5s', usualBreaker.openDuration),
    slowCall: typeof slowCallDuration === 'number' ? slowCallDuration : endless,
  }
}

/** Whether the caller answers without it. What another component answers instead is a call of its own. */
function isSoft({ mode, optional, fallback, mustSucceed, target, path }: Call, asked: Reading['asked']): boolean {
  if (mode === 'async' || optional === true) return true
  if (typeof fallback === 'object') return fallback.to === undefined
  if (fallback === 'none' || mustSucceed === true || optional === false) return false
  if (target?.kind === 'cache') {
    const onFailure = target.onFailure ?? asked.take([...target.path, 'onFailure'], 'origin', 'origin' as const)
    return onFailure !== 'error' && onFailure !== 'shed'
  }
  return asked.take([...path, 'fallback'], 'none', false)
}
