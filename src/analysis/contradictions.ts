import type { Path } from '../finding.ts'
import type { Cache, Journey, Model, Queue, Service, Slo, Store } from '../manifest/model.ts'
import { percentiles, shareOf, type Percentile, type StatedTime } from './formulas/log-normal.ts'
import { duration, number, percent, plural, rate } from '../units.ts'

/** Two stated facts of one element that cannot both hold. */
export interface Contradiction {
  readonly about: Subject
  /** The fact to report, and the one that it contradicts. */
  readonly at: Path
  readonly other: Path
  /** What is: follows the name of the element. */
  readonly is: string
  readonly expected: string
}

interface Subject {
  readonly name: string
  readonly path: Path
}

/** Each pair that is looked at, by the elements that may state it. Nearly all are sound, so a sound one makes nothing. */
export function contradictionsIn(model: Model): Contradiction[] {
  const { components, consumes, journeys, slos, services, stores, queues, caches } = model
  const found: Contradiction[] = []
  const add = (told: Contradiction | undefined) => {
    if (told) found.push(told)
  }
  for (const journey of journeys.values()) {
    add(peakBelowSteady(journey))
    add(quietestAboveSteady(journey))
  }
  for (const slo of slos.values()) alertsLongerThanWindow(slo, add)
  for (const service of services.values()) {
    add(fewestAboveMost(service))
    probesLongerThanPatience(service, add)
    add(canaryGoesBack(service))
  }
  for (const section of [stores, queues, caches])
    for (const component of section.values()) add(failoverToNothing(component))
  for (const queue of queues.values()) {
    add(orderOverPartitions(queue))
    add(moreConfirmationsThanCopies(queue))
  }
  for (const component of components.values()) {
    timesOf(component, 'latency', component.latency, add)
    if (component.kind === 'service') timesOf(component, 'serviceTime', component.serviceTime, add)
  }
  for (const consume of consumes) timesOf(consume, 'processing', consume.processing, add)
  return found
}

type Add = (told: Contradiction) => void

/** Both facts as paths below the element, the one to report first. */
function pair(about: Subject, [fact, against]: readonly [Path, Path], is: string, expected: string): Contradiction {
  return { about, at: [...about.path, ...fact], other: [...about.path, ...against], is, expected }
}

function peakBelowSteady(journey: Journey): Contradiction | undefined {
  const { steady, peak } = journey.load ?? {}
  if (steady === undefined || peak === undefined || peak >= steady) return undefined
  return pair(
    journey,
    [
      ['load', 'peak'],
      ['load', 'steady'],
    ],
    `has a peak of ${rate(peak)}, less than its steady load of ${rate(steady)}`,
    `a peak of at least ${rate(steady)}`,
  )
}

function quietestAboveSteady(journey: Journey): Contradiction | undefined {
  const { steady, offPeak } = journey.load ?? {}
  if (steady === undefined || offPeak === undefined || offPeak <= steady) return undefined
  return pair(
    journey,
    [
      ['load', 'offPeak'],
      ['load', 'steady'],
    ],
    `has ${rate(offPeak)} in its quietest hour, more than its steady load of ${rate(steady)}`,
    `at most ${rate(steady)} in the quietest hour`,
  )
}

function alertsLongerThanWindow(slo: Slo, add: Add): void {
  const { window, alerts } = slo
  if (window === undefined || alerts === undefined || alerts === 'none') return
  for (const [i, { longWindow }] of alerts.entries()) {
    if (longWindow === undefined || longWindow <= window) continue
    add(
      pair(
        slo,
        [['alerts', i, 'longWindow'], ['window']],
        `is measured over ${duration(window)}, but alerts on ${duration(longWindow)}`,
        'a window of the alert that is no longer than that of the SLO',
      ),
    )
  }
}

function fewestAboveMost(service: Service): Contradiction | undefined {
  const { min, max } = service.replicas ?? {}
  if (min === undefined || max === undefined || min <= max) return undefined
  return pair(
    service,
    [
      ['replicas', 'min'],
      ['replicas', 'max'],
    ],
    `runs at least ${plural(min, 'replica')} and at most ${number(max)}`,
    'a minimum of at most the maximum',
  )
}

/** A probe whose answer may take longer than all the failures that are waited for. */
function probesLongerThanPatience(service: Service, add: Add): void {
  if (service.health === undefined) return
  for (const name of ['liveness', 'readiness', 'startup'] as const) {
    const probe = service.health[name]
    if (probe === undefined || probe === 'none') continue
    const { timeout, interval, failures } = probe
    if (timeout === undefined || interval === undefined || failures === undefined) continue
    if (timeout <= interval * failures) continue
    add(
      pair(
        service,
        [
          ['health', name, 'timeout'],
          ['health', name, 'interval'],
        ],
        `gives its ${name} probe ${duration(timeout)} for one answer, but ${number(failures)} x ${duration(interval)} = ${duration(interval * failures)} for all of them`,
        `a timeout of at most ${duration(interval * failures)}`,
      ),
    )
  }
}

/** Only the first step back: the next one is judged when that is mended. A step that repeats is a longer bake. */
function canaryGoesBack(service: Service): Contradiction | undefined {
  const steps = service.deploy?.steps
  if (steps === undefined) return undefined
  const i = steps.findIndex((step, at) => at > 0 && step < steps[at - 1]!)
  if (i < 0) return undefined
  const [before, after] = [steps[i - 1]!, steps[i]!]
  return pair(
    service,
    [
      ['deploy', 'steps', i],
      ['deploy', 'steps', i - 1],
    ],
    `sends ${percent(after)} to the new version after ${percent(before)}`,
    'steps that grow',
  )
}

/** A standby that the provider keeps is not among the replicas. */
function failoverToNothing(component: Store | Queue | Cache): Contradiction | undefined {
  const { failover, replicas, managedStandby } = component
  if (failover === undefined || failover === 'none' || failover.mode !== 'automatic') return undefined
  if (replicas === undefined || replicas > 1 || managedStandby === true) return undefined
  return pair(
    component,
    [['failover', 'mode'], ['replicas']],
    `fails over automatically with ${plural(replicas, 'node')}, so that there is nothing to fail over to`,
    'at least 2 nodes, or managedStandby: true',
  )
}

/** An order over all messages needs one partition, for each has a consumer of its own. */
function orderOverPartitions(queue: Queue): Contradiction | undefined {
  const { ordering, partitions } = queue
  if (ordering !== 'global' || partitions === undefined || partitions <= 1) return undefined
  return pair(
    queue,
    [['ordering'], ['partitions']],
    `keeps one order over all messages in ${number(partitions)} partitions`,
    '1 partition, or an order per key',
  )
}

function moreConfirmationsThanCopies(queue: Queue): Contradiction | undefined {
  const { minInsync, replicationFactor } = queue
  if (minInsync === undefined || replicationFactor === undefined || minInsync <= replicationFactor) return undefined
  return pair(
    queue,
    [['minInsync'], ['replicationFactor']],
    `needs ${plural(minInsync, 'copy', 'copies')} to confirm a write and has ${number(replicationFactor)}`,
    `at most ${number(replicationFactor)}`,
  )
}

/**
 * A higher percentile is never less than a lower one. A mean may lie above all of them, as a few very long times lift it, but
 * not far below: of a hundred times one takes p99 or longer, and that one alone brings the mean to a hundredth of it.
 */
function timesOf(about: Subject, key: string, time: StatedTime | undefined, add: Add): void {
  if (time === undefined) return
  const { mean } = time
  let before: Percentile | undefined
  let mayBeHeavy = false
  for (const name of percentiles) {
    const value = time[name]
    if (value === undefined) continue
    const least = before === undefined ? undefined : time[before]
    if (least !== undefined && value < least) {
      const is = `has a ${name} of ${duration(value)} for its ${key}, less than its ${before!} of ${duration(least)}`
      const facts: [Path, Path] = [
        [key, name],
        [key, before!],
      ]
      add(pair(about, facts, is, `a ${name} of at least ${duration(least)}`))
    }
    before = name
    // To round takes longer than all else here, and nearly every mean is far above.
    if (mean !== undefined && mean < 1.001 * (1 - shareOf[name]) * value) mayBeHeavy = true
  }
  const low = mayBeHeavy && mean !== undefined ? meanTooLow(about, key, time, mean) : undefined
  if (low) add(low)
}

function meanTooLow(about: Subject, key: string, time: StatedTime, mean: number): Contradiction | undefined {
  const known = percentiles.flatMap(name => {
    const value = time[name]
    return value === undefined ? [] : [{ name, value, alone: leastMean(name, value) }]
  })
  const [heaviest] = known.toSorted((a, b) => b.alone - a.alone)
  if (heaviest === undefined || mean >= heaviest.alone) return undefined
  const { name, value, alone } = heaviest
  const is = `has a mean of ${duration(mean)} for its ${key}, though ${percent(1 - shareOf[name])} of the times are ${duration(value)} or more`
  const facts: [Path, Path] = [
    [key, 'mean'],
    [key, name],
  ]
  return pair(about, facts, is, `a mean of at least ${duration(alone)}`)
}

/** What the times of one percentile and above contribute to the mean at least. Rounded, as `1 - 0.99` is not quite 0.01. */
const leastMean = (name: Percentile, value: number): number => Number(((1 - shareOf[name]) * value).toPrecision(11))
