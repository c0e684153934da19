import type { Path } from '../finding.ts'
import type { Cache, Component, Journey, Model, Queue, Service, Slo, Store } from '../manifest/model.ts'
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

/** Each pair that is looked at, by the elements that may state it. */
export function contradictionsIn(model: Model): Contradiction[] {
  const { components, consumes, journeys, slos, services, stores, queues, caches } = model
  return [
    ...check(journeys, [peakBelowSteady, quietestAboveSteady]),
    ...check(slos, [alertsLongerThanWindow]),
    ...check(services, [fewestAboveMost, probesLongerThanPatience, canaryGoesBack]),
    ...[stores, queues, caches].flatMap(section => check<Store | Queue | Cache>(section, [failoverToNothing])),
    ...check(queues, [orderOverPartitions, moreConfirmationsThanCopies]),
    ...check(components, [timesOfComponent]),
    ...consumes.flatMap(consume => timesOf(consume, 'processing', consume.processing)),
  ]
}

type Found = Contradiction | false | undefined

function check<T>(elements: ReadonlyMap<string, T>, checks: readonly ((element: T) => Found | Found[])[]) {
  const found: Contradiction[] = []
  for (const element of elements.values()) {
    for (const one of checks) {
      const told = one(element)
      if (Array.isArray(told)) found.push(...told.filter(contradiction => typeof contradiction === 'object'))
      else if (typeof told === 'object') found.push(told)
    }
  }
  return found
}

/** Both facts as paths below the element, the one to report first. */
function pair(about: Subject, [fact, against]: readonly [Path, Path], is: string, expected: string): Contradiction {
  return { about, at: [...about.path, ...fact], other: [...about.path, ...against], is, expected }
}

function peakBelowSteady(journey: Journey): Found {
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

function quietestAboveSteady(journey: Journey): Found {
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

function alertsLongerThanWindow(slo: Slo): Found[] {
  const { window, alerts } = slo
  if (window === undefined || alerts === undefined || alerts === 'none') return []
  return alerts.map(
    ({ longWindow }, i) =>
      longWindow !== undefined &&
      longWindow > window &&
      pair(
        slo,
        [['alerts', i, 'longWindow'], ['window']],
        `is measured over ${duration(window)}, but alerts on ${duration(longWindow)}`,
        'a window of the alert that is no longer than that of the SLO',
      ),
  )
}

function fewestAboveMost(service: Service): Found {
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
function probesLongerThanPatience(service: Service): Found[] {
  return (['liveness', 'readiness', 'startup'] as const).map(name => {
    const probe = service.health?.[name]
    if (probe === undefined || probe === 'none') return undefined
    const { timeout, interval, failures } = probe
    if (timeout === undefined || interval === undefined || failures === undefined) return undefined
    if (timeout <= interval * failures) return undefined
    return pair(
      service,
      [
        ['health', name, 'timeout'],
        ['health', name, 'interval'],
      ],
      `gives its ${name} probe ${duration(timeout)} for one answer, but ${number(failures)} x ${duration(interval)} = ${duration(interval * failures)} for all of them`,
      `a timeout of at most ${duration(interval * failures)}`,
    )
  })
}

/** Only the first step back: the next one is judged when that is mended. A step that repeats is a longer bake. */
function canaryGoesBack(service: Service): Found {
  const steps = service.deploy?.steps ?? []
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
function failoverToNothing(component: Store | Queue | Cache): Found {
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
function orderOverPartitions(queue: Queue): Found {
  const { ordering, partitions } = queue
  if (ordering !== 'global' || partitions === undefined || partitions <= 1) return undefined
  return pair(
    queue,
    [['ordering'], ['partitions']],
    `keeps one order over all messages in ${number(partitions)} partitions`,
    '1 partition, or an order per key',
  )
}

function moreConfirmationsThanCopies(queue: Queue): Found {
  const { minInsync, replicationFactor } = queue
  if (minInsync === undefined || replicationFactor === undefined || minInsync <= replicationFactor) return undefined
  return pair(
    queue,
    [['minInsync'], ['replicationFactor']],
    `needs ${plural(minInsync, 'copy', 'copies')} to confirm a write and has ${number(replicationFactor)}`,
    `at most ${number(replicationFactor)}`,
  )
}

/** What the times of one percentile and above contribute to the mean at least. Rounded, as `1 - 0.99` is not quite 0.01. */
const leastMean = ({ name, value }: { name: Percentile; value: number }): number =>
  Number(((1 - shareOf[name]) * value).toPrecision(11))

const timesOfComponent = (component: Component): Found[] => [
  ...timesOf(component, 'latency', component.latency),
  ...(component.kind === 'service' ? timesOf(component, 'serviceTime', component.serviceTime) : []),
]

/**
 * A higher percentile is never less than a lower one. A mean may lie above all of them, as a few very long times lift it, but
 * not far below: of a hundred times one takes p99 or longer, and that one alone brings the mean to a hundredth of it.
 */
function timesOf(about: Subject, key: string, time: StatedTime | undefined): Contradiction[] {
  if (time === undefined) return []
  const known = percentiles.flatMap(name => (time[name] === undefined ? [] : [{ name, value: time[name] }]))
  const found = known.flatMap(({ name, value }, i) => {
    const before = known[i - 1]
    if (before === undefined || value >= before.value) return []
    const is = `has a ${name} of ${duration(value)} for its ${key}, less than its ${before.name} of ${duration(before.value)}`
    return [
      pair(
        about,
        [
          [key, name],
          [key, before.name],
        ],
        is,
        `a ${name} of at least ${duration(before.value)}`,
      ),
    ]
  })
  const { mean } = time
  if (mean === undefined) return found
  // To round takes longer than all else here, and nearly every mean is far above.
  const near = known.filter(({ name, value }) => mean < 1.001 * (1 - shareOf[name]) * value)
  const heaviest = near.map(one => ({ ...one, alone: leastMean(one) })).toSorted((a, b) => b.alone - a.alone)[0]
  if (heaviest === undefined || mean >= heaviest.alone) return found
  const { name, value, alone } = heaviest
  const is = `has a mean of ${duration(mean)} for its ${key}, though ${percent(1 - shareOf[name])} of the times are ${duration(value)} or more`
  return [
    ...found,
    pair(
      about,
      [
        [key, 'mean'],
        [key, name],
      ],
      is,
      `a mean of at least ${duration(alone)}`,
    ),
  ]
}
