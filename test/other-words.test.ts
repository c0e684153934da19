import { expect, test } from 'vitest'
import { manifestJsonSchema } from '../src/manifest/json-schema.ts'
import { otherWords } from '../src/manifest/other-words.ts'
import { readManifest } from '../src/manifest/read.ts'
import { yaml } from '../src/rules/define.ts'
import { filesOf } from './support.ts'

test('the word of another tool names ours, where that is known and not stated', () => {
  const text = yaml`
    services:
      web: { instances: 3, deps: [], calls: [{ target: db, deadline: 1s }, { to: db, target: db }] }
    databases: { db: {} }
  `
  expect(readManifest(filesOf(text)).problems!.map(({ message }) => message)).toEqual([
    'Unknown key "instances" in "web"; here it is "replicas"',
    'Unknown key "deps" in "web"; keys of your own start with x-',
    '"to" is missing, expected the name of a service, store, cache, queue or external',
    'Unknown key "target" in "calls"; here it is "to"',
    'Unknown key "deadline" in "calls"; here it is "timeout"',
    'Unknown key "target" in "calls"; keys of your own start with x-',
    'Unknown key "databases"; here it is "stores"',
  ])
})

test('every word stands for keys that exist', () => {
  const keys = new Set(
    JSON.stringify(manifestJsonSchema())
      .match(/"[A-Za-z]+":/g)!
      .map(key => key.slice(1, -2)),
  )
  const all = [...otherWords.values()].flat()
  expect(all.length).toBeGreaterThan(50)
  expect(all.filter(word => !keys.has(word))).toEqual([])
})
