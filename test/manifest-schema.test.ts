import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { manifestSchema } from '../src/manifest/schema/manifest.ts'
import { zodOf } from '../src/manifest/schema/to-zod.ts'
import { rules } from '../src/rules/index.ts'
import { filesOf, textOf } from './support.ts'

/** What an editor checks with: the published schema is made from the same source in the same way. */
const published = z.toJSONSchema(zodOf(manifestSchema), { target: 'draft-7', io: 'input' })
const ajv = new Ajv({ unicodeRegExp: true, strict: true, allowUnionTypes: true, validateFormats: false })
const accepts = ajv.compile(published)

const examples = rules.flatMap(rule =>
  rule.examples.map(example => [`${rule.id}: ${example.title}`, textOf(example)] as const),
)
type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
const valueOf = (text: string) => filesOf(text).value as Json

type Issue = z.core.$ZodIssue
/** Limits that a pattern cannot say, such as "above zero" of a duration, are checked by the reader alone. */
const isBeyondSchema = (issue: Issue): boolean =>
  issue.code === 'custom' ||
  (issue.code === 'invalid_union' && issue.errors.some(branch => branch.length > 0 && branch.every(isBeyondSchema)))

describe('the JSON Schema that editors use says what the reader says', () => {
  test.each(examples)('%s', (_, text) => {
    const value = valueOf(text)
    expect(zodOf(manifestSchema).safeParse(value).success).toBe(true)
    expect(accepts(JSON.parse(JSON.stringify(value))), JSON.stringify(accepts.errors)).toBe(true)
  })

  /** Every place in a value. */
  function* places(value: Json, path: (string | number)[] = []): Generator<(string | number)[]> {
    if (path.length > 0) yield path
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value))
      yield* places(inner, [...path, Array.isArray(value) ? Number(key) : key])
  }
  const replace = (value: Json, [step, ...rest]: (string | number)[], by: Json | undefined): Json => {
    if (step === undefined) return by!
    const copy = structuredClone(value) as Record<string, Json>
    if (rest.length === 0 && by === undefined) {
      if (Array.isArray(copy)) copy.splice(Number(step), 1)
      else Reflect.deleteProperty(copy, String(step))
    } else copy[step] = replace(copy[step]!, rest, by)
    return copy
  }
  const scalars = [
    'none',
    true,
    false,
    null,
    0,
    1,
    -1,
    2.5,
    1e9,
    1e10,
    '',
    'x',
    '5s',
    '0s',
    '-5s',
    '50%',
    '150%',
    '3/s',
    '5',
    '1KiB',
    '1MB/s',
    '500m',
    '2x',
    '2026-01-01',
    '10:00-11:00',
    'größe',
    'a/b',
    ' a',
  ] as const
  const replacement: fc.Arbitrary<Json | undefined> = fc.oneof(
    fc.constantFrom<Json | undefined>(...scalars, undefined),
    fc.constantFrom<Json>(
      [],
      {},
      ['x'],
      [{}],
      { x: 1 },
      { max: 2 },
      { to: 'x' },
      { min: 1 },
      { 'größe 2': {} },
      { '-x': {} },
    ),
  )

  test('of examples in which one thing was changed, as well', () => {
    const values = examples.map(([, text]) => valueOf(text))
    const changed = fc
      .constantFrom(...values)
      .chain(value => fc.tuple(fc.constant(value), fc.constantFrom(...places(value)), replacement))
      .map(([value, path, by]) => replace(value, path, by))
    const seen = { accepted: 0, refused: 0 }
    fc.assert(
      fc.property(changed, value => {
        const read = zodOf(manifestSchema).safeParse(value)
        const beyond = !read.success && read.error.issues.every(isBeyondSchema)
        seen[read.success ? 'accepted' : 'refused']++
        expect(accepts(value), `${JSON.stringify(value)} ${JSON.stringify(read.error?.issues ?? accepts.errors)}`).toBe(
          read.success || beyond,
        )
      }),
      { numRuns: 1200 },
    )
    expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(30)
  })
})
