import type { Path } from '../finding.ts'

/**
 * What is simulated, as flat lists that refer to each other by index: the manifest with every fact decided. Times in
 * milliseconds, rates per second. `Infinity` where there is no limit.
 */
export interface Plan {
  readonly seed: number
  readonly sources: readonly Source[]
  readonly stations: readonly Station[]
  readonly calls: readonly CallPlan[]
  readonly pools: readonly Pool[]
  readonly caches: readonly CachePlan[]
  /** What a request of a source does at a station, by `source * stations + station`; `undefined`: its own work only. */
  readonly programs: readonly (Program | undefined)[]
  readonly faults: readonly Fault[]
  /** Milliseconds before time zero, of which nothing counts. */
  readonly warmUp: number
  /** Milliseconds from time zero on. */
  readonly duration: number
  /** Milliseconds that one value of a series stands for. */
  readonly interval: number
}

/** Where requests begin: the users of a journey, or a queue that states its arrivals. */
export interface Source {
  readonly name: string
  readonly isJourney: boolean
  readonly station: number
  readonly rate: number
}

export type ServiceTime =
  | { readonly kind: 'logNormal'; readonly mu: number; readonly sigma: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  | { readonly kind: 'constant'; readonly mean: number }

/** Whatever takes time for a request: slots behind one queue, first come, first served. */
export interface Station {
  readonly name: string
  readonly kind: 'service' | 'store' | 'cache' | 'external' | 'consumer'
  /** Components whose faults are its own: itself, or a queue and the service that reads it. */
  readonly components: readonly string[]
  readonly time: ServiceTime
  readonly slots: number
  /** Requests that may wait. */
  readonly queueLimit: number
  /** Requests per second that are let in. */
  readonly rateLimit: number
  /** Deliveries of a message before it is put aside; 0 where it is no consumer. */
  readonly deliveries: number
}

/** Steps one after another; the calls of one step at the same time. */
export interface Program {
  readonly steps: readonly (readonly number[])[]
  /** Stations of consumers that get a message when the request has succeeded. */
  readonly publishes: readonly Publication[]
}

export interface Publication {
  /** One of these consumers gets it, by its share. */
  readonly to: readonly { readonly station: number; readonly share: number }[]
  readonly times: number
  readonly probability: number
  /** Whether the request fails where the message cannot be handed over. */
  readonly isHard: boolean
}

export interface CallPlan {
  readonly name: string
  readonly from: string
  readonly station: number
  readonly probability: number
  /** For one attempt. */
  readonly timeout: number
  readonly totalTimeout: number
  /** The callee stops at the deadline of the caller. */
  readonly propagates: boolean
  readonly isAwaited: boolean
  readonly retries: number
  readonly backoff: { readonly kind: 'none' | 'fixed' | 'exponential'; readonly base: number; readonly cap: number }
  readonly jitter: boolean
  /** Share of requests that may be tried again. */
  readonly budget: number
  /** Which failures are tried again, as bits of `cause`. */
  readonly retryOn: number
  readonly breaker: Breaker | undefined
  /** Index of a pool, or -1. */
  readonly pool: number
  /** Calls at one time, beyond which one is refused. */
  readonly bulkhead: number
  /** Whether the caller goes on without the answer. */
  readonly isSoft: boolean
  /** The call that is made when this one has failed, or -1. */
  readonly fallback: number
  /** Calls per second that are made at most. */
  readonly rateLimit: number
  /** The cache that is asked first, or -1. */
  readonly cache: number
  /** Failed calls of the step that the caller can bear. */
  readonly tolerance: number
}

export interface Breaker {
  readonly failureRate: number
  readonly minimumCalls: number
  readonly window: number
  readonly openDuration: number
  readonly slowCall: number
}

export interface Pool {
  readonly name: string
  readonly size: number
}

/** Keys in classes of equal popularity. */
export interface CachePlan {
  readonly name: string
  /** The station of the cache itself, or -1 where nobody calls it. */
  readonly station: number
  /** `Infinity`: entries do not expire. */
  readonly ttl: number
  readonly jitter: boolean
  readonly classes: readonly CacheClass[]
  /** Share of reads that no entry can answer. */
  readonly uncacheable: number
  /** Misses of one key share one call. */
  readonly isCollapsed: boolean
  /** An entry that has expired answers while it is fetched anew. */
  readonly servesStale: boolean
  /** An entry that has expired answers where the origin fails. */
  readonly staleOnError: boolean
  readonly originLimit: number
}

export interface CacheClass {
  /** Share of the reads. */
  readonly share: number
  /** Entries that are kept; each stands for `1 / sticks` keys. */
  readonly entries: number
  /** Probability that a fetched value makes its entry valid. */
  readonly sticks: number
  /** Share of the entries that are valid at the beginning. */
  readonly warm: number
}

/** From and to in milliseconds from time zero. */
export type Fault = { readonly from: number; readonly to: number } & (
  | { readonly kind: 'down'; readonly component: string }
  | { readonly kind: 'slow'; readonly component: string; readonly time: number }
  | { readonly kind: 'load'; readonly source: string; readonly factor: number }
  | { readonly kind: 'flush'; readonly cache: string; readonly share: number }
)

/** Why an attempt failed. A breaker that is open is never asked again. */
export const cause = { connect: 1, timeout: 2, error: 4, busy: 8, breaker: 16 } as const

/** A fact that was needed and not stated. */
export interface Missing {
  readonly fact: Path
  /** What is taken for it, as people write it. */
  readonly taken: string
  /** Whether the simulation would be about another system without it, so that it must be stated or asked for. */
  readonly isNeeded: boolean
}
