import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { readConfig } from '../src/config/read.ts'
import { checkExamples, defineRule, noOptions, type AnyRule, type Rule } from '../src/index.ts'
import type { Call, Component, Model, Service } from '../src/manifest/model.ts'
import { Source } from '../src/manifest/source.ts'
import { run } from './cli-support.ts'
import { faultsOf, project } from './config-support.ts'
import { fails, rule } from './fake-rules.ts'

const policy = (examples: string, id = 'our/owned') => `  - id: ${id}
    on: service
    require: { required: [owner] }
    message: '"{name}" has no owner'
    question: alerting
    why: Nobody answers.
    fix: Name a team
    examples: ${examples}
`
const good = "{ title: owned, good: 'services: { a: { owner: team-a } }' }"
const bad = "{ title: not owned, bad: 'services: { a: {} }' }"

describe('rules --test', () => {
  const tested = async (...policies: string[]) => {
    const { out, code } = await run(['rules', '--test'], project(`policies:\n${policies.join('')}`))
    return { lines: out.trimEnd().split('\n'), code }
  }

  test('says of each rule whether its examples show what they say', async () => {
    expect(await tested(policy(`[${good}, ${bad}]`), policy(`[${good}]`, 'our/again'))).toEqual({
      code: 1,
      lines: [
        'ok      our/owned  2 examples',
        'failed  our/again  1 example',
        '        There is no bad example; expected at least one',
        '',
        '2 rules, 1 failed',
      ],
    })
  })

  test.each([
    [good.replace('{ owner: team-a }', '{}'), '"owned": Expected a finding in no line, but there is one in line 1'],
    [bad.replace('{ a: {} }', '{ a: { owner: x } }'), '"not owned": It is bad, but nothing is found in it'],
    [
      bad.replace("'services: { a: {} }'", '"services:\\n  a: {} # <--\\n  b: {} # <-- x2\\n  c: {}\\n"'),
      '"not owned": Expected a finding in line 2, 3 and 3, but there is one in line 2, 3 and 4',
    ],
    [
      bad.replace('services', 'servizes'),
      '"not owned": Line 1, column 1: Unknown key "servizes"; did you mean "services"?',
    ],
    [bad.replace('{ a: {} }', '[').replace('}', '}'), '"not owned": Line 1'],
  ])('%#', async (example, fault) => {
    const { code, lines } = await tested(policy(`[${good}, ${bad}, ${example}]`))
    expect(code).toBe(1)
    expect(lines[0]).toBe('failed  our/owned  3 examples')
    expect(lines[1]).toContain(fault)
  })

  test('nothing to test is a mistake, and so is an id that is given twice', async () => {
    expect(await faultsOf(project('{}\n'), ['rules', '--test'])).toEqual([
      'scaffold-review: There is nothing to test: the configuration has no policies and no plugins, or there is none',
    ])
    expect(await faultsOf(project(`policies:\n${policy('[]')}${policy('[]')}`), ['rules'])).toEqual([
      '.scaffold-review.yaml:10:5: The policy "our/owned" is defined twice, first at .scaffold-review.yaml:2',
    ])
    expect((await faultsOf(project(`policies:\n${policy('[]', 'owned')}`)))[0]).toContain(
      '"id" is "owned", expected an id of lower-case words with a slash',
    )
  })
})

test('a good example must not leave open what it does not mark', () => {
  const asking = rule('asks', function* ({ path, zones }) {
    if (zones === undefined) yield { unknown: [...path, 'zones'] }
  })
  const of = (unclear: string) =>
    checkExamples({ ...asking, examples: [{ title: 'x', unclear }] as unknown as AnyRule['examples'] })
      .map(({ message }) => message)
      .at(-1)
  expect(of('services:\n  a: {} # ?\n')).toBe('There is no bad example; expected at least one')
  expect(of('services:\n  a: {}\n')).toBe('Expected an open question in no line, but there is one in line 2')
  expect(
    checkExamples({
      ...fails('f'),
      examples: [
        { title: 'b', bad: 'services:\n  a: {} # <--\n' },
        { title: 'g', good: 'stores: {}' },
      ],
    }),
  ).toEqual([])
})

test('the published schema and the program agree on what a configuration is', () => {
  const ajv = new Ajv({ strict: false })
  const validate = ajv.compile(JSON.parse(readFileSync('schemas/config.schema.json', 'utf8')) as object)
  const both = (text: string) => [validate(parse(text) ?? {}), readConfig(new Source('c', text)).problems === undefined]
  const page = [...readFileSync('docs/configuration.md', 'utf8').matchAll(/```yaml\n([^]*?)```/g)].map(
    ([, text]) => text!,
  )
  const policies = /```yaml\n([^]*?)```/.exec(readFileSync('docs/policies.md', 'utf8'))![1]!
  for (const text of [
    page[0]!,
    page[1]!,
    page[2]!,
    policies,
    '{}',
    'x-mine: 1',
    'rules: { our/x: { severity: off, options: { a: 1 } } }',
  ])
    expect(both(text), text).toEqual([true, true])
  for (const text of [
    'failOn: x',
    'rulez: {}',
    'rules: { ttl-missing: x }',
    'rules: { ttl-missing: { x: 1 } }',
    'questions: { x: off }',
    'policies: [{ id: our/x }]',
    'waivers: { maxDays: { error: 9999 } }',
    'minCoverage: 80',
    '[]',
  ])
    expect(both(text), text).toEqual([false, false])
  // What depends on all rules is checked later by the program.
  expect(both('rules: { ttl-mising: off }')).toEqual([false, true])
})

test('defineRule knows its subject, its options and its outcomes', () => {
  const options = z.strictObject({ most: z.number().default(10) })
  const described = {
    title: 'T',
    severity: 'info',
    question: 'scaling',
    why: 'W.',
    fix: 'F.',
    sources: [],
    reads: [],
    examples: [
      { title: 'a', good: '' },
      { title: 'b', bad: '' },
    ],
  } as const
  const made = defineRule({
    ...described,
    id: 'our/x',
    on: 'service',
    options,
    appliesTo(service, context) {
      expectTypeOf(service).toEqualTypeOf<Service>()
      expectTypeOf(context.options).toEqualTypeOf<{ most: number }>()
      return true
    },
    *check(service, { model, today, options: { most } }) {
      expectTypeOf(service.calls).toEqualTypeOf<readonly Call[]>()
      expectTypeOf(model).toEqualTypeOf<Model>()
      expectTypeOf(today).toEqualTypeOf<string | undefined>()
      expectTypeOf(most).toEqualTypeOf<number>()
      yield { at: service.path, message: 'm' }
      yield { unknown: service.path }
    },
  })
  expectTypeOf(made).toExtend<Rule<'service', typeof options>>()
  expectTypeOf(made).toExtend<AnyRule>()
  defineRule({
    ...described,
    id: 'our/y',
    on: 'component',
    options: noOptions,
    *check(component) {
      expectTypeOf(component).toEqualTypeOf<Component>()
    },
  })
  defineRule({
    ...described,
    id: 'our/z',
    on: 'service',
    options: noOptions,
    // @ts-expect-error A violation needs its message.
    *check(service) {
      yield { at: service.path }
    },
  })
  // @ts-expect-error There is no such kind of element.
  defineRule({ ...described, id: 'our/z', on: 'services', options: noOptions, *check() {} })
  // @ts-expect-error There is no such severity.
  defineRule({ ...described, severity: 'fatal', id: 'our/z', on: 'service', options: noOptions, *check() {} })
})
