import { expect, test } from 'vitest'
import type { Finding } from '../src/finding.ts'
import type { Report } from '../src/report.ts'
import { fingerprints } from '../src/engine/fingerprint.ts'
import { checkoutReport, few } from './reporter-runs.ts'
import { reviewText } from './support.ts'

const shop = (calls: string[], more = '') => `
journeys: { checkout: { entry: shop, criticality: critical } }
services:
  shop:
    replicas: 3
    calls:
${calls.map(call => `      - { ${call} }`).join('\n')}
  orders: { replicas: 2 }
  stock: { replicas: 2 }
${more}`

const careless = 'to: orders, timeout: none, fallback: none'
const again = 'to: orders, operation: cancel, timeout: none, fallback: none'
const fine = 'to: stock, timeout: 1s, fallback: none'

const of = (text: string) => {
  const report = reviewText(text, few)
  expect(report.problems).toEqual([])
  return [...fingerprints(report).values()]
}

test('formatting, comments and numbers do not change it', () => {
  const [first] = of(shop([careless]))
  expect(first).toMatch(/^[0-9a-f]{32}$/)
  expect(of(`# A comment\n\n${shop([careless]).replaceAll('  ', '    ')}`)).toEqual([first])
  expect(of(shop([careless], 'system: shop'))).toEqual([first])
})

test('a call that is added above does not change it', () => {
  expect(of(shop([fine, careless]))).toEqual(of(shop([careless])))
})

test('calls to the same callee differ', () => {
  const [first] = of(shop([careless]))
  const both = of(shop([careless, fine, again]))
  expect(new Set(both).size).toBe(2)
  expect(both).toContain(first)
})

/** A report with one finding for each key below the element. */
const keyed = (...keys: string[]): Report => {
  const report = checkoutReport()
  const found = report.findings[0]!
  const findings = keys.map((key): Finding => {
    return { ...found, location: { ...found.location, path: [...found.subject, key] } }
  })
  return { ...report, findings }
}
const all = (report: Report) => [...fingerprints(report).values()]

test('the key tells findings of one rule on one element apart, and only those', () => {
  expect(all(keyed('timeout'))).toEqual(all(keyed('retries')))
  const [timeout, retries] = all(keyed('timeout', 'retries'))
  expect(timeout).not.toBe(retries)
  expect(all(keyed('retries', 'timeout'))).toEqual([retries, timeout])
})

test('two on the same key are told apart by their order', () => {
  const [one, other, third] = all(keyed('timeout', 'timeout', 'retries'))
  expect(new Set([one, other, third]).size).toBe(3)
  expect(one).toBe(all(keyed('timeout', 'retries'))[0])
})

test('a waiver of one does not rename the other', () => {
  const { findings, ...rest } = keyed('timeout', 'retries')
  const [kept, accepted] = findings as [Finding, Finding]
  const waived = [{ finding: accepted, reason: '', owner: '', until: '2026-12-31', location: accepted.location }]
  const report: Report = { ...rest, findings: [kept], waived }
  expect(fingerprints(report).get(kept)).toBe(all(keyed('timeout', 'retries'))[0])
})

test('names that look like other paths are other elements', () => {
  const named = (name: string) => {
    const report = checkoutReport()
    return all({ ...report, findings: [{ ...report.findings[0]!, subject: ['services', name] }] })[0]
  }
  expect(new Set(['a.b', 'a', '__proto__', 'constructor', 'a"', "a'"].map(named)).size).toBe(6)
})
