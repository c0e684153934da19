import { describe, expect, test } from 'vitest'
import type { Path } from '../src/finding.ts'
import type { ManifestFiles } from '../src/manifest/files.ts'
import { readManifest } from '../src/manifest/read.ts'
import { yaml } from '../src/rules/define.ts'
import { filesOf, modelOf } from './support.ts'

const problems = (...texts: string[]) =>
  (readManifest(filesOf(...texts)).problems ?? []).map(({ ruleId, location: { file, start }, message, related }) =>
    [
      `${ruleId} ${file} ${start.line}:${start.column} ${message}`,
      ...related.map(({ label, location: { file, start } }) => `${label} ${file} ${start.line}:${start.column}`),
    ].join(', '),
  )
/** The characters that a location covers, with line and column. */
const shown = (files: ManifestFiles, path: Path, how: 'locate' | 'locateFact' = 'locate') => {
  const { file, start, end } = files[how](path)
  const { text } = files.sources.find(source => source.file === file)!
  return `${file} ${start.line}:${start.column} ${text.slice(start.offset, end.offset)}`
}

describe('where a path is', () => {
  const files = filesOf(yaml`
    # comment
    services:
      web:
        replicas: 3
        calls:
          - to: orders
            timeout: 1s
          - { to: db, pool: 10 }
      "a.b": {}
      leer:
    stores:
      db: { migrations: { steps: [{ kind: addColumn }] } }
  `)
  test.each<[Path, string]>([
    [[], '0.yaml 2:1 services'],
    [['services'], '0.yaml 2:1 services'],
    [['services', 'web'], '0.yaml 3:3 web'],
    [['services', 'web', 'replicas'], '0.yaml 4:5 replicas: 3'],
    // A fact that is not there is asked for at its element; of a list item, at its first key.
    [['services', 'web', 'zones'], '0.yaml 3:3 web'],
    [['services', 'web', 'calls', 0, 'pool'], '0.yaml 6:9 to: orders'],
    [['services', 'web', 'calls', 0, 'timeout'], '0.yaml 7:9 timeout: 1s'],
    [['services', 'web', 'calls', 1, 'timeout'], '0.yaml 8:11 to: db'],
    [['services', 'web', 'calls', 7], '0.yaml 5:5 calls'],
    [['services', 'a.b', 'zones'], '0.yaml 9:3 "a.b"'],
    [['services', 'leer'], '0.yaml 10:3 leer'],
    [['stores', 'db', 'migrations', 'steps', 0, 'release'], '0.yaml 12:33 kind: addColumn'],
    [['queues', 'orders'], '0.yaml 2:1 services'],
  ])('%j', (path, expected) => {
    expect(shown(files, path)).toBe(expected)
    expect(files.locate(path).path).toEqual(path)
  })

  test('columns count from 1 in UTF-16 code units, after a byte order mark and in lines that end with CRLF', () => {
    const unicode = filesOf('services:\r\n  "\u{1f600}": { zones: 2 }\r\n  größe: { zones: 3 }\r\n')
    expect(shown(unicode, ['services', '\u{1f600}', 'zones'])).toBe('0.yaml 2:11 zones: 2')
    expect(shown(unicode, ['services', 'größe', 'zones'])).toBe('0.yaml 3:12 zones: 3')
    expect(modelOf('\ufeffservices: { web: {} }\n').services.size).toBe(1)
  })
})

describe('anchors and merge keys', () => {
  const text = yaml`
    x-call: &usual
      timeout: 1s
      retries: none
    x-more: &more { <<: *usual, pool: 5, timeout: 2s }
    services:
      web:
        calls:
          - { to: a, <<: *usual }
          - { to: b, <<: *more }
          - { to: c, <<: [*usual, *more], fallback: none }
          - { to: d, timeout: 9s, <<: *usual }
        health: &health
          liveness: { checks: [] }
      shop:
        health: *health
  `
  const files = filesOf(text)
  const { calls, services } = modelOf(text)

  test('are read as if written out, own keys first, then the first of a list', () => {
    expect(calls.map(({ to, timeout, pool }) => [to, timeout, pool])).toEqual([
      ['a', 1000, undefined],
      ['b', 2000, 5],
      ['c', 1000, 5],
      ['d', 9000, undefined],
    ])
    expect(services.get('shop')!.health).toEqual(services.get('web')!.health)
  })

  test.each<[Path, string]>([
    [['calls', 0, 'timeout'], '0.yaml 8:18 <<'],
    [['calls', 1, 'retries'], '0.yaml 9:18 <<'],
    [['calls', 2, 'pool'], '0.yaml 10:18 <<'],
    [['calls', 2, 'fallback'], '0.yaml 10:39 fallback: none'],
    [['calls', 3, 'timeout'], '0.yaml 11:18 timeout: 9s'],
    [['calls', 0, 'pool'], '0.yaml 8:11 to: a'],
  ])('what they bring is where it is used: %j', (path, expected) => {
    expect(shown(files, ['services', 'web', ...path])).toBe(expected)
    expect(files.states(['services', 'web', ...path])).toBe(!expected.endsWith('to: a'))
  })

  test('what an alias brings is at the alias', () => {
    expect(shown(files, ['services', 'shop', 'health', 'liveness', 'checks'])).toBe('0.yaml 15:5 health')
    expect(files.states(['services', 'shop', 'health', 'liveness', 'checks'])).toBe(true)
  })

  test('only maps can be merged', () => {
    const message = '<< takes a map, an alias of one, or a list of them'
    expect(problems('a: &a [1]\nb: { <<: *a }\n')).toEqual([`yaml-syntax 0.yaml 2:6 ${message}`])
    for (const value of ['3', '', 'text', '[3]', '[[{}]]'])
      expect(problems(`x-a: { <<: ${value} }\n`)).toEqual([`yaml-syntax 0.yaml 1:8 ${message}`])
    expect(problems('x-a: { <<: { a: 1 } }\nx-b: { <<: [] }\n')).toEqual([])
  })
})

describe('defaults', () => {
  const text = yaml`
    defaults:
      services: { zones: 3, replicas: { min: 2, max: 4 } }
      calls: { timeout: 1s }
      slos: { window: 30d }
    services:
      web: { replicas: { max: 9 }, calls: [{ to: shop }, { to: shop, timeout: none }] }
      shop: {}
    slos: { up: {} }
  `
  test('state what an element does not; what it states is taken whole', () => {
    const { services, calls, slos } = modelOf(text)
    expect([services.get('web')!.replicas, services.get('shop')!.replicas]).toEqual([{ max: 9 }, { min: 2, max: 4 }])
    expect([services.get('web')!.zones, slos.get('up')!.window]).toEqual([3, 30 * 86_400_000])
    expect(calls.map(({ timeout }) => timeout)).toEqual([1000, 'none'])
  })

  test.each<[Path, string]>([
    [['services', 'web', 'zones'], '0.yaml 2:15 zones: 3'],
    [['services', 'shop', 'replicas', 'max'], '0.yaml 2:45 max: 4'],
    [['services', 'web', 'calls', 0, 'timeout'], '0.yaml 3:12 timeout: 1s'],
    [['services', 'web', 'calls', 1, 'timeout'], '0.yaml 6:66 timeout: none'],
    [['services', 'web', 'replicas', 'max'], '0.yaml 6:22 max: 9'],
    [['slos', 'up', 'window'], '0.yaml 4:11 window: 30d'],
    // Stated nowhere.
    [['services', 'web', 'state'], '0.yaml 6:3 web'],
  ])('are where the fact is that holds at %j', (path, expected) => {
    expect(shown(files, path, 'locateFact')).toBe(expected)
  })
  const files = filesOf(text)
})

describe('several files', () => {
  test('are one manifest, lists in the order of the files', () => {
    const files = filesOf(
      'include: [1.yaml, 2.yaml]\nversion: 1\nservices: { web: {} }\nwaivers: [{ rule: a, on: b, reason: because, owner: me, until: 2027-01-01 }]\n',
      'version: 1\nservices: { shop: { zones: 2 } }\ninclude: [3.yaml]\n',
      'services: { pages: {} }\nstores: { db: {} }\nwaivers: [{ rule: c, on: d, reason: because, owner: me, until: 2027-01-01 }]\n',
    )
    const { model } = readManifest(files)
    expect([...model!.components.keys()]).toEqual(['pages', 'shop', 'web', 'db'])
    expect(model!.raw.waivers!.map(({ rule }) => rule)).toEqual(['a', 'c'])
    expect(model!.raw.include).toEqual(['1.yaml', '2.yaml'])
    expect(shown(files, ['services', 'shop', 'zones'])).toBe('1.yaml 2:21 zones: 2')
    expect(shown(files, ['waivers', 1, 'on'])).toBe('2.yaml 3:22 on: d')
    expect(shown(files, ['services', 'nobody'])).toBe('0.yaml 3:1 services')
  })

  test('a name that is defined twice is a problem that names both places', () => {
    const once = 'services: { web: {} }\n'
    expect(problems('services:\n  web: {}\n  web: {}\n')).toEqual([
      'duplicate-name 0.yaml 3:3 "web" is defined twice, first defined 0.yaml 2:3',
    ])
    expect(problems(once, once)).toEqual([
      'duplicate-name 1.yaml 1:13 "web" is defined twice, first defined 0.yaml 1:13',
    ])
    expect(problems(once, 'stores: { web: {} }\n')).toEqual([
      'duplicate-name 1.yaml 1:11 "web" is defined twice, in services and in stores; a call could mean either, first defined 0.yaml 1:13',
    ])
    expect(problems('system: a\n', 'system: b\n')).toEqual([
      'duplicate-name 1.yaml 1:1 "system" is defined twice, first defined 0.yaml 1:1',
    ])
    expect(problems('x-a:\n  - { b: 1,\n      b: 2 }\n')).toEqual([
      'duplicate-name 0.yaml 3:7 "b" is defined twice, first defined 0.yaml 2:7',
    ])
    // What nobody calls may share a name.
    expect(problems('services: { web: {} }\njourneys: { web: {} }\njobs: { web: {} }\n')).toEqual([])
  })

  test('a section that is no map, or a list that is none, does not swallow what others say there', () => {
    expect(problems('services: w {}\n', 'services: { web: {} }\n')).toEqual([
      'manifest-shape 0.yaml 1:1 "services" is "w {}", expected a map from name to a service',
    ])
    expect(problems('waivers: w\n', 'waivers: [{}]\n')).toEqual([
      'manifest-shape 0.yaml 1:1 "waivers" is "w", expected a list of waivers',
    ])
  })

  test('problems of all files, in their order', () => {
    expect(
      problems('services: { web: { zone: 1 } }\n', '- list\n', 'a: [\n').map(problem =>
        problem.split(' ').slice(0, 3).join(' '),
      ),
    ).toEqual(['manifest-shape 1.yaml 1:1', 'yaml-syntax 2.yaml 2:1'])
    expect(
      problems('version: 2\n', 'stores: { db: { zone: 1 } }\n').map(problem =>
        problem.split(' ').slice(0, 3).join(' '),
      ),
    ).toEqual(['manifest-shape 0.yaml 1:1', 'manifest-shape 1.yaml 1:17'])
  })
})

test('a name is found beside longer ones that begin with it, in quotes or not', () => {
  const files = filesOf(`services:\n  abcd: {}\n  "abx": {}\n  'ab': {}\n  "abc": {}\n  a\u0301: {}\n`)
  const lineOf = (name: string) => files.locate(['services', name]).start.line
  expect(['abcd', 'abx', 'ab', 'abc', 'a\u0301'].map(lineOf)).toEqual([2, 3, 4, 5, 6])
  expect(['a', '"ab', 'abcdef', 'bcd'].map(name => files.states(['services', name]))).toEqual([
    false,
    false,
    false,
    false,
  ])
})

test('a key is our own also where its x is written as an escape', () => {
  const files = filesOf('{"services": {"web": {"owner": "a", "\\u0078-note": {"a": 1}}}}')
  expect(readManifest(files).problems).toBeUndefined()
  expect(files.value).toEqual({ services: { web: { owner: 'a' } } })
})

test('what only the defaults state is found there', () => {
  const files = filesOf('defaults:\n  services: { zones: 3 }\nservices:\n  web: {}\n  app: { zones: 1 }\n')
  expect(files.locateBoth(['services', 'web', 'zones']).byDefault?.start.line).toBe(2)
  expect(files.locateBoth(['services', 'app', 'zones']).byDefault).toBeUndefined()
})
