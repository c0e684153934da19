import { at, countOf, items, root, sourceOf, textOf, type Spot } from '../spot.ts'
import type { ImportedFact } from '../system.ts'
import type { KubeObject } from './objects.ts'

/** What decides how many instances run: a HorizontalPodAutoscaler of any version, or a ScaledObject of KEDA. */
export interface Scaler {
  readonly object: KubeObject
  readonly target: { readonly kind: string; readonly name: string; readonly spot: Spot }
  readonly facts: readonly ImportedFact[]
}

export function scalerOf(object: KubeObject): Scaler | undefined {
  const isHpa = object.kind === 'HorizontalPodAutoscaler'
  if (!isHpa && !(object.kind === 'ScaledObject' && object.group === 'keda.sh')) return undefined
  const spec = at(root(object), 'spec')
  const ref = at(spec, 'scaleTargetRef')
  const name = textOf(at(ref, 'name'))
  if (name === undefined) return undefined
  const target = { kind: textOf(at(ref, 'kind')) ?? 'Deployment', name, spot: at(ref, 'name') }
  return { object, target, facts: isHpa ? hpaFacts(spec) : kedaFacts(spec) }
}

/** `replicas` and `autoscaling` of what it scales. */
export const fullScale = ({ facts }: Scaler): ImportedFact[] => [...facts]

function hpaFacts(spec: Spot): ImportedFact[] {
  const { value: least, spot } = { value: countOf(at(spec, 'minReplicas')) ?? 1, spot: at(spec, 'maxReplicas') }
  const most = countOf(spot)
  const range = most === undefined || most < 1 ? [] : rangeFacts(least, most, spot, 'HorizontalPodAutoscaler')
  return [...range, ...metricFacts(spec)]
}

function rangeFacts(min: number, max: number, spot: Spot, signal: string): ImportedFact[] {
  return [{ path: ['replicas'], value: { min: Math.min(min, max), max }, source: sourceOf(spot, signal, 'stated') }]
}

/** One metric is a fact; of several, the one that is not CPU or memory decides nothing that could be computed with. */
function metricFacts(spec: Spot): ImportedFact[] {
  const old = at(spec, 'targetCPUUtilizationPercentage')
  if (old.value !== undefined) return autoscaling('cpu', countOf(old), old)
  const metrics = items(at(spec, 'metrics'))
  const [metric] = metrics
  if (!metric || metrics.length > 1) return metric ? autoscaling('custom', undefined, at(spec, 'metrics')) : []
  const resource = at(metric, 'resource').value === undefined ? at(metric, 'containerResource') : at(metric, 'resource')
  const name = textOf(at(resource, 'name'))
  if (name !== 'cpu' && name !== 'memory') return autoscaling('custom', undefined, metric)
  const share =
    countOf(at(resource, 'target', 'averageUtilization')) ?? countOf(at(resource, 'targetAverageUtilization'))
  return autoscaling(name, share, metric)
}

function autoscaling(metric: string, share: number | undefined, spot: Spot): ImportedFact[] {
  const source = sourceOf(spot, 'HorizontalPodAutoscaler', 'stated')
  return [
    { path: ['autoscaling', 'metric'], value: metric, source },
    // Above 100% of the request there is a target that a share cannot say.
    ...(share !== undefined && share > 0 && share <= 100
      ? [{ path: ['autoscaling', 'target'], value: `${share}%`, source }]
      : []),
  ]
}

const triggers: Readonly<Record<string, string>> = {
  cpu: 'cpu',
  memory: 'memory',
  kafka: 'queueDepth',
  'apache-kafka': 'queueDepth',
  rabbitmq: 'queueDepth',
  'aws-sqs-queue': 'queueDepth',
  'azure-servicebus': 'queueDepth',
  'gcp-pubsub': 'queueDepth',
  'redis-streams': 'queueDepth',
  'nats-jetstream': 'queueDepth',
}

/** KEDA's documented defaults: from 0 to 100 instances. */
function kedaFacts(spec: Spot): ImportedFact[] {
  const [least, most] = [at(spec, 'minReplicaCount'), at(spec, 'maxReplicaCount')]
  const spot = most.value === undefined ? spec : most
  const all = items(at(spec, 'triggers')).map(one => textOf(at(one, 'type')) ?? '')
  const own = all.filter(type => type !== 'cron')
  const source = sourceOf(at(spec, 'triggers'), 'ScaledObject', 'stated')
  const metric = own.length === 1 ? (triggers[own[0]!] ?? 'custom') : 'custom'
  return [
    ...rangeFacts(countOf(least) ?? 0, Math.max(1, countOf(most) ?? 100), spot, 'ScaledObject'),
    ...(own.length > 0 ? [{ path: ['autoscaling', 'metric'], value: metric, source }] : []),
    ...(all.includes('cron') ? [{ path: ['autoscaling', 'scheduled'], value: true, source }] : []),
  ]
}
