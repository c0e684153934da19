import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { whyNotRead } from '../src/manifest/refusal.ts'
import { examples, isReadQuickly, scalars, textOfFile } from './readers-support.ts'

/** `RUNS` tries more of them. */
const runs = Number(process.env['RUNS'] ?? 300)

/** On texts many of which the quick reader takes. */
function expectAgreement(texts: fc.Arbitrary<string>): void {
  let taken = 0
  const property = fc.property(texts, text => {
    if (isReadQuickly(text)) taken++
  })
  fc.assert(property, { numRuns: runs })
  expect(taken).toBeGreaterThan(runs / 20)
}

describe('the two readers agree', () => {
  const texts = examples.map(textOfFile)
  const insert = fc.constantFrom(
    ...[
      ' ',
      '  ',
      '\n',
      '\n\n',
      ':',
      ': ',
      '#',
      ' #',
      '- ',
      '-',
      '? ',
      ',',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '|',
      '>',
      '&a ',
      '*a',
      '!',
      '%',
      '@',
      '`',
      '~',
      '\\',
      '<<: ',
      '---\n',
      '  ---\n',
      '...\n',
      '\r\n',
      '0',
      'é',
    ],
  )

  test('on examples with a few characters put in or taken out', () => {
    const changed = fc
      .record({
        text: fc.constantFrom(...texts),
        from: fc.nat(),
        edits: fc.array(fc.record({ at: fc.nat(), cut: fc.nat(3), put: fc.option(insert, { nil: '' }) }), {
          minLength: 1,
          maxLength: 3,
        }),
      })
      .map(({ text, from, edits }) => {
        // A few lines of it, so that an edit is not lost in what stays the same.
        const lines = text.split('\n')
        const first = from % lines.length
        let piece = lines.slice(first, first + 12).join('\n')
        for (const { at, cut, put } of edits) {
          const offset = at % (piece.length + 1)
          piece = piece.slice(0, offset) + put + piece.slice(offset + cut)
        }
        return piece
      })
    expectAgreement(changed)
  })

  test('on lines put together at random', () => {
    const line = fc.tuple(
      fc.constantFrom('', ' ', '  ', '    '),
      fc.constantFrom('', '- ', '? ', 'a: ', 'b:', '"c": ', '&x ', ': ', '- - ', '<<: '),
      fc.constantFrom(...scalars, '', '*x', '&x', '# c', ' # c'),
    )
    const text = fc
      .array(line, { minLength: 1, maxLength: 7 })
      .map(lines => lines.map(parts => parts.join('')).join('\n'))
    fc.assert(
      fc.property(text, text => void isReadQuickly(text)),
      { numRuns: runs },
    )
  })

  test('on texts of any characters', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.string({ unit: fc.constantFrom(...Array.from('ab:,-?#&*!|>\'"%@`{}[]<= \n\r\t~.0\\')), maxLength: 30 }),
    )
    expectAgreement(text.map(text => `a: ${text}\nb: 1\n`).filter(text => !whyNotRead(text)))
  })
})
