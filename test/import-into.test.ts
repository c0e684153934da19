import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { additionsTo } from '../src/import/write/into.ts'
import { draftOf } from '../src/import/write/manifest-of.ts'
import { added, dataOf, edge, element, problemsOf, source, system, textOf } from './import-write-support.ts'
import { filesOf } from './support.ts'

describe('into a manifest that is there', () => {
  const mine = `# ours
version: 1
services:
  web: # the shop
    replicas: { min: 3, max: 9 } # measured
    calls:
      - { to: api, timeout: 2s } # agreed
    x-inferred:
      - to: db # not true
  old: {}
caches:
  sessions: { engine: redis }
defaults:
  services: { zones: 3 }
x-ignore: [noise]
`
  const found = system(
    [
      element('service', 'web', { replicas: 1, zones: 1, 'cpu.limit': 2 }),
      element('service', 'api', { replicas: 2 }),
      element('service', 'noise'),
      element('store', 'db', { engine: 'postgres' }),
      element('store', 'sessions', { engine: 'redis@7', persistence: 'none' }),
    ],
    [
      edge('web', 'api', {
        facts: [
          { path: ['timeout'], value: '1s', source: source() },
          { path: ['pool'], value: 5, source: source() },
        ],
      }),
      edge('web', 'db'),
      edge('web', 'noise'),
      edge('web', 'sessions'),
    ],
  )

  test('adds what is new, and changes nothing that a person wrote', async () => {
    await expect(added(mine, found)).toMatchFileSnapshot('golden/import-into.txt')
    expect(problemsOf(added(mine, found))).toEqual([])
  })

  test('twice is once', () => {
    const once = added(mine, found)
    expect(added(once, found)).toBe(once)
  })

  test('names of included files are there already', () => {
    const files = filesOf('include: [1.yaml]\nservices: { web: {} }\n', 'stores: { db: {} }\n')
    const changes = additionsTo(files.sources[0]!.value, files.value, draftOf(found))
    expect(JSON.stringify(changes)).not.toContain('postgres')
  })

  const name = fc.constantFrom('web', 'api', 'db', 'cache', 'events', 'mail', 'a b', '2nd')
  const imported = fc
    .tuple(
      fc.uniqueArray(
        fc.record({
          kind: fc.constantFrom('service', 'store', 'queue', 'cache' as const),
          name,
          replicas: fc.option(fc.nat(5), { nil: undefined }),
        }),
        { selector: one => one.name },
      ),
      fc.array(
        fc.record({
          from: name,
          to: name,
          kind: fc.constantFrom('call', 'publish', 'consume', 'unknown' as const),
          confidence: fc.constantFrom('stated', 'derived', 'guessed' as const),
          optional: fc.boolean(),
        }),
        { maxLength: 6 },
      ),
    )
    .map(([elements, edges]) =>
      system(
        elements.map(one =>
          element(one.kind as 'service', one.name, one.replicas === undefined ? {} : { replicas: one.replicas }),
        ),
        edges.map(({ confidence, ...one }) =>
          edge(one.from, one.to, { ...one, kind: one.kind as 'call', source: source(confidence) }),
        ),
      ),
    )

  test('whatever is imported is valid, adds nothing the second time, and leaves what was there', () => {
    const holds = (whole: unknown, part: unknown): boolean =>
      typeof part !== 'object' || part === null
        ? whole === part
        : typeof whole === 'object' &&
          whole !== null &&
          Object.entries(part).every(([key, inner]) => holds((whole as Record<string, unknown>)[key], inner))
    fc.assert(
      fc.property(imported, imported, fc.boolean(), (first, second, isOwn) => {
        const before = isOwn ? mine : textOf(first)
        expect(problemsOf(before)).toEqual([])
        const after = added(before, second)
        expect(problemsOf(after)).toEqual([])
        expect(added(after, second)).toBe(after)
        if (!isOwn) expect(added(before, first)).toBe(before)
        expect(holds(dataOf(after), dataOf(before))).toBe(true)
        // Every line that was there is there, in its order.
        const lines = after.split('\n')
        let at = 0
        for (const line of before.split('\n')) {
          at = lines.indexOf(line, at) + 1
          expect(at, line).toBeGreaterThan(0)
        }
      }),
    )
  })
})
