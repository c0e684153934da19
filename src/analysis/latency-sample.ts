import type { Component } from '../manifest/model.ts'
import { shareOf, type Percentile } from './formulas/log-normal.ts'
import { mostDraws } from './formulas/streams.ts'
import { batch, samplerOf, type Requests, type Spent } from './latency-draws.ts'
import type { Span } from './latency-tree.ts'

export interface Sample {
  quantile(percentile: Percentile): number
  /** Whether the quantile is above a time. Where it is far below, a part of the draws is enough to see that. */
  exceeds(percentile: Percentile, time: number): boolean
  readonly mean: number
  /** Share of the time of the slowest 1 % of requests that is spent in each component, largest first. */
  readonly contributors: readonly Contributor[]
  /** Components of which only one number is stated, so that an ordinary spread was assumed. */
  readonly assumed: readonly Component[]
}

interface Contributor {
  readonly component: Component
  readonly share: number
}

const draws = mostDraws
/** The 1 % of them that say where the time of a slow request goes. */
const slowest = draws / 100
/**
 * What a percentile of so many draws may be off by, at two standard deviations of what other seeds give for a few hops of usual
 * spread. Nothing is called too slow by less.
 */
export const repeatability = { p50: 0.01, p90: 0.01, p95: 0.015, p99: 0.02, p999: 0.05 } as const satisfies Record<
  Percentile,
  number
>
/** The natural logarithm of one in a thousand million: how unlikely it must be that the other draws say otherwise. */
const surelyLess = Math.log(1e-9)

/** @param assume an ordinary spread for hops of which only one number is stated; otherwise they always take the same time */
export function sampleOf(span: Span, assume: boolean): Sample {
  const { draw, assumed } = samplerOf(span, assume)
  const totals = new Float64Array(draws)
  let drawn = 0
  const drawBatch = () => {
    totals.set(draw(inTurn(drawn)), drawn)
    drawn += batch
  }
  let [sorted, contributors]: [Float64Array?, (readonly Contributor[])?] = []
  const inOrder = () => {
    while (drawn < draws) drawBatch()
    return (sorted ??= totals.slice().sort())
  }
  /** How many draws are not above the quantile. */
  const rankOf = (percentile: Percentile) => Math.ceil(shareOf[percentile] * draws)
  const quantile = (percentile: Percentile) => inOrder()[rankOf(percentile) - 1]!
  return {
    quantile,
    exceeds: (percentile, time) => {
      const tail = 1 - shareOf[percentile]
      let over = 0
      for (let i = 0; i < draws; i++) {
        if (i === drawn) drawBatch()
        if (totals[i]! > time) over++
        if ((i + 1) % batch === 0 && isSurelyLess(over, i + 1, tail)) return false
      }
      return over > draws - rankOf(percentile)
    },
    get mean() {
      return inOrder().reduce((sum, total) => sum + total, 0) / draws
    },
    get contributors() {
      if (contributors) return contributors
      const spent: Spent = new Map()
      draw(slowestOf(totals, inOrder()), spent)
      return (contributors = contributorsOf(spent))
    },
    assumed,
  }
}

/** Numbers of the requests of one batch. */
function inTurn(from: number): Requests {
  const requests = new Int32Array(batch)
  for (let i = 0; i < batch; i++) requests[i] = from + i
  return requests
}

/** Chernoff's bound: so few of the draws are over that their share is not `tail`, nor will that of more draws be. */
function isSurelyLess(over: number, of: number, tail: number): boolean {
  const share = over / of
  if (share >= tail) return false
  const divergence =
    (share === 0 ? 0 : share * Math.log(share / tail)) + (1 - share) * Math.log((1 - share) / (1 - tail))
  return -of * divergence < surelyLess
}

/** Which of the draws are the slowest 1 %; of equals those that were drawn last. */
function slowestOf(totals: Float64Array, inOrder: Float64Array): Requests {
  const least = inOrder[draws - slowest]!
  const found: number[] = []
  for (let i = 0; i < draws; i++) if (totals[i]! >= least) found.push(i)
  return Int32Array.from(found.sort((a, b) => totals[a]! - totals[b]!).slice(-slowest))
}

function contributorsOf(spent: Spent): Contributor[] {
  const times = [...spent].map(([component, times]) => ({ component, time: sumOf(times) }))
  const all = times.reduce((sum, { time }) => sum + time, 0)
  return times
    .map(({ component, time }) => ({ component, share: all === 0 ? 0 : time / all }))
    .sort((a, b) => b.share - a.share)
}

const sumOf = (times: Float64Array) => times.reduce((sum, time) => sum + time, 0)
