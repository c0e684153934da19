import { Ajv } from 'ajv'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Finding, Location, Severity } from '../src/finding.ts'
import { checkstyle } from '../src/reporters/checkstyle.ts'
import { csv } from '../src/reporters/csv.ts'
import { github } from '../src/reporters/github.ts'
import { gitlab } from '../src/reporters/gitlab.ts'
import { rdjson } from '../src/reporters/rdjson.ts'
import type { Report } from '../src/report.ts'
import { commandsIn, elements, readCsv } from './format-judges.ts'
import { checkoutReport, few, problems, runOf, waivedReport, write } from './reporter-runs.ts'
import { reviewFile, reviewText } from './support.ts'

const naive = reviewFile('examples/web-shop-naive/scaffold.yaml')

/** A report with so many findings of each severity, in that order, whatever the severity. */
function withCounts(counts: Record<Severity, number>): Report {
  const report = checkoutReport()
  const [finding] = report.findings
  const findings = (['info', 'warning', 'error'] as const).flatMap(severity =>
    Array.from({ length: counts[severity] }, (_, i) => ({ ...finding!, severity, message: `${severity} ${i}` })),
  )
  return { ...report, findings, openQuestions: [] }
}

describe('github', () => {
  const commandsOf = (...reports: Report[]) => commandsIn(write(github, runOf(...reports)))

  test('a finding is an annotation that says all of it, at its place', () => {
    const text = `journeys: { "a,b:c": { entry: web } }\nservices:\n  web:\n    calls:\n      - { to: api, timeout: none }\n  api: {}\n`
    const report = reviewText(text.replace('"a,b:c"', 'buy'), few, {}, './a,b:c/100%.yaml')
    expect(write(github, runOf(report))).toContain('file=a%2Cb%3Ac/100%25.yaml,line=5,')
    expect(commandsOf(report).find(({ properties }) => properties['title'] === 'call-without-timeout')).toEqual({
      name: 'warning',
      properties: { title: 'call-without-timeout', file: 'a,b:c/100%.yaml', line: '5', col: '20', endColumn: '33' },
      message: `a,b:c/100%.yaml:5:20: call-without-timeout: "web -> api" waits without a timeout; expected one
Fix: Set a timeout near the callee's 99.9th percentile, below what the caller's own callers wait.`,
    })
  })

  test('the worst come first, across manifests, and problems before all', () => {
    const names = commandsOf(withCounts({ error: 1, warning: 1, info: 1 }), ...problems().reports, naive)
    const levels = names.map(({ name }) => name).filter(name => name !== 'notice')
    expect(levels).toEqual(levels.toSorted((a, b) => (a === b ? 0 : a === 'error' ? -1 : 1)))
    expect(names[1]!.properties['title']).toBe('duplicate-name')
  })

  test('ten of each kind are shown, and what is not is said by one that is', () => {
    const full = commandsOf(withCounts({ error: 10, warning: 10, info: 10 }))
    expect(full.map(({ properties }) => properties['title'])).not.toContain('scaffold-review')
    const [first, ...others] = commandsOf(withCounts({ error: 12, warning: 3, info: 10 }))
    expect(first!.name).toBe('notice')
    expect(first!.message).toMatch(/^Not shown as annotations: 2 errors and 1 notice\. /)
    expect(others).toHaveLength(25)
    expect(commandsOf(withCounts({ error: 12, warning: 11, info: 0 }))[0]!.message).toMatch(
      /^Not shown as annotations: 2 errors and 1 warning\. /,
    )
  })

  test('a region of several lines has no columns, and a place no end', () => {
    const report = checkoutReport()
    const [finding] = report.findings
    const { location } = finding!
    const at = (end: Partial<Location['end']>): Finding => ({
      ...finding!,
      location: { ...location, end: { ...location.end, ...end } },
    })
    const findings = [at({ line: location.start.line + 2 }), at({ column: location.start.column })]
    const [lines, place] = commandsOf({ ...report, findings, openQuestions: [] })
    expect(Object.keys(lines!.properties)).toEqual(['title', 'file', 'line', 'endLine'])
    expect(Object.keys(place!.properties)).toEqual(['title', 'file', 'line', 'col'])
  })

  test('no message is longer than a runner takes', () => {
    const report = checkoutReport()
    const [finding] = report.findings
    const long = { ...report, findings: [{ ...finding!, message: '💥'.repeat(5000) }] }
    const { message } = commandsOf(long)[0]!
    expect(message.length).toBeLessThanOrEqual(4096)
    expect(message).toMatch(/💥\.\.\.$/u)
  })

  test('ends with the verdict of each manifest', () => {
    const lines = write(github, runOf(checkoutReport(), naive)).trimEnd().split('\n')
    expect(lines.slice(-2)).toEqual([
      expect.stringMatching(/^web-shop: not ready \(\d+ errors?, /),
      expect.stringMatching(/^web-shop-naive: not ready \(29 errors, /),
    ])
    const good = reviewFile('examples/web-shop/scaffold.yaml')
    expect(write(github, runOf(good))).toBe('web-shop: ready (100% of the checks decided)\n')
  })
})

describe('gitlab', () => {
  interface Entry {
    fingerprint: string
    severity: string
    description: string
    location: { path: string; lines: { begin: number } }
  }
  const entriesOf = (...reports: Report[]) => JSON.parse(write(gitlab, runOf(...reports))) as Entry[]

  test('severities, places without ./, one line of description', () => {
    const [unreadable] = entriesOf(...problems().reports.slice(3))
    expect(unreadable).toMatchObject({
      severity: 'blocker',
      location: { path: 'a b/100% ünïcode #1?.yaml', lines: { begin: 1 } },
    })
    const entries = entriesOf(withCounts({ error: 1, warning: 1, info: 1 }))
    expect(entries.map(({ severity }) => severity)).toEqual(['info', 'major', 'critical'])
    const [finding] = naive.findings
    expect(entriesOf(naive)[0]!.description).toBe(`${finding!.message}. ${finding!.fix}.`)
  })

  test('no fingerprint twice, in whatever is reviewed together', () => {
    const twice = { ...checkoutReport(), file: 'other/scaffold.yaml' }
    const entries = entriesOf(naive, checkoutReport(), twice, checkoutReport(), ...problems().reports)
    expect(new Set(entries.map(({ fingerprint }) => fingerprint)).size).toBe(entries.length)
    // A manifest that joins renames nothing.
    expect(entries.slice(0, naive.findings.length)).toEqual(entriesOf(naive).slice(0, naive.findings.length))
  })

  test('a fingerprint is that of rule and element, whatever the line', () => {
    const moved = reviewText(`\n\n${naive.sources[0]!.text}`, undefined, undefined, naive.file)
    const prints = (report: Report) => entriesOf(report).map(({ fingerprint }) => fingerprint)
    expect(prints(moved)).toEqual(prints(naive))
  })
})

describe('rdjson', () => {
  const schema = '../shared/schemas/rdjson/DiagnosticResult.json'
  const missing = existsSync(schema) ? '' : ` (skipped: there is no ${schema})`

  test.skipIf(missing !== '')(`is valid by the schema of reviewdog${missing}`, () => {
    // Draft-04, of which this schema uses nothing that later drafts read otherwise.
    const draft = JSON.parse(readFileSync(schema, 'utf8')) as Record<string, unknown>
    delete draft['$schema']
    const valid = new Ajv({ strict: false, allErrors: true }).compile(draft)
    for (const run of [runOf(naive), problems(), runOf(), runOf(waivedReport())])
      expect(valid(JSON.parse(write(rdjson, run))) ? [] : valid.errors).toEqual([])
    expect(valid({ diagnostics: [{ severity: 'NOTE' }] })).toBe(false)
  })

  test('columns count bytes of UTF-8', () => {
    const text = 'services:\n  web: { x-note: "a𐐀bü", calls: [{ to: api, timeout: none }] }\n  api: {}\n'
    const { diagnostics } = JSON.parse(write(rdjson, runOf(reviewText(text, few)))) as {
      diagnostics: { location: { range: Record<'start' | 'end', { line: number; column: number }> } }[]
    }
    const { start, end } = diagnostics[0]!.location.range
    const line = Buffer.from(text.split('\n')[1]!)
    expect(start.line).toBe(2)
    expect(line.subarray(start.column - 1, end.column - 1).toString()).toBe('timeout: none')
  })

  test('a file whose text is not known has its line', () => {
    const { diagnostics } = JSON.parse(write(rdjson, runOf({ ...checkoutReport(), sources: [] }))) as {
      diagnostics: { location: unknown }[]
    }
    expect(diagnostics[0]!.location).toEqual({
      path: 'shop/scaffold.yaml',
      range: { start: { line: expect.any(Number) } },
    })
  })
})

describe('checkstyle', () => {
  test('files in their order, each once, with lines, columns, severities and sources', () => {
    const other = { ...naive, file: 'b.yaml' }
    const text = write(checkstyle, runOf(checkoutReport(), other, checkoutReport()))
    expect(elements(text, '/checkstyle/file').map(one => one.attr('name')!.value)).toEqual([
      'shop/scaffold.yaml',
      'examples/web-shop-naive/scaffold.yaml',
    ])
    for (const error of elements(text, '//error')) {
      expect(error.attrs.map(({ name }) => name)).toEqual(['line', 'column', 'severity', 'message', 'source'])
      expect(error.attr('line')!.value).toMatch(/^[1-9]\d*$/)
      expect(error.attr('column')!.value).toMatch(/^[1-9]\d*$/)
      expect(error.attr('source')!.value).toMatch(/^scaffold-review\.[a-z-]+$/)
    }
    const [first] = elements(text, '//error')
    const single = checkoutReport().findings[0]!
    expect(first!.attr('message')!.value).toContain(`${single.message}. `)
    expect(first!.attr('message')!.value).toContain(` Fix: ${single.fix}`)
  })
})

describe('csv', () => {
  test('a line for each result, with what is waived and what is open, in columns that are named', () => {
    const report = waivedReport()
    const rows = readCsv(write(csv, runOf(report)))
    const count = (kind: string) => rows.filter(row => row['kind'] === kind).length
    expect(count('finding')).toBe(report.findings.length)
    expect(count('not stated') + count('open question')).toBe(report.openQuestions.length)
    expect(count('not stated')).toBeGreaterThan(0)
    expect(rows.find(row => row['kind'] === 'waived')).toMatchObject({
      severity: '',
      rule: 'single-instance-on-critical-path',
      question: 'partial-failure',
      manifest: 'scaffold.yaml',
      file: 'scaffold.yaml',
      line: '12',
      column: '5',
      element: 'services.orders',
      'waived by': 'team-orders',
      'waived until': '2026-12-31',
      'waived because': 'Moves in May',
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
  })

  test('every record is one line, steps of arithmetic included', () => {
    const text = write(csv, runOf(naive))
    const rows = readCsv(text)
    expect(text.trimEnd().split('\n')).toHaveLength(rows.length + 1)
    expect(rows.find(row => row['rule'] === 'timeout-inversion')!['arithmetic']).toContain(
      '; own work 90ms + 30s = 30.1s',
    )
  })

  test('nothing that begins as a formula is one, whatever blanks are before it', () => {
    const report = checkoutReport()
    const findings = ['=1', '\t=1', ' +1', '@a', '-1'].map(message => ({ ...report.findings[0]!, message }))
    const rows = readCsv(write(csv, runOf({ ...report, findings })))
    expect(rows.slice(0, 5).map(row => row['message'])).toEqual(["'=1", "'=1", "'+1", "'@a", "'-1"])
  })

  test('no cell is longer than a spreadsheet takes', () => {
    const report = checkoutReport()
    const findings = [{ ...report.findings[0]!, message: 'a'.repeat(40_000) }]
    expect(readCsv(write(csv, runOf({ ...report, findings })))[0]!['message']).toHaveLength(32_000)
  })
})
