import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { completionsAt } from '../src/lsp/completion.ts'
import { gapAt, spotAt } from '../src/lsp/path-at.ts'
import { sectionAt } from '../src/lsp/section.ts'
import { recover, spotsOf } from '../src/lsp/spots.ts'
import { formatPath } from '../src/finding.ts'
import { schemaAt, shapeOf } from '../src/manifest/walk-schema.ts'
import { rules } from '../src/rules/index.ts'

/** The place of `|` in a text that is being typed. */
const gap = (marked: string) => {
  const offset = marked.indexOf('|')
  const found = gapAt(marked.replace('|', ''), offset)
  return found && `${found.role} ${formatPath(found.path)} ${found.typed}`.trim()
}

describe('where the next character will stand', () => {
  test.each([
    [
      'a value that is to come',
      'services:\n  web:\n    calls:\n      - to: |\n      - to: orders\n',
      'value services.web.calls[0].to',
    ],
    [
      'a key without its colon',
      'services:\n  web:\n    calls:\n      - to: x\n        ti|\n      - to: y\n',
      'key services.web.calls[0] ti',
    ],
    ['an empty line in a map', 'services:\n  web:\n    zones: 3\n    |\n  orders:\n    zones: 3\n', 'key services.web'],
    ['an empty line under a key', 'services:\n  web:\n    |\n  orders: {}\n', 'value services.web'],
    ['an empty line between elements', 'services:\n  web:\n    zones: 3\n  |\n  orders: {}\n', 'key services'],
    ['an open bracket', 'services:\n  web: { calls: [{ to: |\n  orders: {}\n', 'value services.web.calls[0].to'],
    ['a map in braces', 'services:\n  web: { calls: [{ to: a, | }] }\n', 'key services.web.calls[0]'],
    ['quotes', 'services:\n  web:\n    role: "ga|"\n', 'value services.web.role ga'],
    ['the top', 'version: 1\n|\nservices: {}\n', 'key'],
    ['an item of a list', 'services:\n  web:\n    calls:\n      - |\n', 'value services.web.calls[0]'],
    ['a list at the margin', 'waivers:\n- rule: a\n- rule: b\n  on: ser|\n', 'value waivers[1].on ser'],
    ['JSON', '{\n  "services": {\n    "web": { "role": "|" }\n  }\n}\n', 'value services.web.role'],
    ['Windows', 'services:\r\n  web:\r\n    role: |\r\n  x: {}\r\n', 'value services.web.role'],
    ['a mistake elsewhere', 'stores: [\nservices:\n  web:\n    role: |\njourneys: }\n', 'value services.web.role'],
    ['a comment', 'services:\n  web:\n    # to do |\n', undefined],
    ['an empty file', '|', 'value'],
  ])('%s', (_, marked, expected) => {
    expect(gap(marked)).toBe(expected)
  })
})

const shop = readFileSync('examples/web-shop/scaffold.yaml', 'utf8')
const naive = readFileSync('examples/web-shop-naive/scaffold.yaml', 'utf8')

test.each([
  ['web-shop', shop],
  ['web-shop-naive', naive],
  ['Windows', naive.replaceAll('\n', '\r\n')],
  ['JSON', JSON.stringify(recover(naive).toJS(), undefined, 2)],
])('a part of a text says the same about a place as all of it: %s', (_, text) => {
  const spots = [...spotsOf(recover(text).contents)].filter(({ range: [start, end] }) => end > start)
  expect(spots.length).toBeGreaterThan(300)
  // Every seventh is enough to meet every section.
  for (const spot of spots.filter((_, i) => i % 7 === 0)) {
    const [start, end] = spot.range
    const found = spotAt(text, Math.floor((start + end) / 2))
    expect(found, formatPath(spot.path)).toMatchObject({
      path: spot.path,
      role: spot.role,
      value: spot.value,
      range: spot.range,
    })
  }
})

test('a part of a large text is small', () => {
  const services = Array.from({ length: 1000 }, (_, i) => `  s${i}:\n    replicas: 2\n    zones: 3\n`).join('')
  const text = `version: 1\nservices:\n${services}stores: {}\n`
  const at = text.indexOf('s500:') + 20
  const { text: part, inside, outside } = sectionAt(text, at)
  expect(part).toBe('services:\n  s500:\n    replicas: 2\n    zones: 3\n')
  expect(outside(inside(at))).toBe(at)
  expect(part[inside(at)]).toBe(text[at])
})

test('no text and no place in it is too broken to ask', () => {
  const strange = fc.constantFrom('', '[', '{', '- ', '"', '&a ', '*a', '|', '\t', ': ', '? ', '\r', '---\n', '!!map ')
  fc.assert(
    fc.property(fc.nat(naive.length), fc.nat(naive.length), strange, fc.nat(naive.length), (from, length, put, at) => {
      const text = naive.slice(0, from) + put + naive.slice(from + (length % 300))
      const offset = Math.min(at, text.length)
      for (const found of [spotAt(text, offset), gapAt(text, offset)]) {
        if (!found) continue
        expect(found.range[0]).toBeLessThanOrEqual(found.range[1])
        expect(found.range[1]).toBeLessThanOrEqual(text.length + 1)
      }
      const completions = completionsAt(text, offset, rules, [])
      expect(new Set(completions?.items.map(({ label }) => label)).size).toBe(completions?.items.length ?? 0)
    }),
    { numRuns: 60, seed: 5 },
  )
})

test('whatever is offered as a key is one that the manifest takes there', () => {
  const text = naive.replace('    calls:\n', '    \n    calls:\n')
  const items = completionsAt(text, text.indexOf('    \n    calls') + 4, rules, [])!.items.map(({ label }) => label)
  expect(items).toContain('autoscaling')
  const known = [...shapeOf(schemaAt(['services', 'web'])!).keys()]
  expect(known).toEqual(expect.arrayContaining(items))
  for (const taken of ['calls', 'replicas', 'public']) expect(items).not.toContain(taken)
})
