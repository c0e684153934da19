import { expect, test } from 'vitest'
import { analysesPage, analysisPage, sections } from '../src/docs/analyses-page.ts'
import { principles } from '../src/docs/checklist.ts'
import { topicPage, topics } from '../src/docs/reference.ts'
import { questionKeys } from '../src/finding.ts'
import { rules } from '../src/rules/index.ts'
import { tableIds } from '../src/tables/index.ts'
import { analyses } from './generate.ts'

const ids = rules.map(({ id }) => id)
const judges = questionKeys.flatMap(key => principles[key].flatMap(({ rules }) => rules))

test.each(tableIds)('the table %s has a section with question, formulas, assumptions and limits', id => {
  const section = sections[id]
  expect(section?.asks).toMatch(/\?$/)
  for (const part of [section?.formulas, section?.assumes, section?.omits]) expect(part).not.toHaveLength(0)
  expect(analysisPage(id)).toContain(`# ${id}\n\n${section!.asks}`)
})

test('the page of the tables shows each with what the program prints of it', () => {
  const parts = analyses().split(/^## /m)
  expect(parts.slice(1).map(part => part.split('\n')[0])).toEqual(tableIds)
  for (const part of parts.slice(1)) expect(part.match(/```text/g)).toHaveLength(2)
  expect(analysesPage()).not.toContain('undefined')
})

test('what the sections name in quotes is a rule or a table', () => {
  const text = Object.values(sections)
    .flatMap(({ assumes, omits }) => [...assumes, ...omits])
    .join('\n')
  const names = [...text.matchAll(/"([a-z]+(?:-[a-z]+)+)"/g)].map(([, name]) => name!)
  expect(names.length).toBeGreaterThan(4)
  expect(names.filter(name => !ids.includes(name) && !(tableIds as string[]).includes(name))).toEqual([])
})

test('every rule is part of the checklist, under its own question', () => {
  const missing = rules.filter(({ id, question }) => !principles[question].some(({ rules }) => rules.includes(id)))
  expect(missing.map(({ id, question }) => `${question}: ${id}`)).toEqual([])
})

test('the checklist names no rule that there is not, and none twice for one principle', () => {
  expect(judges.filter(id => !ids.includes(id))).toEqual([])
  for (const { name, rules } of questionKeys.flatMap(key => principles[key]))
    expect(new Set(rules).size, name).toBe(rules.length)
})

test('every topic has one page, and no two topics share a name', () => {
  expect(new Set(topics(rules)).size).toBe(topics(rules).length)
  const others = topics(rules).filter(topic => !ids.includes(topic))
  for (const topic of [...others, ids[0]!]) expect(topicPage(topic, rules), topic).toMatch(/^# /)
  expect(topicPage('constructor', rules)).toBeUndefined()
})
