import type { Component } from '../manifest/model.ts'
import {
  drawsFrom,
  fitLogNormal,
  shareOf,
  type Draws,
  type Percentile,
  type StatedTime,
} from './formulas/log-normal.ts'
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

/** With so many draws a 99th percentile repeats within about 1.5 % under another seed. */
const draws = 20_000
/** The 1 % of them that say where the time of a slow request goes. */
const slowest = draws / 100
const seed = 0.1
/** What a percentile of so many draws may be off by; nothing is called too slow by less. */
export const repeatability = 0.015
/** Draws of one hop in a request that are made one by one; more of them in turn are close to their mean anyway. */
export const mostRepeats = 50

/** Draws between two looks at how many of them are too slow. */
const batch = 500
/** The natural logarithm of one in a thousand million: how unlikely it must be that the other draws say otherwise. */
const surelyLess = Math.log(1e-9)

/** @param assume an ordinary spread for hops of which only one number is stated; otherwise they always take the same time */
export function sampleOf(span: Span, assume: boolean): Sample {
  const assumed = new Set<Component>()
  const draw = sampler(span, { source: drawsFrom(seed), assume, assumed, indexOf: () => 0 })
  const totals: number[] = []
  const drawUpTo = (count: number) => {
    while (totals.length < count) totals.push(draw(undefined))
  }
  let [sorted, contributors]: [Float64Array?, (readonly Contributor[])?] = []
  const inOrder = () => {
    drawUpTo(draws)
    return (sorted ??= Float64Array.from(totals).sort())
  }
  const quantile = (percentile: Percentile) => inOrder()[Math.ceil(shareOf[percentile] * draws) - 1]!
  return {
    quantile,
    exceeds: (percentile, time) => {
      const tail = 1 - shareOf[percentile]
      let over = 0
      for (let drawn = 0; drawn < draws; drawn += batch) {
        drawUpTo(drawn + batch)
        for (let i = drawn; i < drawn + batch; i++) if (totals[i]! > time) over++
        if (isSurelyLess(over, drawn + batch, tail)) return false
      }
      return quantile(percentile) > time
    },
    get mean() {
      return inOrder().reduce((sum, total) => sum + total, 0) / draws
    },
    get contributors() {
      return (contributors ??= contributorsOf(span, assume, totals, slowestOf(totals, inOrder())))
    },
    assumed: [...assumed],
  }
}

/** Chernoff's bound: so few of the draws are over that their share is not `tail`, nor will that of more draws be. */
function isSurelyLess(over: number, of: number, tail: number): boolean {
  const share = over / of
  if (share >= tail) return false
  const divergence =
    (share === 0 ? 0 : share * Math.log(share / tail)) + (1 - share) * Math.log((1 - share) / (1 - tail))
  return -of * divergence < surelyLess
}

/** Which of the draws are the slowest 1 %, the fastest of them first; of equals those that were drawn last. */
function slowestOf(totals: readonly number[], inOrder: Float64Array): number[] {
  const least = inOrder[draws - slowest]!
  const found: number[] = []
  for (let i = 0; i < draws; i++) if (totals[i]! >= least) found.push(i)
  return found.sort((a, b) => totals[a]! - totals[b]!).slice(-slowest)
}

/** The same draws again, with what each component took of the slowest: few samples are looked at so closely. */
function contributorsOf(span: Span, assume: boolean, totals: readonly number[], slowest: number[]): Contributor[] {
  const components: Component[] = []
  const indexOf = (component: Component) => {
    if (!components.includes(component)) components.push(component)
    return components.indexOf(component)
  }
  const draw = sampler(span, { source: drawsFrom(seed), assume, assumed: new Set(), indexOf })
  const spent = new Map(slowest.map(i => [i, new Float64Array(components.length)]))
  for (let i = 0; i < draws; i++) draw(spent.get(i))
  const parts = [...spent.values()]
  const all = slowest.reduce((sum, i) => sum + totals[i]!, 0)
  return components
    .map((component, c) => ({ component, share: all === 0 ? 0 : parts.reduce((sum, part) => sum + part[c]!, 0) / all }))
    .sort((a, b) => b.share - a.share)
}

/** Draws one request: returns its time, and adds to `parts`, where they are wanted, what each component took of it. */
type Draw = (parts: Float64Array | undefined) => number

interface Sampling {
  readonly source: Draws
  readonly assume: boolean
  readonly assumed: Set<Component>
  readonly indexOf: (component: Component) => number
}

function sampler(span: Span, sampling: Sampling): Draw {
  const { source } = sampling
  const below = (part: Span) => sampler(part, sampling)
  switch (span.kind) {
    case 'work':
      return workSampler(span.time, span.component, sampling)
    case 'sequence': {
      const legs = span.parts.map(below)
      return parts => sumOf(legs, parts)
    }
    case 'parallel':
      return rank(span.parts.map(below), span.parts.length)
    case 'sometimes': {
      const leg = below(span.part)
      return parts => (source.uniform() < span.share ? leg(parts) : 0)
    }
    case 'repeat': {
      const leg = below(span.part)
      const times = Math.min(span.times, mostRepeats)
      const legs = Array<Draw>(times).fill(leg)
      if (!span.inTurn) return rank(legs, Math.ceil((span.enough / span.times) * times))
      return parts => (sumOf(legs, parts) * span.times) / times
    }
  }
}

function workSampler(time: StatedTime, component: Component, { source, assume, assumed, indexOf }: Sampling): Draw {
  const shape = fitLogNormal(time)
  if (!shape) return () => 0
  if (shape.isAssumed) assumed.add(component)
  const i = indexOf(component)
  const next = shape.isAssumed && !assume ? () => time.p50 ?? time.mean ?? 0 : source.logNormal(shape)
  return parts => {
    const value = next()
    if (parts) parts[i]! += value
    return value
  }
}

function sumOf(legs: readonly Draw[], parts: Float64Array | undefined): number {
  let sum = 0
  for (const leg of legs) sum += leg(parts)
  return sum
}

/** Waits until `enough` of them have answered; the last of those is what the request waited for. */
function rank(legs: readonly Draw[], enough: number): Draw {
  if (legs.length === 1) return legs[0]!
  const times = new Float64Array(legs.length)
  return parts => {
    if (!parts) {
      // A leg may be made of such ranks, but never of this one.
      for (let i = 0; i < legs.length; i++) times[i] = legs[i]!(undefined)
      return times.sort()[enough - 1] ?? 0
    }
    const answers = legs
      .map(leg => {
        const own = new Float64Array(parts.length)
        return { time: leg(own), own }
      })
      .sort((a, b) => a.time - b.time)
    const last = answers[enough - 1]
    if (!last) return 0
    for (const [i, value] of last.own.entries()) parts[i]! += value
    return last.time
  }
}
