import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { folder, run } from './cli-support.ts'
import { findingsOf, reviewFile, reviewText } from './support.ts'
import { rules } from '../src/rules/index.ts'
import { shop } from './whatif-support.ts'

const withExpect = (...lines: string[]) => `${shop()}expect:\n${lines.map(line => `  - ${line}\n`).join('')}`
const only = rules.filter(({ id }) => id === 'expectation-failed' || id === 'dangling-reference')

test('a failure tells the path that breaks it, where the expectation stands, and what would mend it', () => {
  const text = withExpect(
    '{ when: { down: reviews }, journey: read, is: degraded }',
    '{ when: { down: orders-db }, journey: buy, is: degraded }',
  )
  const { findings, rules: tallies } = reviewText(text, only)
  expect(findings).toMatchObject([
    {
      ruleId: 'expectation-failed',
      severity: 'error',
      message: '"buy" is broken if "orders-db" is down; expected at most degraded',
      arithmetic: '"orders-db" is down\n"orders" cannot do without "orders-db"\n"web" cannot do without "orders"',
      fix: 'Let "orders" answer without "orders-db" (fallback on "orders -> orders-db")',
      journeys: ['buy'],
      subject: ['expect', 1],
      location: { start: { line: text.split('\n').findIndex(line => line.includes('down: orders-db')) + 1 } },
      evidence: [{ label: 'web -> orders' }, { label: 'orders -> orders-db' }],
    },
  ])
  expect(tallies.find(({ ruleId }) => ruleId === 'expectation-failed')).toMatchObject({ failed: 1, open: 0 })
})

test('at most as bad as expected is fine; broken is broken and nothing less', () => {
  const messages = (line: string) => findingsOf('expectation-failed', withExpect(line)).map(({ message }) => message)
  expect(messages('{ when: { down: reviews }, journey: buy, is: degraded }')).toEqual([])
  expect(messages('{ when: { down: reviews }, journey: read, is: delayed }')).toEqual([
    '"read" is degraded if "reviews" is down; expected at most delayed',
  ])
  expect(messages('{ when: { down: reviews }, journey: read, is: broken }')).toEqual([
    '"read" is degraded if "reviews" is down; expected broken',
  ])
  expect(messages('{ when: { down: [reviews, orders-db] }, journey: buy, is: broken }')).toEqual([])
})

test('all that may happen can be written, alone and together', () => {
  const whens = [
    '{ slow: reviews }',
    '{ slow: { component: reviews, latency: 2s } }',
    '{ slow: [reviews, { component: orders-db, latency: 20ms }] }',
    '{ load: 1.5x }',
    '{ load: { journey: read, factor: 2x } }',
    '{ load: [{ journey: read, factor: 2x }, { journey: buy, factor: 1.2x }] }',
    '{ zoneLoss: true, down: mailer }',
    '{ dataLoss: reviews, deploy: mailer }',
    '{ dataLoss: [reviews], deploy: [web, mailer] }',
    '{ deploy: true }',
  ]
  const text = withExpect(...whens.map(when => `{ when: ${when}, journey: read, is: broken }`))
  const { problems, findings, openQuestions } = reviewText(text, only)
  expect(problems).toEqual([])
  expect(findings.map(({ message }) => message)).toEqual([
    '"read" is degraded if "reviews" does not answer; expected broken',
    '"read" is degraded if "reviews" answers after 2s; expected broken',
    '"read" is degraded if "reviews" does not answer and "orders-db" answers after 20ms; expected broken',
    '"read" is ok if 1.5 times the load; expected broken',
    '"read" is ok if 2 times the load of "read"; expected broken',
    '"read" is ok if 2 times the load of "read" and 1.2 times the load of "buy"; expected broken',
    '"read" is degraded if "mailer" is down and one zone is lost; expected broken',
    '"read" is degraded if the data of "reviews" is lost and "mailer" is rolled out; expected broken',
  ])
  expect(openQuestions.map(({ fact }) => fact.join('.'))).toContain('services.web.deploy')
})

test('a name that stands for nothing is reported once, where it is written', () => {
  for (const when of [
    '{ down: [review] }',
    '{ slow: { component: review, latency: 1s } }',
    '{ load: { journey: reads, factor: 2x } }',
    '{ cacheFlush: orders-db }',
  ]) {
    const { findings, problems } = reviewText(withExpect(`{ when: ${when}, journey: read, is: ok }`), only)
    expect(problems).toEqual([])
    expect(
      findings.map(({ ruleId }) => ruleId),
      when,
    ).toEqual(['dangling-reference'])
  }
})

test('what cannot be read says what was expected', () => {
  const problems = (line: string) => reviewText(withExpect(line)).problems.map(({ message }) => message)
  expect(problems('{ when: { load: 3 }, journey: read, is: ok }')[0]).toContain('expected a factor such as 3x')
  expect(problems('{ when: { load: 0x }, journey: read, is: ok }')[0]).toContain('factor')
  expect(problems('{ when: { dow: reviews }, journey: read, is: ok }')[0]).toContain('did you mean "down"?')
  expect(problems('{ when: { down: reviews }, journey: read, is: fine }')[0]).toContain('ok, delayed, degraded, broken')
})

test('what whatif prints as an expectation holds, and reads as it was asked', async () => {
  const cwd = folder({ 'scaffold.yaml': shop() })
  for (const argv of [
    ['--down', 'reviews,orders-db'],
    ['--slow', 'orders-db=1s', '--load', 'buy=1.5x'],
    ['--load', '5x', '--lose-zone'],
    ['--slow', 'reviews', '--deploy', '--data-loss', 'orders-db'],
  ]) {
    const { out, code } = await run(['whatif', ...argv, '--as-expectation'], cwd)
    expect(code).toBe(0)
    const { expect: found } = parse(out) as { expect: unknown[] | null }
    const report = reviewText(`${shop()}${out}`, only)
    expect(report.problems).toEqual([])
    expect(report.findings).toEqual([])
    expect(report.openQuestions).toEqual([])
    expect(found?.length ?? out.split('not decided').length - 1).toBeGreaterThan(0)
  }
})

test('those of the web shop hold', () => {
  const report = reviewFile('examples/web-shop/scaffold.yaml', only)
  expect(report.findings).toEqual([])
  expect(report.openQuestions).toEqual([])
  expect(report.rules.find(({ ruleId }) => ruleId === 'expectation-failed')).toMatchObject({ passed: 1 })
})
