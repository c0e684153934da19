import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alternativesOf, constantOf, written } from '../src/evidence/promql/conditions.ts'
import { parsePromql } from '../src/evidence/promql/parse.ts'
import { prometheusDuration, selectorsOf, type Expr } from '../src/evidence/promql/tree.ts'

const read = (text: string): Expr => {
  const parsed = parsePromql(text)
  if (parsed.fault !== undefined) throw new Error(parsed.fault)
  return parsed.expr
}
const faultOf = (text: string) => parsePromql(text).fault

/** `x > 3` for each condition, ways apart by `|`, with `...` where something else has to hold too. */
const ways = (text: string): string =>
  alternativesOf(read(text))
    .map(({ conditions, whole }) =>
      [...conditions.map(c => `${shown(c.signal)} ${c.op} ${c.threshold}`), ...(whole ? [] : ['...'])].join(' & '),
    )
    .join(' | ')
const shown = (expr: Expr): string =>
  expr.kind === 'selector'
    ? (expr.name ?? '{}')
    : expr.kind === 'binary'
      ? `${shown(expr.left)}${expr.op}${shown(expr.right)}`
      : expr.kind === 'negate'
        ? `-${shown(expr.of)}`
        : expr.kind === 'aggregate'
          ? `${expr.op}(${expr.args.map(shown).join()})`
          : expr.kind

describe('constants', () => {
  test.each([
    ['14.4 * 0.001', 0.0144],
    ['(1 - 0.999) * 14.4', 0.0144],
    ['-(2 ^ 3) % 5', -3],
    ['vector(1) - scalar(vector(0.75))', 0.25],
    ['1e3 + 0x10', 1016],
    ['1h30m', 5400],
    ['1_000 / 4', 250],
    ['max(vector(2))', 2],
    ['Inf', Infinity],
  ])('%s = %d', (text, value) => {
    expect(constantOf(read(text))).toBeCloseTo(value, 12)
  })

  test.each(['up', '1 + up', 'sum(vector(1))', '2 > 1', 'time()'])('%s is not always one number', text => {
    expect(constantOf(read(text))).toBeUndefined()
  })

  test('a recording rule may be one', () => {
    expect(constantOf(read('14.4 * budget'), ({ name }) => (name === 'budget' ? 0.01 : undefined))).toBeCloseTo(0.144)
  })
})

describe('conditions', () => {
  test.each([
    ['x > 3', 'x > 3'],
    ['3 <= x', 'x >= 3'],
    ['0.01 < x', 'x > 0.01'],
    ['100 * x > 5', 'x > 0.05'],
    ['x * 100 > 5', 'x > 0.05'],
    ['100 * a / b > 5', 'a/b > 0.05'],
    ['x / (1 - 0.999) > 14.4', 'x > 0.0144'],
    ['1 - x > 0.01', 'x < 0.99'],
    ['(1 - x) / 0.001 >= 14.4', 'x <= 0.9856'],
    ['-x < -3', 'x > 3'],
    ['-2 * x < -6', 'x > 3'],
    ['x - 1 > 2', 'x > 3'],
    ['2 + x > 5', 'x > 3'],
    ['max(x > 3) without (window)', 'x > 3'],
    ['sum(x > 3)', 'x > 3'],
    ['max(x) > 3', 'x > 3'],
    ['sum(x) > 3', 'sum(x) > 3'],
    ['a > 0.1 * b', 'a/b > 0.1'],
    ['a > 1 and b > 2', 'a > 1 & b > 2'],
    ['(a > 1 and b > 2) or c > 3', 'a > 1 & b > 2 | c > 3'],
    ['(a > 1 or b > 2) and c > 3', 'a > 1 & c > 3 | b > 2 & c > 3'],
    ['a > 1 unless b > 2', 'a > 1 & ...'],
    ['a > 1 and on (job) b', 'a > 1 & ...'],
    ['a > bool 1', '...'],
    ['a > b', '...'],
    ['1 > 2', '...'],
    ['absent(a)', '...'],
    ['a offset 1h > 3', 'a > 3'],
    ['a @ start() > 3', 'a > 3'],
    ['{"http.requests"} > 3', 'http.requests > 3'],
    ['{__name__="a", job="b"} > 3', 'a > 3'],
  ])('%s: %s', (text, expected) => {
    expect(ways(text)).toBe(expected)
  })

  test('whatever it is scaled by, the threshold is the same', () => {
    const scales = fc.double({ min: 0.001, max: 1000, noNaN: true }).map(n => Number(n.toPrecision(3)))
    fc.assert(
      fc.property(scales, scales, (by, limit) => {
        const plain = `x > ${limit}`
        for (const text of [`${by} * x > ${by} * ${limit}`, `x / ${by} > ${limit} / ${by}`, `-x < -${limit}`]) {
          const [{ conditions: [found] } = { conditions: [] }] = alternativesOf(read(text))
          expect(`${shown(found!.signal)} ${found!.op}`).toBe('x >')
          expect(found!.threshold / limit).toBeCloseTo(1, 9)
        }
        expect(ways(plain)).toBe(plain.replace(/\.0$/, ''))
      }),
    )
  })

  test('combinations stay bounded', () => {
    const either = '(a > 1 or b > 2)'
    expect(alternativesOf(read(Array<string>(20).fill(either).join(' and '))).length).toBeLessThanOrEqual(64)
  })
})

test('two ways to write one signal are the same signal', () => {
  expect(written(read('sum( rate(a{b="c", d="e"}[5m]) )'))).toBe(written(read('sum(rate(a{d="e",b="c"}[5m]))')))
  expect(written(read('rate(a[5m])'))).not.toBe(written(read('rate(a[10m])')))
})

test('labels and ranges are read', () => {
  expect(selectorsOf(read('rate(a{b="c\\"d", e!~`f.*`}[1h30m]) / on (x) sum by (y) (z[5m:1m])'))).toEqual([
    {
      kind: 'selector',
      name: 'a',
      range: 5_400_000,
      matchers: [
        { label: 'b', op: '=', value: 'c"d' },
        { label: 'e', op: '!~', value: 'f.*' },
      ],
    },
    { kind: 'selector', name: 'z', range: undefined, matchers: [] },
  ])
})

test.each([
  ['5m', 300_000],
  ['1d', 86_400_000],
  ['1w2d', 777_600_000],
  ['0', 0],
  ['90ms', 90],
  ['5', undefined],
  ['m', undefined],
])('the duration %s', (text, milliseconds) => {
  expect(prometheusDuration(text)).toBe(milliseconds)
})

describe('what cannot be read', () => {
  test.each([
    ['', 'the expression is empty'],
    ['rate(a[5m', 'the expression ends too early'],
    ['a > > 1', 'the expression is not PromQL from "> 1" on'],
    ['histogram_share(0.2, a)', 'the expression is not PromQL from "(0.2, a)" on'],
  ])('%s: %s', (text, fault) => {
    expect(faultOf(text)).toBe(fault)
  })

  test('deep nesting and floods end soon, with a reason', () => {
    const started = performance.now()
    for (const text of [
      `${'('.repeat(50_000)}a`,
      `${'('.repeat(251)}a${')'.repeat(251)}`,
      `${'-'.repeat(300)}a`,
      Array<string>(300).fill('a').join('+'),
    ])
      expect(faultOf(text)).toMatch(/more than 250 levels deep/)
    expect(faultOf(Array<string>(60_000).fill('a').join('+'))).toMatch(/more than 100000 characters/)
    expect(faultOf(`a{b="${'('.repeat(1000)}"} > 1`)).toBeUndefined()
    expect(performance.now() - started).toBeLessThan(3000)
  })

  test('no text makes it throw', () => {
    const words = fc.constantFrom(
      'a',
      '(',
      ')',
      '[5m]',
      '{',
      '}',
      '"',
      '>',
      'and',
      'sum',
      ' by ',
      '1',
      '-',
      '/',
      ',',
      '=',
    )
    fc.assert(fc.property(fc.array(words, { maxLength: 30 }), parts => void parsePromql(parts.join(''))))
    fc.assert(fc.property(fc.string(), text => void parsePromql(text)))
  })
})
