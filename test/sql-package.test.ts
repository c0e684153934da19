import { spawnSync } from 'node:child_process'
import { readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'
import { folder } from './cli-support.ts'

/** The parser bundled as the program is, and what it has loaded before and after the first statement. */
test('the parser is loaded with the first statement, and its WebAssembly is in no bundle', async () => {
  const dir = folder({})
  symlinkSync(resolve('node_modules'), join(dir, 'node_modules'))
  const bundle = await rolldown({ input: 'src/cli/reading/sql-parser.ts', platform: 'node' })
  await bundle.write({ file: join(dir, 'sql-parser.cjs'), format: 'cjs' })
  await bundle.close()
  expect(statSync(join(dir, 'sql-parser.cjs')).size).toBeLessThan(10_000)
  writeFileSync(join(dir, 'main.cjs'), main)
  const { stdout, stderr } = spawnSync(process.execPath, [join(dir, 'main.cjs')], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({ before: false, parsed: ['IndexStmt'], after: true })
})

const main = `
const { sqlParser } = require('./sql-parser.cjs')
const loaded = () => Object.keys(require.cache).some(file => /libpg-query/.test(file))
const parse = sqlParser()
const before = loaded()
parse('create index on t (a)').then(({ nodes }) =>
  console.log(JSON.stringify({ before, parsed: nodes.flatMap(Object.keys), after: loaded() })))
`

test('it weighs no more than what it does for us is worth', () => {
  const sizes = ['node_modules/libpg-query/wasm', 'node_modules/@pgsql/types'].flatMap(at =>
    readdirSync(at, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => statSync(join(entry.parentPath, entry.name)).size),
  )
  expect(sizes.reduce((sum, size) => sum + size, 0) / 1000).toBeLessThan(2000)
})
