import { cacheLossOf, type CacheLoss } from '../analysis/cache-loss.ts'
import type { Estimate } from '../analysis/estimate.ts'
import { roughly } from '../units.ts'
import { atLeast, atMost, row, utilisationTone, type Row, type Sources, type Table } from './table.ts'

/** What the origins of caches get to do without them. */
export function cacheLossTable(sources: Sources): Table {
  const { model, facts } = sources
  return {
    id: 'cache-loss',
    title: 'Origins without their caches, at the peak',
    notes: [
      'empty: 1 / (1 - hit ratio) times the reads. one node: when one of several is lost, by how keys are spread.',
    ],
    columns: [
      { key: 'cache', title: 'cache', unit: 'text' },
      { key: 'origin', title: 'origin', unit: 'text' },
      { key: 'multiplier', title: 'empty', unit: 'factor' },
      { key: 'warm', title: 'warm', unit: 'rate' },
      { key: 'oneNode', title: 'one node', unit: 'rate' },
      { key: 'cold', title: 'cold', unit: 'rate' },
      { key: 'capacity', title: 'carries', unit: 'rate' },
    ],
    rows: [...model.caches.values()].flatMap(cache =>
      cacheLossOf(cache, 'peak', model, facts).map(loss => rowOf(loss, sources)),
    ),
    empty: 'No cache stands in front of anything.',
  }
}

function rowOf(
  { cache, origin, carries, multiplier, warm, cold, oneNodeLost, refill }: CacheLoss,
  { facts }: Sources,
): Row {
  const most = carries?.most.high
  const judged = (load: Estimate) => (most === undefined || most === 0 ? undefined : utilisationTone(load.low / most))
  const journeys = facts.journeys.through(cache.name)
  return row(
    cache.path,
    journeys,
    [
      cache.name,
      origin.name,
      atLeast(multiplier),
      atLeast(warm, judged(warm)),
      oneNodeLost ? atLeast(oneNodeLost, judged(oneNodeLost)) : '-',
      atLeast(cold, judged(cold)),
      carries && atMost(carries.most),
    ],
    [
      [...cache.path, 'hitRatio'],
      [...origin.path, 'capacity', 'rps'],
      ...journeys.map(journey => [...journey.path, 'load']),
    ],
    [...cold.missing, ...multiplier.missing, ...(carries?.most.missing ?? [[...origin.path, 'capacity', 'rps']])],
    refill.low === refill.high && Number.isFinite(refill.low)
      ? [`full again ${roughly(refill.low)} after a flush, if the origin answers all misses`]
      : [],
  )
}
