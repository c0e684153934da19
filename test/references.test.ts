import { expect, test } from 'vitest'
import { kindsIn, referenceKeys } from '../src/analysis/references.ts'
import { itemOf, namesAt, schemaAt } from '../src/manifest/walk-schema.ts'

/** The path of an example of the key, by the lists and maps that its first steps are. */
function schemaOf(key: string) {
  const [section, ...rest] = key.split('.')
  const owned = ['calls', 'publishes', 'consumes'].includes(section!)
  const path: (string | number)[] = owned ? ['services', 'shop', section!, 0] : [section!, 0]
  for (const step of rest) path.push(...(step === 'steps' ? [step, 0] : [step]))
  return schemaAt(path)!
}

test.each(referenceKeys())('%s says which kinds it may name', key => {
  const schema = schemaOf(key)
  const whats = [schema, itemOf(schema) ?? schema].flatMap(one => namesAt(one) ?? [])
  expect(whats.length).toBeGreaterThan(0)
  for (const what of whats) expect(kindsIn(what).length).toBeGreaterThan(0)
})

test('the words of a reference say which kinds it may name', () => {
  expect(kindsIn('a store or cache')).toEqual(['store', 'cache'])
  expect(kindsIn('a component')).toEqual(['service', 'store', 'queue', 'cache', 'external'])
  expect(kindsIn('an element')).toEqual(expect.arrayContaining(['service', 'journey', 'slo', 'job', 'decision']))
})
