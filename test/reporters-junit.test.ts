import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { junit } from '../src/reporters/junit.ts'
import type { Run } from '../src/reporters/reporter.ts'
import { elements } from './format-judges.ts'
import { checkoutReport, everywhere, problems, runOf, waivedReport, write } from './reporter-runs.ts'
import { reviewFile, reviewText } from './support.ts'
import { fails, passes } from './fake-rules.ts'

const naive = reviewFile('examples/web-shop-naive/scaffold.yaml')
const shop = reviewFile('examples/web-shop/scaffold.yaml')

const schema = '../shared/schemas/junit-10.xsd'
const missing = existsSync(schema) ? '' : ` (skipped: there is no ${schema})`

test.skipIf(missing !== '')(`is valid by the schema of Jenkins${missing}`, () => {
  const validator = XsdValidator.fromDoc(XmlDocument.fromString(readFileSync(schema, 'utf8')))
  for (const run of [
    runOf(naive),
    runOf(shop, waivedReport()),
    problems(),
    runOf(),
    runOf(everywhere('\u0001<"&]]>\n')),
  ]) {
    const document = XmlDocument.fromString(write(junit, run))
    expect(() => {
      validator.validate(document)
    }).not.toThrow()
  }
  const wrong = XmlDocument.fromString('<testsuites><testsuite name="a" tests="1"/></testsuites>')
  expect(() => {
    validator.validate(wrong)
  }).toThrow()
})

const namesOf = (run: Run, xpath = '//testcase') =>
  elements(write(junit, run), xpath).map(one => one.attr('name')!.value)

test('no name twice in a run', () => {
  const names = namesOf(runOf(naive, checkoutReport(), checkoutReport(), waivedReport(), ...problems().reports))
  expect(new Set(names).size).toBe(names.length)
  const rules = ['a', 'b'].map(id => fails(id, { with: { message: 'The same' } as never }))
  const report = reviewText('services: { web: {} }\n', rules)
  const twice = { ...report, findings: [...report.findings, ...report.findings] }
  expect(namesOf(runOf(twice))).toEqual([
    'scaffold.yaml: a on services.web',
    'scaffold.yaml: b on services.web',
    'scaffold.yaml: a on services.web (2)',
    'scaffold.yaml: b on services.web (2)',
  ])
})

test('a rule that passed is a test that passed; one that has nothing to say is none', () => {
  const rules = [passes('fine'), passes('elsewhere', { appliesTo: () => false } as never), fails('broken')]
  expect(write(junit, runOf(reviewText('services: { web: {} }\n', rules)))).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="scaffold-review" tests="2" failures="1" errors="0">
  <testsuite name="scaffold.yaml" tests="2" failures="1" errors="0" skipped="0">
    <testcase classname="scaffold-review.scaling" name="scaffold.yaml: fine"/>
    <testcase classname="scaffold-review.scaling" name="scaffold.yaml: broken on services.web">
      <failure type="warning" message="&quot;web&quot; broken">scaffold.yaml:1:13
&quot;web&quot; broken
Fix: Mend it.</failure>
    </testcase>
  </testsuite>
</testsuites>
`)
})

test('a smell passes and says so; what is not decided or waived is skipped; what cannot be read is an error', () => {
  const smell = reviewText('services: { web: {} }\n', [fails('smell', { severity: 'info' })])
  const text = write(junit, runOf(smell))
  expect(elements(text, '//failure')).toEqual([])
  expect(elements(text, '//testcase/system-out')[0]!.content).toContain('"web" smell')

  const waived = write(junit, runOf(waivedReport()))
  const skipped = elements(waived, '//testcase/skipped').map(one => one.attr('message')!.value)
  expect(skipped).toContain('Waived by team-orders until 2026-12-31: Moves in May')
  expect(skipped.some(message => /^Not decided for \d+ elements?: facts are not stated$/.test(message))).toBe(true)

  // What is waived is no test that passed as well.
  expect(namesOf(runOf(waivedReport())).filter(name => name.includes('single-instance'))).toEqual([
    'scaffold.yaml: single-instance-on-critical-path on services.orders',
  ])

  const unreadable = write(junit, problems())
  expect(elements(unreadable, '//testcase[@classname="scaffold-review.manifest"]/error')).not.toEqual([])
  expect(elements(unreadable, '//failure')).toEqual([])
})

test('the numbers are those of the tests below', () => {
  const text = write(junit, runOf(naive, waivedReport(), ...problems().reports))
  for (const suite of elements(text, '//testsuite')) {
    const count = (xpath: string) => String(suite.find(xpath).length)
    const said = Object.fromEntries(suite.attrs.map(({ name, value }) => [name, value]))
    expect(said).toMatchObject({
      tests: count('testcase'),
      failures: count('testcase/failure'),
      errors: count('testcase/error'),
      skipped: count('testcase/skipped'),
    })
  }
  const [root] = elements(text, '/testsuites')
  expect(root!.attr('tests')!.value).toBe(String(elements(text, '//testcase').length))
  expect(root!.attr('failures')!.value).toBe(String(elements(text, '//failure').length))
  expect(root!.attr('errors')!.value).toBe(String(elements(text, '//testcase/error').length))
})

test('a name stays when lines move', () => {
  const moved = reviewText(`\n\n${naive.sources[0]!.text}`, undefined, undefined, naive.file)
  expect(namesOf(runOf(moved))).toEqual(namesOf(runOf(naive)))
  expect(namesOf(runOf(naive))).toContain(
    'examples/web-shop-naive/scaffold.yaml: timeout-inversion on services.web.calls.orders',
  )
})
