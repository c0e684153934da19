import { expect, test } from 'vitest'
import rule from '../src/rules/partial-failure/critical-journey-without-degraded-mode.ts'
import { reviewText } from './support.ts'

test('of many dependencies the first five are named', () => {
  const said = (n: number) => {
    const names = Array.from({ length: n }, (_, i) => `part-${i + 1}`)
    const calls = names.map(name => `{ to: ${name}, fallback: none }`).join(', ')
    const text = `journeys: { buy: { criticality: critical, entry: shop, degradedMode: none } }\nservices: { shop: { calls: [${calls}] }, ${names.map(name => `${name}: {}`).join(', ')} }\n`
    return reviewText(text, [rule]).findings.map(({ message }) => message.split(';')[0])
  }
  expect(said(2)).toEqual([])
  expect(said(6)).toEqual(['"buy" fails with any one of "part-1", "part-2", "part-3", "part-4", "part-5" and "part-6"'])
  expect(said(7)).toEqual(['"buy" fails with any one of "part-1", "part-2", "part-3", "part-4", "part-5" and 2 more'])
})
