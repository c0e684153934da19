import { breakerLets, breakerSaw } from './breaker.ts'
import { cause, type CallPlan } from './plan.ts'
import { givePool, leavePool, waitForPool } from './pools.ts'
import { uniform } from './random.ts'
import { readCache, settleCache } from './reads.ts'
import { flag, phase } from './rows.ts'
import { event, type State } from './state.ts'
import { arrive, goOn, refusal } from './visits.ts'

/** What happens to a call: attempts, the waits between them, and how its caller goes on. */

/** Starts all calls of a step; a step of which nothing is called is over at once. */
export function callStep(s: State, request: number, from: number, to: number): void {
  const { requests, programs, plan } = s
  requests.lost[request] = 0
  // One more than there are, so that answers that come at once do not end the step before all of it has begun.
  requests.open[request] = 1
  for (let i = from; i < to; i++) {
    const call = programs.calls[i]!
    const { probability, isAwaited } = plan.calls[call]!
    if (probability < 1 && uniform(s.streams, s.callStream + call) >= probability) continue
    if (isAwaited) requests.open[request]!++
    start(s, call, isAwaited ? request : -1, requests.source[request]!)
  }
  endCall(s, request)
}

/** One of the calls of a step is over. */
function endCall(s: State, request: number): void {
  if (--s.requests.open[request]! === 0) goOn(s, request)
}

function start(s: State, call: number, parent: number, source: number): void {
  const { instances, recorder, calls, plan, now } = s
  const row = instances.take()
  instances.call[row] = call
  instances.parent[row] = parent
  instances.source[row] = source
  instances.request[row] = -1
  instances.attempt[row] = 0
  instances.flags[row] = 0
  instances.entry[row] = -1
  instances.begun[row] = now
  instances.phase[row] = phase.idle
  const { totalTimeout, cache, budget } = plan.calls[call]!
  if (cache >= 0 && readCache(s, cache, row)) return
  recorder.calls.now.first[call]!++
  if (budget < Number.POSITIVE_INFINITY)
    calls.budget[call] = Math.min(calls.budgetMost[call]!, calls.budget[call]! + budget)
  if (totalTimeout < Number.POSITIVE_INFINITY) {
    const deadlines = calls.totals[call]!
    deadlines.add(now + totalTimeout, row, instances.life[row]!)
    if (deadlines.size === 1) s.heap.add(now + totalTimeout, event.total, call)
  }
  attempt(s, row)
}

export function attempt(s: State, row: number): void {
  const { instances, recorder, calls, plan, now } = s
  const call = instances.call[row]!
  const { timeout, bulkhead, pool, rateLimit } = plan.calls[call]!
  const generation = ++instances.generation[row]!
  instances.sent[row] = now
  if (!breakerLets(s, call)) {
    recorder.calls.now.short[call]!++
    end(s, row, cause.breaker)
    return
  }
  recorder.calls.now.attempts[call]!++
  if (calls.inFlight[call]! >= bulkhead || (rateLimit < Number.POSITIVE_INFINITY && !spends(s, call, rateLimit))) {
    calls.inFlight[call]!++
    refuse(s, row, cause.busy)
    return
  }
  calls.inFlight[call]!++
  if (timeout < Number.POSITIVE_INFINITY) {
    const deadlines = calls.timeouts[call]!
    deadlines.add(now + timeout, row, generation)
    if (deadlines.size === 1) s.heap.add(now + timeout, event.timeout, call)
  }
  if (pool < 0) send(s, row)
  else if (s.poolsBusy[pool]! < plan.pools[pool]!.size) {
    s.poolsBusy[pool]!++
    send(s, row)
  } else waitForPool(s, row, pool)
}

export function send(s: State, row: number): void {
  const { instances, requests, plan } = s
  const { station, propagates, timeout, totalTimeout } = plan.calls[instances.call[row]!]!
  instances.phase[row] = phase.sent
  let deadline = Number.POSITIVE_INFINITY
  if (propagates) {
    const parent = instances.parent[row]!
    if (parent >= 0) deadline = requests.deadline[parent]!
    deadline = Math.min(deadline, instances.sent[row]! + timeout, instances.begun[row]! + totalTimeout)
  }
  if (!arrive(s, station, instances.source[row]!, row, 0, s.now, deadline))
    refuse(s, row, s.stations.down[station]! > 0 ? cause.connect : cause.busy)
}

/** The caller hears of it after a moment, so that it cannot ask again without time going by. */
function refuse(s: State, row: number, why: number): void {
  const { instances, now } = s
  if (instances.phase[row] !== phase.sent) instances.phase[row] = phase.refused
  instances.cause[row] = why
  instances.wake[row] = now + refusal
  s.heap.add(now + refusal, event.refused, row)
}

/** A refusal has arrived, unless the caller has given up by then. */
export function refused(s: State, row: number): void {
  const { instances } = s
  const is = instances.phase[row]
  if ((is !== phase.refused && is !== phase.sent) || instances.wake[row] !== s.now || instances.request[row]! >= 0)
    return
  finishAttempt(s, row, instances.cause[row]!, false)
}

/** The callee has answered. */
export function answer(s: State, row: number, why: number, isDegraded: boolean): void {
  if (isDegraded) s.instances.flags[row]! |= flag.degraded
  finishAttempt(s, row, why, false)
}

export function timedOut(s: State, row: number): void {
  s.recorder.calls.now.timeouts[s.instances.call[row]!]!++
  abandon(s, row)
  finishAttempt(s, row, cause.timeout, false)
}

/** All attempts together took too long. */
export function totalTimedOut(s: State, row: number): void {
  if (s.instances.phase[row] === phase.pausing) {
    end(s, row, cause.timeout)
    return
  }
  abandon(s, row)
  finishAttempt(s, row, cause.timeout, true)
}

/** The callee works on, and nobody listens. */
function abandon(s: State, row: number): void {
  const { instances, requests } = s
  const request = instances.request[row]!
  if (request >= 0) requests.parent[request] = -1
  instances.request[row] = -1
}

function finishAttempt(s: State, row: number, why: number, isLast: boolean): void {
  const { instances, calls, plan, now } = s
  const call = instances.call[row]!
  const known = plan.calls[call]!
  calls.inFlight[call]!--
  instances.generation[row]!++
  const waited = instances.phase[row] === phase.pool
  const held = instances.phase[row] === phase.sent
  instances.phase[row] = phase.idle
  if (known.pool >= 0) {
    if (waited) leavePool(s, row, known.pool)
    else if (held) givePool(s, known.pool)
  }
  breakerSaw(s, call, why === 0, now - instances.sent[row]!)
  if (why === 0) {
    end(s, row, 0)
    return
  }
  if (!isLast && (why & known.retryOn) !== 0 && instances.attempt[row]! < known.retries && payBudget(s, call, known)) {
    const pause = pauseOf(s, call, known, ++instances.attempt[row]!)
    instances.phase[row] = phase.pausing
    instances.wake[row] = now + pause
    s.heap.add(now + pause, event.again, row)
    return
  }
  end(s, row, why)
}

/** A pause between attempts is over. */
export function again(s: State, row: number): void {
  if (s.instances.phase[row] === phase.pausing && s.instances.wake[row] === s.now) attempt(s, row)
}

/** A retry costs a token; each request has brought a share of one. */
function payBudget({ calls }: State, call: number, { budget }: CallPlan): boolean {
  if (budget === Number.POSITIVE_INFINITY) return true
  if (calls.budget[call]! < 1) return false
  calls.budget[call]!--
  return true
}

function pauseOf(s: State, call: number, { backoff: { kind, base, cap }, jitter }: CallPlan, retry: number): number {
  if (kind === 'none') return 0
  const most = Math.min(cap, kind === 'fixed' ? base : base * 2 ** (retry - 1))
  return jitter ? most * uniform(s.streams, s.callStream + call) : most
}

/** No more attempts: the caller has its answer, goes without, or asks another. */
export function end(s: State, row: number, why: number): void {
  const { instances, recorder, requests, plan } = s
  const call = instances.call[row]!
  const { fallback, isSoft, tolerance, cache } = plan.calls[call]!
  let isFailed = why !== 0
  if (cache >= 0 && settleCache(s, cache, row, isFailed)) isFailed = false
  if (isFailed) recorder.calls.now.failed[call]!++
  const { source } = instances
  const parent = instances.parent[row]!
  const isDegraded = isFailed || (instances.flags[row]! & flag.degraded) !== 0
  const from = source[row]!
  instances.give(row)
  if (isFailed && fallback >= 0) {
    if (parent >= 0) requests.flags[parent]! |= flag.degraded
    start(s, fallback, parent, from)
    return
  }
  if (parent < 0) return
  if (isDegraded && (!isFailed || isSoft)) requests.flags[parent]! |= flag.degraded
  if (isFailed && !isSoft && ++requests.lost[parent]! > tolerance) requests.flags[parent]! |= flag.failed
  endCall(s, parent)
}

/** A token bucket of calls, as for a fallback that may not be sent everything. */
function spends({ calls, now }: State, call: number, perSecond: number): boolean {
  const tokens = Math.min(
    Math.max(1, perSecond),
    calls.tokens[call]! + ((now - calls.tokensAt[call]!) * perSecond) / 1000,
  )
  calls.tokensAt[call] = now
  calls.tokens[call] = tokens >= 1 ? tokens - 1 : tokens
  return tokens >= 1
}
