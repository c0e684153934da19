import type { Path } from '../finding.ts'
import type { Call, Component, Model } from '../manifest/model.ts'
import { between, scale, stated, sum, type Estimate } from './estimate.ts'
import type { Certainty, Edge } from './graph.ts'
import type { Facts } from './index.ts'
import { memo } from './memo.ts'
import { stronglyConnected } from './order.ts'

/** How long a caller takes to answer that waits for a callee that is late, in milliseconds. */
export interface Lateness {
  /** Own work, what else the request waits for, and the late answer. */
  untilAnswered(edge: Edge, time: number, takes: (edge: Edge) => Certainty): Estimate
  /** Own work, and all attempts until the caller does without the answer. */
  untilGivenUp(edge: Edge): Estimate
}

const none: Estimate = { low: 0, high: 0, missing: [] }

/** Nobody waits for what is asynchronous, and time does not travel around a cycle. */
export function latenessOf(model: Model, { graph, durations }: Facts): Lateness {
  let groups: ReadonlyMap<string, number> | undefined
  const isWaitedFor = ({ from, to, via }: Edge) => {
    groups ??= groupsOf(model.components.keys(), graph.out)
    return from.kind === 'service' && (via as Call).mode !== 'async' && groups.get(from.name) !== groups.get(to.name)
  }
  return {
    untilAnswered: (edge, time, takes) => {
      if (!isWaitedFor(edge)) return none
      const others = graph.out.get(edge.from.name)!.filter(other => other !== edge && takes(other) !== 'no')
      return sum([
        { low: time, high: time, missing: [] },
        ownWork(edge.from),
        ...others.map(other => ordinaryWait(other, edge, takes, durations)),
      ])
    },
    untilGivenUp: memo(edge => {
      if (!isWaitedFor(edge)) return none
      const { circuitBreaker, path } = edge.via as Call
      // A breaker opens when the first have failed; then nobody waits any more.
      if (circuitBreaker !== undefined && circuitBreaker !== 'none') return none
      const longest = durations.worstCase(edge.via as Call)
      // A caller that never gives up hangs, which is told apart.
      if (longest.low === Number.POSITIVE_INFINITY) return none
      const { low: own } = ownWork(edge.from)
      const high = longest.high === undefined ? undefined : own + longest.high
      if (circuitBreaker === 'none') return { low: own + longest.low, high, missing: longest.missing }
      return { low: 0, high, missing: [[...path, 'circuitBreaker'], ...longest.missing] }
    }),
  }
}

/** What is stated as seen by the callers bounds own work from above. */
function ownWork(component: Component): Estimate {
  const time = component.kind === 'service' ? component.serviceTime : undefined
  const at = [...component.path, 'serviceTime', ...(time ? ['mean'] : [])]
  return time?.mean === undefined ? between(0, component.latency?.mean, [at]) : stated(time.mean, at)
}

/** The mean of another call of the same request. Where it is not stated whether it runs beside the late one, it may. */
function ordinaryWait(
  other: Edge,
  late: Edge,
  takes: (edge: Edge) => Certainty,
  durations: Facts['durations'],
): Estimate {
  const { mode, parallelGroup, path, probability = 1 } = other.via as Call
  if (other.kind !== 'call' || mode === 'async') return none
  const group = (late.via as Call).parallelGroup
  if (group !== undefined && group !== 'none' && group === parallelGroup) return none
  const wait = scale(durations.answer(other.to), probability)
  const doubts: Path[] = [
    ...(takes(other) === 'maybe' ? [[...path, 'serves']] : []),
    ...(group === undefined ? [[...late.path, 'parallelGroup']] : []),
    ...(parallelGroup === undefined ? [[...path, 'parallelGroup']] : []),
  ]
  return doubts.length === 0 ? wait : between(0, wait.high, [...wait.missing, ...doubts])
}

function groupsOf(names: Iterable<string>, out: ReadonlyMap<string, readonly Edge[]>): ReadonlyMap<string, number> {
  const found = stronglyConnected(names, name => out.get(name)!.map(edge => edge.to.name))
  return new Map(found.flatMap((group, i) => group.map(name => [name, i] as const)))
}
