import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rulePage } from '../src/docs/rule-page.ts'
import { rules } from '../src/rules/index.ts'
import { schemaNames, schemaText } from '../src/docs/schemas.ts'
import { manifestReference, readme, registry, ruleIndexPage } from './generate.ts'

test('src/rules/index.ts', async () => {
  await expect(registry()).toMatchFileSnapshot('../src/rules/index.ts')
})

test.each(schemaNames)('schemas/%s.schema.json', async name => {
  await expect(schemaText(name)).toMatchFileSnapshot(`../schemas/${name}.schema.json`)
})

test('docs/manifest.md', async () => {
  await expect(manifestReference()).toMatchFileSnapshot('../docs/manifest.md')
})

test('docs/rules/README.md', async () => {
  await expect(ruleIndexPage()).toMatchFileSnapshot('../docs/rules/README.md')
})

test.each(rules.map(rule => [rule.id, rule] as const))('docs/rules/%s.md', async (id, rule) => {
  await expect(rulePage(rule)).toMatchFileSnapshot(`../docs/rules/${id}.md`)
})

test('README.md', async () => {
  await expect(readme()).toMatchFileSnapshot('../README.md')
})

test('no page without a rule, no schema without a source', () => {
  const pages = readdirSync('docs/rules').filter(file => file !== 'README.md')
  expect(pages.sort()).toEqual(rules.map(({ id }) => `${id}.md`).sort())
  expect(readdirSync('schemas').sort()).toEqual(schemaNames.map(name => `${name}.schema.json`).sort())
})
