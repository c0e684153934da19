import type { Path } from '../finding.ts'
import type { Call, Journey } from '../manifest/model.ts'
import type { Answer } from './estimate.ts'
import type { Edge } from './graph.ts'
import type { Facts } from './index.ts'

/** Failures after which nothing was done: no connection, too many requests, a transaction that lost against another. */
const refused: readonly string[] = ['connect', '429', 'conflict']

/** How often one request of the caller may be carried out by the callee; `undefined` where its retries are not stated. */
export function executionsOf({ retries, hedge }: Call): number | undefined {
  const hedges = hedge === undefined || hedge === 'none' ? 0 : (hedge.max ?? 1)
  if (retries === undefined) return hedges > 0 ? 1 + hedges : undefined
  const repeats = retries.retryOn?.every(failure => refused.includes(failure)) ? 0 : retries.max
  return (1 + repeats) * (1 + hedges)
}

/**
 * Whether a user who sends a request of the journey again makes the call happen again: unless a call before it carries a key
 * by which the repeat is recognised. The facts are keys of calls before it that are not stated.
 */
export function repeatReaches(call: Call, journey: Journey, { graph, reach }: Facts): Answer {
  const { takes } = reach.get(journey.name)!
  const flood = (starts: readonly string[], follow: (key: Call['idempotencyKey']) => boolean): Set<string> => {
    const reached = new Set(starts)
    // A set takes new members while it is walked.
    for (const name of reached)
      for (const edge of onwards(name)) if (follow((edge.via as Call).idempotencyKey)) reached.add(edge.to.name)
    return reached
  }
  const onwards = (name: string): Edge[] =>
    (graph.out.get(name) ?? []).filter(edge => edge.kind === 'call' && takes(edge) === 'yes')

  const entry = journey.entry === undefined ? [] : [journey.entry]
  const unprotected = flood(entry, key => key === 'none')
  if (unprotected.has(call.from.name)) return true
  const open = [...unprotected]
    .flatMap(onwards)
    .filter(edge => (edge.via as Call).idempotencyKey === undefined)
    .filter(edge => flood([edge.to.name], key => key === undefined || key === 'none').has(call.from.name))
  return open.length > 0 && open.map((edge): Path => [...edge.path, 'idempotencyKey'])
}
