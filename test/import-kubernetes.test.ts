import { describe, expect, test } from 'vitest'
import { app, documents, factsOf, kube, messages } from './kubernetes-support.ts'

describe('what a Deployment states', () => {
  test('instances, cores, probes, rollout and end, each with its line', () => {
    const system = kube(`apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxSurge: 25%, maxUnavailable: 0 }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 45
      nodeSelector: { topology.kubernetes.io/zone: a }
      containers:
        - name: web
          image: team/web:1
          resources:
            requests: { cpu: 250m }
            limits: { cpu: "1.5" }
          lifecycle: { preStop: { exec: { command: [sh, -c, sleep 5] } } }
          livenessProbe: { tcpSocket: { port: 80 }, periodSeconds: 20, failureThreshold: 2 }
          readinessProbe: { httpGet: { path: /ready, port: 80 }, initialDelaySeconds: 7, timeoutSeconds: 3 }
          startupProbe: { exec: { command: [true] } }
        - name: proxy
          image: envoyproxy/envoy:v1
          resources:
            requests: { cpu: 50m }
`)
    expect(factsOf(system, 'web')).toEqual({
      replicas: 3,
      'cpu.request': '300m',
      'health.liveness.interval': '20s',
      'health.liveness.failures': 2,
      'health.liveness.checks': [],
      'health.readiness.initialDelay': '7s',
      'health.readiness.timeout': '3s',
      'health.startup': {},
      'deploy.strategy': 'rolling',
      'deploy.maxSurge': '25%',
      'deploy.maxUnavailable': 0,
      terminationGrace: '45s',
      preStop: '5s',
      zones: 1,
    })
    const [element] = system.elements
    expect(element).toMatchObject({ kind: 'service', source: { file: 'k.yaml', line: 3, confidence: 'derived' } })
    expect(element!.facts.map(({ path, source }) => [path[0], source.line])).toContainEqual(['replicas', 5])
    expect(element!.facts.map(({ path, source }) => [path[0], source.line])).toContainEqual(['terminationGrace', 12])
  })

  test('no probe is stated as none, and no number of instances is one', () => {
    expect(factsOf(kube(app('web')), 'web')).toMatchObject({
      replicas: 1,
      'health.liveness': 'none',
      'health.readiness': 'none',
    })
  })

  test('a limit of 2 cores, a strategy without details, and values of a wrong kind', () => {
    const good = kube(app('web', 'image: x\nresources: { limits: { cpu: 2 } }', '', 'strategy: { type: Recreate }'))
    expect(factsOf(good, 'web')).toMatchObject({ 'cpu.limit': 2, 'deploy.strategy': 'recreate' })
    const odd = kube(app('web', 'image: x\nresources: { limits: { cpu: much } }', '', 'replicas: several'))
    expect(factsOf(odd, 'web')).toEqual({
      'health.liveness': 'none',
      'health.readiness': 'none',
      'health.startup': 'none',
    })
  })

  test('a hook that does more than wait takes a time that nobody states', () => {
    const hook = (command: string) => `image: x\nlifecycle: { preStop: { exec: { command: ${command} } } }`
    expect(factsOf(kube(app('web', hook('[sh, -c, "sleep 5 && nginx -s quit"]'))), 'web')).not.toHaveProperty('preStop')
    expect(factsOf(kube(app('web', hook('[/bin/sleep, "12"]'))), 'web')).toHaveProperty('preStop', '12s')
    const own = kube(app('web', 'image: x\nlifecycle: { preStop: { sleep: { seconds: 8 } } }'))
    expect(factsOf(own, 'web')).toHaveProperty('preStop', '8s')
  })

  test('zones are counted only where the files count them', () => {
    const spread = (more: string) =>
      `topologySpreadConstraints: [{ maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule${more} }]`
    expect(factsOf(kube(app('web', 'image: x', spread(''))), 'web')).not.toHaveProperty('zones')
    expect(factsOf(kube(app('web', 'image: x', spread(', minDomains: 3'))), 'web')).toHaveProperty('zones', 3)
    const term = '{ matchExpressions: [{ key: topology.kubernetes.io/zone, operator: In, values: [a, b] }] }'
    const affinity = `affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [${term}] } } }`
    expect(factsOf(kube(app('web', 'image: x', affinity)), 'web')).not.toHaveProperty('zones')
    expect(factsOf(kube(app('web', 'image: x', `${affinity}\n${spread('')}`)), 'web')).toHaveProperty('zones', 2)
  })
})

describe('autoscalers', () => {
  const hpa = (version: string, spec: string) =>
    `apiVersion: autoscaling/${version}\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec: { scaleTargetRef: { kind: Deployment, name: web }, ${spec} }`

  test.each([
    ['v1', 'minReplicas: 2, maxReplicas: 9, targetCPUUtilizationPercentage: 60', { min: 2, max: 9 }, 'cpu', '60%'],
    ['v1', 'maxReplicas: 9', { min: 1, max: 9 }, undefined, undefined],
    [
      'v2',
      'minReplicas: 2, maxReplicas: 4, metrics: [{ type: Resource, resource: { name: memory, target: { type: Utilization, averageUtilization: 70 } } }]',
      { min: 2, max: 4 },
      'memory',
      '70%',
    ],
    [
      'v2beta1',
      'maxReplicas: 4, metrics: [{ type: Resource, resource: { name: cpu, targetAverageUtilization: 50 } }]',
      { min: 1, max: 4 },
      'cpu',
      '50%',
    ],
    ['v2', 'maxReplicas: 4, metrics: [{ type: Pods, pods: {} }]', { min: 1, max: 4 }, 'custom', undefined],
  ])('%s %s', (version, spec, replicas, metric, target) => {
    const found = factsOf(kube(documents(app('web', 'image: x', '', 'replicas: 5'), hpa(version, spec))), 'web')
    expect(found).toMatchObject({ replicas })
    expect([found['autoscaling.metric'], found['autoscaling.target']]).toEqual([metric, target])
  })

  test('KEDA scales on a queue, from zero unless it says otherwise', () => {
    const scaled = `apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: worker }
spec: { scaleTargetRef: { name: worker }, maxReplicaCount: 30, triggers: [{ type: rabbitmq }, { type: cron }] }`
    expect(factsOf(kube(documents(app('worker'), scaled)), 'worker')).toMatchObject({
      replicas: { min: 0, max: 30 },
      'autoscaling.metric': 'queueDepth',
      'autoscaling.scheduled': true,
    })
  })

  test('one that names no Deployment is told, with what was meant', () => {
    const text = documents(app('carts'), hpa('v1', 'maxReplicas: 3').replaceAll('web', 'cart'))
    expect(messages(kube(text), 'dangling')).toEqual([
      'HorizontalPodAutoscaler "cart" scales the Deployment "cart", which is not in these files; did you mean "carts"?',
    ])
    expect(factsOf(kube(text), 'carts')).toMatchObject({ replicas: 1 })
    // Alone it may well name what is elsewhere.
    expect(messages(kube(hpa('v1', 'maxReplicas: 3')))).toEqual([])
  })
})

test('jobs: schedule, policy, deadline, parallel pods', () => {
  const system = kube(`apiVersion: batch/v1
kind: CronJob
metadata: { name: report }
spec:
  schedule: "@daily"
  jobTemplate:
    spec:
      activeDeadlineSeconds: 600
      parallelism: 4
      template: { spec: { containers: [{ name: a, image: team/report:1, env: [{ name: API_URL, value: http://web }] }] } }
---
${app('web')}`)
  expect(system.elements.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['job report', 'service web'])
  expect(factsOf(system, 'report')).toEqual({
    schedule: '0 0 * * *',
    concurrencyPolicy: 'allow',
    deadline: '10m',
    processes: 4,
  })
  expect(system.edges).toMatchObject([{ from: 'report', to: 'web', kind: 'call' }])
})

test('other objects that run pods, and pods that others make', () => {
  const pod = 'template: { spec: { containers: [{ name: a, image: x }] } }'
  const object = (kind: string, group: string, spec: string, more = '') =>
    `apiVersion: ${group}\nkind: ${kind}\nmetadata: { name: ${kind.toLowerCase()}${more} }\nspec: { ${spec} }`
  const system = kube(
    documents(
      object('DaemonSet', 'apps/v1', pod),
      object(
        'Rollout',
        'argoproj.io/v1alpha1',
        `${pod}, strategy: { canary: { steps: [{ setWeight: 5 }, { pause: {} }, { setWeight: 50 }] } }`,
      ),
      object('DeploymentConfig', 'apps.openshift.io/v1', `${pod}, replicas: 2, strategy: { type: Rolling }`),
      object('Pod', 'v1', 'containers: [{ name: a, image: x }]'),
      object('ReplicaSet', 'apps/v1', pod, ', ownerReferences: [{ kind: Deployment, name: x }]'),
      object('Deployment', 'extensions/v1beta1', pod),
      object('Deployment', 'example.org/v1', pod, '-of-others'),
    ),
  )
  expect(system.elements.map(({ name }) => name)).toEqual([
    'daemonset',
    'deployment',
    'deploymentconfig',
    'pod',
    'rollout',
  ])
  expect(factsOf(system, 'daemonset')).not.toHaveProperty('replicas')
  expect(factsOf(system, 'rollout')).toMatchObject({ 'deploy.strategy': 'canary', 'deploy.steps': ['5%', '50%'] })
  expect(factsOf(system, 'deploymentconfig')).toMatchObject({ replicas: 2, 'deploy.strategy': 'rolling' })
  expect(messages(system, 'defect').join()).toContain('1 of extensions/v1beta1 (gone in 1.16)')
  expect(messages(system, 'ignored').join()).toContain('Deployment (1)')
})
