import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rulePage } from '../src/docs/rule-page.ts'
import { rules } from '../src/rules/index.ts'
import { schemaNames, schemaText } from '../src/docs/schemas.ts'
import { reviewText } from './support.ts'
import { formatPage } from './format-page.ts'
import { incidentsPage } from './incidents.ts'
import {
  analyses,
  checklist,
  configurationPage,
  manifestReference,
  readme,
  registry,
  ruleIndexPage,
} from './generate.ts'

test('src/rules/index.ts', async () => {
  await expect(registry()).toMatchFileSnapshot('../src/rules/index.ts')
})

test.each(schemaNames)('schemas/%s.schema.json', async name => {
  await expect(schemaText(name)).toMatchFileSnapshot(`../schemas/${name}.schema.json`)
})

test('docs/manifest.md', async () => {
  await expect(manifestReference()).toMatchFileSnapshot('../docs/manifest.md')
})

test('docs/analyses.md', async () => {
  await expect(analyses()).toMatchFileSnapshot('../docs/analyses.md')
})

test('docs/checklist.md', async () => {
  await expect(checklist()).toMatchFileSnapshot('../docs/checklist.md')
})

test('docs/rules/README.md', async () => {
  await expect(ruleIndexPage()).toMatchFileSnapshot('../docs/rules/README.md')
})

test.each(rules.map(rule => [rule.id, rule] as const))('docs/rules/%s.md', async (id, rule) => {
  await expect(rulePage(rule)).toMatchFileSnapshot(`../docs/rules/${id}.md`)
})

test('docs/configuration.md', async () => {
  await expect(configurationPage()).toMatchFileSnapshot('../docs/configuration.md')
})

test('docs/incidents.md', async () => {
  await expect(incidentsPage()).toMatchFileSnapshot('../docs/incidents.md')
})

test('docs/ci-formats.md', async () => {
  await expect(await formatPage()).toMatchFileSnapshot('../docs/ci-formats.md')
})

test('README.md', async () => {
  await expect(readme()).toMatchFileSnapshot('../README.md')
})

test('the README keeps its parts, and its manifest can be read', () => {
  const text = readme()
  for (const part of [
    'npm ci && npm start',
    'npm ci && npm test',
    '<!-- begin:output -->',
    '<!-- begin:rules -->',
    '## Use it',
    '## Examples',
  ]) {
    expect(text.split(part), part).toHaveLength(2)
  }
  const [manifest, waivers] = [...text.matchAll(/```yaml\n([^]*?)```/g)].map(([, yaml]) => yaml!)
  expect(reviewText(manifest!).problems).toEqual([])
  expect(reviewText(waivers!).problems).toEqual([])
})

test('no page without a rule, no schema without a source', () => {
  const pages = readdirSync('docs/rules').filter(file => file !== 'README.md')
  expect(pages.sort()).toEqual(rules.map(({ id }) => `${id}.md`).sort())
  expect(readdirSync('schemas').sort()).toEqual(schemaNames.map(name => `${name}.schema.json`).sort())
})
