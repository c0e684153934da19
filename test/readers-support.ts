import { readFileSync } from 'node:fs'
import { globSync } from 'tinyglobby'
import { expect } from 'vitest'
import type { Path } from '../src/finding.ts'
import { quickRead } from '../src/manifest/quick-read.ts'
import { thoroughRead } from '../src/manifest/thorough-read.ts'
import type { Tree } from '../src/manifest/tree.ts'
import { ordinary } from './support.ts'

/** Every path of some data, and behind each a key and an item that are not there. */
function* pathsOf(value: unknown, path: Path = []): Generator<Path> {
  yield path
  yield [...path, 'not there']
  yield [...path, 99]
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value))
    yield* pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key])
}

const placesIn = (tree: Tree, value: unknown) =>
  Array.from(pathsOf(value), path => ({ path: path.join('.'), ...tree.find(path) }))

/** Whether the quick reader reads the text; where it does, the thorough one must say the same. */
export function isReadQuickly(text: string): boolean {
  const quick = quickRead(text)
  if (!quick) return false
  const thorough = thoroughRead(text)
  expect(thorough.faults, text).toBeUndefined()
  expect(ordinary(quick.value), text).toStrictEqual(thorough.value)
  expect(placesIn(quick.tree, quick.value), text).toEqual(placesIn(thorough.tree!, thorough.value))
  return true
}

export const textOfFile = (file: string): string => readFileSync(file, 'utf8')
/** Manifests; what stands in their folders as evidence is read by others. */
export const examples = globSync('examples/**/*.yaml', { ignore: ['**/{deploy,ops,api}/**'] }).sort()

/** Scalars that parsers are known to read in different ways, and some that are none. */
export const scalars = [
  ...['yes', 'no', 'on', 'true', 'True', 'TRUE', 'tRUE', 'false', 'null', 'Null', 'NULL', '~', '""', "''", 'nul', 'n'],
  ...['0', '-0', '+1', '007', '0o14', '0o8', '0x1F', '0xG', '-0x1F', '0b11', '1_000', '12e03', '1e3', '1E-3', '-1e400'],
  ...[
    '1.',
    '.5',
    '-.5',
    '+.5',
    '.',
    '1.5',
    '1.5.',
    '.e3',
    '1e',
    '.inf',
    '-.INF',
    '+.Inf',
    '.iNF',
    '.nan',
    '-.nan',
    'e3',
  ],
  ...['9007199254740993', '123456789012345678901234567890', '2026-10-02', '2026-10-02T10:00:00Z', '12:30:45', '190:20'],
  ...[
    'a b',
    'a: b'.replace(': ', ':'),
    'a#b',
    'a #b',
    '"a\\tb\\u00e9\\x41\\n"',
    "'it''s'",
    '- a',
    '-a',
    '?a',
    ':a',
    '@a',
    '`a',
  ],
  ...[
    'a\n    b',
    '"a\n    b\n\n    c"',
    "'a\n\n    b'",
    '|\n    a\n     b\n',
    '>\n    a\n    b\n\n    c\n',
    '|-\n    a\n\n',
    '|+\n    a\n\n',
  ],
  ...[
    '|2\n    a\n',
    '>-\n\n    a\n',
    '| # why\n    a\n',
    '|\n',
    '"\\\n    a"',
    '\u00e9\u{1f600}',
    '"\u{1f600}"',
    '<<',
    '=',
    '!',
    '&a b',
    '*a',
  ],
  ...[
    '{}',
    '[]',
    '{ a: 1, b: [c, d] }',
    '[a: 1, b]',
    '{a, b: }',
    '[a, , b]',
    '{ "a":1 }',
    '{ a: {b: c} }',
    '[[a], {b: c}]',
  ],
]
