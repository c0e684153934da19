import { diffLines } from 'diff'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineCounter, isMap, isSeq, parseDocument, type Node, type Pair } from 'yaml'
import { drawsFrom } from '../src/analysis/formulas/log-normal.ts'
import { EditError, editText, type Edit } from '../src/edit/edit.ts'
import type { Path } from '../src/finding.ts'
import { messy } from './messy-yaml.ts'
import { randomManifest } from './random-manifest.ts'

const parsed = (text: string): unknown =>
  parseDocument(text, { merge: true, uniqueKeys: false, logLevel: 'error' }).toJS({ maxAliasCount: -1 })

const copy = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T))

type Step = string | number
type Node_ = Record<Step, unknown>

/** What the data has to be afterwards, found by the plainest means. */
function intended(root: unknown, { path, value }: Edit): unknown {
  const result = copy(root) as Node_
  let parent = result
  for (const [i, step] of path.slice(0, -1).entries()) {
    parent[step] ??= typeof path[i + 1] === 'number' ? [] : {}
    parent = parent[step] as Node_
  }
  const last = path.at(-1)!
  if (value !== undefined) parent[last] = copy(value)
  else if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else Reflect.deleteProperty(parent, last)
  return result
}

const pathsOf = (value: unknown, path: Path = []): Path[] => [
  ...(path.length > 0 ? [path] : []),
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) =>
        pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
      )
    : []),
]

const values = [
  ...['250ms', 'no', '1.5', '', 'a: b', "it's #1", '[x', 'two\nlines\n', ' padded ', 'tab\tin', 'größer', '- a', '*a0'],
  ...[0, 99.9, true, null, [], {}, ['a', 'b, c'], [{ to: 'x' }, { to: 'y', timeout: '1s' }]],
  ...[{ max: 2, jitter: true }, { a: { b: { c: [1, { d: 2 }] } } }, { text: 'long '.repeat(30), list: [1, [2, []]] }],
]

/** An edit of something, or of nothing yet, somewhere in the data. */
function randomEdit(root: unknown, random: () => number): Edit {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const path = pick([...pathsOf(root), ['fresh']])
  const kind = random()
  if (kind < 0.25) return { path, value: undefined }
  if (kind < 0.6) return { path, value: pick(values) }
  const at = path.reduce<unknown>((value, step) => (value as Node_ | undefined)?.[step], root)
  const more = random() < 0.3 ? ['deeper'] : []
  if (Array.isArray(at)) return { path: [...path, at.length, ...more], value: pick(values) }
  if (at !== null && typeof at !== 'object') return { path, value: pick(values) }
  return { path: [...path, pick(['added', 'zones', 'x y', '7']), ...more], value: pick(values) }
}

/** The first and last line of what an edit may touch: the element, or what it is put into where that is written in one piece. */
function touched(text: string, path: Path): { from: number; to: number; exists: boolean } {
  const lines = new LineCounter()
  const doc = parseDocument(text, { lineCounter: lines, merge: true, uniqueKeys: false })
  let node = doc.contents as Node | null
  let range: readonly [number, number] = [0, text.length]
  for (const step of path) {
    const pair = isMap(node)
      ? (node.items as Pair<Node, Node | null>[]).find(({ key }) => String(key) === String(step))
      : undefined
    const item = isSeq(node) ? (node.items[Number(step)] as Node | undefined) : undefined
    const isThere = pair ?? item
    if (!isThere) return { ...linesOf(range), exists: false }
    const start = (pair?.key ?? item!).range![0]
    node = pair ? pair.value : item!
    range = [start, node?.range?.[1] ?? pair!.key.range![1]]
  }
  function linesOf([start, end]: readonly [number, number]) {
    return { from: lines.linePos(start).line, to: lines.linePos(end).line }
  }
  return { ...linesOf(range), exists: true }
}

const commentsIn = (text: string) => [...text.matchAll(/c\d+\.(?= |\t|\r?$)/gm)].map(([mark]) => mark)

/** A manifest that is read in milliseconds: some sections, and of each the first elements. */
function part(manifest: Record<string, unknown>, random: () => number): Record<string, unknown> {
  const kept = Object.entries(manifest).filter(() => random() < 0.4)
  const cut = (section: unknown) =>
    typeof section === 'object' ? Object.fromEntries(Object.entries(section as Node_).slice(0, 2)) : section
  return Object.fromEntries(kept.map(([key, section]) => [key, cut(section)]))
}

test.each([false, true])(
  'random edits of random manifests say what was meant and touch nothing else (anchors: %j)',
  anchors => {
    let [made, refused] = [0, 0]
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), fc.constantFrom('\n', '\r\n'), (seed, newline) => {
        const { uniform: random } = drawsFrom(seed / 1_000_000)
        const root = { system: 'x', ...part(randomManifest(seed), random) }
        let text = messy(root, { random, newline, anchors })
        expect(parsed(text)).toEqual(root)
        for (let i = 0; i < 4; i++) {
          const before = parsed(text)
          const edit = randomEdit(before, random)
          let after: string
          try {
            after = editText(text, [edit])
          } catch (error) {
            // Only an anchor may be in the way.
            if (!(error instanceof EditError) || !/anchor/.test(error.message) || !anchors) throw error
            refused++
            continue
          }
          made++
          expect(parsed(after)).toEqual(intended(before, edit))
          keepsTheRest(text, after, edit)
          text = after
        }
      }),
      { numRuns: Number(process.env['RUNS'] ?? 15), seed: 11 },
    )
    expect(refused / (made + refused)).toBeLessThan(anchors ? 0.15 : 0.001)
  },
)

function keepsTheRest(before: string, after: string, { path, value }: Edit): void {
  expect(after.includes('\r\n')).toBe(before.includes('\r\n'))
  expect(after.replaceAll('\r\n', '').includes('\n')).toBe(before.replaceAll('\r\n', '').includes('\n'))
  const { from, to, exists } = touched(before, path)
  let line = 1
  for (const { removed, added, count } of diffLines(before, after)) {
    // A line is gone only where something was taken out, or gave way to something else.
    if (removed) {
      const context = `${JSON.stringify({ path, value })}\n--- before\n${before}\n--- after\n${after}`
      expect(line, context).toBeGreaterThanOrEqual(from - 2)
      expect(line + count - 1, context).toBeLessThanOrEqual(to + (exists ? 1 : 0))
    }
    if (!added) line += count
  }
  const lines = before.split('\n')
  const outside = [...lines.slice(0, Math.max(0, from - 3)), ...lines.slice(to)].join('\n')
  expect(commentsIn(after)).toEqual(expect.arrayContaining(commentsIn(outside)))
}
