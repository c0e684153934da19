import { expect, test } from 'vitest'
import { fingerprints } from '../src/engine/fingerprint.ts'
import type { ReviewOptions, WaiverOptions } from '../src/review.ts'
import type { AnyRule } from '../src/rules/define.ts'
import { fails, passes } from './fake-rules.ts'
import { reviewText } from './support.ts'

const today = '2026-11-23'
const services = 'services:\n  web: {}\n  shop: {}\n'
const waiver = (rule: string, on: string) =>
  `waivers:\n  - { rule: ${rule}, on: ${on}, reason: moves, owner: me, until: 2027-01-31 }\n`
const review = (text: string, rules: AnyRule[], waivers: WaiverOptions = {}) => {
  const options: ReviewOptions = { today, waivers: { known: ['fault', 'elsewhere', 'cause'], ...waivers } }
  return reviewText(text, rules, options)
}
const found = (text: string, rules: AnyRule[] = [passes('fault')], waivers?: WaiverOptions) =>
  review(text, rules, waivers).findings.map(
    ({ ruleId, severity, message, question, location: { start } }) =>
      `${start.line}:${start.column} ${severity} ${ruleId} ${message} (${question})`,
  )

test('a waiver of what is not found is a finding at its place', () => {
  expect(found(services + waiver('fault', 'services.web'))).toEqual([
    '5:7 info waiver-unused "fault" is waived on services.web, but it is not found there (scaling)',
  ])
  expect(found('services:\n  web: {} # scaffold-review: ignore[fault] until=2027-01-31 owner=me -- moves\n')).toEqual([
    '2:11 info waiver-unused "fault" is waived for this line, but it is not found there (scaling)',
  ])
  expect(found(services + waiver('fault', 'services.web'), [fails('fault')]).join()).not.toContain('waiver')
})

test('also one that has expired, but not one of a rule that was not applied or that failed', () => {
  const old = waiver('fault', 'services.web').replace('2027', '2025')
  expect(found(services + old)[0]).toContain('waiver-unused')
  expect(found(services + waiver('elsewhere', 'services.web'))).toEqual([])
  const throws = fails('fault', {
    check: () => {
      throw new Error('no')
    },
  })
  expect(found(services + waiver('fault', 'services.web'), [throws])).toEqual([])
})

test('unknown rules and elements are named with the nearest one, at the key that is wrong', () => {
  expect(found(services + waiver('faul', 'services.web'))).toEqual([
    '5:7 warning waiver-unknown "faul" is waived, but there is no such rule; did you mean "fault"? (alerting)',
  ])
  expect(found(services + waiver('fault', 'services.wbe'))[0]).toMatch(
    /^5:20 warning waiver-unknown "services.wbe" is waived, but there is no such element; did you mean "services.web"\?/,
  )
  expect(found(services + waiver('fault', 'web'))[0]).toContain('expected a path such as services.web')
  expect(found(services + waiver('fault', 'services'))[0]).toContain('waiver-unused')
  expect(
    found('services:\n  web: {} # scaffold-review: ignore[faul] until=2027-01-31 owner=me -- moves\n')[0],
  ).toContain('did you mean "fault"?')
})

test('without a list of all rules none is unknown', () => {
  expect(reviewText(services + waiver('faul', 'services.web'), [passes('fault')], { today }).findings).toEqual([])
})

test('what was folded into its cause is said to be there', () => {
  const rules = [fails('cause', { only: 'web' }), fails('fault', { only: 'web', impliedBy: ['cause'] })]
  expect(found(services + waiver('fault', 'services.web'), rules)[1]).toContain(
    'it is reported there as part of "cause"; waive that',
  )
})

test('severities are those of the configuration, and off is off', () => {
  const text = services + waiver('fault', 'services.web') + '# scaffold-review: ignore\n'
  expect(found(text).map(line => line.split(' ')[1])).toEqual(['warning', 'info'])
  expect(
    found(text, undefined, { severities: { 'waiver-unused': 'error', 'waiver-malformed': 'off' } }).map(
      line => line.split(' ')[1],
    ),
  ).toEqual(['error'])
})

test('what is wrong with a waiver is no answer to a question, but stands', () => {
  const { scoreboard, verdict } = review(services + waiver('fault', 'services.wbe'), [passes('fault')])
  expect(scoreboard.find(({ key }) => key === 'scaling')).toMatchObject({ answer: 'yes', warnings: 1 })
  expect(verdict).toBe('not ready')
})

test('comments can be turned off, and each of them is then a finding; all waivers can be ignored', () => {
  const text = `${services.replace('{}', '{} # scaffold-review: ignore[fault] until=2027-01-31 owner=me -- moves')}${waiver('fault', 'services.shop')}`
  const rules = [fails('fault')]
  expect(review(text, rules).waived).toHaveLength(2)
  const off = review(text, rules, { comments: false })
  expect(off.waived).toHaveLength(1)
  expect(off.findings.map(({ ruleId }) => ruleId)).toEqual(['fault', 'waiver-malformed'])
  expect(off.findings[1]!.message).toContain('turned off by the configuration')
  const ignored = review(`${text}# scaffold-review: ignore\n`, rules, { ignore: true })
  expect(ignored.waived).toEqual([])
  expect(ignored.findings.map(({ ruleId }) => ruleId)).toEqual(['fault', 'fault'])
})

test('a waiver added above does not rename those below', () => {
  const second = '  - { rule: fault, on: services.shop, reason: moves, owner: me, until: 2027-01-31 }\n'
  const first = waiver('fault', 'services.web')
  const ids = (text: string) => [...fingerprints(review(services + text, [passes('fault')])).values()]
  const [web, shop] = ids(first + second)
  expect(new Set([web, shop]).size).toBe(2)
  expect(ids(`waivers:\n${second}`)).toEqual([shop])
  expect(ids(first)).toEqual([web])
})

test('many comments and waivers take no time', () => {
  const many = Array.from(
    { length: 5000 },
    (_, i) => `  # scaffold-review: ignore[fault] until=2027-01-31 owner=me -- n${i}\n`,
  )
  const text = `services:\n${many.join('')}  web: {}\n`
  const start = performance.now()
  expect(review(text, [fails('fault')]).waived).toHaveLength(1)
  expect(performance.now() - start).toBeLessThan(10_000)
})
