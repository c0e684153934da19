import { Ajv } from 'ajv'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { json } from '../src/reporters/json.ts'
import { reportJsonSchema, reportSchema, type ReportDocument } from '../src/reporters/report-schema.ts'
import type { Run } from '../src/reporters/reporter.ts'
import { rules } from '../src/rules/index.ts'
import { checkoutReport, everywhere, examples, problems, runOf, waivedReport, write } from './reporter-runs.ts'

const valid = new Ajv({ strict: true, allErrors: true }).compile(reportJsonSchema())

function read(run: Run): ReportDocument {
  const document: unknown = JSON.parse(write(json, run))
  expect(valid(document) ? [] : valid.errors).toEqual([])
  // The published schema and the one in the code agree.
  return reportSchema.parse(document)
}

test('the schema describes every property and knows no others', () => {
  const walk = (node: unknown, at: string) => {
    if (typeof node !== 'object' || node === null) return
    const { properties, additionalProperties } = node as { properties?: object; additionalProperties?: unknown }
    if (properties) {
      expect(additionalProperties, at).toBe(false)
      for (const [key, property] of Object.entries(properties)) {
        const { description, $ref } = property as { description?: string; $ref?: string }
        expect(description ?? $ref, `${at}.${key}`).toMatch(/\S/)
      }
    }
    for (const [key, inner] of Object.entries(node)) walk(inner, `${at}.${key}`)
  }
  const schema = reportJsonSchema()
  walk(schema, '')
  expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#')
  expect(schema.title).toMatch(/\S/)
})

test('reports on all examples are valid and complete', () => {
  const run = examples()
  const { manifests } = read(run)
  const sum = (count: (i: number) => number) => run.reports.reduce((total, _, i) => total + count(i), 0)
  expect(sum(i => manifests[i]!.findings.length)).toBe(sum(i => run.reports[i]!.findings.length))
  expect(sum(i => manifests[i]!.findings.length)).toBeGreaterThan(0)
  expect(sum(i => manifests[i]!.openQuestions.length)).toBe(sum(i => run.reports[i]!.openQuestions.length))
})

test('a finding says what it is about, where, and by which numbers', () => {
  const report = checkoutReport()
  const isSingle = ({ ruleId }: { ruleId: string }) => ruleId === 'single-instance-on-critical-path'
  const { message, arithmetic, fix } = report.findings.find(isSingle)!
  expect(arithmetic).toMatch(/shop -> orders/)
  expect(read(runOf(report)).manifests[0]!.findings.find(isSingle)).toEqual({
    ruleId: 'single-instance-on-critical-path',
    question: 'partial-failure',
    severity: 'error',
    message,
    arithmetic,
    fix,
    subject: { path: 'services.orders', steps: ['services', 'orders'] },
    at: { path: 'services.orders.replicas', steps: ['services', 'orders', 'replicas'] },
    location: { file: 'shop/scaffold.yaml', line: 12, column: 5, endLine: 12, endColumn: 16 },
    evidence: [
      {
        label: '"shop -> orders" has no fallback',
        at: { path: 'services.shop.calls[0]', steps: ['services', 'shop', 'calls', 0] },
        location: { file: 'shop/scaffold.yaml', line: 9, column: 11, endLine: 9, endColumn: 21 },
      },
    ],
    journeys: ['checkout'],
    alsoImplies: [],
    fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
})

test('what must be stated is among the open questions and listed again', () => {
  const { notStated, openQuestions } = read(runOf(checkoutReport())).manifests[0]!
  expect(notStated.map(({ fact }) => fact.path)).toContain('services.stock.replicas')
  expect(openQuestions.filter(({ mustBeStated }) => mustBeStated)).toEqual(notStated)
  expect(openQuestions.length).toBeGreaterThan(notStated.length)
})

test('what is waived stands apart, and an expired waiver says so', () => {
  const { waived, findings } = read(runOf(waivedReport())).manifests[0]!
  expect(waived).toMatchObject([
    {
      finding: { ruleId: 'single-instance-on-critical-path' },
      reason: 'Moves in May',
      owner: 'team-orders',
      until: '2026-12-31',
    },
  ])
  expect(findings.map(({ note }) => note)).toContain('The waiver of team-shop ended on 2026-05-31: Was to move in May')
})

test('a manifest that cannot be read has problems and nothing else', () => {
  const { manifests } = read(problems())
  expect(new Set(manifests.flatMap(one => one.problems.map(({ ruleId }) => ruleId)))).toEqual(
    new Set(['duplicate-name', 'yaml-syntax', 'manifest-shape', 'unreadable', 'include']),
  )
  for (const { verdict, system, coverage, findings } of manifests) {
    expect({ verdict, system, coverage, findings }).toEqual({
      verdict: 'unreadable',
      system: null,
      coverage: null,
      findings: [],
    })
  }
})

test('no manifest, no review', () => {
  expect(write(json, { ...runOf(), rules: [rules[0]!] })).toBe(`{
  "schemaVersion": 1,
  "tool": {
    "name": "scaffold-review",
    "version": "1.2.3"
  },
  "rules": [
    {
      "id": "${rules[0]!.id}"
    }
  ],
  "manifests": []
}
`)
})

test('the same input gives the same bytes', () => {
  expect(write(json, examples())).toBe(write(json, examples()))
})

test('whatever a manifest says, it stays text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const { manifests } = read(runOf(everywhere(text)))
      expect(manifests[0]!.findings[0]!.message).toBe(text)
      expect(manifests[0]!.openQuestions[0]!.element).toBe(text)
    }),
    { numRuns: 50 },
  )
})
