import type { Edge } from '../analysis/graph.ts'
import type { Call } from '../manifest/model.ts'
import type { Reading } from './stations.ts'

/** Calls or messages of one request that are simulated; the tables of latency draw as many one by one. */
export const mostTimes = 50

/**
 * Calls one after another in the order in which they are written; those of one parallel group at the same time, where the first
 * of them stands.
 */
export function stepsOf(edges: readonly Edge[], callOf: (edge: Edge) => number, { asked }: Reading): number[][] {
  const steps: number[][] = []
  const groups = new Map<string, number[]>()
  for (const edge of edges) {
    const { parallelGroup, callsPerRequest = 1, sequential } = edge.via as Call
    const call = callOf(edge)
    const times = Math.min(mostTimes, Math.max(1, Math.round(callsPerRequest)))
    if (callsPerRequest > mostTimes) asked.take([...edge.path, 'callsPerRequest'], String(mostTimes), 0)
    if (parallelGroup === undefined && edges.length > 1)
      asked.take([...edge.path, 'parallelGroup'], 'one after another', 0)
    if (sequential === true && times > 1) {
      for (let i = 0; i < times; i++) steps.push([call])
      continue
    }
    const calls = Array<number>(times).fill(call)
    const group = parallelGroup === undefined || parallelGroup === 'none' ? undefined : groups.get(parallelGroup)
    if (group) group.push(...calls)
    else steps.push(calls)
    if (parallelGroup !== undefined && parallelGroup !== 'none' && !group) groups.set(parallelGroup, calls)
  }
  return steps
}
