import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineHashes } from '../src/reporters/line-hash.ts'

const greetings = [
  'e9496ae3ebfced30:1',
  'fb7c023a8b9ccb3f:1',
  'ce8ba1a563dcdaca:1',
  'e20e36e16fcb0cc8:1',
  'b3edc88f2938467e:1',
  'c8e28b0b4002a3a0:1',
  'c129715d7a2bc9a3:1',
]

test.each([
  ['nothing', '', ['c129715d7a2bc9a3:1']],
  [
    'indentation does not count',
    ' a\nb\n  \t\tc\n d',
    ['271789c17abda88f:1', '54703d4cd895b18:1', '180aee12dab6264:1', 'a23a3dc5e078b07b:1'],
  ],
  [
    'no line feed at the end',
    ' hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End',
    [
      '8b7cf3e952e7aeb2:1',
      'b1ae1287ec4718d9:1',
      'bff680108adb0fcc:1',
      'c6805c5e1288b612:1',
      'b86d3392aea1be30:1',
      'e6ceba753e1a442:1',
    ],
  ],
  ['line feeds', ' hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n', greetings],
  ['carriage returns', ' hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r', greetings],
  ['both', ' hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n', greetings],
  ['all sorts of line ends', ' hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n', greetings],
  [
    'lines that repeat are counted',
    'Lorem ipsum dolor sit amet.\n'.repeat(10),
    [
      ...[1, 2, 3, 4, 5, 6].map(n => `a7f2ff13bc495cf2:${n}`),
      'a7f2ff1481e87703:1',
      'a9cf91f7bbf1862b:1',
      '55ec222b86bcae53:1',
      'cc97dc7b1d7d8f7b:1',
      'c129715d7a2bc9a3:1',
    ],
  ],
])("GitHub's own test vectors: %s", (_title, text, hashes) => {
  expect(lineHashes(text)).toEqual(hashes)
})

/** By the definition: each line's window from scratch, with integers that have no size. */
function naive(text: string): string[] {
  const units = text.replaceAll(/\r\n?/g, '\n').replaceAll(/[ \t]/g, '')
  const codes = [
    ...Array.from({ length: units.length }, (_, i) => units.charCodeAt(i)),
    65535,
    ...Array<number>(100).fill(0),
  ]
  const starts = [0, ...[...units.matchAll(/\n/g)].map(({ index }) => index + 1)]
  const seen: string[] = []
  return starts.map(start => {
    const sum = codes.slice(start, start + 100).reduce((hash, code) => hash * 37n + BigInt(code), 0n)
    const hash = BigInt.asUintN(64, sum).toString(16)
    seen.push(hash)
    return `${hash}:${seen.filter(one => one === hash).length}`
  })
}

const unit = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('\n', '\r', ' ', '\t', 'a', 'b') },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 0xffff }).map(code => String.fromCharCode(code)) },
)

test('agrees with the definition', () => {
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 400 }), units => {
      const text = units.join('')
      expect(lineHashes(text)).toEqual(naive(text))
    }),
  )
})

test('takes ten thousand lines, and a million characters in one', () => {
  const line = '      - { to: orders, timeout: 800ms, retries: { max: 1, backoff: exponential, jitter: true } }\n'
  const start = performance.now()
  expect(lineHashes(line.repeat(10_000))).toHaveLength(10_001)
  expect(lineHashes('x'.repeat(1_000_000))).toHaveLength(1)
  // It takes a tenth of this; with something quadratic inside, minutes.
  expect(performance.now() - start).toBeLessThan(2000)
})
