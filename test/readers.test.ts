import { existsSync } from 'node:fs'
import { globSync } from 'tinyglobby'
import { describe, expect, test } from 'vitest'
import { quickRead } from '../src/manifest/quick-read.ts'
import { examples, isReadQuickly, scalars, textOfFile } from './readers-support.ts'

test('each example is read quickly', () => {
  expect(examples.length).toBeGreaterThan(20)
  for (const file of examples) expect(isReadQuickly(textOfFile(file)), file).toBe(true)
})

const corpus = '../shared/corpus'
test.skipIf(!existsSync(corpus))('YAML that others wrote', () => {
  const files = globSync(`${corpus}/**/*.{yaml,yml}`).sort()
  const quickly = files.filter(file => textOfFile(file).length < 200_000 && isReadQuickly(textOfFile(file)))
  expect(quickly.length).toBeGreaterThan(files.length / 2)
})

test.each(scalars)('%j as a value, an item and a key', scalar => {
  const forms = [
    `a: ${scalar}\nb: 1\n`,
    `a:\n  - ${scalar}\n  - 1\nb: 1\n`,
    `a:\n- ${scalar}\n`,
    `${scalar}: a\nb: 1\n`,
  ]
  const more = [
    `a: { b: ${scalar} }\n`,
    `a: [${scalar}, 1]\n`,
    `a:\n  b: ${scalar} # why\n  c: ${scalar}`,
    `"${scalar}": 1\n`,
  ]
  for (const text of [...forms, ...more]) isReadQuickly(text)
})

describe('what the quick reader takes and what it leaves', () => {
  test.each([
    ['lines that end in CRLF', 'a: 1\r\nb:\r\n  - c\r\n  - "d\r\n    e"\r\n'],
    ['a document mark', '---\na: 1\n'],
    ['comments everywhere', '# a\n\na: # b\n  # c\n  - d # e\n  # f\n\n  - g\n# h\nb: 1 # i'],
    [
      'anchors and merge keys',
      'x: &a { b: 1, c: { d: 2 } }\ny: { <<: *a, b: 2 }\nz:\n  e: 1\n  <<: [*a, { f: 3 }]\nw: *a\nv: [*a, *a]\n',
    ],
    ['an anchor that is set again', 'a: &x 1\nb: *x\nc: &x 2\nd: *x\n'],
    ['a merge that overrides nothing', 'x: &a { b: 1 }\ny: { b: 2, <<: *a, c: 3 }\n'],
    ['empty values', 'a:\nb:\n  c:\n  d: ~\n'],
    ['names that are numbers', '10: a\n9: b\n0x10: c\n1.50: d\ntrue: e\n'],
    ['names that JavaScript knows', 'constructor: 1\ntoString: 2\nhasOwnProperty: { valueOf: 3 }\n'],
    [
      'a long map and a long list',
      `a: { ${Array.from({ length: 40 }, (_, i) => `k${i}: ${i}`).join(', ')} }\nb: [${Array.from({ length: 40 }, (_, i) => i).join(', ')}]\n`,
    ],
    ['explicit keys', '? a\n: 1\n? b\n: 2\n'],
    ['JSON', '{"a": [1, {"b": null}], "c": "d"}'],
  ])('takes %s', (_, text) => {
    expect(isReadQuickly(text)).toBe(true)
  })

  test.each([
    ['a name twice', 'a: 1\na: 2\n'],
    ['a name twice beside a merge', 'x: &a { b: 1 }\ny: { b: 1, <<: *a, b: 2 }\n'],
    ['a name twice behind a merge', 'x: &a { b: 1 }\ny: { <<: *a, b: 1, b: 2 }\n'],
    ['a prototype', '__proto__: { a: 1 }\n'],
    ['a prototype in quotes', '"__proto__": { a: 1 }\n'],
    ['a tag', 'a: !!str 7\n'],
    ['a directive', '%YAML 1.1\n---\na: yes\n'],
    ['an end mark', 'a: 1\n...\n'],
    ['an end mark before all', '...\na: 1\n'],
    ['two documents', 'a: 1\n---\nb: 1\n'],
    ['a document mark that is indented', '  ---\na: 1\n'],
    ['an alias without an anchor', 'a: *b\n'],
    ['an alias before its anchor', 'a: *b\nc: &b 1\n'],
    ['an alias inside what it stands for', 'a: &a { b: [*a] }\n'],
    ['aliases that could multiply', 'a: &a 1\nb: &b [*a, *a]\nc: [*b, *b]\n'],
    ['a merge of a list of numbers', 'a: { <<: [1] }\n'],
    ['a merge of text', 'a: { <<: b }\n'],
    ['a name that is a map', '? { a: 1 }\n: 2\n'],
    ['a name that is nothing', '~: 1\n'],
    ['tabs', 'a:\t1\n'],
    ['a return inside a line', 'a: b\rc: d\n'],
    ['nesting beyond measure', `a: ${'['.repeat(200)}${']'.repeat(200)}`],
    ['no map', '- a\n'],
    ['nothing', ''],
    ['a broken text', 'a: [\n'],
    ['more aliases than are ever meant', `a: &a 1\nb: [${'*a, '.repeat(10_001)}]\n`],
  ])('leaves %s', (_, text) => {
    expect(isReadQuickly(text)).toBe(false)
  })
})

test('what an anchor or a merge key brings in stands where it is used', () => {
  const text = 'x: &a { b: { c: 1 } }\ny: { <<: *a }\nz: *a\n'
  const at = (path: string[]) => {
    const { range, complete } = quickRead(text)!.tree.find(path)
    return [text.slice(...range), complete]
  }
  expect(at(['x', 'b', 'c'])).toEqual(['c: 1', true])
  expect(at(['y', 'b'])).toEqual(['<<', true])
  expect(at(['y', 'b', 'c'])).toEqual(['<<', true])
  expect(at(['z', 'b', 'c'])).toEqual(['z', true])
  expect(at(['z', 'b', 'd'])).toEqual(['z', false])
})
