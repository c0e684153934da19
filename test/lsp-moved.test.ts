import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lineChange, moved } from '../src/lsp/moved.ts'

const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i}`)
const text = (all: readonly string[]) => all.join('\n')
const on = (line: number, until = line) => ({
  message: String(line),
  range: { start: { line, character: 1 }, end: { line: until, character: 3 } },
})
const places = (before: string, after: string, said = before.split('\n').map((_, i) => on(i))) =>
  moved(said, 'a', 'a', lineChange(before, after)).map(({ range: { start, end } }) => [start.line, end.line])

describe('what was said of lines', () => {
  const before = text(lines(5))
  test.each([
    ['nothing has changed', before, [0, 1, 2, 3, 4]],
    ['a line is new', before.replace('line 2', 'new\nline 2'), [0, 1, 3, 4, 5]],
    ['a line is new at the end of another', before.replace('line 2', 'line 2\n'), [0, 1, 2, 4, 5]],
    ['a line is another one', before.replace('line 2', 'line two'), [0, 1, 3, 4]],
    ['a line is gone', before.replace('line 2\n', ''), [0, 1, 2, 3]],
    [
      'a line is gone before one that is the same',
      before.replace('line 2\n', '').replace('line 3', 'line 2'),
      [0, 1, 2, 3],
    ],
    ['the first line is another one', before.replace('line 0', ''), [1, 2, 3, 4]],
    ['the last line is another one', `${before} `, [0, 1, 2, 3]],
    ['all is gone', '', []],
  ])('%s', (_, after, expected) => {
    expect(places(before, after).map(([line]) => line)).toEqual(expected)
  })

  test('of several lines goes with any of them', () => {
    const said = [on(0, 1), on(1, 3), on(3, 4)]
    expect(places(before, before.replace('line 2', 'two'), said)).toEqual([
      [0, 1],
      [3, 4],
    ])
    expect(places(before, before.replace('line 2', 'new\nline 2'), said)).toEqual([
      [0, 1],
      [4, 5],
    ])
  })

  test('stays with the same text, whatever is put in place of whatever', () => {
    const part = fc.array(fc.constantFrom('a', 'b', '', 'line 3'), { maxLength: 4 })
    fc.assert(
      fc.property(fc.nat(8), fc.nat(8), part, (from, count, put) => {
        const old = lines(9)
        const now = [...old.slice(0, from), ...put, ...old.slice(from + count)]
        const after = moved(
          old.map((_, i) => on(i)),
          'a',
          'a',
          lineChange(text(old), text(now)),
        )
        for (const { message, range } of after) expect(now[range.start.line]).toBe(old[Number(message)])
        // Nothing that could stay is lost.
        expect(after.length).toBeGreaterThanOrEqual(old.length - Math.min(count, old.length - from))
      }),
    )
  })
})

test('what is said of another file stays where it is, but for the places in this one that it refers to', () => {
  const related = (uri: string, line: number) => ({ message: uri, location: { uri, range: on(line).range } })
  const said = [{ ...on(2), relatedInformation: [related('a', 3), related('a', 1), related('b', 3)] }, on(1)]
  const change = lineChange(text(lines(5)), text(lines(5)).replace('line 1', 'one\ntwo'))
  const [first, second] = moved(said, 'b', 'a', change)
  expect(first!.range).toEqual(said[0]!.range)
  expect(first!.relatedInformation).toEqual([related('a', 4), related('b', 3)])
  expect(second).toEqual(on(1))
})
