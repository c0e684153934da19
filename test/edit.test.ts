import { describe, expect, test } from 'vitest'
import { EditError, difference, editText, type Change } from '../src/edit/edit.ts'
import { editFiles } from '../src/edit/files.ts'
import type { Path } from '../src/finding.ts'
import { yaml } from '../src/rules/define.ts'
import { filesOf } from './support.ts'

const at = (path: string): Path => path.split('.').map(step => (/^\d+$/.test(step) ? Number(step) : step))
const set = (path: string, value: unknown): Change => ({ path: at(path), value })
const drop = (path: string): Change => set(path, undefined)
const rename = (path: string, to: string): Change => ({ path: at(path), to })

describe('values', () => {
  test.each<[string, string, unknown, string]>([
    ['a plain value', 'a: 1s # why\n', '2s', 'a: 2s # why\n'],
    ['double quotes', 'a: "x"   # why\n', 'y', 'a: "y"   # why\n'],
    ['single quotes', "a: 'x'\n", "it's", "a: 'it''s'\n"],
    ['what needs quotes', 'a: x\n', 'y: z', 'a: "y: z"\n'],
    ['text that looks like a number', 'a: x\n', '7', 'a: "7"\n'],
    ['lines of text', 'a: |\n  one\n  two\nb: 1\n', 'three\nfour\n', 'a: |\n  three\n  four\nb: 1\n'],
    ['lines of text for one word', 'a: >-\n  one\n  two\n\nb: 1\n', 'three', 'a: three\n\nb: 1\n'],
    ['several lines in a value', 'a: one\n  two # why\n', 'three', 'a: three # why\n'],
    ['nothing', 'a: # why\nb: 1\n', 'x', 'a: x # why\nb: 1\n'],
    ['null', 'a: ~ # why\n', false, 'a: false # why\n'],
    ['a tag', 'a: !!str 3\n', 4, 'a: 4\n'],
    ['a map for a value', 'a: 1 # why\nb: 1\n', { c: 1 }, 'a: # why\n  c: 1\nb: 1\n'],
    ['a value for a map', 'a: # why\n  c: 1\n  d: 2 # gone\nb: 1\n', 'none', 'a: none # why\nb: 1\n'],
    ['a list for a map', 'a:\n  c: 1\nb: 1\n', ['x', 'y'], 'a: [x, y]\nb: 1\n'],
    ['no newline at the end', 'a: 1', 2, 'a: 2'],
    ['the same', 'a:   {b: 1,}  \n', { b: 1 }, 'a:   {b: 1,}  \n'],
  ])('in the place of %s', (_, before, value, after) => {
    expect(editText(before, [set('a', value)])).toBe(after)
  })

  test('a map gives way to another key by key, and what both hold keeps its form', () => {
    const text = 'a:\n  b: 0x10 # why\n  c: "x"\n  d: {e: 1,  f: [1,2]}\n'
    expect(editText(text, [set('a', { b: 16, d: { e: 1, f: [1, 3] }, g: 'new' })])).toBe(
      'a:\n  b: 0x10 # why\n  d: {e: 1,  f: [1,3]}\n  g: new\n',
    )
  })
})

describe('new keys', () => {
  test('stand behind the last one and its comments, apart where the others are', () => {
    const text = yaml`
      services:
        web:
          replicas: 3 # three
          # zones: 3

        orders: {}

          # about orders

      # stores
      stores: {}
    `
    const edits = [set('services.web.zones', 2), set('services.pay.replicas', 1), set('queues.q', {})]
    expect(editText(text, edits)).toBe(yaml`
      services:
        web:
          replicas: 3 # three
          # zones: 3
          zones: 2

        orders: {}

          # about orders

        pay: { replicas: 1 }

      # stores
      stores: {}

      queues:
        q: {}
    `)
  })

  test.each<[string, string, string, unknown, string]>([
    ['an empty file', '', 'services.web.zones', 3, 'services:\n  web: { zones: 3 }\n'],
    ['comments alone', '# soon', 'a', 1, '# soon\na: 1\n'],
    ['a map with a comment set apart', 'a:\n  b: 1\n\n  # next\n', 'a.c', 2, 'a:\n  b: 1\n  c: 2\n\n  # next\n'],
    ['document markers', '---\n# soon\n...\n', 'a', 1, '---\n# soon\na: 1\n...\n'],
    [
      'a section with nothing',
      'stores: # none\n  # yet\nb: 1\n',
      'stores.db',
      {},
      'stores: # none\n  # yet\n  db: {}\nb: 1\n',
    ],
    ['no newline at the end', 'a: 1', 'b', 2, 'a: 1\nb: 2'],
    ['other newlines', 'a:\r\n  b: 1 # x\r\n', 'a.c', { d: 1 }, 'a:\r\n  b: 1 # x\r\n  c: { d: 1 }\r\n'],
    [
      'wide indentation',
      'a:\n    b:\n        c: 1\n',
      'a.d',
      { e: 'long '.repeat(20) },
      `a:\n    b:\n        c: 1\n    d:\n        e: "${'long '.repeat(20)}"\n`,
    ],
    ['brackets', 'a: {b: 1} # x\n', 'a.c', 'x, y', 'a: {b: 1, c: "x, y"} # x\n'],
    ['empty brackets', 'a: { }\n', 'a.c', 1, 'a: { c: 1 }\n'],
    ['brackets over lines', 'a: {\n  b: 1 # x\n}\n', 'a.c', 1, 'a: {\n  b: 1, # x\n  c: 1\n}\n'],
    ['a comma at the end', 'a: {\n  b: 1, # x\n}\n', 'a.c', 1, 'a: {\n  b: 1, # x\n  c: 1,\n}\n'],
    ['a key without a value in brackets', 'a: {b, c}\n', 'a.b', 1, 'a: {b: 1, c}\n'],
    ['lines of text at the end', 'a:\n  b: |\n    x\n    # y\n', 'a.c', 1, 'a:\n  b: |\n    x\n    # y\n  c: 1\n'],
    ['the mark of some editors', '\ufeffa: 1\n', 'b', 2, '\ufeffa: 1\nb: 2\n'],
  ])('in %s', (_, before, path, value, after) => {
    expect(editText(before, [set(path, value)])).toBe(after)
  })

  test('a line of brackets that grows too long goes on in the next', () => {
    const edits = Array.from({ length: 8 }, (_, i) => set(`stores.db.x-fact-${i}`, `some value ${i}`))
    const text = editText('stores:\n  db: { engine: postgres@16 }\n', edits)
    expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThanOrEqual(121)
    expect(text).toMatch(/^stores:\n {2}db: \{ engine.*,\n {6}x-fact.*,\n {6}x-fact.* \}\n$/)
  })
})

describe('items', () => {
  const list = 'calls:\n  - to: a # one\n    timeout: 1s\n  # two\n  - { to: b }\n'
  test.each<[string, string, Change, string]>([
    ['one more', list, set('calls.2', { to: 'c' }), `${list}  - { to: c }\n`],
    [
      'one more beside maps with lines of their own',
      'calls:\n- to: a\n',
      set('calls.1', { to: 'c', pool: 1 }),
      'calls:\n- to: a\n- to: c\n  pool: 1\n',
    ],
    ['a first one', 'web:\n', set('web.calls.0', { to: 'c' }), 'web:\n  calls: [{ to: c }]\n'],
    ['one in brackets', 'a: [x]\n', set('a.1', 'y'), 'a: [x, y]\n'],
    ['a key of an item', list, set('calls.0.pool', 8), list.replace('1s\n', '1s\n    pool: 8\n')],
    ['without the first key of an item', list, drop('calls.0.to'), list.replace('to: a # one\n    ', '')],
    ['without an item', list, drop('calls.0'), 'calls:\n  # two\n  - { to: b }\n'],
    ['without the last item', list, drop('calls.1'), list.replace('  - { to: b }\n', '')],
    ['without any item', 'calls: # all\n  - to: a\nb: 1\n', drop('calls.0'), 'calls: [] # all\nb: 1\n'],
  ])('%s', (_, before, change, after) => {
    expect(editText(before, [change])).toBe(after)
  })

  test('there is no item behind the one after the last', () => {
    expect(() => editText(list, [set('calls.3', { to: 'c' })])).toThrow('"calls" has no item 3')
  })
})

describe('taking out', () => {
  test.each([
    ['a key', 'a: 1\n# about b\nb: 2 # gone\nc: 3\n', 'b', 'a: 1\n# about b\nc: 3\n'],
    ['one of two blank lines', 'a: 1\n\nb: 2\n\nc: 3\n', 'b', 'a: 1\n\nc: 3\n'],
    ['the last line of a file without newline', 'a: 1\nb: 2', 'b', 'a: 1'],
    ['the only key', 'a: # why\n  b: 1\nc: 1\n', 'a.b', 'a: {} # why\nc: 1\n'],
    ['the first in brackets', 'a: { b: 1, c: 2 }\n', 'a.b', 'a: { c: 2 }\n'],
    ['the last in brackets', 'a: { b: 1, c: 2 }\n', 'a.c', 'a: { b: 1 }\n'],
    ['the only one in brackets', 'a: { b: 1 }\n', 'a.b', 'a: {}\n'],
    ['one line of brackets', 'a: {\n  b: 1, # x\n  c: 2, # y\n}\n', 'a.c', 'a: {\n  b: 1, # x\n}\n'],
    ['what is not there', 'a: { b: 1 }\n', 'a.c.d', 'a: { b: 1 }\n'],
  ])('%s', (_, before, path, after) => {
    expect(editText(before, [drop(path)])).toBe(after)
  })
})

describe('anchors', () => {
  const text = 'base: &base { timeout: 1s, retries: { max: 1 } }\na: *base\nb:\n  <<: *base\n  pool: 3\n'

  test('what an alias or a merge key brings is overridden where it is used', () => {
    expect(editText(text, [set('a.retries.max', 2), set('b.timeout', '2s'), set('a.timeout', '3s')])).toBe(
      'base: &base { timeout: 1s, retries: { max: 1 } }\na: { <<: *base, retries: { max: 2 }, timeout: 3s }\nb:\n  <<: *base\n  pool: 3\n  timeout: 2s\n',
    )
  })
  test('what others share is not changed behind their back', () => {
    const change = () => editText(text, [set('base.timeout', '2s')])
    expect(change).toThrow(EditError)
    expect(change).toThrow('"base.timeout" cannot be changed here: an anchor ties it to other places')
  })
  test('an anchor that all users override can be changed', () => {
    const own = 'base: &base { timeout: 1s }\nb: { <<: *base, timeout: 2s }\n'
    expect(editText(own, [set('base.timeout', '3s')])).toBe(own.replace('1s', '3s'))
  })
  test('a key that an alias brings can be left out, one from a merge key cannot', () => {
    expect(editText(text, [drop('a.retries')])).toContain('\na:\n  timeout: 1s\nb:\n')
    expect(() => editText(text, [drop('b.timeout')])).toThrow('"b.timeout" comes from an anchor; change it there')
  })
  test('an anchor that is used later cannot go', () => {
    expect(() => editText(text, [drop('base')])).toThrow('an anchor ties it')
  })
})

describe('renaming', () => {
  test('keeps the place, the quotes and all that the key holds', () => {
    const text = 'a:\n  "replicaz": 3 # three\n  zonez: { b: 1 }\n'
    expect(editText(text, [rename('a.replicaz', 'replicas'), rename('a.zonez', 'zones')])).toBe(
      'a:\n  "replicas": 3 # three\n  zones: { b: 1 }\n',
    )
  })
  test('never hides another key', () => {
    expect(() => editText('a: 1\nb: 2\n', [rename('a', 'b')])).toThrow('"b" is there already')
    expect(() => editText('a: 1\n', [rename('c', 'b')])).toThrow('There is no "c"')
  })
})

describe('what cannot be', () => {
  test.each<[string, string, Change, string]>([
    ['a text with a mistake', 'a: [1\nb: 2\n', set('b', 1), 'line 2: '],
    ['a value inside a value', 'a: 1\n', set('a.b', 1), '"a" is a single value; expected a map'],
    ['an item of a map', 'a: { b: 1 }\n', set('a.0', 1), '"a" is a map; expected a list'],
    ['a key of a list', 'a: [1]\n', set('a.b', 1), '"a" is a list; expected a map'],
    ['two documents', 'a: 1\n---\nb: 1\n', set('a', 2), 'A second document begins here'],
    ['a name that JavaScript keeps', 'a: 1\n', set('__proto__', 1), 'The name "__proto__" cannot be used'],
    ['everything', 'a: 1\n', { path: [], value: undefined }, 'The manifest as a whole cannot be taken out'],
    ['a map without braces', 'a: [b: 1]\n', set('a.0.c', 1), 'A map without braces'],
  ])('%s', (_, text, change, message) => {
    expect(() => editText(text, [change])).toThrow(EditError)
    expect(() => editText(text, [change])).toThrow(message)
  })
})

test('a manifest of several files is changed where it is written', () => {
  const files = filesOf(
    'include: [1.yaml]\nservices:\n  web: {}\nwaivers:\n  - { rule: a }\n',
    'services:\n  orders: {}\nstores:\n  db: {}\nwaivers:\n  - { rule: b }\n',
  )
  const edited = editFiles(files, [
    set('services.orders.zones', 3),
    set('services.pay', {}),
    set('stores.cache', {}),
    set('waivers.1.owner', 'team'),
    set('waivers.2', { rule: 'c' }),
    set('services.web', {}),
  ])
  expect(edited.map(({ file, after }) => [file, after])).toEqual([
    [
      '1.yaml',
      'services:\n  orders: { zones: 3 }\nstores:\n  db: {}\n  cache: {}\nwaivers:\n  - { rule: b, owner: team }\n',
    ],
    ['0.yaml', 'include: [1.yaml]\nservices:\n  web: {}\n  pay: {}\nwaivers:\n  - { rule: a }\n  - { rule: c }\n'],
  ])
})

test('a list that is none is said to be none', () => {
  expect(() => editFiles(filesOf('waivers: {}\n'), [set('waivers.0', { rule: 'a' })])).toThrow(
    '"waivers" is a map; expected a list',
  )
})

test('an editor is told the one place that differs', () => {
  expect(difference('abcd', 'abxcd')).toEqual({ start: 2, end: 2, text: 'x' })
  expect(difference('aaa', 'aa')).toEqual({ start: 2, end: 3, text: '' })
  expect(difference('same', 'same')).toBeUndefined()
})
