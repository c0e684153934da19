import { describe, expect, test } from 'vitest'
import { faults, said } from './policy-support.ts'

describe('require', () => {
  const limit = { on: 'call', require: { properties: { timeout: { maximum: '2s' } } } }
  const calls = (...calls: object[]) => ({
    services: { a: { calls: calls.map(call => ({ to: 'b', ...call })) }, b: {} },
  })

  test('reads values as the manifest writes them, and shows them so', () => {
    const slow = said(limit, calls({ timeout: '3s' }, { timeout: '2s' }, { timeout: '2001ms' }))
    expect(slow.places).toEqual(['services.a.calls[0].timeout', 'services.a.calls[2].timeout'])
    expect(slow.reasons).toEqual(['timeout = 3s, expected <= 2s', 'timeout = 2001ms, expected <= 2s'])
  })

  test('what is not stated breaks a limit never, and "required" always', () => {
    expect(said(limit, calls({})).found).toEqual([])
    const required = { on: 'call', require: { required: ['timeout'] } }
    expect(said(required, calls({}, { timeout: 'none' }, { timeout: '1s' }))).toMatchObject({
      found: ['services.a.calls[0]'],
      reasons: ['timeout is not stated'],
      messages: ['"a -> b" is not as it should be'],
    })
    // A fact that is denied is stated, as "none".
    const number = { on: 'call', require: { properties: { timeout: { type: 'number' } } } }
    expect(said(number, calls({}, { timeout: false }, { timeout: '1s' })).places).toEqual([
      'services.a.calls[1].timeout',
    ])
  })

  test('defaults count as stated, and point to where they are', () => {
    expect(said(limit, { ...calls({}), defaults: { calls: { timeout: '5s' } } }).found).toEqual(['services.a.calls[0]'])
  })

  test.each([
    [
      'share',
      'store',
      { availability: { minimum: '99.9%' } },
      { stores: { a: { availability: '99%' } } },
      'availability = 99%, expected >= 99.9%',
    ],
    [
      'rate',
      'external',
      { quota: { exclusiveMinimum: '10/s' } },
      { externals: { a: { quota: '10/s' } } },
      'quota = 10/s, expected > 10/s',
    ],
    [
      'count',
      'service',
      { replicas: { properties: { min: { minimum: 2 } } } },
      { services: { a: { replicas: 1 } } },
      'replicas.min = 1, expected >= 2',
    ],
    [
      'text',
      'store',
      { engine: { pattern: '^postgres@' } },
      { stores: { a: { engine: 'mysql@8' } } },
      'engine = mysql@8, has to match pattern "^postgres@"',
    ],
    [
      'const',
      'call',
      { timeout: { const: '1s' } },
      calls({ timeout: '2s' }),
      'timeout = 2s, has to be equal to constant',
    ],
    [
      'enum',
      'service',
      { state: { enum: ['none', 'external'] } },
      { services: { a: { state: 'local' } } },
      'state = local, has to be equal to one of the allowed values',
    ],
    [
      'name',
      'component',
      { name: { pattern: '^[a-z-]+$' } },
      { queues: { a_b: {} } },
      'name = a_b, has to match pattern "^[a-z-]+$"',
    ],
    [
      'items',
      'service',
      { calls: { items: { properties: { timeout: { maximum: '2s' } } } } },
      calls({ timeout: '3s' }),
      'calls.0.timeout = 3s, expected <= 2s',
    ],
    [
      'manifest',
      'manifest',
      { services: { additionalProperties: { required: ['owner'] } } },
      { services: { a: {} } },
      'services.a.owner is not stated',
    ],
    [
      'branches',
      'service',
      { owner: { anyOf: [{ const: 'team-a' }, { const: 'team-b' }] } },
      { services: { a: { owner: 'x' } } },
      'owner = x, has to be equal to constant',
    ],
  ] as const)('%s', (_, on, properties, manifest, reason) => {
    expect(said({ on, require: { properties } }, manifest).reasons).toEqual([reason])
  })

  test.each([
    [{ maximun: 2 }, 'require.maximun: There is no keyword "maximun" of JSON Schema here; did you mean "maximum"?'],
    [
      { properties: { timeuot: {} } },
      'require.properties.timeuot: There is no key "timeuot": a call has no "timeuot"; did you mean "timeout"?',
    ],
    [
      { required: ['to', 'retrys'] },
      'require.required.1: There is no key "retrys": a call has no "retrys"; did you mean "retries"?',
    ],
    [
      { properties: { retries: { properties: { maxx: {} } } } },
      'require.properties.retries.properties.maxx: There is no key "maxx" in "retries"; did you mean "max"?',
    ],
    [
      { allOf: [{ not: { required: ['timeot'] } }] },
      'require.allOf.0.not.required.0: There is no key "timeot": a call has no "timeot"; did you mean "timeout"?',
    ],
    [
      { properties: { timeout: { maximum: 'soon' } } },
      'require.properties.timeout.maximum: "soon" cannot be; expected a duration such as 800ms, or none',
    ],
    [
      { properties: { mode: { enum: ['async', 'sometimes'] } } },
      'require.properties.mode.enum.1: "sometimes" cannot be; expected one of sync, async',
    ],
    [
      { properties: { timeout: { type: 'numbr' } } },
      'require.properties.timeout.type: "type" has to be equal to one of the allowed values',
    ],
    [{ minProperties: 'x' }, 'require.minProperties: "minProperties" has to be integer'],
    [
      { properties: { to: { pattern: '(?=a)' } } },
      'require.properties.to.pattern: The regular expression cannot be used: invalid or unsupported Perl syntax: `(?=`',
    ],
    [
      { $ref: 'https://example.com/x.json' },
      'require.$ref: "$ref" cannot be used here; an anchor of YAML (&name, *name) repeats a schema',
    ],
    [
      { properties: { to: { format: 'uri' } } },
      'require.properties.to.format: "format" cannot be used here; use pattern',
    ],
    [{ properties: { to: 3 } }, 'require.properties.to: A JSON Schema is a map, true or false'],
    [{ then: {} }, 'require: The schema cannot be used: '],
  ])('a slip in it is an error with a place: %j', (require, fault) => {
    expect(faults({ on: 'call', require })).toEqual([expect.stringContaining(fault)])
  })

  test('patterns take linear time', () => {
    const evil = { on: 'store', require: { properties: { engine: { pattern: '^(a+)+$' } } } }
    const start = performance.now()
    expect(said(evil, { stores: { a: { engine: `${'a'.repeat(20_000)}!` } } }).found).toEqual(['stores.a'])
    expect(performance.now() - start).toBeLessThan(20_000)
  })
})
