import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { architecture } from '../src/import/calm/read-calm.ts'
import { readObjects } from '../src/import/kubernetes/read-kubernetes.ts'
import { openSlo } from '../src/import/openslo/read-openslo.ts'
import { slothSystem } from '../src/import/sloth/read-sloth.ts'
import type { ImportFile, ImportedSystem } from '../src/import/system.ts'
import { ManifestFiles, Source, review, rules } from '../src/index.ts'
import { arrow, corpus, hasCorpus } from './import-support.ts'
import { manifestOf, messages, problemsOf } from './kubernetes-support.ts'

/** Files of a folder of the corpus, or a single one. */
function filesOf(path: string): ImportFile[] {
  if (/\.(?:ya?ml|json)$/.test(path)) return [{ name: path, text: readFileSync(join(corpus, path), 'utf8') }]
  return readdirSync(join(corpus, path), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(?:ya?ml|json)$/.test(name))
    .map(name => ({ name: `${path}/${name}`, text: readFileSync(join(corpus, path, name), 'utf8') }))
}

interface Truth {
  readonly edges: readonly { readonly from: string; readonly to: string }[]
  readonly not_part_of_system: readonly string[]
}

/**
 * The edges that the corpus' naive importer finds among components of the system, load generators left out; and of the findings
 * that the corpus says are visible in the files those that the import tells.
 */
const systems = [
  [
    'online-boutique',
    'systems/online-boutique/kubernetes-manifests.yaml',
    15,
    [
      /Every component runs as a single instance/,
      /"redis-cart" loses what it holds .* an emptyDir at \/data/,
      /"frontend" calls 7 others and "checkoutservice" 6 others/,
      /"frontend" addresses shoppingassistantservice:80/,
      /"productcatalogservice" \(3\).*"currencyservice" \(2\)/,
    ],
  ],
  [
    'aks-store',
    'systems/aks-store/aks-store-all-in-one.yaml',
    3,
    [
      /"documentdb" and "rabbitmq" lose what they hold .* StatefulSet without volumeClaimTemplates/,
      /Every component runs as a single instance/,
      /"product-service" may use 2m of a core/,
      /"makeline-service" may use 5m of a core/,
      /"product-service" addresses ai-service:5001/,
    ],
  ],
  [
    'sock-shop',
    'systems/sock-shop/kubernetes',
    11,
    [
      /HorizontalPodAutoscaler "cart" scales the Deployment "cart", which is not in these files; did you mean "carts"/,
      /NetworkPolicy "cart-access" selects name=cart/,
      /apps\/v1beta1 in scaleTargetRef/,
      /"carts-db", "catalogue-db", "orders-db", "rabbitmq", "session-db" and "user-db" lose what they hold/,
      /"carts", "carts-db".*"orders".*"queue-master".*"shipping".*have no probe/,
      /Every component runs as a single instance/,
      /"orders" calls 4 others/,
    ],
  ],
] as const

const reviewOf = (system: ImportedSystem) =>
  review(new ManifestFiles([new Source('draft.yaml', manifestOf(system, 'kubernetes'))]), rules, {
    today: '2026-11-28',
  })

describe.skipIf(!hasCorpus)('real systems on Kubernetes', () => {
  test.each(systems)('%s', (name, path, naive, visible) => {
    const system = readObjects(filesOf(path))
    const truth = JSON.parse(readFileSync(join(corpus, 'systems', name, 'truth.json'), 'utf8')) as Truth
    const names = new Set(system.elements.map(one => one.name))
    const wanted = new Set(truth.edges.filter(({ from, to }) => names.has(from) && names.has(to)).map(arrow))
    const known = system.edges.filter(({ source }) => source.confidence !== 'guessed')
    const right = known.filter(edge => wanted.has(arrow(edge))).length
    console.table([{ system: name, components: names.size, true: wanted.size, known: known.length, right, naive }])
    expect(right).toBeGreaterThanOrEqual(0.95 * known.length)
    expect(right).toBeGreaterThanOrEqual(naive)
    expect(truth.not_part_of_system.filter(one => names.has(one))).toEqual([])
    for (const pattern of visible) expect(messages(system).join('\n')).toMatch(pattern)
    expect(problemsOf(system)).toEqual([])
  })

  test.each(systems)('nothing false is said of %s', (_, path) => {
    const system = readObjects(filesOf(path))
    const report = reviewOf(system)
    // Nobody stated how much the systems have to carry and to promise: there is nothing that a rule could find.
    expect(report.findings.map(({ ruleId, message }) => `${ruleId} ${message}`)).toEqual([])
    expect(report.openQuestions.length).toBeGreaterThan(10)
  })

  test('what the corpus warns of', () => {
    const sock = messages(readObjects(filesOf('systems/sock-shop/kubernetes'))).join('\n')
    expect(sock).not.toMatch(/emptyDir|exporter|"session-db" .*not in these files|timeout/)
    const boutique = readObjects(filesOf('systems/online-boutique/kubernetes-manifests.yaml'))
    expect(messages(boutique).join('\n')).not.toMatch(/probe|limit/)
    expect(
      boutique.elements.filter(({ facts }) => facts.some(({ path }) => path[0] === 'public')).map(({ name }) => name),
    ).toEqual(['frontend'])
    const aks = readObjects(filesOf('systems/aks-store/aks-store-all-in-one.yaml'))
    expect(aks.edges.map(arrow)).not.toContain('order-service -> makeline-service')
    expect(messages(aks).join('\n')).not.toMatch(/probe/)
  })
})

describe.skipIf(!hasCorpus)('other kinds', () => {
  test.each(filesOf('calm').map(file => [file.name, file] as const))('%s', (_, file) => {
    const system = architecture([file])
    expect(system.elements.length).toBeGreaterThan(1)
    expect(system.edges.length).toBeGreaterThan(0)
    expect(problemsOf(system)).toEqual([])
  })

  test('OpenSLO and Sloth', () => {
    const open = openSlo(filesOf('openslo'))
    expect(open.others.map(({ name }) => name)).toEqual([
      'main-page',
      'search-slo',
      'service-availability',
      'service-availability-internal-objective',
      'service-availability-sla',
    ])
    expect(problemsOf(open)).toEqual([])
    const sloth = slothSystem(filesOf('sloth'))
    expect(sloth.others).toHaveLength(16)
    expect(problemsOf(sloth)).toEqual([])
  })
})
