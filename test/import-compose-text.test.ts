import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { envLines } from '../src/import/compose/env-file.ts'
import { interpolate } from '../src/import/compose/interpolate.ts'
import { settingsIn, splitWords } from '../src/import/compose/words.ts'

const values: Readonly<Record<string, string>> = { A: 'a', E: '', N: 'B', B: 'b', CPU: '$A' }
const get = (name: string) => (Object.hasOwn(values, name) ? values[name] : undefined)

describe('variables', () => {
  test.each([
    ['$A', 'a'],
    ['${A}', 'a'],
    ['x${A}y$B', 'xayb'],
    ['$A-b', 'a-b'],
    ['${X}', ''],
    ['${X:-d}', 'd'],
    ['${E:-d}', 'd'],
    ['${E-d}', ''],
    ['${X-d}', 'd'],
    ['${A:-d}', 'a'],
    ['${A:+d}', 'd'],
    ['${E:+d}', ''],
    ['${E+d}', 'd'],
    ['${X+d}', ''],
    ['${A:?no}', 'a'],
    ['${X?no}', ''],
    ['${X:-${A}}', 'a'],
    ['${X:-${Y:-${B}c}}', 'bc'],
    ['${X:--1}', '-1'],
    ['${PORT-:2283:2283}', ':2283:2283'],
    ['${X:-Server=db;User Id=sa;Password=P@ss#1{2}', 'Server=db;User Id=sa;Password=P@ss#1{2'],
    ['$$A', '$A'],
    ['$${A}', '${A}'],
    ['a$', 'a$'],
    ['$1', '$1'],
    ['${A', '${A'],
    ['${A:-x', '${A:-x'],
    ['${1}', '${1}'],
    ['${CPU}', '$A'],
  ])('%s is %s', (text, expected) => {
    expect(interpolate(text, { get })).toBe(expected)
  })

  test('tells of those without a value, and which of them had to have one', () => {
    const missing: [string, boolean][] = []
    interpolate('${X}${Y:?why}${Z:-z}${A}$W', { get, missing: (name, required) => missing.push([name, required]) })
    expect(missing).toEqual([
      ['X', false],
      ['Y', true],
      ['W', false],
    ])
  })

  test('never fails, and leaves a text without a dollar sign as it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab${}:+?-]*$/), text => {
        const result = interpolate(text, { get })
        if (!text.includes('$')) expect(result).toBe(text)
      }),
    )
  })

  test('values that double are cut off, and nesting has an end', () => {
    const wide = { get: () => '$A'.repeat(10) }
    expect(interpolate('$A'.repeat(100_000), wide).length).toBeLessThan(300_000)
    expect(interpolate('${X:-'.repeat(1000) + '}'.repeat(1000), { get: () => undefined })).toContain('${X:-')
  })
})

describe('environment files', () => {
  test.each([
    ['A=b', { A: 'b' }],
    ['export A=b', { A: 'b' }],
    ['A: b', { A: 'b' }],
    ['A = b # c', { A: 'b' }],
    ['A=b#c', { A: 'b#c' }],
    ['A=', { A: '' }],
    ['A= # nothing', { A: '' }],
    ['# A=b\n\nB=c\n', { B: 'c' }],
    ['A="b # c"', { A: 'b # c' }],
    ["A='$B'\nC=$A", { A: '$B', C: '$B' }],
    ['A=1\nB=${A}2\nC="$B"3', { A: '1', B: '12', C: '12' }],
    ['A="x\\ny"', { A: 'x\ny' }],
    ['A="x\ny"\nB=z', { A: 'x\ny', B: 'z' }],
    ['A=1\nA=2', { A: '2' }],
    ['\ufeffA=b\r\nB=c\r\n', { A: 'b', B: 'c' }],
    ['no line of this kind', {}],
    ['A=${OUT}', { A: 'outside' }],
  ])('%j', (text, expected) => {
    const outside = (name: string) => (name === 'OUT' ? 'outside' : undefined)
    expect(Object.fromEntries(envLines(text, outside).map(({ key, value }) => [key, value]))).toEqual(expected)
  })

  test('knows the line of each', () => {
    const lines = envLines('# one\nA="x\ny"\n\nB=2', () => undefined)
    expect(lines.map(({ key, line }) => [key, line])).toEqual([
      ['A', 2],
      ['B', 5],
    ])
  })

  test('raw values keep quotes and dollar signs', () => {
    expect(envLines('A="$B"', () => 'no', true)).toEqual([{ key: 'A', value: '"$B"', line: 1 }])
  })
})

test.each([
  ['a b', ['a', 'b']],
  [`sh -c "a 'b c'"`, ['sh', '-c', "a 'b c'"]],
  [String.raw`a\ b c`, ['a b', 'c']],
  ["--x='1 2'", ['--x=1 2']],
])('the words of %j', (text, expected) => {
  expect(splitWords(text)).toEqual(expected)
})

test('settings of a command', () => {
  expect(settingsIn(['-h', 'edge', '--redis=redis:6379', '--broker', 'kafka:9092', 'run', 'A=b'])).toEqual([
    { key: 'host', value: 'edge' },
    { key: 'redis', value: 'redis:6379' },
    { key: 'broker', value: 'kafka:9092' },
    { key: 'argument', value: 'run' },
    { key: 'A', value: 'b' },
  ])
})
