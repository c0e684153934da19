import { Ajv } from 'ajv'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { diffJson, diffJsonSchema } from '../src/delta/diff-json.ts'
import { diffMarkdown } from '../src/delta/diff-markdown.ts'
import { diffText } from '../src/delta/diff-text.ts'
import { folder, run } from './cli-support.ts'
import { change, compare, shop } from './diff-support.ts'

const naive = readFileSync('examples/web-shop-naive/scaffold.yaml', 'utf8')
const good = naive.replaceAll('jitter: false', 'jitter: true')

describe('formats', () => {
  const hostile = naive
    .replace(
      'system: web-shop-naive',
      String.raw`system: "\e[31m|<script>alert(1)</script>\n::error::x @team #1 [a](http://b) www.x \u202e"`,
    )
    .replace('platform: kubernetes', String.raw`owner: "${'```'}|<img src=x>\e]8;;http://x\a"`)
  const cases = [compare(naive, good), compare(good, naive), compare(shop, naive), compare(naive, hostile)]

  test('JSON fits its schema', () => {
    const valid = new Ajv({ strict: true, allErrors: true }).compile(diffJsonSchema() as object)
    for (const one of cases) expect(valid(JSON.parse(diffJson(one))) ? [] : valid.errors).toEqual([])
  })

  test.each([60, 80, 120])('text fits %i columns, but for places and words that are longer', width => {
    for (const one of cases) {
      const long = diffText(one, { color: false, width })
        .split('\n')
        .filter(line => line.length > width && line.trim().includes(' '))
      expect(long).toEqual([])
    }
  })

  test('colours add nothing but colours', () => {
    const colored = diffText(cases[0]!, { color: true, width: 80 })
    expect(colored).toContain('\u001b[')
    expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(diffText(cases[0]!, { color: false, width: 80 }))
  })

  test('hostile text stays text', () => {
    const [text, markdown] = [diffText(cases[3]!, { color: false, width: 80 }), diffMarkdown(cases[3]!)]
    for (const shown of [text, markdown]) expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/)
    const prose = markdown.replaceAll(/(`+)[^`](?:.*?[^`])?\1(?!`)/g, '')
    expect(prose).not.toMatch(/<script|<img|\[a\]\(|@team|#1\b|http:\/\/|^::/m)
    const rows = diffMarkdown(cases[2]!)
      .split('\n')
      .filter(line => line.startsWith('|'))
    expect(rows.length).toBeGreaterThan(4)
    expect(new Set(rows.map(row => row.replaceAll('\\|', '').split('|').length))).toEqual(new Set([7]))
  })
})

describe('scaffold-review diff', () => {
  const cwd = folder({
    'old.yaml': change(['timeout: none', 'timeout: 3s']),
    'scaffold.yaml': shop,
    'wrong.yaml': 'servicez: {}',
    'quiet.yaml': 'services: { web: {} }',
  })

  test.each<[string[], number]>([
    [['old.yaml'], 0],
    [['old.yaml', '--fail-on-new', 'error'], 1],
    [['old.yaml', 'scaffold.yaml', '--fail-on-new', 'info'], 1],
    [['scaffold.yaml', 'old.yaml', '--fail-on-new', 'error'], 0],
    [['scaffold.yaml', 'scaffold.yaml', '--fail-on-new', 'info'], 0],
    [['old.yaml', '--fail-on-new', 'error', '-f', 'json'], 1],
    [['old.yaml', '--fail-on-new', 'error', '-f', 'markdown'], 1],
    [['old.yaml', 'wrong.yaml'], 2],
    [['wrong.yaml'], 2],
    [['none.yaml'], 2],
    [['old.yaml', '--fail-on-new', 'fatal'], 2],
    [[], 2],
  ])('%j exits %i', async (argv, code) => {
    const ran = await run(['diff', ...argv], cwd)
    expect(ran.code).toBe(code)
    expect(ran.out === '').toBe(code === 2)
  })

  test('reads standard input', async () => {
    const { code, out } = await run(['diff', 'scaffold.yaml', '-'], cwd, {
      stdin: shop.replace('replicas: 3', 'replicas: 4'),
    })
    expect(code).toBe(0)
    expect(out).toContain('  ~ service orders\n      replicas: 3 -> 4\n')
  })

  test('text, as it reads', async () => {
    const { out } = await run(['diff', 'old.yaml'], cwd)
    await expect(out).toMatchFileSnapshot('golden/diff.txt')
  })
})
