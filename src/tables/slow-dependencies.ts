import type { Edge } from '../analysis/graph.ts'
import { guardOf, hangOf, type Hang } from '../analysis/hang.ts'
import { waitsOnNetwork } from '../analysis/attempt.ts'
import type { Call, Service } from '../manifest/model.ts'
import { atLeast, figure, row, type Row, type Sources, type Table, valueOf } from './table.ts'

/** What happens to each caller while a callee hangs at the peak. */
export function slowDependenciesTable(sources: Sources): Table {
  const edges = sources.facts.graph.edges.filter(({ kind, via }) => kind === 'call' && waitsOnNetwork(via as Call))
  const rows = edges.flatMap(edge => (edge.from.kind === 'service' ? [rowOf(edge, edge.from, sources)] : []))
  const order = ({ cells }: Row) => (cells[4] === undefined ? Number.POSITIVE_INFINITY : valueOf(cells[4]))
  return {
    id: 'slow-dependencies',
    title: 'A dependency that hangs, at the peak',
    notes: ['waiting: requests that wait at one time, L = rate x longest wait. full in: until all slots are taken.'],
    columns: [
      { key: 'call', title: 'call', unit: 'text' },
      { key: 'rate', title: 'rate', unit: 'rate' },
      { key: 'waiting', title: 'waiting', unit: 'number' },
      { key: 'slots', title: 'slots', unit: 'number' },
      { key: 'fills', title: 'full in', unit: 'duration' },
      { key: 'guard', title: 'contained by', unit: 'text' },
    ],
    rows: rows.sort((a, b) => order(a) - order(b)),
    empty: 'No call waits for an answer over the network.',
  }
}

function rowOf(edge: Edge, caller: Service, { facts }: Sources): Row {
  const call = edge.via as Call
  const hang = hangOf(edge, caller, facts.busySlots(caller, 'peak').low, facts.load, facts.durations)
  const fills = hang.slots.high !== undefined && hang.arrivals.low > 0 && hang.waiting.low >= hang.slots.high
  const guard = guardOf(call, caller, hang.fills)
  return row(
    call.path,
    facts.journeys.taking(edge),
    [
      edge.name,
      atLeast(hang.arrivals),
      Number.isFinite(hang.waiting.low) ? atLeast(hang.waiting) : 'all',
      atLeast(hang.slots),
      fills ? figure(hang.fills.high ?? hang.fills.low, guard === 'contained' ? undefined : 'bad') : undefined,
      words(hang, call, caller, fills, guard),
    ],
    [
      [...call.path, 'timeout'],
      [...caller.path, 'replicas', 'max'],
      [...caller.path, 'concurrency'],
      ...facts.journeys.taking(edge).map(journey => [...journey.path, 'load']),
    ],
    [...hang.waiting.missing, ...hang.slots.missing],
  )
}

function words(hang: Hang, call: Call, caller: Service, fills: boolean, guard: ReturnType<typeof guardOf>): string {
  if (guard === 'contained') return guardName(call, caller)
  if (!fills && hang.waiting.high !== undefined && hang.slots.high !== undefined) return 'enough slots'
  return guard === 'open' ? 'nothing' : `? ${String(guard.ask.at(-1))}`
}

function guardName({ bulkhead, pool, circuitBreaker }: Call, caller: Service): string {
  const { concurrency = Number.POSITIVE_INFINITY } = caller
  if (typeof bulkhead === 'number' && bulkhead < concurrency) return 'bulkhead'
  if (typeof pool === 'number' && pool < concurrency) return 'pool'
  if (caller.concurrencyLimit === 'adaptive') return 'adaptive limit'
  return circuitBreaker === undefined || circuitBreaker === 'none' ? 'processes' : 'breaker'
}
