import { factOf, at, countOf, type Spot } from '../spot.ts'
import type { ImportedFact } from '../system.ts'
import { seconds, type Path } from './facts.ts'
import type { Workload } from './workload.ts'

const timings = [
  ['initialDelaySeconds', 'initialDelay', 0],
  ['periodSeconds', 'interval', 1],
  ['timeoutSeconds', 'timeout', 1],
] as const

/** Probes of the container that serves. What has none has none: nothing else could give it one. */
export function probeFacts(main: Spot): ImportedFact[] {
  return (['liveness', 'readiness', 'startup'] as const).flatMap(kind => {
    const probe = at(main, `${kind}Probe`)
    const path: Path = ['health', kind]
    if (!isProbe(probe)) {
      return [factOf(path, 'none', main, `no ${kind}Probe`, 'derived')]
    }
    const details = timings.flatMap(([key, name, least]) => {
      const spot = at(probe, key)
      const count = countOf(spot)
      return count === undefined || count < least ? [] : [factOf([...path, name], seconds(count), spot, key, 'stated')]
    })
    const failures = at(probe, 'failureThreshold')
    const count = countOf(failures) ?? 0
    const all =
      count > 0 ? [...details, factOf([...path, 'failures'], count, failures, 'failureThreshold', 'stated')] : details
    // A connection to its own port asks nobody else.
    const isTcp = at(probe, 'tcpSocket').value !== undefined
    if (isTcp) all.push(factOf([...path, 'checks'], [], at(probe, 'tcpSocket'), 'tcpSocket', 'derived'))
    // A probe with nothing but defaults is a probe all the same.
    return all.length > 0 ? all : [factOf(path, {}, probe, `${kind}Probe`, 'stated')]
  })
}

export const isProbe = (probe: Spot): boolean =>
  ['httpGet', 'tcpSocket', 'exec', 'grpc'].some(how => at(probe, how).value !== undefined)

/** Whether no container of the workload has any probe. */
export const isUnprobed = ({ containers }: Workload): boolean =>
  !containers.some(container =>
    ['liveness', 'readiness', 'startup'].some(kind => isProbe(at(container, `${kind}Probe`))),
  )
