import { validate } from '@probelabs/maid'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mermaidOf } from '../src/picture/mermaid.ts'
import { code, fence, inline } from '../src/reporters/markdown-text.ts'
import { markdown } from '../src/reporters/markdown.ts'
import type { Report } from '../src/report.ts'
import { marked, type Tokens } from 'marked'
import { judges, tokensOf } from './format-judges.ts'
import { checkoutReport, everywhere, problems, runOf, waivedReport, write } from './reporter-runs.ts'
import { reviewFile, reviewText } from './support.ts'

const naive = reviewFile('examples/web-shop-naive/scaffold.yaml')
const shop = reviewFile('examples/web-shop/scaffold.yaml')
const print = (...reports: Report[]) => write(markdown, runOf(...reports))

/** Mermaid itself needs a browser. The checker knows no quotes in some shapes that Mermaid has them in, so it sees boxes there. */
const drawn = (text: string) => {
  const boxes = text.replaceAll(/\[[([/]"/g, '["').replaceAll(/"[)\]/]\]/g, '"]')
  const { type, errors } = validate(boxes)
  return { type, errors: errors.filter(({ severity }) => severity === 'error') }
}
const fine = { type: 'flowchart', errors: [] }

test('a finding: rule, place, message, what to do, and the arithmetic behind a click', () => {
  expect(print(checkoutReport())).toContain(`### 2 errors

- **call-without-timeout** at \`shop/scaffold.yaml:9\`: "shop -> orders" waits without a timeout on the critical "checkout"; expected one

  Fix: Set a timeout near the callee's 99.9th percentile, below what the caller's own callers wait.
- **single-instance-on-critical-path** at \`shop/scaffold.yaml:12\`: "orders" runs as a single instance, but the critical "checkout" cannot do without it; expected at least 2

  Fix: Run at least two instances in different zones, or give the callers a fallback.

  <details><summary>Why</summary>

  \`\`\`text
  shop -> orders: each fails when the next does
  "shop -> orders" has no fallback (line 9)
  \`\`\`

  </details>

### Not stated, though it must be

- **services.replicas** of "stock", first at \`shop/scaffold.yaml:13\`: How many instances run?

  For example \`replicas: { min: 3, max: 12 }\`
`)
})

test('the answer comes first: verdict, counts, the eight questions, and a good design has no more', () => {
  const [marker, head, counts, board, closing, ...more] = print(shop).trimEnd().split('\n\n')
  expect([marker, head, counts, closing, more]).toEqual([
    '<!-- scaffold-review -->',
    '## web-shop: ready',
    '`examples/web-shop/scaffold.yaml`: 100% of the checks decided',
    'What a rule means: `scaffold-review explain RULE`',
    [],
  ])
  const [table] = tokensOf(board!)
  expect(table).toMatchObject({ type: 'table', rows: { length: 8 } })
})

test('the first ten errors are open; warnings are, where nothing is worse', () => {
  const text = print(naive)
  expect(text).toContain('### 29 errors')
  expect(text).toContain('<details><summary>19 more</summary>')
  expect(text).toContain('<details><summary>23 warnings</summary>')
  const warned = { ...naive, findings: naive.findings.filter(({ severity }) => severity === 'warning') }
  expect(print(warned)).toContain('### 23 warnings')
})

test('what is not stated is one thing to do for each fact', () => {
  const services = Array.from({ length: 9 }, (_, i) => `  s${i}: { calls: [{ to: db }] }\n`).join('')
  const text = print(reviewText(`services:\n${services}stores: { db: {} }\n`))
  expect(text).toMatch(
    /\*\*calls\.timeout\*\* of "s0 -> db", "s1 -> db", "s2 -> db", "s3 -> db", "s4 -> db" and 4 more, first at `scaffold\.yaml:2`/,
  )
})

test('what is waived says by whom and until when', () => {
  const text = print(waivedReport())
  expect(text).toContain('<details><summary>1 waived</summary>')
  expect(text).toContain('Until 2026-12-31, by team-orders: Moves in May')
  expect(text).toContain('Note: The waiver of team-shop ended on 2026-05-31: Was to move in May')
})

test('several manifests have a table above them', () => {
  const text = print(shop, naive, ...problems().reports)
  expect(text).toContain('## Design review of 8 manifests')
  expect(text).toContain('| examples/web-shop-naive/scaffold.yaml | not ready | 29 | 23 | 2 |')
  expect(text.match(/^## /gm)).toHaveLength(9)
  const [table] = tokensOf(print({ ...shop, file: 'a|b.yaml' }, shop)).filter(({ type }) => type === 'table')
  expect((table as Tokens.Table).rows[0]!.map(cell => cell.text)).toEqual(['a|b.yaml', 'ready', '0', '0', '0'])
})

test('never longer than a comment, and what is left out is said', () => {
  const [finding] = naive.findings
  const long = { ...naive, findings: Array.from({ length: 2000 }, () => finding!) }
  const many = Array.from({ length: 300 }, () => naive)
  const hostile = everywhere('`|"<'.repeat(3000))
  for (const reports of [[long], [long, naive, shop], many, Array.from({ length: 50 }, () => hostile)]) {
    const text = print(...reports)
    expect(text.length).toBeLessThanOrEqual(60_000)
    expect(text).toMatch(/found no room here\.|no room here for the details|And \d+ more\./)
  }
  // The short ones are not cut for the long one.
  expect(judges.markdown(print(long, naive)).length).toBeGreaterThan(naive.findings.length)
  expect(print(long, shop)).toContain('## web-shop: ready')
  expect(print(naive)).not.toContain('no room here')
})

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        '`',
        '```',
        '|',
        '\\',
        '*',
        '_',
        '[',
        '](',
        '<b>',
        '&lt;',
        '\n',
        '\n\n',
        '# ',
        '- ',
        ' ',
        '~~',
        'a',
        '@a',
        '#1',
      ),
      {
        maxLength: 12,
      },
    )
    .map(parts => parts.join('')),
)

test('a line shows the text and nothing else, whatever the text', () => {
  fc.assert(
    fc.property(hostile, text => {
      const html = marked.parseInline(`x${inline(text)}x`, { gfm: true }) as string
      expect(html).not.toMatch(/<(?!br>)/)
      const span = code(text)
      if (span !== '') expect(marked.parseInline(`x ${span} x`)).toMatch(/^x <code>[^<]*<\/code> x$/)
      expect(tokensOf(`${fence('text', text)}\n\nend`).map(({ type }) => type)).toEqual([
        'code',
        'space',
        'paragraph',
        'text',
      ])
    }),
    { numRuns: 100 },
  )
})

test('a line reads as it was written', () => {
  const shown = marked.parseInline(`- ${inline('a_b *c* `d` [e](f) <g> & ~~h~~ | \\ "i -> j" 5 < 6')}`)
  expect(shown).toBe('- a_b *c* `d` [e](f) &lt;g&gt; &amp; ~~h~~ | \\ &quot;i -&gt; j&quot; 5 &lt; 6')
  expect(inline('"web -> orders" gives up after 3s (99.9%)')).toBe('"web -> orders" gives up after 3s (99.9%)')
})

const graphOf = (report: Report) => /```mermaid\n(.*?)\n```/s.exec(print(report))?.[1]

test('the graph shows what the errors and warnings are about', () => {
  const graph = graphOf(checkoutReport())!
  expect(drawn(graph)).toEqual(fine)
  expect(graph).toBe(`flowchart LR
  n0("orders<br>1 error")
  n1("shop<br>1 open")
  n1 ==>|1 error| n0
  classDef error stroke:#c92a2a,stroke-width:3px
  class n0 error
  linkStyle 0 stroke:#c92a2a,stroke-width:3px`)
})

test('the graph of every example can be drawn, and a good design has none', () => {
  const drawings: string[] = []
  for (const name of [
    'web-shop-naive',
    'online-boutique',
    'otel-demo',
    'incidents/cloudflare-2019',
    'incidents/slack-2022',
  ]) {
    const report = reviewFile(`examples/${name}${name.includes('/') ? '.yaml' : '/scaffold.yaml'}`)
    const graph = graphOf(report)
    if (graph === undefined) continue
    expect(drawn(graph), name).toEqual(fine)
    drawings.push(name)
  }
  expect(drawings).toEqual(['web-shop-naive', 'otel-demo', 'incidents/cloudflare-2019', 'incidents/slack-2022'])
  expect(graphOf(naive)).toContain('-->')
  expect(graphOf(shop)).toBeUndefined()
  expect(graphOf({ ...naive, sources: [] })).toBeUndefined()
})

test('a graph has no more components than can be seen, the worst among them', () => {
  const services = Array.from({ length: 60 }, (_, i) => `  s${i}: { calls: [{ to: db, timeout: none }] }\n`).join('')
  const report = reviewText(`services:\n${services}stores: { db: {} }\n`)
  const graph = graphOf(report)!
  expect(graph.match(/^ {2}n\d+[([]/gm)).toHaveLength(30)
  expect(print(report)).toContain('And 31 components more.')
  expect(drawn(graph)).toEqual(fine)
})

test('no name of an element can draw anything but itself', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        hostile,
        fc.constantFrom('end', 'subgraph', '"]; click n0', '%%{init: {}}%%', '-->', 'a'.repeat(10_000)),
      ),
      name => {
        const marks = { findings: { error: 1, warning: 0, info: 0 }, open: 0 }
        const node = { kind: 'service', detail: undefined, group: undefined, important: false, journeys: [] } as const
        const edge = { kind: 'call', async: false, hard: 'yes', count: 1, journeys: [] } as const
        const graph = mermaidOf({
          nodes: [
            { name, ...node, ...marks },
            { name: 'b', ...node, ...marks },
          ],
          edges: [{ from: name, to: 'b', ...edge, ...marks }],
          groups: [],
        })
        expect(drawn(graph)).toEqual(fine)
        expect(graph.trimEnd().split('\n')).toHaveLength(7)
        expect(graph.split('\n')[1]).toMatch(/^ {2}n0\("[^"`]*<br>1 error"\)$/)
      },
    ),
    { numRuns: 60 },
  )
})
