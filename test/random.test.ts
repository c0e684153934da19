import { expect, test } from 'vitest'
import { factsOf } from '../src/analysis/index.ts'
import { drawsFrom } from '../src/analysis/formulas/log-normal.ts'
import { formatPath } from '../src/finding.ts'
import { tablesJson } from '../src/reporters/table-json.ts'
import { tablesText } from '../src/reporters/table-text.ts'
import type { Report } from '../src/report.ts'
import { rules } from '../src/rules/index.ts'
import { tableIds, tablesOf } from '../src/tables/index.ts'
import { printed } from './generate.ts'
import { randomManifest } from './random-manifest.ts'
import { modelOf, reviewText } from './support.ts'

/** Manifests that no person would write; whatever they say, the answers must be sound. `SEEDS` runs more of them. */
const seeds = Array.from({ length: Number(process.env['SEEDS'] ?? 100) }, (_, i) => i * 7919 + 1)
const made = seeds.map(seed => {
  const manifest = randomManifest(seed)
  const text = JSON.stringify(manifest)
  return { seed, manifest, text, report: reviewText(text, undefined, { today: '2026-11-23' }) }
})

const today = '2026-11-23'
/** The first number that is none, with what stands around it. */
function broken(text: string): string | undefined {
  const at = text.search(/NaN|Infinity|undefined|no limit|\[object/)
  return at === -1 ? undefined : text.slice(Math.max(0, at - 80), at + 80)
}

test('all of them can be read, and no answer holds a number that is none', () => {
  for (const { seed, report } of made) {
    expect(report.problems, `seed ${seed}`).toEqual([])
    expect(broken(JSON.stringify({ ...report, sources: [] })), `seed ${seed}`).toBeUndefined()
    expect(broken(printed(report, true)), `seed ${seed}`).toBeUndefined()
  }
})

test('their tables hold no number that is none, know at most what they need, and fit the terminal', () => {
  // The draws of the latency table take longer than all of the review, so not every manifest has its turn.
  for (const { seed, text, report } of made.filter((_, i) => i % 3 === 0)) {
    const model = modelOf(text)
    const tables = tablesOf({ model, facts: factsOf(model), today }, report, { ids: tableIds, journeys: [] })
    const json = tablesJson(tables, 'scaffold.yaml', {})
    expect(broken(json), `seed ${seed}`).toBeUndefined()
    const lines = tablesText(tables, { color: false, width: 80 }).split('\n')
    expect(
      lines.filter(line => line.length > 80 || broken(line) !== undefined),
      `seed ${seed}`,
    ).toEqual([])
    for (const { rows } of tables) for (const { known, total } of rows) expect(known).toBeLessThanOrEqual(total)
  }
})

/** What a report says, whatever the order of keys and lines. */
function content({ findings, openQuestions, scoreboard, verdict }: Report): string[] {
  const said = [
    ...findings.map(finding => [
      { ...finding, location: 0, evidence: 0 },
      finding.evidence.map(({ label }) => label).sort(),
    ]),
    ...openQuestions.map(({ fact, ruleIds, mustBeStated }) => [formatPath(fact), [...ruleIds].sort(), mustBeStated]),
    scoreboard,
    verdict,
  ]
  return said.map(one => JSON.stringify(one)).sort()
}

function shuffled(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map(item => shuffled(item, random))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [random(), key, shuffled(inner, random)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => a - b).map(([, key, inner]) => [key, inner]))
}

test('the order of keys changes nothing', () => {
  for (const { seed, manifest, report } of made) {
    const other = shuffled(manifest, drawsFrom((seed % 997) / 997).uniform)
    expect(content(reviewText(JSON.stringify(other), undefined, { today })), `seed ${seed}`).toEqual(content(report))
  }
})

test('how the maps of a text are kept changes nothing', () => {
  for (const { seed, text, report } of made.filter((_, i) => i % 5 === 0)) {
    const long = reviewText(`${text}\n#${' long'.repeat(20_000)}`, undefined, { today })
    expect(JSON.stringify({ ...long, sources: [] }), `seed ${seed}`).toBe(JSON.stringify({ ...report, sources: [] }))
  }
})

test('names change nothing but names', () => {
  // What a reference was meant to be is guessed by its spelling.
  const others = rules.filter(({ id }) => id !== 'dangling-reference')
  for (const { seed, text } of made) {
    // Names of the generator are one letter and a digit, which nothing else in a manifest is.
    const renamed = text.replaceAll(/"([a-z])(\d)"/g, '"$1$1$1$2"')
    const back = (line: string) => line.replaceAll(/([a-z])\1\1(\d)/g, '$1$2')
    const one = content(reviewText(text, others, { today }))
    const two = content(reviewText(renamed, others, { today })).map(back)
    expect(two.sort(), `seed ${seed}`).toEqual(one)
  }
})
