import { attemptLimit } from '../analysis/attempt.ts'
import { fitOf, rungsBehind } from '../analysis/ladder.ts'
import { longestOf } from '../analysis/longest.ts'
import type { Edge } from '../analysis/graph.ts'
import { formatPath } from '../finding.ts'
import type { Call } from '../manifest/model.ts'
import { atLeast, figure, row, type Row, type Sources, type Table } from './table.ts'

/** The timeout ladder: who gives up before whom. */
export function timeoutsTable(sources: Sources): Table {
  const { facts, about } = sources
  const isAsked = ({ path }: Call) => !about || formatPath(path) === formatPath(about)
  const calls = facts.graph.edges.filter(
    ({ kind, via }) => kind === 'call' && (via as Call).mode !== 'async' && isAsked(via as Call),
  )
  return {
    id: 'timeouts',
    title: 'Timeout ladder',
    notes: [
      'longest: (1 + retries) x timeout and the waits between. behind: what the callee may itself take for an answer.',
      'slack: what is left of one attempt; below nothing, the caller gives up on work that goes on.',
    ],
    columns: [
      { key: 'call', title: 'call', unit: 'text' },
      { key: 'timeout', title: 'timeout', unit: 'duration' },
      { key: 'attempts', title: 'tries', unit: 'number' },
      { key: 'longest', title: 'longest', unit: 'duration' },
      { key: 'behind', title: 'behind', unit: 'duration' },
      { key: 'slack', title: 'slack', unit: 'duration' },
    ],
    rows: calls.map(edge => rowOf(edge, sources)),
    empty: 'No service calls another component.',
  }
}

function rowOf(edge: Edge, { facts }: Sources): Row {
  const call = edge.via as Call
  const { time, at } = attemptLimit(call)
  const longest = longestOf(call)
  const callee = edge.to.kind === 'service' ? edge.to : undefined
  const fits = callee
    ? rungsBehind(edge, facts.graph, facts.reach)
        .filter(({ missing }) => missing.length === 0)
        .map(rung => fitOf(rung, callee, time))
    : []
  const worst = fits.reduce((a, b) => (a && a.needs.low >= b.needs.low ? a : b), fits[0])
  const isEndless = time.low === Number.POSITIVE_INFINITY
  const slack = worst && time.high !== undefined && !isEndless ? time.low - worst.needs.low : undefined
  return row(
    call.path,
    facts.journeys.taking(edge),
    [
      edge.name,
      isEndless ? 'none' : atLeast(time),
      call.retries === undefined ? undefined : figure(1 + call.retries.max),
      longest.low === Number.POSITIVE_INFINITY
        ? 'for ever'
        : atLeast(longest, worst?.isLate === true ? 'bad' : undefined),
      worst && atLeast(worst.needs),
      figure(
        slack,
        slack === undefined ? undefined : slack < 0 ? 'bad' : 'good',
        worst?.needs.missing.length ? 'most' : 'exact',
      ),
    ],
    [at, [...call.path, 'retries'], ...(callee ? [[...callee.path, 'serviceTime']] : [])],
    [
      ...time.missing,
      ...longest.missing,
      ...(worst?.needs.missing ?? []),
      ...(call.retries === undefined ? [[...call.path, 'retries']] : []),
    ],
  )
}
