import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folder, run } from './cli-support.ts'

const bomb = [
  'a: &a [x,x,x,x,x,x,x,x,x]',
  ...Array.from('bcdefghij', (name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[i]!}`).join(',')}]`),
].join('\n')
const service = (facts: string) => `services:\n  web: { ${facts} }\n`

/** Name, text, and what the message must say. */
const texts: [string, string | Uint8Array, RegExp, string?][] = [
  ['empty file', '', /The manifest is empty/],
  ['only a comment', '# soon\n', /The manifest is empty/],
  ['not YAML', 'services: [\n', /flow sequence|Flow sequence/i],
  ['a tab for indentation', 'services:\n\tweb: {}\n', /A tab indents this line/, '2:1'],
  ['binary', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]), /not a text file in UTF-8/],
  ['zero bytes', 'a: \u0000b', /not a text file in UTF-8/],
  ['UTF-16', new Uint8Array([0xff, 0xfe, 0x61, 0, 0x3a, 0]), /not a text file in UTF-8/],
  ['a YAML list', '- a\n- b\n', /holds a list/],
  ['a single value', 'hello\n', /holds a single value/],
  ['5 MB of nested lists', '['.repeat(5e6), /Nested too deeply/],
  ['5 MB of nested maps', '{a: '.repeat(1.25e6), /Nested too deeply/],
  ['5 MB of nested items', '- '.repeat(2.5e6), /Nested too deeply/],
  ['nested blocks', Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), /Nested too deeply/],
  ['17 MB of text', `# ${'x'.repeat(17 * 1024 * 1024)}\n`, /expected at most 16/],
  ['a million values on one line', `x-a: [${'1,'.repeat(1_000_001)}1]\n`, /more than a million values/],
  ['an alias bomb', bomb, /Aliases multiply/],
  ['an alias of itself', 'x-a: &a [*a]\n', /stands inside what it stands for/],
  ['an alias without anchor', 'services: *nope\n', /No anchor &nope/, '1:11'],
  ['a second document', 'services: {}\n---\nservices: {}\n', /A second document begins here/, '2:1'],
  ['duplicate keys', 'services:\n  web: {}\n  web: {}\n', /"web" is defined twice/, '3:3'],
  [
    'one name in two sections',
    'services:\n  web: {}\nstores:\n  web: {}\n',
    /"web" is defined twice, in services and in stores/,
    '4:3',
  ],
  ['an unknown section', 'servces: {}\n', /Unknown key "servces"; did you mean "services"\?/, '1:1'],
  ['an unknown key', service('replcas: 3'), /Unknown key "replcas" in "web"; did you mean "replicas"\?/, '2:10'],
  ['a duration without unit', service('calls: [{ to: api, timeout: 250 }]'), /"timeout" is 250, expected a duration/],
  ['a wrong unit', service('calls: [{ to: api, timeout: 5 sec }]'), /"timeout" is "5 sec", expected a duration/],
  ['a negative duration', service('calls: [{ to: api, timeout: -1s }]'), /"timeout" is "-1s", expected a duration/],
  ['a duration of zero', service('calls: [{ to: api, timeout: 0s }]'), /expected a duration above zero; write none/],
  ['an absurd duration', service('calls: [{ to: api, timeout: 99999999d }]'), /at most 100 years/],
  ['negative replicas', service('replicas: -3'), /"replicas" is -3, expected a whole number/],
  ['half a replica', service('replicas: 1.5'), /"replicas" is 1.5, expected a whole number/],
  ['absurd replicas', service('replicas: 99999999999'), /"replicas" is 99999999999, expected a whole number/],
  ['infinite replicas', service('replicas: .inf'), /"replicas" is \.inf, expected a whole number/],
  ['an infinite rate', 'journeys:\n  buy: { load: { peak: -.inf } }\n', /"peak" is -\.inf, expected a rate such as/],
  ['what is no number', 'stores:\n  db: { replicas: .nan }\n', /"replicas" is \.nan, expected a whole number/],
  ['a percentage without sign', 'stores:\n  db: { availability: 99.9 }\n', /did you mean 99.9%\?/, '2:9'],
  ['more than everything', 'stores:\n  db: { availability: 120% }\n', /expected at most 100%/],
  ['a rate without time', 'journeys:\n  buy: { load: { peak: 600 } }\n', /did you mean 600\/s\?/],
  ['a call without target', service('calls: [{ timeout: 1s }]'), /"to" is missing/],
  [
    'a list where a map belongs',
    'services: [web, api]\n',
    /"services" is a list, expected a map from name to a service/,
  ],
  ['a name with a control character', 'services: { "a\\u0007b": {} }\n', /The name "a.*b" cannot be used/],
  ['a prototype', '__proto__: { services: {} }\n', /The name "__proto__" cannot be used/],
]

describe('each bad text: a clear message with its place, exit 2, no stack trace, no hang', () => {
  test.each(texts)('%s', { timeout: 5000 }, async (_name, text, message, place) => {
    const cwd = folder({ 'scaffold.yaml': text })
    const pretty = await run(['scaffold.yaml'], cwd)
    expect(pretty.code).toBe(2)
    expect(pretty.err).toBe('')
    expect(pretty.out.replaceAll(/\s+/g, ' ')).toMatch(message)
    expect(pretty.out).toContain(`--> scaffold.yaml:${place ?? ''}`)
    expect(pretty.out).not.toMatch(/\bat .*\.ts:|NaN|undefined|\[object/)
    expect(pretty.out).toContain('unreadable')
    const json = await run(['scaffold.yaml', '-f', 'json'], cwd)
    expect(json.code).toBe(2)
    const [manifest] = (JSON.parse(json.out) as { manifests: { verdict: string; problems: { message: string }[] }[] })
      .manifests
    expect(manifest!.verdict).toBe('unreadable')
    expect(manifest!.problems.some(problem => message.test(problem.message))).toBe(true)
    const sarif = await run(['scaffold.yaml', '-f', 'sarif'], cwd)
    expect(sarif.code).toBe(2)
    const { runs } = JSON.parse(sarif.out) as { runs: { results: { level: string; message: { text: string } }[] }[] }
    expect(runs[0]!.results.some(result => result.level === 'error' && message.test(result.message.text))).toBe(true)
  })

  test('all problems of a file are reported in one go', async () => {
    const text =
      'services:\n  web:\n    replcas: 3\n    calls:\n      - to: api\n        timeout: 5\n  api: { zones: none }\n'
    const { out } = await run(['-'], folder({ x: '' }), { stdin: text })
    expect([...out.matchAll(/--> stdin\.yaml:(\d+:\d+)/g)].map(([, at]) => at)).toEqual(['3:5', '6:9', '7:10'])
  })
})

describe('files', () => {
  test('a missing file, a folder, a file behind a folder that is none', async () => {
    const cwd = folder({ 'a.yaml': '' })
    mkdirSync(join(cwd, 'folder'))
    for (const [path, message] of [
      ['none.yaml', /There is no file "none.yaml"/],
      ['folder', /"folder" is a folder/],
      ['a.yaml/b', /cannot be read/],
    ] as const) {
      const { code, out } = await run([path], cwd)
      expect(code).toBe(2)
      expect(out.replaceAll(/\s+/g, ' ')).toMatch(message)
    }
  })

  test.skipIf(process.getuid?.() === 0)('an unreadable file', async () => {
    const cwd = folder({ 'a.yaml': 'services: {}\n' })
    chmodSync(join(cwd, 'a.yaml'), 0)
    const { code, out } = await run(['a.yaml'], cwd)
    expect(code).toBe(2)
    expect(out).toMatch(/permission denied/)
  })
})

describe('include', () => {
  const review = (files: Record<string, string>, name = 'scaffold.yaml') =>
    run([name, '--only', 'call-without-timeout', '-f', 'json'], folder(files))
  const problems = (out: string) =>
    (JSON.parse(out) as { manifests: { problems: { message: string; location: { file: string; line: number } }[] }[] })
      .manifests[0]!.problems

  test('globs and plain names, relative to the file that includes, each file once', async () => {
    const { code, out } = await review({
      'scaffold.yaml': 'include: [parts/*.yaml, "*.yaml"]\nservices:\n  web: { calls: [{ to: api, timeout: 1s }] }\n',
      'parts/a.yaml': 'include: [sub/b.yaml]\nservices:\n  api: { calls: [{ to: db, timeout: none }] }\n',
      'parts/sub/b.yaml': 'stores:\n  db: {}\n',
    })
    const { findings } = (
      JSON.parse(out) as { manifests: { findings: { location: { file: string; line: number } }[] }[] }
    ).manifests[0]!
    expect(findings.map(({ location }) => [location.file, location.line])).toEqual([['parts/a.yaml', 3]])
    expect(code).toBe(0)
  })

  test.each([
    [
      'a cycle',
      { 'scaffold.yaml': 'include: [a.yaml]\n', 'a.yaml': 'include: [b.yaml]\n', 'b.yaml': 'include: [a.yaml]\n' },
      /Includes form a cycle: a\.yaml -> b\.yaml -> a\.yaml/,
    ],
    ['itself', { 'scaffold.yaml': 'include: [scaffold.yaml]\n' }, /Includes form a cycle/],
    ['an escape', { 'scaffold.yaml': 'include: [../../etc/hosts]\n' }, /lies outside the folder of the manifest/],
    ['an absolute path', { 'scaffold.yaml': 'include: [/etc/hosts]\n' }, /is an absolute path/],
    ['nothing', { 'scaffold.yaml': 'include: [services/*.yaml]\n' }, /matches no file/],
    ['a file that is not there', { 'scaffold.yaml': 'include: [services.yaml]\n' }, /There is no file "services.yaml"/],
    [
      'a name twice',
      { 'scaffold.yaml': 'include: [a.yaml]\nservices:\n  web: {}\n', 'a.yaml': 'services:\n  web: {}\n' },
      /"web" is defined twice/,
    ],
    ['a broken file', { 'scaffold.yaml': 'include: [a.yaml]\n', 'a.yaml': 'services: [\n' }, /sequence/],
  ])('%s', async (_name, files, message) => {
    const { code, out } = await review(files as unknown as Record<string, string>)
    expect(code).toBe(2)
    expect(
      problems(out)
        .map(problem => problem.message)
        .join('\n'),
    ).toMatch(message)
  })

  test('a symbolic link does not lead out', async () => {
    const outside = folder({ 'secret.yaml': 'services: { secret: {} }\n' })
    const cwd = folder({ 'scaffold.yaml': 'include: [link.yaml]\n' })
    symlinkSync(join(outside, 'secret.yaml'), join(cwd, 'link.yaml'))
    const { code, out } = await run(['scaffold.yaml', '-f', 'json'], cwd)
    expect(code).toBe(2)
    expect(problems(out)[0]!.message).toMatch(/lies outside the folder of the manifest/)
    writeFileSync(join(cwd, 'scaffold.yaml'), 'include: ["*.yaml"]\nservices: {}\n')
    expect((await run(['scaffold.yaml', '-f', 'json'], cwd)).out).not.toContain('secret')
  })

  test('a name defined in two files names both places', async () => {
    const cwd = folder({
      'scaffold.yaml': 'include: [a.yaml]\nservices:\n  web: {}\n',
      'a.yaml': 'services:\n  web: {}\n',
    })
    const { out } = await run(['scaffold.yaml'], cwd)
    expect(out).toContain('--> a.yaml:2:3')
    expect(out).toContain('first defined at scaffold.yaml:3:3')
  })
})
