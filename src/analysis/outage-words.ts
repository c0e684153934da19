import type { Reason } from './outage.ts'
import type { Edge } from './graph.ts'
import { attemptLimit } from './attempt.ts'
import { standInOf } from './spread.ts'
import type { Call, Model } from '../manifest/model.ts'
import { duration, list, number, rate, roughly } from '../units.ts'

/** What happens, step by step, in the words of somebody who tells it: no full stop at the end. */

/** From the fault to the user, one sentence for each step. `reasons` begin at the user. */
export function tell(reasons: readonly Reason[], model: Model): string[] {
  const said = [...reasons].reverse().flatMap(reason => [...tellOther(reason, model), sentence(reason, model)])
  return [...new Set(said)]
}

/** Where two things are lost at once, the other one has a story of its own. */
const tellOther = ({ other }: Reason, model: Model): string[] => {
  const found: Reason[] = []
  for (let at = other; at; at = at.from) found.push(at)
  return tell(found, model)
}

function sentence(reason: Reason, model: Model): string {
  const { how, edge, fault, component, level, time = 0 } = reason
  if (!edge) return fault ? told(fault.message, fault.arithmetic) : `"${component.name}" is lost`
  const { from: caller, to: callee } = edge
  switch (how) {
    case 'overload':
      return `"${component.name}" gets what "${edge.name}" asks it instead, more than it carries`
    case 'both':
      return `"${caller.name}" has neither "${callee.name}" nor "${standInOf(edge, model)?.name ?? 'what answers instead'}"`
    case 'hangs':
      return `"${caller.name}" waits for "${callee.name}" for ever: nothing ends the wait`
    case 'slots':
      return slots(reason)
    case 'gives up':
      return `${givesUp(edge, reason.from?.time ?? 0)}${ending(reason, model)}`
    case 'refused':
      return `More calls of "${edge.name}" wait at once than its limit lets through${ending(reason, model)}`
    case 'waits':
      return `"${caller.name}" waits for "${callee.name}" and answers after ${roughly(time)}`
    default:
      return level === 3
        ? `"${caller.name}" ${edge.kind === 'publish' ? 'cannot publish to' : 'cannot do without'} "${callee.name}"`
        : softly(edge, level, reason.from?.level ?? level, model)
  }
}

const told = (message: string, arithmetic: string | undefined) =>
  `${message}${arithmetic === undefined ? '' : ` (${arithmetic})`}`

/** What a caller that got no answer does then. */
const ending = ({ edge, level }: Reason, model: Model) =>
  level === 3 ? `; "${edge!.from.name}" cannot do without the answer` : `; ${softly(edge!, level, 3, model)}`

function givesUp(edge: Edge, time: number): string {
  const call = edge.via as Call
  const { low } = attemptLimit(call).time
  const { circuitBreaker } = call
  const slow = typeof circuitBreaker === 'object' ? circuitBreaker.slowCallDuration : undefined
  if (low > time && typeof slow === 'number')
    return `The breaker of "${edge.name}" takes calls of ${duration(slow)} and more for failures, and opens`
  return Number.isFinite(low) && low > 0
    ? `"${edge.from.name}" gives up on "${edge.to.name}" after ${duration(low)}`
    : `"${edge.from.name}" may give up on "${edge.to.name}" sooner`
}

function slots({ edge, exhaustion }: Reason): string {
  const { from, to } = edge!
  const { arrivals, wait, slots, fills } = exhaustion!.hang
  const soon =
    fills.high === undefined || !Number.isFinite(fills.high)
      ? ''
      : fills.high <= 0
        ? ' at once'
        : ` after ${roughly(fills.high)}`
  const sum =
    arrivals.low > 0 && Number.isFinite(wait.low) && slots.high !== undefined
      ? `: ${rate(arrivals.low)} x ${duration(wait.low)} = ${number((arrivals.low * wait.low) / 1000)} of ${number(slots.high)}`
      : ''
  return `All slots of "${from.name}" wait for "${to.name}"${soon}${sum}`
}

/** How a caller gets along with less, or later. */
function softly(edge: Edge, level: number, before: number, model: Model): string {
  const { from: caller, to: callee, kind } = edge
  if (before < 3) return handedOn(edge, level)
  if (kind === 'consume') return `Messages in "${caller.name}" wait until "${callee.name}" is back`
  if (kind === 'publish')
    return level === 1
      ? `"${caller.name}" keeps its messages until "${callee.name}" is back`
      : `"${caller.name}" goes on without its messages to "${callee.name}", whose loss is tolerated`
  return `"${caller.name}" ${instead(edge, model)}`
}

function handedOn({ from, to, kind }: Edge, level: number): string {
  if (kind === 'consume') return `Messages in "${from.name}" wait`
  return level === 1
    ? `What "${from.name}" hands to "${to.name}" is done later`
    : `"${from.name}" goes on with what "${to.name}" has left`
}

/** `asks "catalogue-db" instead of "catalogue-cache"`: the fallback of a call, in words. */
export function instead(edge: Edge, model: Model): string {
  const { to: callee, via } = edge
  const call = via as Call
  if (callee.kind === 'external' && callee.alternative !== undefined)
    return `turns to "${callee.alternative}", which can do the same as "${callee.name}"`
  if (call.mode === 'async') return `does not wait for "${callee.name}"`
  const { fallback } = call
  if (call.optional === true) return `answers without "${callee.name}"`
  const other = standInOf(edge, model)
  if (other) return `asks "${other.name}" instead of "${callee.name}"`
  if (fallback !== undefined && fallback !== 'none') {
    if (fallback.answer === 'queued') return `queues what it has for "${callee.name}"`
    return `answers with ${fallback.answer === undefined ? 'a fallback' : `a fallback (${fallback.answer})`} instead of "${callee.name}"`
  }
  return callee.kind === 'cache' || call.cachedBy !== undefined
    ? `answers with an old value instead of "${callee.name}"`
    : `may do without "${callee.name}"`
}

/** `web -> orders -> payments -> psp`, from the entry of the journey to the fault. */
export function pathOf(reasons: readonly Reason[]): string {
  const names = reasons.map(({ component }) => component.name).filter((name, i, all) => name !== all[i - 1])
  return names.join(' -> ')
}

export const quoted = (names: readonly string[]): string => list(names.map(name => `"${name}"`))
