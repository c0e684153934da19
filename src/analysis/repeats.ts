import type { Path } from '../finding.ts'
import type { Call, Journey } from '../manifest/model.ts'
import type { Answer } from './estimate.ts'
import type { Edge } from './graph.ts'
import type { Facts } from './index.ts'

/** Failures after which nothing was done: no connection, too many requests, a transaction that lost against another. */
const refused: readonly string[] = ['connect', '429', 'conflict']

/** Extra requests that are sent when the first is slow. */
export const hedgesOf = ({ hedge }: Call): number => (hedge === undefined || hedge === 'none' ? 0 : (hedge.max ?? 1))

/** How often one request of the caller may be carried out by the callee; `undefined` where its retries are not stated. */
export function executionsOf(call: Call): number | undefined {
  const { retries } = call
  const hedges = hedgesOf(call)
  if (retries === undefined) return hedges > 0 ? 1 + hedges : undefined
  const repeats = retries.retryOn?.every(failure => refused.includes(failure)) ? 0 : retries.max
  return (1 + repeats) * (1 + hedges)
}

/**
 * Whether a user who sends a request of the journey again makes the call happen again: unless a call before it carries a key
 * by which the repeat is recognised. The facts are keys of calls before it that are not stated.
 */
export function repeatReaches(call: Call, journey: Journey, { graph, reach }: Facts): Answer {
  const of = reach.get(journey.name)!
  const flood = (starts: readonly string[], follow: (key: Call['idempotencyKey']) => boolean): Set<string> => {
    const reached = new Set(starts)
    // A set takes new members while it is walked.
    for (const name of reached)
      for (const edge of onwards(name)) if (follow((edge.via as Call).idempotencyKey)) reached.add(edge.to.name)
    return reached
  }
  const onwards = (name: string): Edge[] =>
    (graph.out.get(name) ?? []).filter(edge => edge.kind === 'call' && of.takes(edge) === 'yes')

  const entry = journey.entry === undefined ? [] : [journey.entry]
  const unprotected = flood(entry, key => key === 'none')
  if (unprotected.has(call.from.name)) return true
  const open = [...unprotected]
    .flatMap(onwards)
    .filter(edge => (edge.via as Call).idempotencyKey === undefined)
    .filter(edge => flood([edge.to.name], key => key === undefined || key === 'none').has(call.from.name))
  return open.length > 0 && open.map((edge): Path => [...edge.path, 'idempotencyKey'])
}

/** Journeys that move money and in which a request that a user sends again gets as far as the call. */
export function repeatedByUsers(call: Call, facts: Facts): { sure: Journey[]; missing: Path[] } {
  const edge = facts.journeys.edgeOf(call)
  const paying = (edge ? facts.journeys.taking(edge, 'sure') : []).filter(journey => journey.movesMoney === true)
  const answers = paying.map(journey => [journey, repeatReaches(call, journey, facts)] as const)
  return {
    sure: answers.filter(([, answer]) => answer === true).map(([journey]) => journey),
    missing: answers.flatMap(([, answer]) => (typeof answer === 'boolean' ? [] : answer)),
  }
}
