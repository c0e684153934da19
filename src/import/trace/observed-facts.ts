import { histogramQuantile } from '../../analysis/formulas/histogram.ts'
import { duration, list, percent, rate } from '../../units.ts'
import type { ImportedFact, ImportNote, Source } from '../system.ts'
import { bucketsOf, type Observed } from './graph.ts'
import type { Node } from './observed-system.ts'

/** As a manifest takes it: without spaces between thousands. */
export const rateText = (perSecond: number): string => rate(perSecond).replaceAll(' ', '')

/** Engine, latency and availability of what was called. */
export function nodeFacts({ kind, engine, incoming, source }: Node): ImportedFact[] {
  const facts: ImportedFact[] = []
  if (engine !== undefined && kind !== 'external' && kind !== 'service')
    facts.push({ path: ['engine'], value: engine, source: { ...source, confidence: 'guessed' } })
  if (kind === 'queue' || kind === 'job') return facts
  const client = sumOf(incoming.map(one => one.client))
  const buckets = client.size > 0 ? client : sumOf(incoming.map(one => one.server))
  facts.push(
    ...quantileFacts(['latency'], buckets, source, client.size > 0 ? 'client_seconds_bucket' : 'server_seconds_bucket'),
  )
  return [...facts, ...availabilityFacts(incoming, source)]
}

function sumOf(all: readonly ReadonlyMap<number, number>[]): Map<number, number> {
  const sum = new Map<number, number>()
  // Histograms with other bounds cannot be added.
  const bounds = (one: ReadonlyMap<number, number>) => [...one.keys()].sort((a, b) => a - b).join(' ')
  const filled = all.filter(one => one.size > 0)
  if (new Set(filled.map(bounds)).size > 1) return sum
  for (const one of filled) for (const [le, count] of one) sum.set(le, (sum.get(le) ?? 0) + count)
  return sum
}

const quantiles = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const

/** Of a hundred observations one is the slowest percent: fewer say nothing of it. What lies beyond the last bound is unknown. */
export function quantileFacts(
  path: ImportedFact['path'],
  counts: ReadonlyMap<number, number>,
  source: Source,
  signal: string,
): ImportedFact[] {
  const total = counts.get(Infinity) ?? 0
  return quantiles.flatMap(([name, quantile]) => {
    const found = histogramQuantile(quantile, bucketsOf(counts))
    if (!found || found.isLeast || !(found.value > 0) || total * (1 - quantile) < 1 - 1e-9) return []
    return [
      {
        path: [...path, name],
        value: duration(found.value * 1000),
        source: { ...source, signal, confidence: 'derived' },
      },
    ]
  })
}

/** The slowest calls are slower than the histogram can tell: worth a word, as nothing else shows it. */
export function beyond(nodes: readonly Node[]): ImportNote[] {
  const found = nodes.flatMap(({ name, incoming }) => {
    const client = sumOf(incoming.map(one => one.client))
    const counts = client.size > 0 ? client : sumOf(incoming.map(one => one.server))
    const answer = histogramQuantile(0.99, bucketsOf(counts))
    const isKnown = answer?.isLeast === true && (counts.get(Infinity) ?? 0) >= 100
    return isKnown ? [`"${name}" (above ${duration(answer.value * 1000)})`] : []
  })
  if (found.length === 0) return []
  return [
    { kind: 'skipped', message: `The slowest 1% are beyond the largest bucket, and not stated, for ${list(found)}` },
  ]
}

/** A day is the least that says something of an availability; no failure in it says too little. */
const leastSeconds = 86_400

function availabilityFacts(incoming: readonly Observed[], source: Source): ImportedFact[] {
  const calls = sum(incoming.map(one => one.calls))
  const failed = sum(incoming.map(one => one.failed ?? 0))
  if (!(failed > 0 && failed <= calls) || !incoming.every(({ seconds = 0 }) => seconds >= leastSeconds)) return []
  const signal = `${failed} of ${calls} calls failed`
  return [
    {
      path: ['measuredAvailability'],
      value: percent(1 - failed / calls),
      source: { ...source, signal, confidence: 'derived' },
    },
  ]
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

/**
 * How often a request to the caller leads to this call. Known only where all requests to the caller were seen: where the graph
 * holds those of users, and the caller takes no messages.
 */
export function callsPerRequest(
  { calls }: Observed,
  { incoming }: Node,
): { value: number; signal: string } | undefined {
  const requests = sum(incoming.map(one => one.calls))
  if (!(requests > 0) || !(calls > 0) || incoming.some(({ connection }) => connection === 'messaging_system'))
    return undefined
  const value = Number((calls / requests).toPrecision(3))
  if (value > 1e6 || (value > 0.95 && value < 1.05)) return undefined
  return { value, signal: `${calls} calls for ${requests} requests` }
}
