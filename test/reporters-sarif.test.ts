import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fingerprints } from '../src/engine/fingerprint.ts'
import { lineHashes } from '../src/reporters/line-hash.ts'
import { sarif } from '../src/reporters/sarif.ts'
import { notStated } from '../src/report.ts'
import { rules } from '../src/rules/index.ts'
import { checkoutReport, everywhere, examples, few, problems, runOf, waivedReport, write } from './reporter-runs.ts'
import { physicalOf, read, resultsOf, type Result } from './read-sarif.ts'
import { reviewText } from './support.ts'

// The validator's package holds the schema of the standard. It is too large to be a dependency; CI installs it.
const folders = [process.env['SARIF_MULTITOOL_DIR'], 'node_modules/@microsoft/sarif-multitool-linux']
const schemaFile = folders.flatMap(folder => (folder ? [join(folder, 'sarif-2.1.0.json')] : [])).find(existsSync)

const missing = ' (skipped: SARIF_MULTITOOL_DIR has to name the folder of @microsoft/sarif-multitool-linux)'

test.skipIf(!schemaFile)(`every run is valid by the schema of SARIF 2.1.0${schemaFile ? '' : missing}`, () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  const valid = ajv.compile(JSON.parse(readFileSync(schemaFile!, 'utf8')) as object)
  const texts = ['"', '\ud800', '](1)', '{0}', '<b>', '%', '\u0000']
  for (const run of [examples(), problems(), runOf(), runOf(waivedReport()), runOf(...texts.map(everywhere))]) {
    expect(valid(JSON.parse(write(sarif, run))) ? [] : valid.errors).toEqual([])
  }
})

test('every finding and every fact that must be stated is a result of its rule', () => {
  const run = examples()
  const { results, tool } = read(run)
  const expected = run.reports.flatMap(report => [
    ...report.findings.map(({ ruleId }) => ruleId),
    ...notStated(report).map(() => 'not-stated'),
  ])
  expect(results.map(({ ruleId }) => ruleId)).toEqual(expected)
  expect(results.map(({ ruleIndex }) => tool.driver.rules[ruleIndex]!.id)).toEqual(expected)
})

test('rules are described completely, with names that differ from their ids', () => {
  const described = read(runOf()).tool.driver.rules
  expect(described.map(({ id }) => id)).toEqual([
    ...rules.map(({ id }) => id),
    'not-stated',
    'waiver-malformed',
    'waiver-unknown',
    'waiver-unused',
    'evidence-contradicted',
    'evidence-missing',
    'alert-never-fires',
    'alert-after-budget',
    'migration-hazard',
    'drift',
    'unreadable',
    'yaml-syntax',
    'duplicate-name',
    'manifest-shape',
    'include',
    'evidence',
    'rule-failed',
  ])
  expect(new Set(described.map(({ name }) => name)).size).toBe(described.length)
  for (const { id, name } of described) expect(name.toLowerCase()).not.toBe(id)
  expect(described.find(({ id }) => id === 'call-without-timeout')).toMatchObject({
    name: 'CallWithoutTimeout',
    shortDescription: { text: 'A synchronous call has no timeout.' },
    help: { markdown: expect.stringContaining('## Sources\n\n- AWS Well-Architected') },
    properties: { tags: ['partial-failure', 'reliability'], 'problem.severity': 'warning', precision: 'high' },
  })
  expect(described.find(({ id }) => id === 'capacity-below-peak')).toMatchObject({
    help: { text: expect.stringContaining('Formula: '), markdown: expect.stringContaining('## Formula\n\n    ') },
  })
})

test('a result says in its text what is, by which numbers, what to do, and where to look', () => {
  const report = checkoutReport()
  const isSingle = ({ ruleId }: { ruleId: string }) => ruleId === 'single-instance-on-critical-path'
  const { message, arithmetic, fix } = report.findings.find(isSingle)!
  const result = resultsOf(report).find(isSingle)!
  expect(result.level).toBe('error')
  expect(result.message.text.split('\n\n')).toEqual([
    `${message}.`,
    `${arithmetic!}.`,
    fix,
    'See ["shop -> orders" has no fallback](1).',
  ])
  expect(result.locations).toEqual([
    {
      physicalLocation: {
        artifactLocation: { uri: 'shop/scaffold.yaml', uriBaseId: '%SRCROOT%' },
        region: { startLine: 12, startColumn: 5, endLine: 12, endColumn: 16, snippet: { text: 'replicas: 1' } },
        contextRegion: {
          startLine: 11,
          endLine: 13,
          snippet: { text: '  orders:\n    replicas: 1\n  stock: {}' },
        },
      },
      logicalLocations: [{ name: 'orders', fullyQualifiedName: 'services.orders', kind: 'element' }],
    },
  ])
  expect(result.relatedLocations).toMatchObject([
    { id: 1, message: { text: '"shop -> orders" has no fallback.' }, physicalLocation: { region: { startLine: 9 } } },
  ])
})

test('a fact that must be stated is a warning of its own', () => {
  const results = resultsOf(checkoutReport()).filter(({ ruleId }) => ruleId === 'not-stated')
  expect(results[0]).toMatchObject({
    level: 'warning',
    message: {
      text: expect.stringMatching(
        /^"stock" does not state replicas\.\n\nHow many instances run\?\n\n.*"replicas: .*"\.$/s,
      ),
    },
    properties: { key: 'services.replicas' },
  })
})

test('what is waived is left out, and a finding whose waiver has expired says so', () => {
  const results = resultsOf(waivedReport())
  expect(results.map(({ ruleId }) => ruleId)).not.toContain('single-instance-on-critical-path')
  expect(results.find(({ ruleId }) => ruleId === 'call-without-timeout')?.message.text).toContain(
    'The waiver of team-shop ended on 2026-05-31',
  )
})

test('problems are errors, and the run did not succeed', () => {
  const { results, invocations } = read(problems())
  expect(invocations[0]!.executionSuccessful).toBe(false)
  expect(new Set(results.map(({ level }) => level))).toEqual(new Set(['error']))
  expect(results[0]).toMatchObject({
    ruleId: 'duplicate-name',
    message: { text: '"shop" is defined twice.\n\nSee [first defined](1).' },
    relatedLocations: [{ id: 1, physicalLocation: { region: { startLine: 2 } } }],
  })
  expect(read(runOf(checkoutReport())).invocations[0]!.executionSuccessful).toBe(true)
})

describe('alerts keep their identity', () => {
  test("by GitHub's hash of the line, and by rule and element", () => {
    const report = checkoutReport()
    const hashes = lineHashes(report.sources[0]!.text)
    const own = fingerprints(report)
    const results = resultsOf(report)
    for (const [i, finding] of report.findings.entries()) {
      expect(results[i]!.partialFingerprints).toEqual({
        primaryLocationLineHash: hashes[finding.location.start.line - 1],
        'scaffoldReview/v1': own.get(finding),
      })
    }
  })

  const hashOf = ({ partialFingerprints }: Result) => partialFingerprints['primaryLocationLineHash']!

  test('two facts that are missing on one line are two alerts', () => {
    const text = `
journeys: { checkout: { entry: shop, criticality: critical } }
services: { shop: { calls: [{ to: orders }, { to: stock }] }, orders: {}, stock: {} }
`
    const report = reviewText(text, few, {}, 'scaffold.yaml')
    const hashes = resultsOf(report).map(hashOf)
    expect(hashes.length).toBeGreaterThan(2)
    expect(new Set(hashes).size).toBe(hashes.length)
    expect(hashes[0]).toBe(lineHashes(text)[2])
    for (const hash of hashes.slice(1)) expect(hash).toMatch(new RegExp(`^${hashes[0]!}:[0-9a-f]{8}$`))
  })

  test('one file that two manifests share gives the same alerts twice', () => {
    const once = resultsOf(checkoutReport()).map(hashOf)
    expect(resultsOf(checkoutReport(), checkoutReport()).map(hashOf)).toEqual([...once, ...once])
  })
})

test('a hundred places are enough for one result', () => {
  const report = checkoutReport()
  const [finding] = report.findings
  const evidence = Array.from({ length: 101 }, (_, i) => ({ label: `call ${i + 1}`, location: finding!.location }))
  const [result] = resultsOf({ ...report, findings: [{ ...finding!, evidence }] })
  expect(result!.relatedLocations).toHaveLength(100)
  expect(result!.message.text).toMatch(/\[call 100\]\(100\)\.$/)
})

test('GitHub takes 25000 results, so the worst are kept', () => {
  const report = checkoutReport()
  const [finding] = report.findings
  const many = Array.from({ length: 25_001 }, (_, i) => {
    return { ...finding!, severity: i === 25_000 ? ('error' as const) : ('info' as const) }
  })
  const { results, invocations } = read(runOf({ ...report, findings: many, openQuestions: [] }))
  expect(results.length).toBe(25_000)
  expect(results[0]!.level).toBe('error')
  expect(invocations[0]!.toolExecutionNotifications?.[0]?.message.text).toContain('25000 of 25001')
})

test('whatever a manifest says, it stays text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), text => {
      const results = resultsOf(everywhere(text))
      expect(results).toHaveLength(3)
      for (const result of results) {
        expect(() => new URL(physicalOf(result).artifactLocation.uri, 'file:///root/')).not.toThrow()
        // The only links are to the places that belong to the result.
        const { text: message } = result.message
        const links = [...message.matchAll(/(?<!\\)\]\(([^)]*)\)/g)].map(([, target]) => target)
        expect(links).toEqual((result.relatedLocations ?? []).map(({ id }) => String(id)))
      }
    }),
    { numRuns: 100, examples: [['](1)'], ['[a shop](https://example.org/)'], ['\\](1)'], ['](]('], ['[[]]((1))']] },
  )
})

test('the same input gives the same bytes', () => {
  expect(write(sarif, examples())).toBe(write(sarif, examples()))
})
