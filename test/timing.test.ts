import { expect, test } from 'vitest'
import { folder, run } from './cli-support.ts'

const cwd = folder({ 'scaffold.yaml': 'services: { web: { calls: [{ to: api, timeout: none }] }, api: {} }\n' })

test('--timing tells on standard error where the time went, and leaves the report as it is', async () => {
  const plain = await run(['scaffold.yaml', '-f', 'json'], cwd)
  const timed = await run(['scaffold.yaml', '-f', 'json', '--timing'], cwd)
  expect(plain.err).toBe('')
  expect(timed.out).toBe(plain.out)
  expect(timed.code).toBe(plain.code)
  const lines = timed.err.trimEnd().split('\n')
  const names = lines.map(line => line.replace(/ +\d+\.\d ms$/, ''))
  expect(names.slice(0, 6)).toEqual(['configure', 'read', 'validate', 'decide', 'report', 'write'])
  expect(names[6]).toBe('total')
  expect(names[7]).toMatch(/^of rules/)
  expect(names.at(-1)).toMatch(/^ {2}\d+ other rules$/)
  const times = lines.filter((_, i) => i !== 7).map(line => Number(/(\d+\.\d) ms$/.exec(line)![1]))
  const [rules, total] = [times.slice(7), times[6]!]
  // Rules run within one phase, the slowest first; the last line sums up the rest.
  expect(rules.slice(0, -1)).toEqual(rules.slice(0, -1).toSorted((a, b) => b - a))
  expect(times.slice(0, 6).reduce((a, b) => a + b)).toBeLessThanOrEqual(total + 0.5)
})

test('only the rules that were applied are timed', async () => {
  const { err } = await run(['scaffold.yaml', '--timing', '--only', 'call-without-timeout'], cwd)
  expect(err.split('\n').filter(line => line.startsWith('  '))).toEqual([
    expect.stringMatching(/^ {2}call-without-timeout +\d+\.\d ms$/),
  ])
})
