import { inspect, isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { configSchema } from '../src/config/schema.ts'
import { manifestSchema } from '../src/manifest/schema/manifest.ts'
import { readAs, refused } from '../src/manifest/schema/read-as.ts'
import { zodOf } from '../src/manifest/schema/to-zod.ts'
import type { Type } from '../src/manifest/schema/type.ts'
import { alternatives, itemOf, shapeOf } from '../src/manifest/walk-schema.ts'
import { rules } from '../src/rules/index.ts'
import { strange } from './fuzz-values.ts'
import { randomManifest, valueOf } from './random-manifest.ts'
import { drawsFrom } from '../src/analysis/formulas/log-normal.ts'
import { filesOf, ordinary, textOf } from './support.ts'

/** Zod is made from the same types, and what it says is law: both must refuse the same and read the same, key for key. */
function compare(type: Type, value: unknown): 'taken' | 'refused' {
  const ours = readAs(type, value)
  const { success, data, error } = zodOf(type).safeParse(value)
  const isTaken = ours !== refused
  if (
    isTaken !== success ||
    (isTaken && !(isDeepStrictEqual(ordinary(ours), ordinary(data)) && isEqual(keysIn(ours), keysIn(data))))
  )
    throw new Error(`${inspect(value)}: ${inspect(ours)} instead of ${inspect(data ?? error?.issues)}`)
  return isTaken ? 'taken' : 'refused'
}

const isEqual = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((key, i) => key === b[i])

/** In their order, which `isDeepStrictEqual` does not look at. */
const keysIn = (value: unknown): string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [key, ...keysIn(inner)])
    : []

const scalars: readonly unknown[] = [
  ...strange.flatMap(text => filesOf(`a: ${text}`).value['a'] ?? []),
  ...[
    undefined,
    null,
    1e9,
    1e9 + 1,
    1e12,
    1e12 + 1,
    2 ** 53,
    1 - 2 ** -53,
    3650,
    3651,
    -0,
    'x'.repeat(128),
    'x'.repeat(129),
  ],
  ...[
    'never',
    'natural',
    'error',
    'off',
    '5s',
    '1.5h',
    '36500d',
    '36501d',
    '100.1%',
    '1e2%',
    '500m',
    '0.5',
    '2x',
    '0x',
    '1.5x',
  ],
  ...[
    '600/s',
    '6e3/s',
    '1000000000001/s',
    '1KiB',
    '1MB/s',
    '0MB/s',
    '2000000TB',
    '2026-01-01',
    '2026-13-01',
    '23:59-00:00',
    '24:00-01:00',
  ],
  ...['größe', 'a b', ' a', 'a\n', '', 'ab', 'abc', 'our/calls-give-up', 'Our/x'],
  ...[new Date(0), Symbol('s'), 10n, () => 1],
]
const wrapped = scalars.flatMap(one => [one, [one], { 'ä.b/c d-e': one }])

/** Every type that can be reached, once. */
function typesIn(type: Type, found = new Set<Type>()): Set<Type> {
  if (found.has(type)) return found
  found.add(type)
  const item = itemOf(type)
  for (const inner of [...alternatives(type), ...shapeOf(type).values(), ...(item ? [item] : [])]) typesIn(inner, found)
  return found
}

describe.each([
  ['the manifest', manifestSchema],
  ['the configuration', configSchema],
] as const)('of %s', (_, root) => {
  const types = [...typesIn(root)]

  test('every type reads every strange value as zod does', { timeout: 120_000 }, () => {
    const seen = { taken: 0, refused: 0 }
    let i = 0
    for (const type of types) {
      for (const value of wrapped) seen[compare(type, value)]++
      for (const key of shapeOf(type).keys()) seen[compare(type, { [key]: scalars[(i += 7) % scalars.length] })]++
    }
    expect(Math.min(seen.taken, seen.refused), JSON.stringify(seen)).toBeGreaterThan(2000)
  })

  test('every type reads values of its own, whole or broken, as zod does', () => {
    const seen = { taken: 0, refused: 0 }
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.nat(999_999), fc.constantFrom(...scalars), (type, seed, other) => {
        const { uniform } = drawsFrom(seed / 1_000_000)
        const value = valueOf(type, uniform, 0.7)
        seen[compare(type, value)]++
        seen[compare(type, broken(value, uniform, other))]++
      }),
      { numRuns: 2000 },
    )
    expect(Math.min(seen.taken, seen.refused), JSON.stringify(seen)).toBeGreaterThan(200)
  })
})

test.each(rules.map(rule => [rule.id, rule.options] as const))('options of %s', (_, options) => {
  if (!('kind' in options)) throw new Error('expected a type')
  compare(options, {})
  for (const value of wrapped) {
    compare(options, value)
    for (const key of Object.keys(options.fields)) compare(options, { [key]: value })
  }
})

test('whole manifests, at random and with keys in another order, are read as zod reads them', () => {
  const seen = { taken: 0, refused: 0 }
  fc.assert(
    fc.property(fc.nat(999_999), fc.constantFrom(...scalars), (seed, other) => {
      const { uniform } = drawsFrom(seed / 1_000_000)
      const manifest = randomManifest(seed)
      seen[compare(manifestSchema, manifest)]++
      seen[compare(manifestSchema, reversed(manifest))]++
      seen[compare(manifestSchema, broken(manifest, uniform, other))]++
    }),
    { numRuns: 60 },
  )
  expect(Math.min(seen.taken, seen.refused), JSON.stringify(seen)).toBeGreaterThan(20)
})

test('every example of every rule is read as zod reads it', () => {
  for (const rule of rules)
    for (const example of rule.examples)
      expect(compare(manifestSchema, filesOf(textOf(example)).value), `${rule.id}: ${example.title}`).toBe('taken')
})

type Values = Record<string, unknown>

/** A copy in which one thing, somewhere, is another, is gone or has a neighbour. */
function broken(value: unknown, random: () => number, other: unknown): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.15) return other
  const keys = Object.keys(value)
  const key = keys[Math.floor(random() * keys.length)]
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Values
  if (key === undefined || random() < 0.1) return { ...copy, neighbour: other }
  if (random() < 0.1) Reflect.deleteProperty(copy, key)
  else copy[key] = broken(copy[key], random, other)
  return copy
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  )
}
