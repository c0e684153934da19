import type { Path } from '../finding.ts'
import type { Cache, Call, Component, Model, Queue, Store } from '../manifest/model.ts'
import { changesState } from './access.ts'
import type { Detection } from './detection.ts'
import { engineOf, isRelational } from './engine.ts'
import { between, exactly, product, sum, unknown, type Estimate } from './estimate.ts'
import type { Facts } from './index.ts'
import { answers } from './replica-reads.ts'
import type { Stake } from './stakes.ts'

/** What one failover of a component costs an SLO. */
export interface Failover {
  readonly stake: Stake
  readonly component: Store | Queue | Cache
  /** Whether people start it; `undefined` where it is not stated. */
  readonly manual: boolean | undefined
  /** From the loss of the primary until clients are connected to the next one, in milliseconds. */
  readonly time: Estimate
  /** Share of the counted requests that fail meanwhile. */
  readonly share: Estimate
  readonly loss: Estimate
  /** What of the loss passes until people begin to mend, where they have to. */
  readonly waitForPeople: Estimate
}

/** Time from a page until somebody begins to mend; 15 minutes where nothing is said. */
export const respondOf = ({ raw }: Model): number => raw.onCall?.respond ?? 15 * 60_000

/** Whether it has a primary that something or somebody else can take over from. */
export function failsOver(component: Component): component is Store | Queue | Cache {
  if (component.kind === 'service' || component.kind === 'external') return false
  const { failover, replicas = 0, managedStandby } = component
  // Alone it has nothing to fail over to, which is another fault, unless people bring it back by a way of their own.
  return (
    replicas >= 2 ||
    managedStandby === true ||
    (failover !== undefined && failover !== 'none' && failover.mode === 'manual')
  )
}

export function failoverOf(stake: Stake, page: Detection, model: Model, facts: Facts): Failover | undefined {
  const { component } = stake
  if (!failsOver(component)) return undefined
  const { failover, path } = component
  const details = failover === 'none' ? { mode: 'none' as const } : failover
  const mode = details?.mode
  const manual = mode === undefined ? undefined : mode !== 'automatic'
  const at: Path = [...path, 'failover', ...(details && failover !== 'none' ? ['time'] : [])]
  const technical = sum([
    exactly(details?.detection ?? 0),
    details?.time === undefined ? unknown([at]) : exactly(details.time),
    exactly(details?.reconnect ?? 0),
  ])
  const people = sum([page.time, exactly(respondOf(model))])
  const time =
    manual === true
      ? sum([technical, people])
      : manual === false || details === undefined
        ? technical
        : {
            low: technical.low,
            high: sum([technical, people]).high,
            missing: [...technical.missing, [...path, 'failover', 'mode']],
          }
  const share = affectedShare(stake, component, time, facts)
  return {
    stake,
    component,
    manual,
    time,
    share,
    loss: product(time, share),
    waitForPeople: product(people, share),
  }
}

/** Reads that a replica answers go on, other partitions as well, and whoever tries again for long enough gets through. */
function affectedShare(stake: Stake, component: Store | Queue | Cache, time: Estimate, facts: Facts): Estimate {
  const part = product(stake.share, partOf(component))
  const last = stake.route.at(-1)
  if (last === undefined || last.kind === 'publish' || last.kind === 'consume') return part
  const call = last.via as Call
  const waiting = product(part, notRidden(call, time, facts))
  if (component.kind !== 'store') return waiting
  // A read-through cache says nothing of where it reads.
  return product(waiting, last.kind === 'miss' ? between(0, 1, []) : needsPrimary(call))
}

/** One partition fails over at a time; a relational database has one unless it says otherwise. */
function partOf(component: Store | Queue | Cache): Estimate {
  if (component.kind === 'cache' || (component.partitions === undefined && isRelational(engineOf(component).product)))
    return exactly(1)
  const { partitions, path } = component
  return partitions === undefined ? between(0, 1, [[...path, 'partitions']]) : exactly(1 / partitions)
}

function needsPrimary(call: Call): Estimate {
  const changes = changesState(call)
  if (changes === true) return exactly(1)
  const node = answers(call)
  if (node !== undefined) return exactly(node === 'primary' ? 1 : 0)
  return between(0, 1, [[...call.path, changes === undefined ? 'access' : 'readFrom']])
}

/** Nothing of a failover is lost on who tries for longer than it takes. */
function notRidden(call: Call, time: Estimate, { durations }: Facts): Estimate {
  const { high = Number.POSITIVE_INFINITY } = durations.worstCase(call)
  if (call.retries?.max === 0 || high < time.low) return exactly(1)
  return call.retries === undefined ? between(0, 1, [[...call.path, 'retries']]) : exactly(0)
}
