import type { Path } from '../finding.ts'
import type { Call, Model, Service } from '../manifest/model.ts'
import { product, quotient, scale, smallest, stated, unknown, type Estimate } from './estimate.ts'
import type { Facts } from './index.ts'
import { indicesOf } from './indices.ts'
import { detectionOf, type Probe, type ProbeTime } from './probes.ts'
import { countsFailures, type Stake } from './stakes.ts'

/** How long one dead instance of a service gets requests, who is spared by it, and how long would be harmless. */

/** A retry that goes to another instance hides the dead one, if it is tried again after what a dead one does. */
const goesElsewhere = ({ retries }: Call): boolean =>
  retries !== undefined &&
  retries.max > 0 &&
  retries.differentReplica === true &&
  (retries.retryOn?.includes('timeout') ?? true)

/** Calls that hide a dead instance, or may; `undefined` where users or some caller do not try elsewhere. */
export function retriesThatHide({ name }: Service, model: Model, facts: Facts): readonly Call[] | undefined {
  const calls = facts.callsTo(name)
  const hide = calls.length > 0 && calls.every(call => call.retries === undefined || goesElsewhere(call))
  return hide && indicesOf(model).journeysEntering(name).length === 0 ? calls : undefined
}

/** When an instance that hangs gets no more requests. */
export type Noticed = ProbeTime & { readonly probe: Probe; readonly at: Path }

/** The faster of both probes: an instance that is restarted gets no requests either. */
export function noticedBy({ health, path }: Service, model: Model): Noticed {
  const of = (probe: Probe, kind: string): Noticed => {
    const at = [...path, 'health', kind]
    return { ...detectionOf(probe, at, model), probe, at }
  }
  const readiness = of(health!.readiness as Probe, 'readiness')
  const liveness = health!.liveness
  if (liveness === undefined)
    return { ...readiness, time: smallest(readiness.time, unknown([[...path, 'health', 'liveness']])) }
  if (liveness === 'none') return readiness
  const other = of(liveness, 'liveness')
  const time = smallest(readiness.time, other.time)
  return { ...(other.time.low < readiness.time.low ? other : readiness), time }
}

/** Times after which one dead instance of N has taken its share of each error budget. */
export function limitsOf(
  { name, replicas, path }: Service,
  share: number,
  facts: Facts,
): { most: Estimate; stake: Stake }[] {
  const instances = stated(replicas?.max, [...path, 'replicas', ...(replicas ? ['max'] : [])], 2)
  return facts
    .stakesIn(name)
    .filter(({ slo, hard }) => countsFailures(slo) !== false && hard === 'yes')
    .map(stake => {
      const allowed = scale(product(facts.budget(stake.slo).budget, instances), share)
      return { most: quotient(allowed, stake.share), stake }
    })
}
