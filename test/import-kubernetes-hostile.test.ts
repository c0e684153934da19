import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { documentsOf } from '../src/import/documents.ts'
import { readObjects } from '../src/import/kubernetes/read-kubernetes.ts'
import { app, documents, kube, messages, problemsOf } from './kubernetes-support.ts'

const unreadable = (text: string, name = 'k.yaml') =>
  readObjects([{ name, text }])
    .notes.filter(({ kind }) => kind === 'unreadable')
    .map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`)

describe('documents', () => {
  const lines = (text: string) =>
    documentsOf({ name: 'k.yaml', text }).documents.map(({ place, value }) => [place(['a']).line, value])

  test('empty ones, comments, double marks and ends', () => {
    expect(lines('---\n# nothing\n---\n---\na: 1\n...\n---\n\na: 2\n--- # three\na: 3')).toEqual([
      [5, { a: 1 }],
      [9, { a: 2 }],
      [11, { a: 3 }],
    ])
    expect(lines('%YAML 1.2\n---\na: 1')).toEqual([[3, { a: 1 }]])
    expect(lines('\ufeffa: 1\r\n---\r\na: 2\r\n')).toEqual([
      [1, { a: 1 }],
      [3, { a: 2 }],
    ])
    expect(lines('')).toEqual([])
  })

  test('a line of dashes inside a text belongs to the text where it is indented', () => {
    expect(lines('a: |\n  ---\n  b\n---\na: 2')).toEqual([
      [1, { a: '---\nb\n' }],
      [5, { a: 2 }],
    ])
  })

  test('JSON may be indented by tabs', () => {
    expect(lines('{\n\t"a": [\n\t\t1\n\t]\n}')).toEqual([[2, { a: [1] }]])
  })

  test('a List, inside one or not', () => {
    const [deployment = '', service = ''] = app('web').split('\n---\n')
    const item = (text: string) => text.trim().replaceAll(/^/gm, '    ').replace(/^ {4}/, '  - ')
    const list = `apiVersion: v1\nkind: List\nitems:\n${item(deployment)}\n${item(service)}\n`
    const [element] = kube(list).elements
    expect(element).toMatchObject({ name: 'web', source: { line: 6 } })
  })
})

describe('what cannot be read is told with its place', () => {
  test('a tab, and the other documents are read all the same', () => {
    const text = documents(app('web'), 'kind: Service\nmetadata:\n\tname: x', app('orders'))
    const line = text.split('\n').findIndex(one => one.startsWith('\t')) + 1
    expect(unreadable(text)).toEqual([`k.yaml:${line}:1 A tab indents this line; expected spaces`])
    expect(kube(text).elements.map(({ name }) => name)).toEqual(['orders', 'web'])
  })

  test('several broken documents are one line', () => {
    expect(unreadable('a: [1\n---\nb: {\n---\nc: "')).toHaveLength(1)
    expect(unreadable('a: [1\n---\nb: {\n---\nc: "')[0]).toContain('(and 2 more of its documents cannot be read)')
  })

  test('too large, too many, too deep, and aliases that multiply', () => {
    expect(unreadable(`a: ${'x'.repeat(17 * 2 ** 20)}`)).toEqual([
      'k.yaml:1:1 The file has 18 million characters; expected at most 16. Import fewer files at once',
    ])
    expect(unreadable('a: 1\n---\n'.repeat(20_001))).toEqual([
      'k.yaml:1:1 The file holds 20 001 documents; expected at most 20 000. Import the files of one system',
    ])
    expect(unreadable('['.repeat(100_000))[0]).toContain('Nested too deeply')
    const bomb = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(
      (name, i, all) =>
        `${name}: &${name} [${
          i === 0
            ? 'x'
            : Array(20)
                .fill(`*${all[i - 1]!}`)
                .join(', ')
        }]`,
    )
    expect(unreadable(`apiVersion: v1\nkind: ConfigMap\n${bomb.join('\n')}`)[0]).toContain('Aliases multiply')
    expect(unreadable('a: \u0000')[0]).toContain('not a text file in UTF-8')
  })

  test('templates get one line for each chart', () => {
    const template =
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n{{- if .Values.x }}\n{{- end }}'
    const files = ['a', 'b', 'c'].map(name => ({ name: `shop/templates/${name}.yaml`, text: template }))
    const chart = [
      { name: 'shop/Chart.yaml', text: 'name: shop' },
      { name: 'shop/values.yaml', text: 'name: x' },
    ]
    const other = { name: 'ansible/web.yaml', text: 'kind: Service\nname: {{ name }}' }
    const { notes } = readObjects([...files, ...chart, other])
    expect(notes.map(({ message }) => message)).toEqual([
      'ansible holds 1 template: render them first and import the result',
      'shop holds 3 templates: render with `helm template shop` first and import the result',
    ])
  })

  test('marks inside a text are no template', () => {
    const rules =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: rules }\ndata:\n  alerts.yaml: |\n    summary: {{ $labels.job }} {{ .Values.x }}\n'
    expect(messages(kube(documents(rules, app('web'))), 'skipped')).toEqual([])
  })

  test('what is no object, and kinds that nobody knows, are counted', () => {
    const system = kube(
      documents(
        'a: 1',
        'apiVersion: db.example.org/v1\nkind: Cluster\nmetadata: { name: x }',
        'apiVersion: v1\nkind: Namespace\nmetadata: { name: x }',
      ),
    )
    expect(messages(system)).toEqual([
      '1 document without apiVersion and kind: no Kubernetes objects',
      'Kinds that are not known here were left out: Cluster (1)',
    ])
  })

  test('an object that is defined twice counts once', () => {
    const system = kube(app('web'), app('web', 'image: y', '', 'replicas: 5'))
    expect(system.elements).toHaveLength(1)
    expect(messages(system, 'ignored')).toEqual([
      'Deployment "web" is defined twice, and 1 other object too; the first is read, here k0.yaml:4',
    ])
  })
})

describe('for any documents', () => {
  const pieces = [
    app('web', 'image: x\nenv: [{ name: O, value: "http://orders:80" }, null, 3, { name: P }]', '', 'replicas: 3'),
    app(
      'orders',
      'image: x\nenvFrom: [{ configMapRef: { name: c } }]\nvolumeMounts: [{ name: v, mountPath: /c }]',
      'volumes: [{ name: v, configMap: { name: c } }]',
    ),
    app('db', 'image: mongo:7'),
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { DB_URL: "mongodb://db:80", a.conf: "server stock:80;" }',
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: p }\nspec: { podSelector: { matchLabels: { app: db } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }] }] }',
    'apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: { name: h }\nspec: { scaleTargetRef: { kind: Deployment, name: orders }, maxReplicas: 4 }',
    'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: v }\nspec: { hosts: [db], http: [{ timeout: 1s, route: [{ destination: { host: db } }] }] }',
    'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: i }\nspec: { rules: [{ http: { paths: [{ backend: { service: { name: web } } }] } }] }',
    'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: b }\nspec: { selector: { matchLabels: { app: nobody } } }',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: 3\nspec: { template: { spec: { containers: [1, null, {}] } } }',
    'apiVersion: v1\nkind: Service\nmetadata: { name: [x] }\nspec: []',
    'a: [',
    '- 1',
  ]

  test('any of them, in any files: no crash, and a manifest that is valid', () => {
    fc.assert(
      fc.property(fc.subarray(pieces), fc.integer({ min: 1, max: 3 }), (some, files) => {
        const texts = Array.from({ length: files }, (_, k) => documents(...some.filter((_, i) => i % files === k)))
        const system = kube(...texts)
        expect(problemsOf(system)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  test('the order of files and of documents changes nothing but lines', () => {
    const files = pieces.map((text, i) => ({ name: `${String(i).padStart(2, '0')}.yaml`, text }))
    const expected = readObjects(files)
    fc.assert(
      fc.property(fc.shuffledSubarray(files, { minLength: files.length }), shuffled => {
        expect(readObjects(shuffled)).toEqual(expected)
      }),
      { numRuns: 20 },
    )
    const bare = (texts: readonly string[]) =>
      kube(documents(...texts)).edges.map(({ from, to, kind }) => `${from} ${to} ${kind}`)
    fc.assert(
      fc.property(fc.shuffledSubarray(pieces, { minLength: pieces.length }), shuffled => {
        expect(bare(shuffled)).toEqual(bare(pieces))
      }),
      { numRuns: 20 },
    )
  })

  test('any value in the place of any other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), fc.jsonValue({ maxDepth: 2 }), fc.nat(60), (index, value, which) => {
        const text = pieces[index]!
        const places = [...text.matchAll(/(?<=: )[^{}[\],\n]+/g)]
        const at = places[which % places.length]!
        const broken = text.slice(0, at.index) + JSON.stringify(value) + text.slice(at.index + at[0].length)
        expect(() => kube(documents(broken, ...pieces))).not.toThrow()
      }),
      { numRuns: 200 },
    )
  })
})
