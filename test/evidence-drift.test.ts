import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { nothing } from '../src/evidence/claims.ts'
import { driftItems, notesOf } from '../src/evidence/drift.ts'
import { systemEvidence } from '../src/evidence/system/index.ts'
import type { ImportedSystem } from '../src/import/system.ts'
import { folder, run } from './cli-support.ts'
import { edge, element, fact, read, shop as manifest, source } from './imported-support.ts'

describe('what is drift', () => {
  const drift = (...given: Parameters<typeof read>) => {
    const system = read(...given)
    return driftItems(systemEvidence(system, manifest), [system], manifest).map(
      ({ state, kind, name }) => `${state} ${kind} ${name}`,
    )
  }
  const all = [
    element('web'),
    element('orders'),
    element('unbuilt'),
    element('orders-db', [], { kind: 'store' }),
    element('events', [], { kind: 'queue' }),
    element('report', [], { kind: 'job' }),
  ]

  test('none where both have the same', () => {
    expect(drift(all, [edge('web', 'orders')])).toEqual([])
  })

  test('components that only one of them has; externals are run by others', () => {
    expect(
      drift(
        all
          .filter(({ name }) => name !== 'unbuilt')
          .concat(element('added'), element('hinted', [], { source: source('image', 'guessed') })),
        [edge('web', 'orders')],
      ),
    ).toEqual(['onlyInManifest component unbuilt', 'onlyInFiles component added', 'perhaps component hinted'])
  })

  test('edges that only one of them has, and those that are only guessed', () => {
    const guessed = edge('orders', 'orders-db', { source: source('depends_on', 'guessed') })
    expect(drift(all, [edge('web', 'orders-db'), guessed])).toEqual([
      'onlyInManifest edge web -> orders',
      'onlyInFiles edge web -> orders-db',
      'perhaps edge orders -> orders-db',
    ])
    expect(drift(all, [edge('web', 'orders'), edge('web', 'orders-db', { optional: true })])).toEqual([
      'perhaps edge web -> orders-db',
    ])
  })

  test('files without wiring say nothing of edges', () => {
    expect(drift(all)).toEqual([])
    expect(drift(all, [edge('web', 'orders', { source: source('depends_on', 'guessed') })])).toEqual([])
  })

  test('facts that differ come first, those that only the files state last; nothing twice', () => {
    const changed = [
      element('web', [fact('replicas', { min: 1, max: 9 }), fact('preStop', '5s'), fact('preStop', '5s')]),
      ...all.slice(1),
    ]
    expect(drift(changed, [edge('web', 'orders')])).toEqual(['different fact web', 'onlyInFiles fact web'])
  })

  test('without any system only claims are compared', () => {
    expect(driftItems(nothing(), [], manifest)).toEqual([])
  })

  test('notes that matter are told with their place', () => {
    const notes: ImportedSystem['notes'] = [
      { kind: 'dangling', message: 'no such host', file: 'k.yaml', line: 2 },
      { kind: 'defect', message: 'one instance' },
      { kind: 'unwired', message: 'no wiring' },
    ]
    expect(notesOf([read([], [], 'compose', notes)])).toEqual(['x/k.yaml:2: no such host', 'no wiring'])
  })
})

describe('the command', () => {
  const yaml = (replicas: number) => `
system: shop
services: { web: { replicas: ${replicas}, calls: [{ to: orders }] }, orders: {}, later: {} }
evidence: { kubernetes: k8s/*.yaml }
`
  const deployment = (name: string, env = '') => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 3
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      terminationGracePeriodSeconds: 20
      containers: [{ name: main, image: "shop/${name}:1"${env} }]
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ port: 80 }] }
`
  const shop = (replicas = 3) =>
    folder({
      'scaffold.yaml': yaml(replicas),
      'k8s/web.yaml': deployment('web', ', env: [{ name: ORDERS_URL, value: "http://orders" }]'),
      'k8s/orders.yaml': deployment('orders'),
      'k8s/extra.yaml': deployment('extra'),
    })

  test('exits 0 where nothing contradicts, and says what only one of them has', async () => {
    const { code, out } = await run(['drift'], shop())
    expect(code).toBe(0)
    expect(out).toContain('Only in the manifest (1)\n  The service "later" is in no file')
    expect(out).toContain('The service "extra" is not in the manifest\n    k8s/extra.yaml:')
    expect(out).toContain('"orders" states more: replicas: 3; terminationGrace: 20s')
    expect(out).toMatch(/shop: 0 different, 1 only in the manifest, \d only in the files/)
  })

  test('exits 1 on a contradiction, with both places and what to do', async () => {
    const { code, out } = await run(['drift'], shop(2))
    expect(code).toBe(1)
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'Different (1) "web" has replicas 2 in the manifest and 3 in the files (Deployment replicas); expected both to say the same scaffold.yaml:3:20 <> k8s/web.yaml:6 fix: Correct the files, or state replicas: 3',
    )
  })

  test('JSON holds to its schema, and SARIF points at the manifest', async () => {
    const cwd = shop(2)
    const json = JSON.parse((await run(['drift', '-f', 'json'], cwd)).out) as { items: { state: string }[] }
    const validate = new Ajv({ strict: false }).compile(
      JSON.parse(readFileSync('schemas/drift.schema.json', 'utf8')) as object,
    )
    expect(validate(json), JSON.stringify(validate.errors)).toBe(true)
    expect(json.items[0]?.state).toBe('different')
    const { runs } = JSON.parse((await run(['drift', '-f', 'sarif'], cwd)).out) as {
      runs: {
        results: {
          ruleId: string
          level: string
          locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[]
        }[]
      }[]
    }
    const [first, ...others] = runs[0]!.results
    expect(first).toMatchObject({ ruleId: 'evidence-contradicted', level: 'warning' })
    expect(first?.locations[0]?.physicalLocation).toMatchObject({
      artifactLocation: { uri: 'scaffold.yaml' },
      region: { startLine: 3 },
    })
    expect(new Set(others.map(({ ruleId, level }) => `${ruleId} ${level}`))).toEqual(new Set(['drift note']))
  })

  test('exits 2 without evidence, with evidence that cannot be read, and with a manifest that cannot', async () => {
    const none = await run(['drift'], folder({ 'scaffold.yaml': 'services: { web: {} }\n' }))
    expect(none.code).toBe(2)
    expect(none.err).toContain('"scaffold.yaml" names no evidence to compare with')
    const gone = await run(['drift'], folder({ 'scaffold.yaml': yaml(3) }))
    expect(gone.code).toBe(2)
    expect(gone.out.replaceAll(/\s+/g, ' ')).toContain('"k8s/*.yaml" matches no file')
    expect((await run(['drift'], folder({ 'scaffold.yaml': 'servicez: {}\n' }))).code).toBe(2)
  })

  test('reads nothing outside of the folder of the manifest, whatever a file speaks of', async () => {
    const outer = folder({
      'secret.yaml': 'services: { stolen: { image: postgres } }\n',
      'in/scaffold.yaml': 'services: { web: {} }\nevidence: { compose: compose.yaml }\n',
    })
    writeFileSync(join(outer, 'in/compose.yaml'), 'include: [../secret.yaml]\nservices: { web: { image: shop/web } }\n')
    expect((await run(['drift', '--verbose'], join(outer, 'in'))).out).not.toContain('stolen')
  })
})
