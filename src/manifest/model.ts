import type { Path } from '../finding.ts'
import type { cacheSchema } from './schema/caches.ts'
import type { callSchema } from './schema/call.ts'
import type { externalSchema } from './schema/externals.ts'
import type { alertSchema, journeySchema, sloSchema } from './schema/journeys.ts'
import type { Manifest } from './schema/manifest.ts'
import type { consumeSchema, publishSchema } from './schema/messages.ts'
import type { decisionSchema, drillSchema, flagSchema, jobSchema } from './schema/operations.ts'
import type { queueSchema } from './schema/queues.ts'
import type { serviceSchema } from './schema/service.ts'
import type { storeSchema } from './schema/stores.ts'
import type { Output, Type } from './schema/type.ts'

/**
 * Named things that know the path they came from. In every element `undefined` means that the manifest does not say;
 * it never means no. `'none'` and `false` mean no. Units: milliseconds, per second, bytes, fractions of 1.
 */

type Stated<S extends Type, Owned extends string = never> = Readonly<Omit<Output<S>, Owned>>

interface Element<K extends string> {
  readonly kind: K
  readonly name: string
  readonly path: Path
}

type Owned = 'calls' | 'publishes' | 'consumes'

export interface Service extends Element<'service'>, Stated<typeof serviceSchema, Owned> {
  readonly calls: readonly Call[]
  readonly publishes: readonly Publish[]
  readonly consumes: readonly Consume[]
}
export interface Job extends Element<'job'>, Stated<typeof jobSchema, Owned> {
  readonly calls: readonly Call[]
  readonly publishes: readonly Publish[]
}
export interface Store extends Element<'store'>, Stated<typeof storeSchema> {}
export interface Queue extends Element<'queue'>, Stated<typeof queueSchema> {}
export interface Cache extends Element<'cache'>, Stated<typeof cacheSchema> {}
export interface External extends Element<'external'>, Stated<typeof externalSchema> {}
export interface Journey extends Element<'journey'>, Stated<typeof journeySchema> {
  /** True for an entry point of a manifest that states no journeys. */
  readonly implied: boolean
}
export interface Slo extends Element<'slo'>, Stated<typeof sloSchema> {}
export interface Alert extends Element<'alert'>, Stated<typeof alertSchema> {}
export interface Drill extends Element<'drill'>, Stated<typeof drillSchema> {}
export interface Decision extends Element<'decision'>, Stated<typeof decisionSchema> {}
export interface Flag extends Element<'flag'>, Stated<typeof flagSchema> {}

export type Component = Service | Store | Queue | Cache | External

/** A request that the caller waits for, unless its mode is `async`. */
export interface Call extends Element<'call'>, Stated<typeof callSchema, 'to'> {
  readonly from: Service | Job
  /** The name as written; `target` is what it names, or `undefined` where nothing has that name. */
  readonly to: string
  readonly target: Component | undefined
}
export interface Publish extends Element<'publish'>, Stated<typeof publishSchema, 'to'> {
  readonly from: Service | Job
  readonly to: string
  readonly target: Queue | undefined
}
export interface Consume extends Element<'consume'>, Stated<typeof consumeSchema, 'from'> {
  readonly by: Service
  readonly from: string
  readonly source: Queue | undefined
}

export interface Model {
  readonly path: Path
  readonly raw: Manifest
  readonly services: ReadonlyMap<string, Service>
  readonly stores: ReadonlyMap<string, Store>
  readonly queues: ReadonlyMap<string, Queue>
  readonly caches: ReadonlyMap<string, Cache>
  readonly externals: ReadonlyMap<string, External>
  /** The five kinds above under one name space. */
  readonly components: ReadonlyMap<string, Component>
  readonly journeys: ReadonlyMap<string, Journey>
  readonly slos: ReadonlyMap<string, Slo>
  readonly alerts: ReadonlyMap<string, Alert>
  readonly jobs: ReadonlyMap<string, Job>
  readonly drills: ReadonlyMap<string, Drill>
  readonly decisions: ReadonlyMap<string, Decision>
  readonly flags: ReadonlyMap<string, Flag>
  readonly calls: readonly Call[]
  readonly publishes: readonly Publish[]
  readonly consumes: readonly Consume[]
}

/** Is this service reached by users, as far as the manifest shows? */
export const isEntryRole = (service: Service): boolean =>
  service.public === true || service.role === 'gateway' || service.role === 'edge' || service.role === 'frontend'
