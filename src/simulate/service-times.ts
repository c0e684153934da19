import { fitLogNormal, meanOf, type StatedTime } from '../analysis/formulas/log-normal.ts'
import type { Path } from '../finding.ts'
import type { Component } from '../manifest/model.ts'
import { duration } from '../units.ts'
import type { Asked } from './asked.ts'
import type { ServiceTime } from './plan.ts'

/** Shapes that a time may be given; `log-normal` goes through what is stated, the others keep only its mean. */
export const shapes = ['log-normal', 'exponential', 'constant'] as const
export type Shape = (typeof shapes)[number]

/** What is taken for the mean where nothing is stated, in milliseconds. */
const usual = { service: 10, store: 5, cache: 1, external: 100, queue: 50 } as const

/** @param hasCalls a service whose stated latency covers what it waits for, which is simulated by itself */
export function timeOf(component: Component, hasCalls: boolean, shape: Shape, asked: Asked): ServiceTime {
  const own = component.kind === 'service' ? component.serviceTime : undefined
  const key = component.kind === 'service' ? 'serviceTime' : 'latency'
  if (own !== undefined) return shaped(own, [...component.path, key], shape, asked, usual[component.kind])
  const latency = hasCalls ? undefined : component.latency
  return shaped(latency, [...component.path, latency ? 'latency' : key], shape, asked, usual[component.kind])
}

export function shaped(
  time: StatedTime | undefined,
  at: Path,
  shape: Shape,
  asked: Asked,
  instead: number = usual.queue,
): ServiceTime {
  const fitted = time && fitLogNormal(time)
  if (!fitted) return shaped(asked.need(at, `mean ${duration(instead)}`, { mean: instead }), at, shape, asked)
  if (shape === 'exponential') return { kind: 'exponential', mean: meanOf(fitted) }
  if (shape === 'constant' || fitted.sigma === 0) return { kind: 'constant', mean: meanOf(fitted) }
  if (fitted.isAssumed)
    asked.take(
      [...at, time.mean === undefined ? 'mean' : 'p99'],
      'an ordinary spread, the p99 four times the median',
      0,
    )
  return { kind: 'logNormal', mu: fitted.mu, sigma: fitted.sigma }
}

export const meanTime = (time: ServiceTime): number =>
  time.kind === 'logNormal' ? Math.exp(time.mu + time.sigma ** 2 / 2) : time.mean

/** The same shape with another mean. */
export function withMean(time: ServiceTime, mean: number): ServiceTime {
  return time.kind === 'logNormal' ? { ...time, mu: time.mu + Math.log(mean / meanTime(time)) } : { ...time, mean }
}
