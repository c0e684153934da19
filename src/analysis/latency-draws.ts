import type { Component } from '../manifest/model.ts'
import { fitLogNormal, type LogNormal } from './formulas/log-normal.ts'
import { normals, uniforms } from './formulas/streams.ts'
import type { Span } from './latency-tree.ts'

/** Draws of one hop in a request that are made one by one; more of them in turn are close to their mean anyway. */
export const mostRepeats = 50

/** Most requests that are drawn at once. */
export const batch = 500

/** Numbers of requests: the same number is always the same request. */
export type Requests = Int32Array
/** What each component took of each request, in their order. Milliseconds. */
export type Spent = Map<Component, Float64Array>

/**
 * Draws up to `batch` requests, hop by hop, and returns their times in milliseconds, which hold until the next draw. Adds to
 * `spent`, where it is wanted, what each component took of what was waited for.
 * @param stream the first of the streams of random numbers that it takes
 */
type Draw = (requests: Requests, stream: number, spent: Spent | undefined) => Float64Array

/** A part of a request, with how many streams it takes: each hop has one of its own, or hops would be slow together. */
interface Leg {
  readonly draw: Draw
  readonly streams: number
}

export interface Sampler {
  readonly draw: (requests: Requests, spent?: Spent) => Float64Array
  /** Components of which only one number is stated. */
  readonly assumed: readonly Component[]
}

/** @param assume an ordinary spread for hops of which only one number is stated; otherwise they always take the same time */
export function samplerOf(span: Span, assume: boolean): Sampler {
  const assumed = new Set<Component>()
  const { draw } = legOf(span, assume, assumed)
  return { draw: (requests, spent) => draw(requests, 0, spent), assumed: [...assumed] }
}

function legOf(span: Span, assume: boolean, assumed: Set<Component>): Leg {
  const below = (part: Span) => legOf(part, assume, assumed)
  switch (span.kind) {
    case 'work': {
      const shape = fitLogNormal(span.time)
      if (!shape) return always(0, span.component)
      if (shape.isAssumed) assumed.add(span.component)
      return shape.isAssumed && !assume
        ? always(span.time.p50 ?? span.time.mean ?? 0, span.component)
        : spread(shape, span.component)
    }
    case 'sequence':
      return inTurn(span.parts.map(below))
    case 'parallel':
      return rank(span.parts.map(below), span.parts.length)
    case 'sometimes':
      return sometimes(below(span.part), span.share)
    case 'repeat': {
      const times = Math.min(span.times, mostRepeats)
      const legs = Array<Leg>(times).fill(below(span.part))
      return span.inTurn
        ? scaled(inTurn(legs), span.times / times)
        : rank(legs, Math.ceil((span.enough / span.times) * times))
    }
  }
}

function always(time: number, component: Component): Leg {
  const times = new Float64Array(batch).fill(time)
  const draw: Draw = (requests, _, spent) => {
    if (spent) addTo(spent, component, times.subarray(0, requests.length))
    return times
  }
  return { draw, streams: 0 }
}

function spread({ mu, sigma }: LogNormal, component: Component): Leg {
  const times = new Float64Array(batch)
  const draw: Draw = (requests, stream, spent) => {
    const normal = normals(stream)
    for (let i = 0; i < requests.length; i++) times[i] = Math.exp(mu + sigma * normal.at(requests[i]!))
    if (spent) addTo(spent, component, times.subarray(0, requests.length))
    return times
  }
  return { draw, streams: 1 }
}

function inTurn(legs: readonly Leg[]): Leg {
  const times = new Float64Array(batch)
  const draw: Draw = (requests, stream, spent) => {
    times.fill(0)
    let next = stream
    for (const leg of legs) {
      const more = leg.draw(requests, next, spent)
      for (let i = 0; i < requests.length; i++) times[i]! += more[i]!
      next += leg.streams
    }
    return times
  }
  return { draw, streams: streamsOf(legs) }
}

function scaled(leg: Leg, factor: number): Leg {
  if (factor === 1) return leg
  const draw: Draw = (requests, stream, spent) => {
    const own: Spent | undefined = spent && new Map()
    const times = leg.draw(requests, stream, own).map(time => time * factor)
    for (const [component, took] of own ?? []) {
      const all = took.map(time => time * factor)
      addTo(spent!, component, all)
    }
    return times
  }
  return { draw, streams: leg.streams }
}

/** @param share of the requests that wait for it */
function sometimes(leg: Leg, share: number): Leg {
  const places = new Int32Array(batch)
  const draw: Draw = (requests, stream, spent) => {
    const coin = uniforms(stream)
    let waiting = 0
    for (let i = 0; i < requests.length; i++) if (coin.at(requests[i]!) < share) places[waiting++] = i
    const placed = (took: Float64Array) => {
      const times = new Float64Array(requests.length)
      for (let w = 0; w < waiting; w++) times[places[w]!] = took[w]!
      return times
    }
    const waits = new Int32Array(waiting)
    for (let w = 0; w < waiting; w++) waits[w] = requests[places[w]!]!
    const own: Spent | undefined = spent && new Map()
    const times = placed(leg.draw(waits, stream + 1, own))
    for (const [component, took] of own ?? []) addTo(spent!, component, placed(took))
    return times
  }
  return { draw, streams: 1 + leg.streams }
}

/** Waits until `enough` of them have answered; the last of those is what the request waited for. */
function rank(legs: readonly Leg[], enough: number): Leg {
  if (legs.length === 1) return legs[0]!
  const draw: Draw = (requests, stream, spent) => {
    let next = stream
    const all = legs.map(leg => {
      const own: Spent | undefined = spent && new Map()
      // A copy, as one leg may stand for several.
      const times = leg.draw(requests, next, own).slice(0, requests.length)
      next += leg.streams
      return { times, own }
    })
    const lasts = lastOf(
      all.map(({ times }) => times),
      requests.length,
      enough,
    )
    for (const [l, { own }] of all.entries()) {
      for (const [component, took] of own ?? []) {
        const waited = took.map((time, i) => (lasts[i] === l ? time : 0))
        addTo(spent!, component, waited)
      }
    }
    const times = new Float64Array(requests.length)
    for (let i = 0; i < times.length; i++) times[i] = all[lasts[i]!]?.times[i] ?? 0
    return times
  }
  return { draw, streams: streamsOf(legs) }
}

/** Which leg of each request is the last of the fastest `enough`; -1 where nothing is waited for. */
function lastOf(legs: readonly Float64Array[], count: number, enough: number): Int32Array {
  const lasts = new Int32Array(count)
  const isAfter = (a: number, b: number, i: number) => legs[a]![i]! - legs[b]![i]!
  for (let i = 0; i < count; i++) {
    if (enough < legs.length) lasts[i] = legs.map((_, l) => l).sort((a, b) => isAfter(a, b, i))[enough - 1] ?? -1
    else for (let l = 1; l < legs.length; l++) if (isAfter(l, lasts[i]!, i) > 0) lasts[i] = l
  }
  return lasts
}

const streamsOf = (legs: readonly Leg[]) => legs.reduce((sum, { streams }) => sum + streams, 0)

function addTo(spent: Spent, component: Component, took: Float64Array): void {
  const times = spent.get(component)
  if (!times) spent.set(component, took.slice())
  else for (let i = 0; i < took.length; i++) times[i]! += took[i]!
}
