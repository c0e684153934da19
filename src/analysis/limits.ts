import type { Path } from '../finding.ts'
import type { Call, External, Service } from '../manifest/model.ts'
import { rate } from '../units.ts'
import { attemptsOf } from './amplification.ts'
import { distinct, exactly, largest, product, stated, sum, unknown, type Estimate } from './estimate.ts'
import type { Edge } from './graph.ts'
import type { Facts } from './index.ts'

/** Limits that somebody set: of requests that a service lets in, and of requests that an external accepts. */

type RateLimit = NonNullable<Service['rateLimit']>
export type Scope = 'global' | 'perInstance' | 'perClient'

export interface Admission {
  /** Requests per second that are let in at full scale, from all clients by all instances. */
  readonly most: Estimate
  readonly scope: Scope | undefined
  /** What one instance lets in, or all instances of one client; all together where the scope is global. */
  readonly each: number
  /** `200/s x 10 instances`. Only where `most.high` is known. */
  readonly text: string
  readonly at: Path
}

/** `undefined` where no limit is stated. The path is that of the service or route that has the limit. */
export function admissionOf(
  limit: RateLimit | undefined,
  owner: Path,
  { replicas, path }: Service,
): Admission | undefined {
  if (limit === undefined || limit === 'none') return undefined
  const key = (name: string): Path => [...owner, 'rateLimit', name]
  const { limit: each, scope, clients } = limit
  const at = key('limit')
  if (each === undefined) return { most: unknown(at), scope, each: 0, text: '', at }
  if (scope === undefined) return { most: unknown(key('scope'), each), scope, each, text: '', at }
  if (scope === 'global') return { most: exactly(each), scope, each, text: rate(each), at }
  const [counted, word] =
    scope === 'perClient'
      ? [stated(clients, key('clients'), 1), 'clients']
      : [
          stated(replicas?.max, [...path, 'replicas', ...(replicas ? ['max'] : [])], Math.max(1, replicas?.min ?? 1)),
          'instances',
        ]
  return {
    most: product(exactly(each), counted),
    scope,
    each,
    text: `${rate(each)} x ${String(counted.low)} ${word}`,
    at,
  }
}

/** Whether a service refuses work by itself when there is too much; a path where the fact that says so is not stated. */
export function refuses({ concurrencyLimit, loadShedding, path }: Service): boolean | Path {
  if (loadShedding === true || (concurrencyLimit !== undefined && concurrencyLimit !== 'none')) return true
  if (concurrencyLimit === undefined) return [...path, 'concurrencyLimit']
  return loadShedding === undefined ? [...path, 'loadShedding'] : false
}

type State = 'on' | 'off' | 'unknown'

/** What may refuse work at a service, in the order in which to ask. */
export function limitsOf({ rateLimit, concurrencyLimit, queueLimit, loadShedding, path }: Service) {
  const stateOf = (limit: unknown): State =>
    limit === undefined ? 'unknown' : limit === 'none' || limit === false ? 'off' : 'on'
  return [
    { at: [...path, 'rateLimit'], state: stateOf(rateLimit), words: 'no rate limit' },
    { at: [...path, 'concurrencyLimit'], state: stateOf(concurrencyLimit), words: 'any number of requests at a time' },
    { at: [...path, 'queueLimit'], state: stateOf(queueLimit), words: 'any number of requests may wait' },
    { at: [...path, 'loadShedding'], state: stateOf(loadShedding), words: 'no load shedding' },
  ]
}

export interface QuotaUse {
  readonly quota: Estimate
  /** Requests per second at the peak. What waits in a queue comes at its steady rate, as the queue holds it back. */
  readonly normal: Estimate
  /** The same while the external fails and every attempt is repeated, until a breaker opens. */
  readonly retried: Estimate
  readonly at: Path
}

export function quotaUseOf({ name, path, quota, ...external }: External, facts: Facts): QuotaUse {
  const at = [...path, 'quota']
  const { load } = facts
  const normal = largest([load.requestsAt({ name, path, quota, ...external }, 'peak'), load.at(name, 'steady')])
  const edges = (facts.graph.in.get(name) ?? []).map(edge => {
    const requests = largest([load.requestsOn(edge, 'peak'), load.on(edge, 'steady')])
    return { requests, attempts: attemptsWhileFailing(edge) }
  })
  const used = edges.filter(({ requests }) => requests.high !== 0)
  const most = sum(used.map(({ requests, attempts }) => product(requests, attempts)))
  // Peaks of several callers need not meet, so all that is surely repeated is the least that any of them repeats.
  const least = Math.min(...used.map(({ attempts }) => attempts.low))
  const retried: Estimate = {
    low: used.length === 0 ? normal.low : normal.low * least,
    high: most.high === undefined ? undefined : Math.max(most.high, normal.low),
    missing: distinct([...normal.missing, ...most.missing]),
  }
  return { quota: stated(quota, at), normal, retried, at }
}

/** A breaker stops the attempts before they lock anybody out. */
function attemptsWhileFailing({ kind, via }: Edge): Estimate {
  const call = via as Call
  if (kind !== 'call' || (call.circuitBreaker !== undefined && call.circuitBreaker !== 'none')) return exactly(1)
  const attempts = attemptsOf(call)
  if (call.circuitBreaker === 'none') return attempts
  return { low: 1, high: attempts.high, missing: distinct([...attempts.missing, [...call.path, 'circuitBreaker']]) }
}
