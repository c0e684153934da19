import { expect, test } from 'vitest'
import { closedForms } from './closed-forms.ts'

test.each(closedForms().map(row => [`${row.queue.name}, rho ${row.rho.toFixed(2)}`, row] as const))(
  '%s',
  (_, { exact, simulated }) => {
    console.log(exact, simulated)
    expect(Math.abs(simulated.mean - exact)).toBeLessThanOrEqual(simulated.half)
  },
)
