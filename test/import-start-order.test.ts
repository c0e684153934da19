import { expect, test } from 'vitest'
import { arrows, compose } from './import-support.ts'

const services = (lines: Readonly<Record<string, string>>) =>
  `services:\n${Object.entries(lines)
    .map(([name, rest]) => `  ${name}: { image: example.org/${name}${rest} }\n`)
    .join('')}`

test('the order of starting is likely the wiring where it connects most, and nobody is addressed', async () => {
  const text = services({ web: ', depends_on: [orders]', orders: ', depends_on: [stock]', stock: '', mail: '' })
  expect(arrows(await compose(text))).toEqual(['web -> orders unknown likely', 'orders -> stock unknown likely'])
})

test('it is a guess where a service addresses others, or much is not connected', async () => {
  const env = ', environment: { ORDERS_URL: "http://orders:80" }, depends_on: [stock]'
  const speaks = services({ web: env, orders: ', depends_on: [stock]', stock: '' })
  expect(arrows(await compose(speaks))).toEqual([
    'web -> orders',
    'web -> stock unknown guessed',
    'orders -> stock unknown likely',
  ])
  const sparse = services({ web: ', depends_on: [orders]', orders: '', stock: '', mail: '' })
  expect(arrows(await compose(sparse))).toEqual(['web -> orders unknown guessed'])
})
