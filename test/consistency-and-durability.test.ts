import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toleratedLosses } from '../src/analysis/formulas/quorum.ts'
import { yaml } from '../src/rules/define.ts'
import { findingsOf } from './support.ts'

test('even-or-two-node-quorum: a majority of the rest is left, and an even member adds nothing', () => {
  expect([1, 2, 3, 4, 5, 6, 7].map(toleratedLosses)).toEqual([0, 0, 1, 1, 2, 2, 3])
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), n => {
      const survived = toleratedLosses(n)
      expect(2 * (n - survived)).toBeGreaterThan(n)
      expect(2 * (n - survived - 1)).toBeLessThanOrEqual(n)
      expect(toleratedLosses(n + 1)).toBeGreaterThanOrEqual(survived)
    }),
  )
})

test('even-or-two-node-quorum: two are an error, four are a smell, with the numbers', () => {
  const found = findingsOf(
    'even-or-two-node-quorum',
    yaml`
      stores:
        settings: { engine: etcd, replicas: 2 }
        services: { engine: consul, replicas: 4 }
      queues:
        mails: { engine: nats-jetstream, replicas: 6 }
    `,
  )
  expect(found).toEqual([
    {
      severity: 'error',
      message:
        '"settings" needs a majority of 2 members and survives the loss of 0, as 1 would; expected an odd number',
      arithmetic: '⌈2 / 2⌉ - 1 = 0; with 3: ⌈3 / 2⌉ - 1 = 1',
      fix: 'Add a third member that votes; one that holds no data is enough',
    },
    {
      severity: 'info',
      message:
        '"services" needs a majority of 4 members and survives the loss of 1, as 3 would; expected an odd number',
      arithmetic: '⌈4 / 2⌉ - 1 = 1; with 5: ⌈5 / 2⌉ - 1 = 2',
      fix: 'Run 3 members, which survive as much, or 5, which survive 2',
    },
    expect.objectContaining({ severity: 'info', fix: 'Run 5 members, which survive as much, or 7, which survive 3' }),
  ])
})
