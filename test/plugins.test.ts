import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { run } from './cli-support.ts'
import { faultsOf, project, reviewIn } from './config-support.ts'

const zod = pathToFileURL(join(import.meta.dirname, '../node_modules/zod/index.js')).href

/** A rule as somebody writes it in plain JavaScript. */
const plugin = (more = '', id = 'our/named') => `
import { z } from '${zod}'
const noOptions = z.strictObject({})
export default [{
  id: '${id}', title: 'A short name', severity: 'warning', question: 'alerting', on: 'service', options: noOptions,
  why: 'It is read at night.', fix: 'Choose a longer name', sources: [], reads: [],
  examples: [
    { title: 'short', bad: 'services:\\n  a: {} # <--\\n' },
    { title: 'long', good: 'services: { alpha: {} }\\n' },
  ],
  *check(service) {
    if (service.name.length < 3) yield { at: service.path, message: \`"\${service.name}" is short\` }
  },
  ${more}
}]
`
const config = 'plugins: ./rules/our.mjs\n'
const shop = 'services:\n  a: {}\n  alpha: {}\n'
const withPlugin = (text: string, more: Record<string, string> = {}) =>
  project(config, { 'scaffold.yaml': shop, 'rules/our.mjs': text, ...more })
const allow = '--allow-plugins'

test('a plugin is a rule like any other: found, configured, waived, listed, explained', async () => {
  const cwd = withPlugin(plugin())
  const { found, code, document } = await reviewIn(cwd, allow)
  expect(found).toContain('our/named warning')
  expect(code).toBe(0)
  expect(document.manifests[0]!.rules.find(({ ruleId }) => ruleId === 'our/named')).toMatchObject({ failed: 1 })
  expect((await reviewIn(cwd, allow, '--only', 'our/named')).found).toEqual(['our/named warning'])
  const raised = project(`${config}rules: { our/named: error }\n`, { 'scaffold.yaml': shop, 'rules/our.mjs': plugin() })
  expect(await reviewIn(raised, allow, '--only', 'our/named')).toMatchObject({ code: 1, found: ['our/named error'] })
  const waived = shop.replace('a: {}', 'a: {} # scaffold-review: ignore[our/named] until=2026-12-31 owner=me -- old')
  expect(
    (await reviewIn(withPlugin(plugin(), { 'scaffold.yaml': waived }), allow, '--only', 'our/named')).found,
  ).toEqual([])
  expect((await run(['rules', allow], cwd)).out).toMatch(/our\/named +warning +A short name/)
  expect((await run(['explain', 'our/named', allow], cwd)).out).toMatch(/^# our\/named\n[^]*"a" is short/)
  expect((await run(['-f', 'sarif', allow], cwd)).out).toContain('"name": "OurNamed"')
})

test('it runs only when the command line says so', async () => {
  const marker = join(project(''), 'ran')
  const cwd = withPlugin(
    `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(marker)}, '')\n${plugin()}`,
  )
  for (const argv of [[], ['rules'], ['rules', '--test'], ['--print-config'], ['explain', 'our/named']]) {
    const [fault] = await faultsOf(cwd, argv, { env: { ALLOW_PLUGINS: '1', SCAFFOLD_REVIEW_ALLOW_PLUGINS: '1' } })
    expect(fault).toBe(
      'scaffold-review: The configuration wants to run code: the plugin "./rules/our.mjs" (.scaffold-review.yaml:1). Add --allow-plugins if you trust it, or --no-config to do without the configuration',
    )
    expect(() => readFileSync(marker)).toThrow()
  }
  expect((await faultsOf(project(`${config}allowPlugins: true\n`)))[0]).toContain('Unknown key "allowPlugins"')
  expect((await reviewIn(cwd, '--no-config')).found).not.toContain('our/named warning')
  expect((await reviewIn(cwd, allow)).found).toContain('our/named warning')
  expect(readFileSync(marker, 'utf8')).toBe('')
})

test('a package is found from the configuration, also one that can only be imported', async () => {
  const cwd = project('plugins: [our-rules, our-rules/more]\n', {
    'scaffold.yaml': shop,
    'node_modules/our-rules/package.json':
      '{ "name": "our-rules", "type": "module", "exports": { ".": { "import": "./a.js" }, "./more": "./b.js" } }',
    'node_modules/our-rules/a.js': plugin(),
    'node_modules/our-rules/b.js': plugin('', 'our/again'),
  })
  expect((await reviewIn(cwd, allow, '--only', 'our/named,our/again')).found).toEqual([
    'our/again warning',
    'our/named warning',
  ])
})

test.each([
  [
    'export default { id: "x" }',
    'Rule 1 of the plugin "./rules/our.mjs" cannot be used: id: expected an id of lower-case words with a slash',
  ],
  [
    plugin('', 'ttl-missing'),
    'cannot be used: id: expected an id of lower-case words with a slash, such as our/calls-give-up',
  ],
  [plugin('on: "services",'), 'cannot be used: on: expected one of manifest, journey'],
  [plugin('check: 1,'), 'cannot be used: check: expected a function'],
  [
    plugin('options: undefined,'),
    'cannot be used: options: expected a map of options described by zod, such as noOptions',
  ],
  ['export const rules = []', 'cannot be loaded: it has no default export; expected a rule made by defineRule'],
  ['export default []', 'cannot be loaded: it has no default export'],
  ['export default [undefined]', 'cannot be used: expected a rule made by defineRule'],
  ['throw new Error("not today\\n at secret")', 'The plugin "./rules/our.mjs" cannot be loaded: not today'],
  ['export default [', 'The plugin "./rules/our.mjs" cannot be loaded: '],
  [plugin() + 'export const x = 1; ' + plugin().replace('export default [', 'const more = ['), 'cannot be loaded: '],
])('a plugin that cannot be used is named: %#', async (text, fault) => {
  const faults = await faultsOf(withPlugin(text), [allow])
  expect(faults[0]).toMatch(/^\.scaffold-review\.yaml:1:1: /)
  expect(faults[0]).toContain(fault)
})

test('a policy and a plugin are two rules', async () => {
  const policy = `policies:\n  - { id: our/named, on: service, require: {}, message: it is, question: scaling, why: Because., fix: Mend it }\n`
  expect(await faultsOf(project(config + policy, { 'rules/our.mjs': plugin() }), [allow])).toEqual([
    'scaffold-review: "our/named" is a policy and a rule of a plugin as well; rename one of them',
  ])
})

test('ids are not given twice, and what is not there is said', async () => {
  const cwd = project('plugins: [./a.mjs, ./a.mjs, ./b.mjs]\n', { 'a.mjs': plugin(), 'b.mjs': plugin() })
  expect(await faultsOf(cwd, [allow])).toEqual([
    '.scaffold-review.yaml:1:29: The plugin "./b.mjs" has a rule "our/named", as the plugin "./a.mjs" has',
  ])
  expect(
    (await faultsOf(project('plugins: [./gone.mjs, no-such-package, "data:text/javascript,"]\n'), [allow])).map(line =>
      line.slice(0, 110),
    ),
  ).toEqual([
    expect.stringContaining(':1:11: The plugin "./gone.mjs" cannot be loaded: there is no such file'),
    expect.stringContaining(':1:23: The plugin "no-such-package" cannot be loaded'),
    expect.stringContaining(':1:40: The plugin "data:text/javascript,"'),
  ])
})

test('a plugin that throws, or that says what is no outcome, is named and never passes', async () => {
  for (const [body, why] of [
    ['throw new Error("no luck")', 'no luck'],
    ['yield { message: "nowhere" }', 'what it yields is neither a violation'],
    ['yield { at: service.path, message: 7 }', 'what it yields is neither a violation'],
    ['yield 1', 'what it yields is neither a violation'],
    ['return 1', 'what it yields is neither'],
  ] as const) {
    const generator = body === 'return 1' ? 'check: () => [1],' : `*check(service) { ${body} },`
    const { code, document } = await reviewIn(withPlugin(plugin(generator)), allow, '--exit-zero')
    expect(code).toBe(2)
    expect(document.manifests[0]!.problems[0]!.message).toContain(
      `The rule "our/named" failed on "a" and on 1 other element: ${why}`,
    )
    expect(document.manifests[0]!.rules.length).toBeGreaterThan(100)
  }
})
