import type { Path } from '../finding.ts'
import type { Component, Journey, Model } from '../manifest/model.ts'
import { distinct } from './estimate.ts'
import {
  drawsFrom,
  fitLogNormal,
  percentiles,
  shareOf,
  upperQuantile,
  type Draws,
  type Percentile,
  type StatedTime,
} from './formulas/log-normal.ts'
import type { Facts } from './index.ts'
import { latencyTree, type LatencyTree, type Span, type Undecided } from './latency-tree.ts'

/** Where the time of a journey goes. All times in milliseconds; what is not stated counts as no time, so all are lower bounds. */
export interface Latency {
  readonly tree: LatencyTree
  /** No request that waits for all of it is faster at the percentile: the slowest single hop, as waits only add up. */
  floor(percentile: Percentile): Hop | undefined
  /** Sum of the means that are stated; exact for the mean, whatever the dependence between hops (linearity). */
  readonly means: number
  /** Nothing of it is slower, whatever the dependence between hops, as far as hops are log-normal (union bound). */
  ceiling(percentile: Percentile): number
  /** Of log-normal hops that are independent, drawn with a fixed seed. */
  readonly estimate: Sample
}

export interface Hop {
  readonly time: number
  readonly component: Component
  readonly at: Path
}

export interface Sample {
  quantile(percentile: Percentile): number
  readonly mean: number
  /** Share of the time of the slowest 1 % of requests that is spent in each component, largest first. */
  readonly contributors: readonly { readonly component: Component; readonly share: number }[]
  /** Components of which only one number is stated, so that an ordinary spread was assumed. */
  readonly assumed: readonly Component[]
}

/** `undefined` for a journey without an entry. */
export function latencyOf(
  journey: Journey,
  model: Model,
  { graph, reach }: Pick<Facts, 'graph' | 'reach'>,
  undecided: Undecided = 'parallel',
): Latency | undefined {
  const tree = latencyTree(journey, model, graph, reach.get(journey.name)!, undecided)
  if (!tree) return undefined
  const { span } = tree
  let sample: Sample | undefined
  return {
    tree: { ...tree, missing: distinct(tree.missing), read: distinct(tree.read) },
    floor: percentile => floorOf(span, percentile),
    means: meansOf(span),
    ceiling: percentile => ceilingOf(span, (1 - shareOf[percentile]) / Math.max(1, countOf(span))),
    get estimate() {
      return (sample ??= sampleOf(span))
    },
  }
}

/** A lower percentile bounds a higher one from below as well. */
function floorOf(span: Span, percentile: Percentile): Hop | undefined {
  switch (span.kind) {
    case 'work': {
      const below = percentiles.slice(0, percentiles.indexOf(percentile) + 1).reverse()
      const known = below.find(name => span.time[name] !== undefined)
      return known === undefined
        ? undefined
        : { time: span.time[known]!, component: span.component, at: [...span.at, known] }
    }
    case 'sequence':
    case 'parallel':
      return longest(span.parts.map(part => floorOf(part, percentile)))
    case 'sometimes':
      // The other requests do not wait for it at all, and they may be as many as the percentile leaves.
      return undefined
    case 'repeat':
      return span.enough < span.times ? undefined : floorOf(span.part, percentile)
  }
}

const longest = (hops: readonly (Hop | undefined)[]): Hop | undefined =>
  hops.reduce((a, b) => (b && (!a || b.time > a.time) ? b : a), undefined)

function meansOf(span: Span): number {
  switch (span.kind) {
    case 'work':
      return span.time.mean ?? 0
    case 'sequence':
      return span.parts.reduce((sum, part) => sum + meansOf(part), 0)
    case 'parallel':
      return Math.max(0, ...span.parts.map(meansOf))
    case 'sometimes':
      return span.share * meansOf(span.part)
    case 'repeat':
      if (span.inTurn) return span.times * meansOf(span.part)
      return span.enough < span.times ? 0 : meansOf(span.part)
  }
}

/** Hops that one request may wait for. */
function countOf(span: Span): number {
  if (span.kind === 'work') return 1
  if (span.kind === 'sometimes') return countOf(span.part)
  if (span.kind === 'repeat') return span.times * countOf(span.part)
  return span.parts.reduce((sum, part) => sum + countOf(part), 0)
}

/** @param tail probability with which each hop may be slower */
function ceilingOf(span: Span, tail: number): number {
  switch (span.kind) {
    case 'work': {
      const shape = fitLogNormal(span.time)
      return shape ? upperQuantile(shape, tail) : 0
    }
    case 'sequence':
      return span.parts.reduce((sum, part) => sum + ceilingOf(part, tail), 0)
    case 'parallel':
      return Math.max(0, ...span.parts.map(part => ceilingOf(part, tail)))
    case 'sometimes':
      return ceilingOf(span.part, tail)
    case 'repeat':
      return (span.inTurn ? span.times : 1) * ceilingOf(span.part, tail)
  }
}

/** With so many draws a 99th percentile repeats within about 1.5 % under another seed. */
const draws = 20_000
const seed = 0.1
/** What a percentile of so many draws may be off by; nothing is called too slow by less. */
export const repeatability = 0.015
/** Draws of one hop in a request that are made one by one; more of them in turn are close to their mean anyway. */
const mostRepeats = 50

function sampleOf(span: Span): Sample {
  const components: Component[] = []
  const assumed = new Set<Component>()
  const source = drawsFrom(seed)
  const draw = sampler(
    span,
    source,
    component => {
      if (!components.includes(component)) components.push(component)
      return components.indexOf(component)
    },
    assumed,
  )
  const spent = Array.from({ length: draws }, () => {
    const parts = new Float64Array(components.length)
    return { total: draw(parts), parts }
  }).sort((a, b) => a.total - b.total)
  const slowest = spent.slice(-draws / 100)
  const all = slowest.reduce((sum, { total }) => sum + total, 0)
  const contributors = components
    .map((component, i) => ({
      component,
      share: all === 0 ? 0 : slowest.reduce((sum, { parts }) => sum + parts[i]!, 0) / all,
    }))
    .sort((a, b) => b.share - a.share)
  return {
    quantile: percentile => spent[Math.ceil(shareOf[percentile] * draws) - 1]!.total,
    mean: spent.reduce((sum, { total }) => sum + total, 0) / draws,
    contributors,
    assumed: [...assumed],
  }
}

/** Draws one request: returns its time, and adds to `parts` what each component took of it. */
type Draw = (parts: Float64Array) => number

function sampler(span: Span, source: Draws, indexOf: (component: Component) => number, assumed: Set<Component>): Draw {
  const below = (part: Span) => sampler(part, source, indexOf, assumed)
  switch (span.kind) {
    case 'work':
      return workSampler(span.time, span.component, source, indexOf, assumed)
    case 'sequence': {
      const legs = span.parts.map(below)
      return parts => legs.reduce((sum, leg) => sum + leg(parts), 0)
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
      return parts => (legs.reduce(sum => sum + leg(parts), 0) * span.times) / times
    }
  }
}

function workSampler(
  time: StatedTime,
  component: Component,
  source: Draws,
  indexOf: (component: Component) => number,
  assumed: Set<Component>,
): Draw {
  const shape = fitLogNormal(time)
  if (!shape) return () => 0
  if (shape.isAssumed) assumed.add(component)
  const next = source.logNormal(shape)
  const i = indexOf(component)
  return parts => {
    const value = next()
    parts[i]! += value
    return value
  }
}

/** Waits until `enough` of them have answered; the last of those is what the request waited for. */
function rank(legs: readonly Draw[], enough: number): Draw {
  if (legs.length === 1) return legs[0]!
  return parts => {
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
