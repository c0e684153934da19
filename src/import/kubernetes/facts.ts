import { duration } from '../../units.ts'
import { at, countOf, factOf, items, root, textOf, type Spot } from '../spot.ts'
import type { ImportedFact } from '../system.ts'
import { probeFacts } from './probes.ts'
import { fullScale, type Scaler } from './scaling.ts'
import type { Workload } from './workload.ts'

/** What a workload states that a manifest has a key for. Kubernetes' own defaults are left to `platform: kubernetes`. */

export type Path = ImportedFact['path']

export const seconds = (count: number): string => duration(count * 1000)

/** Of something that serves: instances, CPU, probes, rollout, the end of an instance. */
export function serviceFacts(workload: Workload, scaler: Scaler | undefined, main: Spot): ImportedFact[] {
  return [
    ...replicaFacts(workload, scaler),
    ...cpuFacts(workload),
    ...probeFacts(main),
    ...rolloutFacts(workload),
    ...endFacts(workload, main),
    ...zoneFacts(workload),
  ]
}

/** Of a store, a queue or a cache. */
export function dataFacts(workload: Workload, scaler: Scaler | undefined): ImportedFact[] {
  return [...replicaFacts(workload, scaler).map(onlyCount), ...zoneFacts(workload)].filter(
    ({ path }) => path.length === 1,
  )
}

/** Components that hold data have a number of nodes; what scales is no fact of theirs. */
function onlyCount(fact: ImportedFact): ImportedFact {
  const { value } = fact
  return typeof value === 'object' && value !== null && 'min' in value ? { ...fact, value: value.min } : fact
}

/** A Deployment without `replicas` runs once, unless an autoscaler decides; a DaemonSet once per machine, however many there are. */
export function replicaFacts({ object }: Workload, scaler: Scaler | undefined): ImportedFact[] {
  if (scaler) return fullScale(scaler)
  const { kind } = object
  if (kind === 'DaemonSet') return []
  const stated = at(root(object), 'spec', 'replicas')
  const count = kind === 'Pod' ? 1 : countOf(stated)
  if (count !== undefined) {
    const spot = kind === 'Pod' ? root(object) : stated
    return [factOf(['replicas'], count, spot, kind === 'Pod' ? 'a Pod by itself' : `${kind} replicas`, 'stated')]
  }
  if (stated.value !== undefined && stated.value !== null) return []
  return [factOf(['replicas'], 1, at(root(object), 'spec'), `${kind} without replicas`, 'derived')]
}

/** Cores of one instance, all its containers together; not stated as soon as one of them does not state its own. */
function cpuFacts({ containers }: Workload): ImportedFact[] {
  return (['request', 'limit'] as const).flatMap(key => {
    const spots = containers.map(container => at(container, 'resources', `${key}s`, 'cpu'))
    const cores = spots.map(spot => millicores(textOf(spot)))
    const sum = cores.reduce<number | undefined>(
      (all, one) => (one === undefined || all === undefined ? undefined : all + one),
      0,
    )
    if (sum === undefined || sum <= 0) return []
    const value = sum % 1000 === 0 ? sum / 1000 : `${sum}m`
    const confidence = spots.length > 1 ? 'derived' : 'stated'
    return [factOf(['cpu', key], value, spots[0]!, `resources.${key}s.cpu`, confidence)]
  })
}

/** `250m`, `0.5`, `2` as thousandths of a core. */
export function millicores(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const [, amount, milli] = /^(\d+(?:\.\d+)?)(m?)$/.exec(text) ?? []
  if (amount === undefined) return undefined
  return Math.round(Number(amount) * (milli === 'm' ? 1 : 1000))
}

/** Bytes of `128Mi`, `1G`, `500M`. */
export function bytesOf(text: string | undefined): number | undefined {
  const units: Readonly<Record<string, number>> = {
    '': 1,
    k: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
    Ki: 2 ** 10,
    Mi: 2 ** 20,
    Gi: 2 ** 30,
    Ti: 2 ** 40,
  }
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([kMGT]i?|Ki)?$/.exec(text ?? '') ?? []
  const factor = units[unit]
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor
}

function rolloutFacts({ object }: Workload): ImportedFact[] {
  const spec = at(root(object), 'spec')
  const strategy = at(
    spec,
    object.kind === 'StatefulSet' || object.kind === 'DaemonSet' ? 'updateStrategy' : 'strategy',
  )
  if (object.kind === 'Rollout') return argoFacts(strategy)
  const type = textOf(at(strategy, 'type'))
  const words: Readonly<Record<string, string>> = { RollingUpdate: 'rolling', Rolling: 'rolling', Recreate: 'recreate' }
  const rolling = at(strategy, object.kind === 'DeploymentConfig' ? 'rollingParams' : 'rollingUpdate')
  const name = words[type ?? ''] ?? (rolling.value !== undefined && type === undefined ? 'rolling' : undefined)
  return [
    ...(name ? [factOf(['deploy', 'strategy'], name, strategy, 'strategy', 'stated')] : []),
    ...portionFacts(rolling),
  ]
}

function portionFacts(rolling: Spot): ImportedFact[] {
  return ['maxSurge', 'maxUnavailable'].flatMap(key => {
    const spot = at(rolling, key)
    const text = textOf(spot)
    const value =
      text !== undefined && /^\d{1,3}%$/.test(text) && Number.parseInt(text, 10) <= 100 ? text : countOf(spot)
    return value === undefined ? [] : [factOf(['deploy', key], value, spot, key, 'stated')]
  })
}

/** Argo Rollouts: the weights of a canary's steps, or blue and green. */
function argoFacts(strategy: Spot): ImportedFact[] {
  const blueGreen = at(strategy, 'blueGreen')
  if (blueGreen.value !== undefined)
    return [factOf(['deploy', 'strategy'], 'blueGreen', blueGreen, 'Rollout', 'stated')]
  const canary = at(strategy, 'canary')
  if (canary.value === undefined) return []
  const weights = items(at(canary, 'steps')).flatMap(step => countOf(at(step, 'setWeight')) ?? [])
  const steps = weights.filter(weight => weight <= 100).map(weight => `${weight}%`)
  return [
    factOf(['deploy', 'strategy'], 'canary', canary, 'Rollout', 'stated'),
    ...(steps.length > 0 ? [factOf(['deploy', 'steps'], steps, at(canary, 'steps'), 'setWeight', 'stated')] : []),
    ...portionFacts(canary),
  ]
}

function endFacts({ pod }: Workload, main: Spot): ImportedFact[] {
  const grace = at(pod, 'terminationGracePeriodSeconds')
  const count = countOf(grace)
  const hook = at(main, 'lifecycle', 'preStop')
  const wait = sleepOf(hook)
  return [
    ...(count === undefined
      ? []
      : [factOf(['terminationGrace'], seconds(count), grace, 'terminationGracePeriodSeconds', 'stated')]),
    ...(wait === undefined ? [] : [factOf(['preStop'], seconds(wait), hook, 'preStop', 'stated')]),
  ]
}

/** Seconds that a hook does nothing but wait; anything else takes a time that nobody states. */
function sleepOf(hook: Spot): number | undefined {
  const plain = countOf(at(hook, 'sleep', 'seconds'))
  if (plain !== undefined) return plain
  const command = items(at(hook, 'exec', 'command'))
    .map(textOf)
    .join(' ')
  const [, amount] =
    /^(?:(?:\/bin\/)?(?:ba)?sh -c )?(?:\/bin\/|\/usr\/bin\/)?sleep (\d{1,5})s?$/.exec(command.trim()) ?? []
  return amount === undefined ? undefined : Number(amount)
}

const zoneKey = /^(?:topology\.kubernetes\.io|failure-domain\.beta\.kubernetes\.io)\/zone$/

/** Zones that the files count: one by a node selector, or those of an affinity or a `minDomains` over which pods must spread. */
function zoneFacts({ pod }: Workload): ImportedFact[] {
  const fixed = Object.entries((at(pod, 'nodeSelector').value ?? {}) as object).some(([key]) => zoneKey.test(key))
  if (fixed) return [factOf(['zones'], 1, at(pod, 'nodeSelector'), 'nodeSelector', 'stated')]
  const required = at(
    pod,
    'affinity',
    'nodeAffinity',
    'requiredDuringSchedulingIgnoredDuringExecution',
    'nodeSelectorTerms',
  )
  const terms = items(required)
  const named = terms
    .flatMap(term => items(at(term, 'matchExpressions')))
    .filter(one => zoneKey.test(textOf(at(one, 'key')) ?? '') && textOf(at(one, 'operator')) === 'In')
    .map(one => new Set(items(at(one, 'values')).map(textOf)).size)
  const spread = items(at(pod, 'topologySpreadConstraints')).filter(
    one =>
      zoneKey.test(textOf(at(one, 'topologyKey')) ?? '') && textOf(at(one, 'whenUnsatisfiable')) !== 'ScheduleAnyway',
  )
  if (terms.length === 1 && named.length === 1 && named[0]! > 0 && (named[0] === 1 || spread.length > 0))
    return [factOf(['zones'], named[0], required, 'nodeAffinity', named[0] === 1 ? 'stated' : 'derived')]
  const least = spread.map(one => at(one, 'minDomains')).find(spot => (countOf(spot) ?? 0) > 0)
  return least ? [factOf(['zones'], countOf(least), least, 'topologySpreadConstraints', 'derived')] : []
}
