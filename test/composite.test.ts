import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compositeOf } from '../src/analysis/composite.ts'
import { factsOf } from '../src/analysis/index.ts'
import { probabilityOf, type Works } from '../src/analysis/survival.ts'
import golden from './golden/values.json' with { type: 'json' }
import { modelOf } from './support.ts'

const composite = (text: string) => {
  const model = modelOf(text)
  return compositeOf(model.journeys.get('buy')!, model, factsOf(model))!
}

const shop = (calls: string, more: string) => `
journeys: { buy: { entry: web } }
services:
  web: { calls: [${calls}] }
${more}`
const hard = (to: string) => `{ to: ${to}, fallback: none }`

describe('a journey of three components in a row', () => {
  const [first, second, third] = golden.frechet.parts
  const found = composite(
    shop(
      ['a', 'b', 'c'].map(hard).join(', '),
      `externals: { a: { availability: ${first! * 100}% }, b: { availability: ${second! * 100}% }, c: { availability: ${third! * 100}% } }`,
    ),
  )

  test('lies between the Fréchet bounds', () => {
    expect(found.ceiling).toBeCloseTo(golden.frechet.upper, 12)
    expect(found.product).toBeCloseTo(golden.frechet.product, 12)
    expect(found.floor).toBeCloseTo(golden.frechet.lower, 12)
  })

  test('names who contributes how much, and what helps most', () => {
    expect(found.contributors.map(({ part }) => part.component.name)).toEqual(['b', 'a', 'c'])
    expect(found.contributors.map(({ share }) => share)[0]).toBeCloseTo(golden.frechet.logShares[1]!, 9)
    expect(found.best!.part.component.name).toBe('b')
    expect(found.best!.whenSoft).toBeCloseTo(first! * third!, 12)
    expect(found.best!.withNine).toBeCloseTo(first! * third! * 0.9999, 12)
    expect(found.unknown.map(({ name }) => name)).toEqual(['web'])
  })
})

test('a database that two services use counts once', () => {
  const text = shop(
    `${hard('x')}, ${hard('y')}`,
    `  x: { calls: [${hard('db')}] }\n  y: { calls: [${hard('db')}] }\nstores: { db: { availability: 99.9% } }`,
  )
  expect(composite(text).product).toBeCloseTo(0.999, 12)
})

describe('a fallback to another component', () => {
  const pair = (dbOfB: string) =>
    shop(
      '{ to: a, fallback: { to: b } }',
      `  a: { availability: 99%, calls: [${hard('db')}] }
  b: { availability: 98%, calls: [${hard(dbOfB)}] }
stores: { db: { availability: 99.9% }, other: { availability: 99.9% } }`,
    )

  test('that shares the database is only as available as the database', () => {
    expect(composite(pair('db')).product).toBeCloseTo(0.999 * (1 - 0.01 * 0.02), 12)
  })

  test('with a database of its own is an independent way', () => {
    expect(composite(pair('other')).product).toBeCloseTo(1 - (1 - 0.99 * 0.999) * (1 - 0.98 * 0.999), 12)
  })
})

test('a journey without an entry has none', () => {
  const model = modelOf('journeys: { buy: {} }\n')
  expect(compositeOf(model.journeys.get('buy')!, model, factsOf(model))).toBeUndefined()
})

/** Works of up to five components, by brute force over all states. */
describe('pivotal decomposition', () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const withWays = (way: fc.Arbitrary<Works>): fc.Arbitrary<Works> =>
    fc.record({
      all: fc.subarray(names, { maxLength: 2 }).map(list => new Set(list)),
      oneOf: fc.array(fc.array(way, { minLength: 2, maxLength: 2 }), { maxLength: 2 }),
    })
  const works = withWays(withWays(withWays(fc.constant({ all: new Set(['e']), oneOf: [] }))))
  const holds = ({ all, oneOf }: Works, up: ReadonlySet<string>): boolean =>
    [...all].every(name => up.has(name)) && oneOf.every(ways => ways.some(way => holds(way, up)))
  const brute = (formula: Works, a: readonly number[]) => {
    let sum = 0
    for (let state = 0; state < 32; state++) {
      const up = new Set(names.filter((_, i) => state & (1 << i)))
      const p = names.reduce((product, _, i) => product * (state & (1 << i) ? a[i]! : 1 - a[i]!), 1)
      if (holds(formula, up)) sum += p
    }
    return sum
  }
  const availabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 })

  test('equals the sum over all states', () => {
    fc.assert(
      fc.property(works, availabilities, (formula, a) => {
        const found = probabilityOf(formula, name => a[names.indexOf(name)]!)
        if (found !== undefined) expect(found).toBeCloseTo(brute(formula, a), 9)
      }),
    )
  })

  test('gives up rather than run for ever', () => {
    const many = Array.from({ length: 40 }, (_, i) => ({ all: new Set([`x${i}`]), oneOf: [] }))
    const oneOf = many.map((one, i) => [one, many[(i + 7) % 40]!, many[(i + 13) % 40]!])
    expect(probabilityOf({ all: new Set(), oneOf }, () => 0.9)).toBeUndefined()
  })
})
