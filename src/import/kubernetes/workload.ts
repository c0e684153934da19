import { at, items, root, textOf, textsOf, type Spot } from '../spot.ts'
import type { Steps } from '../documents.ts'
import { push } from '../order.ts'
import type { KubeObject } from './objects.ts'

/** An object that runs pods. */
export interface Workload {
  readonly object: KubeObject
  readonly namespace: string | undefined
  /** The pod's spec. */
  readonly pod: Spot
  /** Labels of its pods, which selectors of others address. */
  readonly labels: Readonly<Record<string, string>>
  readonly containers: readonly Spot[]
  readonly initContainers: readonly Spot[]
  /** Runs to its end instead of serving. */
  readonly isJob: boolean
}

const template: Steps = ['spec', 'template']
const templates: Readonly<Record<string, Steps>> = {
  Deployment: template,
  StatefulSet: template,
  DaemonSet: template,
  ReplicaSet: template,
  ReplicationController: template,
  Job: template,
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  // Argo Rollouts, OpenShift.
  Rollout: template,
  DeploymentConfig: template,
  Pod: [],
}

export const runsPods = (kind: string): boolean => Object.hasOwn(templates, kind)

const groups = new Set(['', 'apps', 'extensions', 'batch', 'argoproj.io', 'apps.openshift.io'])

/** `undefined` where the object runs nothing, or where somebody else makes it, as a Deployment does its ReplicaSets. */
export function workloadOf(object: KubeObject): Workload | undefined {
  const path = templates[object.kind]
  const start = root(object)
  if (!path || !groups.has(object.group) || object.name === '') return undefined
  if (items(at(start, 'metadata', 'ownerReferences')).length > 0) return undefined
  const pod = at(start, ...path, 'spec')
  const containers = items(at(pod, 'containers'))
  if (containers.length === 0) return undefined
  const sidecars = items(at(pod, 'initContainers'))
  return {
    object,
    namespace: object.namespace,
    pod,
    labels: textsOf(at(start, ...path, 'metadata', 'labels')),
    containers,
    initContainers: sidecars,
    isJob: object.kind === 'Job' || object.kind === 'CronJob',
  }
}

/** Whether a `matchLabels` with `matchExpressions` chooses something with these labels. An empty selector chooses everything. */
export function selects(selector: Spot, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(textsOf(at(selector, 'matchLabels')))
  const expressions = items(at(selector, 'matchExpressions'))
  return (
    wanted.every(([key, value]) => labels[key] === value) && expressions.every(expression => fits(expression, labels))
  )
}

function fits(expression: Spot, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[textOf(at(expression, 'key')) ?? '']
  const values = items(at(expression, 'values')).map(textOf)
  switch (textOf(at(expression, 'operator'))) {
    case 'In':
      return values.includes(value ?? '\0')
    case 'NotIn':
      return !values.includes(value ?? '\0')
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}

/** Whether it asks for anything at all. */
export const isSelective = (selector: Spot): boolean =>
  Object.keys(textsOf(at(selector, 'matchLabels'))).length > 0 || items(at(selector, 'matchExpressions')).length > 0

/** What was said of a selector, for people: `name=cart`. */
export const selectorText = (selector: Spot): string =>
  [
    ...Object.entries(textsOf(at(selector, 'matchLabels'))).map(([key, value]) => `${key}=${value}`),
    ...items(at(selector, 'matchExpressions')).map(
      one => `${textOf(at(one, 'key')) ?? '?'} ${textOf(at(one, 'operator')) ?? ''}`,
    ),
  ].join(', ')

/** Whether two stated namespaces can be the same: an object without one goes wherever it is applied. */
export const sameNamespace = (a: string | undefined, b: string | undefined): boolean =>
  a === b || a === undefined || b === undefined

/** Workloads by a label of their pods, so that a selector need not look at each of them. */
export class LabelIndex {
  readonly #byLabel = new Map<string, Workload[]>()
  readonly #all: readonly Workload[]

  constructor(workloads: readonly Workload[]) {
    this.#all = workloads
    for (const workload of workloads)
      for (const [key, value] of Object.entries(workload.labels)) push(this.#byLabel, `${key}\0${value}`, workload)
  }

  /** Those that may have all of the labels: all that have the rarest of them. */
  candidates(labels: Readonly<Record<string, string>>): readonly Workload[] {
    const lists = Object.entries(labels).map(([key, value]) => this.#byLabel.get(`${key}\0${value}`) ?? [])
    return lists.reduce<readonly Workload[]>((least, one) => (one.length < least.length ? one : least), this.#all)
  }

  /** Those in a namespace that a selector with `matchLabels` chooses. */
  selected(selector: Spot, namespace: string | undefined): Workload[] {
    return this.candidates(textsOf(at(selector, 'matchLabels'))).filter(
      one => sameNamespace(one.namespace, namespace) && selects(selector, one.labels),
    )
  }

  /** Whether anything runs in a namespace. */
  has(namespace: string | undefined): boolean {
    return this.#all.some(one => sameNamespace(one.namespace, namespace))
  }

  in(namespace: string | undefined): Workload[] {
    return this.#all.filter(one => sameNamespace(one.namespace, namespace))
  }
}
