import type { Path } from '../finding.ts'
import type { Model, Service } from '../manifest/model.ts'
import { duration, number } from '../units.ts'
import { exactly, largest, product, stated, sum, type Estimate } from './estimate.ts'

/** How long probes take to notice something. Settings that are not stated are those that the platform documents, if it is stated. */

type Health = NonNullable<Service['health']>
export type Probe = Exclude<NonNullable<Health['readiness']>, 'none'>

/** Kubernetes API reference, v1.Probe. */
const kubernetes = { initialDelay: 0, interval: 10_000, timeout: 1000, failures: 3 }

/** A time that follows from the settings of a probe. */
export interface ProbeTime {
  readonly time: Estimate
  /** `10s + 3 x 10s`. Only where all of it is known. */
  readonly words: string
  /** Settings that were taken from the platform. */
  readonly defaults: readonly string[]
}

interface Rounds extends ProbeTime {
  /** Time from one probe to the next. */
  readonly each: number
}

/** Time that an instance has to start before the probe gives it up: the wait before the first probe, and all that may fail. */
export function windowOf(probe: Probe, path: Path, model: Model): Rounds & { readonly delay: number } {
  const { value: delay } = settingOf(probe, 'initialDelay', path, model)
  const rounds = roundsOf(probe, path, model)
  return {
    ...rounds,
    time: sum([delay, rounds.time]),
    words: delay.low > 0 ? `${duration(delay.low)} + ${rounds.words}` : rounds.words,
    delay: delay.low,
  }
}

/** Longest time from a failure until the probe has noticed it. */
export function detectionOf(probe: Probe, path: Path, model: Model): ProbeTime {
  const timeout = settingOf(probe, 'timeout', path, model)
  const rounds = roundsOf(probe, path, model)
  return {
    time: sum([rounds.time, timeout.value]),
    words: `${rounds.words} + ${duration(timeout.value.low)}`,
    defaults: [...rounds.defaults, ...(timeout.isDefault ? [`a timeout of ${duration(timeout.value.low)}`] : [])],
  }
}

/** The interval as often as failures are allowed. A probe that waits for longer than that delays the next one. */
function roundsOf(probe: Probe, path: Path, model: Model): Rounds {
  const interval = settingOf(probe, 'interval', path, model)
  const failures = settingOf(probe, 'failures', path, model)
  const each = largest([interval.value, exactly(probe.timeout ?? 0)])
  return {
    time: product(failures.value, each),
    each: each.low,
    words: `${number(failures.value.low)} x ${duration(each.low)}`,
    defaults: [
      ...(interval.isDefault ? [`an interval of ${duration(interval.value.low)}`] : []),
      ...(failures.isDefault ? [`${number(failures.value.low)} failures`] : []),
    ],
  }
}

function settingOf(
  probe: Probe,
  key: keyof typeof kubernetes,
  path: Path,
  model: Model,
): { value: Estimate; isDefault: boolean } {
  const isDefault = probe[key] === undefined && model.raw.platform === 'kubernetes'
  return { value: isDefault ? exactly(kubernetes[key]) : stated(probe[key], [...path, key]), isDefault }
}

/** ` (3 failures is the default of Kubernetes)`, or nothing where everything is stated. */
export const markDefaults = (defaults: readonly string[]): string =>
  defaults.length === 0
    ? ''
    : ` (${defaults.join(' and ')} ${defaults.length === 1 ? 'is the default' : 'are defaults'} of Kubernetes)`
