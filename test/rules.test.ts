import { basename, dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatPath } from '../src/finding.ts'
import { keyOf, metaOf, schemaAt } from '../src/manifest/walk-schema.ts'
import type { AnyRule, Example } from '../src/rules/define.ts'
import { rules } from '../src/rules/index.ts'
import { removals, reviewText, textOf } from './support.ts'

const files = import.meta.glob<AnyRule>('../src/rules/*/*.ts', { eager: true, import: 'default' })

/** Lines that end with a mark; a line may carry it several times, `# <-- x2`. */
function marked(text: string, mark: string): number[] {
  return text.split('\n').flatMap((line, i) => {
    const found = new RegExp(`# ${mark}(?: x(\\d))?$`).exec(line)
    return found ? Array<number>(Number(found[1] ?? 1)).fill(i + 1) : []
  })
}

test('every rule file is registered, under its own name and in the folder of its question', () => {
  const found = Object.entries(files).map(([file, rule]) => [basename(file, '.ts'), basename(dirname(file)), rule])
  expect(rules.map(rule => [rule.id, rule.question, rule])).toEqual(found)
})

describe.each(rules.map(rule => [rule.id, rule] as const))('%s', (_id, rule) => {
  const run = (example: Example) => reviewText(textOf(example), [rule])

  test('is described completely', () => {
    expect(rule.examples.some(example => 'good' in example)).toBe(true)
    expect(rule.examples.some(example => 'bad' in example)).toBe(true)
    expect(rule.sources.length).toBeGreaterThan(0)
    expect(rules.map(({ id }) => id)).toEqual(expect.arrayContaining([...(rule.impliedBy ?? [])]))
    for (const text of [rule.title, rule.why, rule.fix]) expect(text).toMatch(/^[A-Z"\d].*[^ ]$/s)
  })

  test('names the keys that it reads, and asks only for those', () => {
    for (const key of rule.reads) expect(keyIsKnown(key), key).toBe(true)
    for (const example of rule.examples) {
      for (const { fact } of run(example).openQuestions) {
        const key = keyOf(fact)
        expect(
          rule.reads.some(read => key === read || key.startsWith(`${read}.`) || read.startsWith(`${key}.`)),
          `${formatPath(fact)} is not in reads`,
        ).toBe(true)
      }
    }
  })

  test('skips some subject of a good example if and only if it has a condition', () => {
    const skips = rule.examples.some(example => 'good' in example && run(example).rules[0]!.notApplicable > 0)
    expect(skips).toBe(rule.appliesTo !== undefined)
  })

  test.each(rule.examples.map(example => [example.title, example] as const))('%s', (_title, example) => {
    const report = run(example)
    expect(report.problems).toEqual([])
    const text = textOf(example)
    const found = report.findings.map(finding => finding.location.start.line).sort((a, b) => a - b)
    expect(found).toEqual(marked(text, '<--'))
    if ('unclear' in example) expect(marked(text, '\\?').length).toBeGreaterThan(0)
    if ('bad' in example) expect(found.length).toBeGreaterThan(0)
    else
      expect(report.openQuestions.map(({ location }) => location.start.line).sort((a, b) => a - b)).toEqual(
        marked(text, '\\?'),
      )
    for (const { message, arithmetic = '', fix } of report.findings) {
      for (const said of [message, arithmetic, fix]) expect(said).not.toMatch(/NaN|Infinity|undefined|no limit/)
      expect(message).toMatch(/"/)
      expect(message).not.toMatch(/\.$/)
    }
  })

  test('leaving out a fact of an example turns nothing into a fault', () => {
    for (const example of rule.examples) {
      const before = new Set(run(example).findings.map(({ subject }) => formatPath(subject)))
      for (const { path, review } of removals(textOf(example))) {
        const fresh = review([rule])
          .findings.map(({ subject }) => formatPath(subject))
          .filter(subject => !before.has(subject))
        expect(fresh, `without ${path}: ${example.title}`).toEqual([])
      }
    }
  })
})

test('every fact that must be stated can be asked for', () => {
  const texts = rules.flatMap(rule => rule.examples.map(textOf))
  const asked = new Set(
    texts.flatMap(text =>
      reviewText(text, rules)
        .openQuestions.filter(q => q.mustBeStated)
        .map(q => q.key),
    ),
  )
  expect([...asked].filter(key => metaOfKey(key)?.must !== true)).toEqual([])
})

/** `calls.retries.max` -> its schema, through the elements that own it. */
function pathOfKey(key: string): (string | number)[] {
  const [section, ...rest] = key.split('.')
  const listed = ['calls', 'publishes', 'consumes'].includes(section!)
  const path: (string | number)[] = listed
    ? ['services', 'x', section!, 0]
    : rest.length > 0
      ? [section!, 'x']
      : [section!]
  for (const step of rest) {
    path.push(step)
    if (['alerts', 'steps', 'routes'].includes(step)) path.push(0)
  }
  return path.at(-1) === 0 ? path.slice(0, -1) : path
}

const keyIsKnown = (key: string) => {
  const path = pathOfKey(key)
  return schemaAt(path) !== undefined && keyOf(path) === key
}

const metaOfKey = (key: string) => {
  const schema = schemaAt(pathOfKey(key))
  return schema && metaOf(schema)
}
