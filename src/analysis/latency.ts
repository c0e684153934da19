import type { Path } from '../finding.ts'
import type { Component, Journey, Model } from '../manifest/model.ts'
import { distinct } from './estimate.ts'
import {
  fitLogNormal,
  meanOf,
  percentiles,
  shareOf,
  upperQuantile,
  upperQuantileOfMoments,
  varianceOf,
  type Moments,
  type Percentile,
} from './formulas/log-normal.ts'
import type { Facts } from './index.ts'
import { mostRepeats } from './latency-draws.ts'
import { sampleOf, type Sample } from './latency-sample.ts'
import { latencyTree, type LatencyTree, type Span, type Undecided } from './latency-tree.ts'

/** Where the time of a journey goes. All times in milliseconds; what is not stated counts as no time, so all are lower bounds. */
export interface Latency {
  readonly tree: LatencyTree
  /** No request that waits for all of it is faster at the percentile: the slowest single hop, as waits only add up. */
  floor(percentile: Percentile): Hop | undefined
  /** Sum of the means that are stated; exact for the mean, whatever the dependence between hops (linearity). */
  readonly means: number
  /**
   * Nothing of the estimate is slower: the lesser of what holds whatever the dependence between hops (union bound), and of what
   * follows from their means and variances where they are independent.
   */
  ceiling(percentile: Percentile): number
  /** Of log-normal hops that are independent, drawn with a fixed seed; an ordinary spread where only one number is stated. */
  readonly estimate: Sample
  /** The same without assumed spreads: a hop of one number always takes its median or mean, or no time. */
  readonly certain: Sample
}

export interface Hop {
  readonly time: number
  readonly component: Component
  readonly at: Path
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
  let [estimate, certain]: (Sample | undefined)[] = []
  let moments: Moments | undefined
  return {
    tree: { ...tree, missing: distinct(tree.missing), read: distinct(tree.read) },
    floor: percentile => floorOf(span, percentile),
    means: meansOf(span),
    ceiling: percentile => {
      const tail = 1 - shareOf[percentile]
      moments ??= mostOf(span)
      return Math.min(ceilingOf(span, tail / Math.max(1, countOf(span))), upperQuantileOfMoments(moments, tail))
    },
    get estimate() {
      return (estimate ??= sampleOf(span, true))
    },
    get certain() {
      return (certain ??= sampleOf(span, false))
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

/**
 * Bounds of the mean and the variance of independent hops. Waits in turn add both up. What waits for the slowest, or for some of
 * them, changes by no more than each of its parts does, so its variance is at most their sum (Efron and Stein), and its mean at
 * most the greatest mean and one standard deviation of the sum.
 */
function mostOf(span: Span): Moments {
  switch (span.kind) {
    case 'work': {
      const shape = fitLogNormal(span.time)
      return shape ? { mean: meanOf(shape), variance: varianceOf(shape) } : { mean: 0, variance: 0 }
    }
    case 'sequence':
    case 'parallel': {
      const parts = span.parts.map(mostOf)
      const [mean, variance] = [sumOf(parts, 'mean'), sumOf(parts, 'variance')]
      if (span.kind === 'sequence') return { mean, variance }
      return { mean: Math.min(mean, Math.max(0, ...parts.map(part => part.mean)) + Math.sqrt(variance)), variance }
    }
    case 'sometimes': {
      const { mean, variance } = mostOf(span.part)
      return { mean: span.share * mean, variance: span.share * (variance + (1 - span.share) * mean ** 2) }
    }
    case 'repeat': {
      const { mean, variance } = mostOf(span.part)
      // The estimate draws no more than so many in turn, and takes the others to be like them.
      const alike = span.inTurn ? Math.max(1, span.times / mostRepeats) : 1
      const all = span.times * variance
      if (span.inTurn) return { mean: span.times * mean, variance: all * alike }
      return { mean: Math.min(span.times * mean, mean + Math.sqrt(all)), variance: all }
    }
  }
}

const sumOf = (parts: readonly Moments[], of: keyof Moments) => parts.reduce((sum, part) => sum + part[of], 0)

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
