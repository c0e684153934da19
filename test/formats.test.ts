import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { issuesOf } from '../src/reporters/issues.ts'
import { formats, reporterFor } from '../src/reporters/index.ts'
import type { Run, Style } from '../src/reporters/reporter.ts'
import type { Report } from '../src/report.ts'
import { commandsIn, judges } from './format-judges.ts'
import { folder, run } from './cli-support.ts'
import { checkoutReport, everywhere, problems, runOf, waivedReport } from './reporter-runs.ts'
import { reviewFile } from './support.ts'

/** What holds for every format, those to come included. */

const style: Style = { color: false, width: 80, verbose: true, quiet: false }

const expected = (reports: readonly Report[]) =>
  reports.flatMap(issuesOf).map(({ severity, ruleId }) => `${severity} ${ruleId}`)

/** Text for people groups what is not stated by fact. */
const grouped = (format: string, list: string[]) =>
  [...list].sort().filter(one => !['pretty', 'markdown', 'html'].includes(format) || one !== 'warning not-stated')

const shop = reviewFile('examples/web-shop/scaffold.yaml')
const naive = reviewFile('examples/web-shop-naive/scaffold.yaml')

describe.each(formats)('%s', async format => {
  const write = await reporterFor(format)

  test.each<[string, Run]>([
    ['findings and what is not stated', runOf(checkoutReport())],
    ['a long report', runOf(naive)],
    ['a good design', runOf(shop)],
    ['what cannot be read', problems()],
    ['several manifests', runOf(naive, checkoutReport(), shop, ...problems().reports)],
    ['no manifest', runOf()],
  ])('lists %s', async (_, all) => {
    const listed = judges[format](await write(all, style))
    expect(grouped(format, listed)).toEqual(grouped(format, expected(all.reports)))
    if (expected(all.reports).includes('warning not-stated') && format !== 'markdown')
      expect(listed).toContain('warning not-stated')
  })

  test('shows nothing as open that is waived', async () => {
    const report = waivedReport()
    const listed = judges[format](await write(runOf(report), style))
    expect(listed.join()).not.toContain('single-instance-on-critical-path')
    expect(grouped(format, listed)).toEqual(grouped(format, expected([report])))
  })

  test('the same input gives the same bytes', async () => {
    const all = runOf(naive, checkoutReport())
    expect(await write(all, style)).toBe(await write(all, style))
  })

  test('text of a manifest never becomes structure, a command or an escape', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async text => {
        const report = everywhere(text)
        const said = await write(runOf(report), style)
        expect(said).not.toMatch(unseen)
        expect(commandsIn(said)).toHaveLength(format === 'github' ? 3 : 0)
        expect(said).not.toMatch(/##(?:vso|teamcity)?\[/)
        expect(grouped(format, judges[format](said))).toEqual(grouped(format, expected([report])))
      }),
      { numRuns: examples.length + 15, examples },
    )
  })
})

/** Controls, marks that reorder or hide text, halves of characters. */
const unseen =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\u{e0000}-\u{e007f}]|\p{Surrogate}/u

const fragments = [
  '::error::injected',
  '\u00a0::warning file=a,line=1::injected',
  '\n::stop-commands::x\n',
  '\r::add-mask::a',
  '##[error]injected',
  'x ##[add-matcher]x',
  '##vso[task.complete result=Failed]',
  '%0A::error::injected',
  '%250A%25',
  'a|b||c',
  '`',
  '`` a ```',
  '```\n# head\n```',
  '<script>alert(1)</script>',
  '</details></summary>',
  '<!-- -->',
  ']]></failure>',
  '&amp;&#10;&lt;',
  '\u001b[31mred\u001b[0m',
  '\u001b]8;;http://example.org\u0007link',
  '\u009b2J\u0085',
  "=cmd|'/C calc'!A0",
  '+1',
  '-1',
  '@org/team and a@example.org',
  '\t=1',
  '＝1',
  '\u202egnp.exe\u2066',
  'a\u200bb\u00ad\ufeff\u{e0041}',
  '\ud800',
  '\ufffe\uffff\u0000',
  '"quoted", \'so\'; ;',
  '[a](https://example.org)',
  '![a](https://example.org/a.png)',
  'https://example.org www.example.org',
  'see #12, GH-12',
  '$x$ ~~s~~ *b* _i_ **c** ^1 \\',
  '# head\n- item\n> quote\n1. one\n---\n| a |\n|---|',
  '"]; click n0 "javascript:alert(1)"',
  '%%{init: {}}%%\nend\nsubgraph a',
  'error[forged] by a reason\nwarning[forged]',
  'a'.repeat(10_000),
  'a b '.repeat(3000),
  '"'.repeat(5000),
  '',
]

/** A few of them at a time, and all together. */
const few = fragments.flatMap((_, i) => (i % 4 === 0 ? [fragments.slice(i, i + 4).join('')] : []))
const examples = [...few, fragments.join(' '), fragments.join('\n')].map((one): [string] => [one])

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.constantFrom(...fragments), { maxLength: 5 }).map(parts => parts.join('')),
)

test('the gate is the same in every format', async () => {
  const call = (timeout: string) => `services:\n  web:\n    calls: [{ to: api, timeout: ${timeout} }]\n  api: {}\n`
  const cwd = folder({
    'failed.yaml': `journeys:\n  buy: { entry: web, criticality: critical }\n${call('none')}`,
    'warned.yaml': call('none'),
    'silent.yaml': 'services:\n  web:\n    calls: [{ to: api }]\n  api: {}\n',
    'wrong.yaml': 'servicez: {}',
  })
  const cases: [string[], number][] = [
    [['failed.yaml'], 1],
    [['warned.yaml'], 0],
    [['warned.yaml', '--fail-on', 'warning'], 1],
    [['silent.yaml', '--fail-on', 'warning'], 1],
    [['silent.yaml', '--strict'], 1],
    [['failed.yaml', '--exit-zero'], 0],
    [['wrong.yaml', '--exit-zero'], 2],
    [['warned.yaml', 'wrong.yaml', 'failed.yaml'], 2],
  ]
  for (const [argv, code] of cases)
    for (const format of formats)
      expect([format, (await run([...argv, '--only', 'call-without-timeout', '-f', format], cwd)).code]).toEqual([
        format,
        code,
      ])
})
