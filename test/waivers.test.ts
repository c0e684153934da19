import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { waiverComments } from '../src/engine/waiver-comments.ts'
import { waiverDays } from '../src/engine/waive.ts'
import { formatPath } from '../src/finding.ts'
import { Source } from '../src/manifest/source.ts'
import type { AnyRule } from '../src/rules/define.ts'
import type { ReviewOptions } from '../src/review.ts'
import { fails, rule } from './fake-rules.ts'
import { reviewText } from './support.ts'

const today = '2026-11-23'
const fault = fails('fault')
const said = (text: string, rules: AnyRule[] = [fault], options: ReviewOptions = {}) => {
  const report = reviewText(text, rules, { today, ...options })
  expect(report.problems).toEqual([])
  return {
    waived: report.waived.map(({ finding, owner, until }) => `${formatPath(finding.subject)} ${owner} ${until}`),
    found: report.findings.map(({ ruleId, message, location: { start } }) => `${start.line}: ${ruleId} ${message}`),
    notes: report.findings.map(({ note }) => note),
    report,
  }
}
const ignore = (rules = 'fault', more = 'until=2027-01-31 owner=team-web -- moves in May') =>
  `# scaffold-review: ignore[${rules}] ${more}`

describe('a comment waives', () => {
  const calls = rule('calls', function* ({ calls }) {
    for (const call of calls) yield { at: [...call.path, 'timeout'], message: `"${call.name}" waits`, about: call.path }
  })

  test.each([
    ['at the end of the line of the element', `services:\n  web: {} ${ignore()}\n`],
    ['on the line above', `services:\n  ${ignore()}\n  web: {}\n`],
    ['above, with blank lines and other comments between', `services:\n  ${ignore()}\n\n  # The web.\n  web: {}\n`],
    [
      'with several rules, spaces and dashes in the reason',
      `services:\n  web: {} ${ignore('other, fault', 'owner=team-web until=2027-01-31 -- a -- b')}\n`,
    ],
    ['above what holds the element', `${ignore()}\nservices:\n  web: {}\n`],
    ['with Windows line ends', `services:\r\n  ${ignore()}\r\n  web: {}\r\n`],
    [
      'with another case and more signs',
      `services:\n  web: {} ## Scaffold-Review :ignore[fault] until=2027-01-31 owner=team-web -- moves\n`,
    ],
  ])('%s', (_, text) => {
    expect(said(text).waived).toEqual(['services.web team-web 2027-01-31'])
  })

  test('the line of the finding, its element, and what holds that; nothing beside it', () => {
    const text = (before: string, at: string, after: string) => `services:
  web:
    calls:
      ${before}
      - to: a
        timeout: 3s ${at}
      - to: b
        ${after}
        timeout: 3s
  a: {}
  b: {}
`
    const lines = (...args: [string, string, string]) => said(text(...args), [calls]).waived
    const one = (n: number) => [`services.web.calls[${n}] team-web 2027-01-31`]
    expect(lines(ignore('calls'), '', '')).toEqual(one(0))
    expect(lines('', ignore('calls'), '')).toEqual(one(0))
    expect(lines('', '', ignore('calls'))).toEqual(one(1))
    expect(lines('', '', '')).toEqual([])
  })

  test('only in its own file, and where it stands is told', () => {
    const { report } = said(`services:\n  ${ignore()}\n  web: {}\n`)
    expect(report.waived[0]!.location).toMatchObject({
      file: 'scaffold.yaml',
      start: { line: 2, column: 3, offset: 12 },
    })
  })

  test('an element that no line states has no line', () => {
    const about = fails('fault', { with: { about: ['journeys', 'web'] } })
    expect(said(`${ignore()}\nversion: 1\nservices:\n  web: {}\n`, [about]).waived).toEqual([])
  })

  test('another rule, or the line below, is not meant', () => {
    expect(said(`services:\n  web: {} ${ignore('other')}\n`).waived).toEqual([])
    expect(said(`services:\n  shop: {} ${ignore()}\n  web: {}\n`, [fails('fault', { only: 'web' })]).waived).toEqual([])
  })
})

describe('text that only looks like a comment', () => {
  test.each([
    ['a quoted value', `x-a: "${ignore()}"\nservices: { web: {} }\n`],
    ['a block', `x-a: |\n  a\n  ${ignore()}\nservices: { web: {} }\n`],
    ['a folded block', `x-a: >-\n  a\n  ${ignore()}\n\nservices: { web: {} }\n`],
    ['a key', `x-a: { '${ignore()}': 1 }\nservices: { web: {} }\n`],
    ['the end of a key', `x-a: { 'a ${ignore()}': 1 }\nservices: { web: {} }\n`],
    ['an item of a list', `x-a:\n  - '${ignore()}'\n  - "a\n    ${ignore()}"\nservices: { web: {} }\n`],
    ['prose', '# scaffold-review is run by CI\n# see scaffold-review: the docs\nservices: { web: {} }\n'],
    [
      'a schema for editors',
      '# yaml-language-server: $schema=node_modules/scaffold-review/schemas/x.json\nservices: { web: {} }\n',
    ],
  ])('%s', (_, text) => {
    expect(said(text).found).toHaveLength(1)
    expect(said(text).waived).toEqual([])
  })

  test('beside a comment: each is what it is', () => {
    const source = new Source(
      'a.yaml',
      `x-a: ${ignore('one')}\n  'scaffold-review: # scaffold-review: ignore[two]'\nx-scaffold-review: 1 ${ignore('three')}\n`,
    )
    expect(waiverComments(source).comments.map(({ rules, line }) => [...rules, line])).toEqual([
      ['one', 1],
      ['three', 3],
    ])
    expect(waiverComments(source).malformed).toEqual([])
  })

  test('whatever stands around a comment, it is found, and nothing else is', () => {
    const scalar = fc.constantFrom(
      "'it''s # scaffold-review: ignore[no] x'",
      '"a\\"# scaffold-review: ignore[no] x"',
      'plain#text',
      "it's",
      '"#"',
      '|\n    # scaffold-review: ignore[no] x\n    b',
      '>-\n    # scaffold-review: ignore[no] x',
      '[a, "# scaffold-review: ignore[no]"]',
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(scalar, fc.boolean()), { minLength: 1, maxLength: 8 }), entries => {
        const text = entries
          .map(([value, commented], i) => `${commented ? `  ${ignore(`r${i}`)}\n` : ''}  k${i}: ${value}\n`)
          .join('')
        const source = new Source('a.yaml', `x-a:\n${text}`)
        expect(source.problems).toEqual([])
        const found = waiverComments(source)
        expect(found.malformed).toEqual([])
        expect(found.comments.flatMap(({ rules }) => rules)).toEqual(
          entries.flatMap(([, commented], i) => (commented ? [`r${i}`] : [])),
        )
      }),
      { numRuns: 60 },
    )
  })
})

describe('a comment that says too little is a finding', () => {
  const complete = 'until=2027-01-31 owner=me -- moves'
  test.each([
    [`ingore[fault] ${complete}`, '"ingore" is not known; did you mean "ignore"?'],
    [`ignore fault ${complete}`, 'no rule is named in brackets'],
    [`ignore[] ${complete}`, 'no rule is named'],
    [`ignore[a,] ${complete}`, 'no rule is named'],
    ['ignore[fault] owner=me -- moves', '"until" is missing'],
    ['ignore[fault] until=2027-02-30 owner=me -- moves', '"until" is "2027-02-30"; expected a day'],
    ['ignore[fault] until=May owner=me -- moves', '"until" is "May"'],
    ['ignore[fault] until=2027-01-31 -- moves', '"owner" is missing'],
    ['ignore[fault] until=2027-01-31 owner=me', 'the reason is missing'],
    ['ignore[fault] until=2027-01-31 owner=me --', 'the reason is missing'],
    ['ignore[fault] untl=2027-01-31 owner=me -- moves', '"untl=2027-01-31" is not known; did you mean "until"?'],
    ['ignore[fault] until=2027-01-31 until=2028-01-31 owner=me -- moves', '"until" is given twice'],
  ])('%s', (comment, fault) => {
    const { found, waived } = said(`services:\n  web: {} # scaffold-review: ${comment}\n`)
    expect(waived).toEqual([])
    expect(found).toEqual(['2: fault "web" fault', expect.stringContaining('2: waiver-malformed')])
    expect(found[1]).toContain(fault)
  })

  test('also without the colon', () => {
    expect(said('services:\n  web: {} # scaffold-review ignore[fault]\n').found[1]).toContain('waiver-malformed')
  })
})

describe('how long a waiver may last', () => {
  const until = (severity: 'error' | 'warning' | 'info', day: string, options: ReviewOptions = {}) =>
    said(
      `services: { web: {} }\nwaivers: [{ rule: fault, on: services.web, reason: moves, owner: me, until: ${day} }]\n`,
      [fails('fault', { severity })],
      options,
    )

  test.each([
    ['error', '2027-02-21', '2027-02-22'],
    ['warning', '2027-05-22', '2027-05-23'],
    ['info', '2027-11-23', '2027-11-24'],
  ] as const)('%s: until %s and not until %s', (severity, last, beyond) => {
    expect(until(severity, last).waived).toHaveLength(1)
    const { waived, notes } = until(severity, beyond)
    expect(waived).toEqual([])
    expect(notes[0]).toContain(`lasts until ${beyond}; expected ${last} at the latest`)
    expect(notes[0]).toContain(`${waiverDays[severity]} days`)
  })

  test('is what the configuration says, and nothing is judged without a day', () => {
    const maxDays = { error: 0, warning: 10, info: 10 }
    expect(until('warning', '2026-12-03', { waivers: { maxDays } }).waived).toHaveLength(1)
    expect(until('warning', '2026-12-04', { waivers: { maxDays } }).waived).toHaveLength(0)
    expect(until('error', today, { waivers: { maxDays } }).notes[0]).toContain('lets nobody waive an error')
    const text =
      'services: { web: {} }\nwaivers: [{ rule: fault, on: services, reason: moves, owner: me, until: 2099-01-01 }]\n'
    expect(reviewText(text, [fault], {}).waived).toHaveLength(1)
  })
})
