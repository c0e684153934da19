import { describe, expect, test } from 'vitest'
import { readKubernetes } from '../src/import/kubernetes/read-kubernetes.ts'
import type { ImportedSystem } from '../src/import/system.ts'
import { arrows, filesIn } from './import-support.ts'
import { app, documents, factsOf, messages } from './kubernetes-support.ts'

const web = app('web', 'image: team/web:1\nenv: [{ name: ORDERS_URL, value: "http://orders" }]', '', 'replicas: 2')
const base = {
  'base/kustomization.yaml': 'resources: [web.yaml, orders.yaml]',
  'base/web.yaml': web,
  'base/orders.yaml': app('orders'),
}

/** All files are given, in any order. */
const read = async (files: Readonly<Record<string, string>>): Promise<ImportedSystem> =>
  readKubernetes(filesIn(files, Object.keys(files)))
const overlay = async (kustomization: string, more: Readonly<Record<string, string>> = {}) =>
  read({ ...base, 'prod/kustomization.yaml': `resources: [../base]\n${kustomization}`, ...more })

describe('kustomize', () => {
  test('a base alone, and an overlay that names it', async () => {
    expect(arrows(await read(base))).toEqual(['web -> orders'])
    const system = await overlay('replicas: [{ name: web, count: 7 }]')
    expect(factsOf(system, 'web')).toMatchObject({ replicas: 7 })
    expect(system.elements.map(({ name }) => name)).toEqual(['orders', 'web'])
    expect(messages(system, 'ignored')).toEqual([])
  })

  test('the base is read from the disk where only the overlay was named', async () => {
    const files = { 'prod/kustomization.yaml': 'resources: [../base]\nreplicas: [{ name: web, count: 7 }]', ...base }
    const system = await readKubernetes(filesIn(files, ['prod/kustomization.yaml']))
    expect(factsOf(system, 'web')).toMatchObject({ replicas: 7 })
    const less = Object.fromEntries(Object.entries(files).filter(([name]) => name !== 'base/orders.yaml'))
    expect(messages(await readKubernetes(filesIn(less, ['prod/kustomization.yaml'])), 'skipped')).toEqual([
      '"orders.yaml" is not among the files; render it with `kubectl kustomize base` and import that',
    ])
  })

  test('a strategic merge: keys are merged, lists by name, null takes away', async () => {
    const patch = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 4
  template:
    spec:
      terminationGracePeriodSeconds: 20
      containers:
        - name: main
          env: [{ name: STOCK_URL, value: "http://orders" }, { name: ORDERS_URL, $patch: delete }]
        - { name: extra, image: team/extra:1 }
`
    for (const kustomization of ['patches: [{ path: more.yaml }]', 'patchesStrategicMerge: [more.yaml]']) {
      const system = await overlay(kustomization, { 'prod/more.yaml': patch })
      expect(factsOf(system, 'web')).toMatchObject({ replicas: 4, terminationGrace: '20s' })
      const source = system.elements.find(({ name }) => name === 'web')!.facts[0]!.source
      expect(source).toMatchObject({ file: 'prod/more.yaml', line: 5 })
      expect(system.edges[0]!.source).toMatchObject({ file: 'prod/more.yaml', line: 11, signal: 'env STOCK_URL' })
    }
    const none = patch.replace('replicas: 4', 'replicas: null')
    const system = await overlay('patches: [{ path: more.yaml }]', { 'prod/more.yaml': none })
    // The base said 2, and without a number there is one.
    expect(factsOf(system, 'web')).toMatchObject({ replicas: 1 })
    const deleted = `$patch: delete\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: orders }`
    const less = await overlay('patches: [{ path: more.yaml }]', { 'prod/more.yaml': deleted })
    expect(less.elements.map(({ name }) => name)).toEqual(['web'])
  })

  test('a JSON patch, in the kustomization itself, on a target by pattern', async () => {
    const system = await overlay(`patches:
  - target: { kind: Deployment, name: "we.*|x" }
    patch: |-
      - { op: replace, path: /spec/replicas, value: 9 }
      - { op: add, path: /spec/template/spec/containers/0/env/-, value: { name: B_ADDR, value: "gone:80" } }
      - { op: remove, path: /spec/not/there }
`)
    expect(factsOf(system, 'web')).toMatchObject({ replicas: 9 })
    expect(factsOf(system, 'orders')).toMatchObject({ replicas: 1 })
    expect(system.notes.find(({ kind }) => kind === 'dangling')).toMatchObject({
      file: 'prod/kustomization.yaml',
      line: 6,
    })
  })

  test('prefix, namespace, images and labels; references to renamed objects follow', async () => {
    const scaler =
      'apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec: { scaleTargetRef: { kind: Deployment, name: web }, maxReplicas: 5 }'
    const system = await overlay(
      'namePrefix: eu-\nnamespace: shop\nimages: [{ name: team/x, newName: postgres, newTag: "16" }]\ncommonLabels: { team: a }',
      { 'base/kustomization.yaml': 'resources: [web.yaml, orders.yaml, hpa.yaml]', 'base/hpa.yaml': scaler },
    )
    expect(system.elements.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['store eu-orders', 'service eu-web'])
    expect(factsOf(system, 'eu-web')).toMatchObject({ replicas: { min: 1, max: 5 } })
    expect(factsOf(system, 'eu-orders')).toMatchObject({ engine: 'postgres@16' })
    expect(system.elements[1]!.aliases).toEqual(['eu-web.shop'])
    // As with kustomize itself, addresses in the environment keep the old name, which then leads nowhere.
    expect(messages(system, 'dangling')).toEqual([
      '"eu-web" addresses orders (ORDERS_URL), and no Service of that name is in these files',
    ])
    expect(arrows(system)).toEqual([])
  })

  test('components and generated ConfigMaps', async () => {
    const system = await overlay(
      'components: [../parts/stock]\nconfigMapGenerator: [{ name: web-config, literals: [STOCK_URL=http://stock], envs: [web.env] }]\npatches: [{ path: env.yaml }]',
      {
        'parts/stock/kustomization.yaml': 'kind: Component\nresources: [stock.yaml]\npatches: [{ path: web.yaml }]',
        'parts/stock/stock.yaml': app('stock'),
        'parts/stock/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { replicas: 6 }',
        'prod/env.yaml':
          'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ name: main, envFrom: [{ configMapRef: { name: web-config } }] }] } } }',
        'prod/web.env': 'ORDERS_HOST=orders',
      },
    )
    expect(factsOf(system, 'web')).toMatchObject({ replicas: 6 })
    expect(arrows(system)).toEqual(['web -> orders', 'web -> stock'])
  })

  test('several overlays of one base are variants: the base is read, and a line says so', async () => {
    const system = await overlay('replicas: [{ name: web, count: 7 }]', {
      'dev/kustomization.yaml': 'resources: [../base]\nnamePrefix: dev-',
    })
    expect(system.elements.map(({ name }) => name)).toEqual(['orders', 'web'])
    expect(factsOf(system, 'web')).toMatchObject({ replicas: 2 })
    expect(messages(system, 'skipped')).toEqual([
      'dev and prod are overlays of the same resources, of which only the base is read; import one of them, rendered with `kubectl kustomize dev`',
    ])
  })

  test('what is not followed is told, and a ring of kustomizations ends', async () => {
    const system = await overlay('replacements: [{ path: r.yaml }]')
    expect(messages(system, 'skipped')).toEqual([
      'What `replacements` does is not followed here; render it with `kubectl kustomize prod` and import that',
    ])
    const ring = await read({
      'a/kustomization.yaml': 'resources: [../b]',
      'b/kustomization.yaml': `resources: [../a, w.yaml]`,
      'b/w.yaml': documents(web),
    })
    expect(ring.elements.map(({ name }) => name)).toEqual(['web'])
  })
})
