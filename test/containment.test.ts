import { describe, expect, test } from 'vitest'
import { judge } from '../src/cli/writing/gate.ts'
import { reporterFor, formats } from '../src/reporters/index.ts'
import type { AnyRule } from '../src/rules/define.ts'
import { asks, fails, passes, rule } from './fake-rules.ts'
import { reviewText } from './support.ts'

const shop = 'services:\n  shop: {}\n  web: {}\n'
const throws = (id: string, only?: string, more: Partial<AnyRule> = {}) =>
  rule(
    id,
    function* ({ name, path }) {
      if (name === 'shop') yield { at: path, message: `"${name}" is found before` }
      if (only === undefined || name === only) throw new TypeError('Cannot read it.\nat secret/path.ts:1')
    },
    more,
  )
const gate = { failOn: 'error', strict: false, minCoverage: undefined, exitZero: true } as const

describe('a rule that throws', () => {
  const report = reviewText(shop, [fails('fault'), throws('our/broken'), throws('half', 'web'), asks('ask', 'zones')])

  test('is a problem that names rule, element and place, once for all elements', () => {
    expect(report.problems.map(({ ruleId, message, location: { start } }) => [ruleId, message, start.line])).toEqual([
      [
        'rule-failed',
        'The rule "half" failed on "web": Cannot read it; this is a defect of the program, please report it',
        3,
      ],
      [
        'rule-failed',
        'The rule "our/broken" failed on "shop" and on 1 other element: Cannot read it; correct the rule',
        2,
      ],
    ])
  })

  test('takes nothing from other rules, nor from what it said of other elements', () => {
    expect(report.findings.map(({ ruleId, subject }) => [ruleId, subject[1]])).toEqual([
      ['fault', 'shop'],
      ['half', 'shop'],
      ['fault', 'web'],
    ])
    expect(report.openQuestions).toHaveLength(2)
  })

  test('never passes the gate, whatever the options', () => {
    expect(judge([report], gate).code).toBe(2)
    expect(judge([reviewText(shop, [throws('our/broken')])], gate).code).toBe(2)
  })

  test('counts as not decided, so that nothing is ready', () => {
    const broken = reviewText(shop, [throws('our/broken'), passes('pass', { question: 'caching' })])
    expect(broken.rules[0]).toMatchObject({ passed: 0, failed: 0, open: 2 })
    expect(broken.verdict).toBe('incomplete')
    expect(broken.coverage).toBe(0.5)
    expect(broken.scoreboard.find(({ key }) => key === 'scaling')!.answer).toBe('unknown')
  })

  test('in appliesTo, in its options, and with what is no error, is contained as well', () => {
    const silly = rule('our/silly', () => {
      throw 'text' as unknown as Error
    })
    const options = {
      ...passes('our/options'),
      options: {
        safeParse: () => {
          throw new Error('no options')
        },
      },
    } as unknown as AnyRule
    const applies = passes('our/applies', {
      appliesTo: () => {
        throw new RangeError('Maximum call stack size exceeded')
      },
    })
    const { problems } = reviewText(shop, [silly, options, applies])
    expect(problems.map(({ message }) => message.split(': ')[1]!.split(';')[0])).toEqual([
      'Maximum call stack size exceeded',
      'no options',
      'text',
    ])
  })

  test.each(formats)('is told in %s beside the findings', async format => {
    const style = { color: false, width: 80, verbose: false, quiet: false }
    const run = {
      tool: { name: 'scaffold-review', version: '0.0.0' },
      rules: [throws('our/broken'), fails('fault')],
      reports: [report],
    }
    const text = await (await reporterFor(format))(run, style)
    expect(text).toContain('our/broken')
    expect(text).toMatch(/web.{0,20} fault/)
  })
})

test('a long report begins with what failed, and says what is waived', async () => {
  const services = Array.from({ length: 90 }, (_, i) => `  s${i}: {}\n`).join('')
  const waivers = 'waivers: [{ rule: fault, on: services.s1, reason: moves, owner: me, until: 2027-01-01 }]\n'
  const report = reviewText(`services:\n  shop: {}\n${services}${waivers}`, [fails('fault'), throws('our/broken')])
  const style = { color: false, width: 80, verbose: false, quiet: false }
  const run = { tool: { name: '', version: '' }, rules: [], reports: [report] }
  const text = await (await reporterFor('pretty'))(run, style)
  expect(text).toMatch(/^error\[rule-failed\] The rule "our\/broken" failed on "s0"/)
  expect(text).toContain('Waived\n  fault at scaffold.yaml:4:3: moves (me, until 2027-01-01)')
  expect(text).toContain('1 problem')
})
