import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stripVTControlCharacters } from 'node:util'
import { pretty } from '../src/reporters/pretty.ts'
import type { Style } from '../src/reporters/reporter.ts'
import { visible, wrap } from '../src/reporters/text.ts'
import { rules } from '../src/rules/index.ts'
import { reviewFile, reviewText } from './support.ts'

const plain: Style = { color: false, width: 80, verbose: false, quiet: false }
const naive = reviewFile('examples/web-shop-naive/scaffold.yaml')

const print = (reports = [naive], style: Partial<Style> = {}) =>
  pretty({ tool: { name: 't', version: '1' }, reports, rules }, { ...plain, ...style })
const ofText = (text: string, style: Partial<Style> = {}) =>
  print([reviewText(text, rules, { today: '2026-11-23' })], style)

const widest = (text: string) => Math.max(...text.split('\n').map(line => line.length))

test('a finding: head, place, frame, arithmetic, evidence, fix', () => {
  const text = `services:
  web:
    calls:
      - to: api
        timeout: none
  api: {}
`
  const only = rules.filter(({ id }) => id === 'call-without-timeout')
  const said = print([reviewText(text, only)])
  expect(said.split('\n\n')[0]).toBe(`warning[call-without-timeout] "web -> api" waits without a timeout; expected one
 --> scaffold.yaml:5:9
5 |         timeout: none
  |         ^^^^^^^^^^^^^
   = fix: Set a timeout near the callee's 99.9th percentile, below what the
     caller's own callers wait.`)
})

test.each([60, 80, 120, 200])('fits %i columns, but for words and places that are longer', width => {
  const long = print([naive], { width })
    .split('\n')
    .filter(line => line.length > width)
  expect(long.filter(line => !line.includes(' --> ') && line.trim().includes(' '))).toEqual([])
})

test('80 columns hold the scoreboard', () => {
  const board = print()
    .split('\n')
    .filter(line => /^(?:yes|no|partly|unknown|n\/a) /.test(line))
  expect(board).toHaveLength(8)
  expect(widest(board.join('\n'))).toBeLessThanOrEqual(80)
})

test('colours add nothing but colours', () => {
  expect(stripVTControlCharacters(print([naive], { color: true }))).toBe(print())
})

test('quiet shows errors and the verdict only; verbose leaves nothing out', () => {
  const quiet = print([naive], { quiet: true })
  expect(quiet).not.toMatch(/^warning|not-stated|Open questions|known$/m)
  expect(quiet.match(/^error\[/gm)).toHaveLength(naive.findings.filter(({ severity }) => severity === 'error').length)
  const silent =
    'services:\n' +
    Array.from({ length: 9 }, (_, i) => `  s${i}:\n    calls: [{ to: db }]\n`).join('') +
    'stores:\n  db: {}\n'
  expect(ofText(silent).replaceAll(/\s+/g, ' ')).toContain('"s0 -> db", "s1 -> db", "s2 -> db" and 6 more')
  expect(ofText(silent, { verbose: true }).replaceAll(/\s+/g, ' ')).toContain('"s7 -> db" and "s8 -> db"')
})

test('what is waived is listed until when', () => {
  const text = `services:
  web:
    calls: [{ to: api, timeout: none }]
  api: {}
waivers:
  - { rule: call-without-timeout, on: services.web, reason: gone in May, owner: team-web, until: 2027-04-30 }
`
  const said = ofText(text)
  expect(said).toContain(
    'Waived\n  call-without-timeout at scaffold.yaml:3:24: gone in May (team-web, until\n    2027-04-30)',
  )
  expect(said).toMatch(/1 waived/)
})

describe('hostile text', () => {
  const hostile = String.raw`services:
  web:
    owner: "\e[31mred\e]8;;http://x\a\r\u202egnp.exe\u0085"
    calls:
      - { to: "\e[2Jgone\u0007", operation: "\e]0;title\a", timeout: none }
`

  test('cannot move the cursor, change colours or turn the direction', () => {
    const said = ofText(hostile)
    expect(said).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
    expect(said).toContain('\\u{1b}[2Jgone')
  })

  test('whatever a string holds, what is shown is one line of visible characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(visible(text)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e]/)
      }),
    )
  })

  test('a line of ten thousand characters is cut around what is meant', () => {
    const text = `services: { web: { x-note: "${'a'.repeat(10_000)}", calls: [{ to: api, timeout: none }] }, api: {} }\n`
    const said = ofText(text)
    expect(widest(said)).toBeLessThanOrEqual(80)
    const [shown, marks] = said
      .split('\n')
      .slice(2, 5)
      .filter(line => line.includes('|')) as [string, string]
    expect(shown.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1)).toBe('timeout: none')
  })
})

test('wrap keeps words whole and every word', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 30, max: 100 }),
      (words, width) => {
        const lines = wrap(words.join(' '), width, '    ', '  ').split('\n')
        expect(lines.every(line => line.length <= width)).toBe(true)
        expect(lines.join(' ').trim().split(/\s+/)).toEqual(words)
      },
    ),
  )
})
