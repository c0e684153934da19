import { expect, test } from 'vitest'
import { engineOf } from '../src/analysis/engine.ts'

test.each([
  ['postgres@15.4', 'postgres', 15],
  [' PostgreSQL @ 16', 'postgres', 16],
  ['redis', 'redis', undefined],
  ['kafka@', 'kafka', undefined],
  ['our-own@latest', 'our-own', undefined],
  // Names that every object knows.
  ['constructor', 'constructor', undefined],
  ['__proto__@3@4', '__proto__', 3],
  [undefined, undefined, undefined],
])('%j', (engine, product, major) => {
  expect(engineOf({ engine })).toEqual({ product, major })
})
