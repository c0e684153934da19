import type { Edge } from './graph.ts'
import type { Facts } from './index.ts'
import type { Reason } from './outage.ts'
import { attemptLimit } from './attempt.ts'
import { carriedBy } from './caching.ts'
import { answeredInstead } from './spread.ts'
import type { Call, Model } from '../manifest/model.ts'
import { duration, number, rate, roundUp } from '../units.ts'

/** What would contain a failure: one imperative sentence each, nearest to the fault first. */
export function containedBy(chain: readonly Reason[], model: Model, facts: Facts): string[] {
  const steps = [...chain].reverse()
  const said = steps.flatMap(reason => [...changes(reason, model, facts), ...others(reason, model, facts)])
  return [...new Set([...said, ...soften(steps), ...fewerRetries(steps, facts)])]
}

const others = ({ other }: Reason, model: Model, facts: Facts): string[] => {
  const found: Reason[] = []
  for (let at = other; at; at = at.from) found.push(at)
  return found.flatMap(reason => changes(reason, model, facts))
}

function changes(reason: Reason, model: Model, facts: Facts): string[] {
  const { how, edge, fault, level } = reason
  if (fault?.fix !== undefined) return [fault.fix]
  if (!edge) return []
  const limit = timeoutFor(edge, facts)
  const within = limit === undefined ? '' : ` of at most ${limit}`
  switch (how) {
    case 'hangs':
      return [`Give "${edge.name}" a timeout${within}`]
    case 'slots':
      return [
        ...(limit === undefined
          ? []
          : [`Cut the wait of "${edge.name}", all attempts together, to less than ${limit}`]),
        `Cap how many calls of "${edge.name}" wait at once, below the concurrency of "${edge.from.name}" (bulkhead)`,
      ]
    case 'both':
      // What cannot carry the load of both needs no other fallback, but room.
      if (reason.other?.how === 'overload') return []
      return [`Let "${edge.name}" fall back to what does not need "${rootOf(reason).component.name}"`]
    case 'overload':
      return capFallback(reason, model, facts)
    case 'refused':
      return [
        `Raise the limit of calls that wait at once on "${edge.name}" (${room(edge, reason.from?.time ?? 0, facts)})`,
      ]
    case 'gives up':
      return level === 3 ? [patience(edge, reason.from?.time ?? 0)] : []
    default:
      return []
  }
}

const rootOf = (reason: Reason): Reason => (reason.from ? rootOf(reason.from) : reason)

/** Slots / rate: as long as that each request may wait before all slots do. */
function timeoutFor(edge: Edge, facts: Facts): string | undefined {
  const { from } = edge
  if (from.kind !== 'service') return undefined
  const { max } = from.replicas ?? {}
  const arrivals = facts.load.requestsOn(edge, 'peak').low / Math.max(1, (edge.via as Call).callsPerRequest ?? 1)
  if (max === undefined || from.concurrency === undefined || arrivals === 0) return undefined
  const free = max * from.concurrency - facts.busySlots(from, 'peak').low
  return free <= 0 ? undefined : duration(roundDown((free / arrivals) * 1000))
}

/** A value at or just below `value` that a person would write. */
function roundDown(value: number): number {
  const step = 10 ** (Math.floor(Math.log10(value)) - 1)
  return Number((Math.floor(value / step) * step).toPrecision(12))
}

function patience(edge: Edge, time: number): string {
  const call = edge.via as Call
  const slow = typeof call.circuitBreaker === 'object' ? call.circuitBreaker.slowCallDuration : undefined
  const { low } = attemptLimit(call).time
  if (!Number.isFinite(time)) return `Answer "${edge.name}" without "${edge.to.name}" when its time is up (fallback)`
  return low > time && typeof slow === 'number'
    ? `Let the breaker of "${edge.name}" count calls as slow only above ${duration(roundUp(time))}, if users may wait that long`
    : `Raise the timeout of "${edge.name}" above ${duration(roundUp(time))}, if users may wait that long`
}

function room(edge: Edge, time: number, facts: Facts): string {
  const all = (facts.load.requestsOn(edge, 'peak').low * time) / 1000
  const max = edge.from.kind === 'service' ? (edge.from.replicas?.max ?? 1) : 1
  return `bulkhead or pool of at least ${number(Math.ceil(all / max))} for each instance`
}

function capFallback({ edge, component }: Reason, model: Model, facts: Facts): string[] {
  const name = `"${component.name}"`
  const most = carriedBy(component, facts)?.most.high
  const own = facts.load.at(component.name, 'peak')
  if (most === undefined || own.high === undefined) return [`Cap what "${edge!.name}" asks ${name} instead (maxRps)`]
  const enough = roundUp(answeredInstead(edge!, component, model, facts).low)
  const room = most - own.high
  return [
    room > 0
      ? `Cap what "${edge!.name}" asks ${name} instead at ${rate(roundDown(room))} (maxRps), or make ${name} carry ${rate(enough)}`
      : `Make ${name} carry ${rate(enough)}`,
  ]
}

const unanswered: readonly Reason['how'][] = ['fails', 'gives up', 'refused']

/** Where the request fails because something cannot be done without. */
function soften(steps: readonly Reason[]): string[] {
  const hard = steps.filter(({ how, level, edge }) => edge && level === 3 && unanswered.includes(how))
  const first = hard[0]?.edge
  if (!first) return []
  const { via, to, kind } = first
  if (kind === 'publish') return [`Send the messages of "${first.name}" through an outbox`]
  const free = hard.find(({ edge }) => (edge!.via as Call).mustSucceed !== true)?.edge
  const found: string[] = []
  if (to.kind === 'external') found.push(`Let another provider stand in for "${to.name}" (alternative)`)
  if (free) found.push(`Let "${free.from.name}" answer without "${free.to.name}" (fallback on "${free.name}")`)
  else if ((via as Call).mustSucceed === true)
    found.push(`Take the work of "${first.name}" in and do it later (a queue)`)
  return found
}

/** Attempts of several tiers multiply while the callee is lost. */
function fewerRetries(steps: readonly Reason[], facts: Facts): string[] {
  const [root] = steps
  const found = root && facts.amplification.get(root.component.name)
  if (!found || found.factor.low < 3) return []
  const tiers = found.tiers.filter(
    ({ via }) => (via as Call).retries?.budget === 'none' || (via as Call).retries?.budget === undefined,
  )
  if (tiers.length === 0) return []
  const capped = 1.1 ** tiers.length
  return [
    `Give the retries of ${tiers.map(({ name }) => `"${name}"`).join(', ')} a budget of 10%: "${root.component.name}" then gets ${number(capped)} attempts for one request instead of ${number(found.factor.low)}`,
  ]
}
