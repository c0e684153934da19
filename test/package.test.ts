import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { rules } from '../src/rules/index.ts'
import { folder } from './cli-support.ts'

/** The program as it is shipped; `npm test` builds it. */
const built = 'dist/bin'
const entry = join(built, 'scaffold-review.cjs')

/** Files that are read for a command line, in kB. */
function readFor(...argv: string[]): { files: string[]; builtIns: string[]; size: number; out: string } {
  const spy = join(folder({ 'spy.cjs': spyText }), 'spy.cjs')
  // Whatever it finds, it says what it read.
  const { stdout: out } = spawnSync(process.execPath, ['--require', spy, entry, ...argv], { encoding: 'utf8' })
  const [printed, loaded] = out.split(mark)
  const { names, builtIns } = JSON.parse(loaded!) as { names: string[]; builtIns: string[] }
  const paths = names.filter(file => !file.endsWith('spy.cjs'))
  const texts = paths.map(file => file.replace(/\.cjs$/, '.text.cjs')).filter(existsSync)
  const size = [...paths, ...texts].reduce((sum, file) => sum + statSync(file).size, 0) / 1000
  return { files: paths.map(path => basename(path)), builtIns, size, out: printed! }
}
const mark = '\n---loaded---\n'
const spyText = `process.on('exit', () => {
  const names = Object.keys(require.cache)
  const builtIns = process.moduleLoadList.map(name => name.replace('NativeModule ', ''))
  require('node:fs').writeSync(1, ${JSON.stringify(mark)} + JSON.stringify({ names, builtIns }))
})`

const ids = rules.map(({ id }) => id)
/** All pages in one process, behind the version: what it requires is the program. */
const explainText = `const [, , main, ...ids] = process.argv.splice(0, Infinity, 'node', 'program', '--version')
const pages = []
void (async () => {
  for (const id of ids) {
    let text = ''
    const write = more => (text += more)
    const world = { cwd: process.cwd(), env: {}, stdout: { write, isTTY: false }, stderr: { write } }
    await require(main).main(['explain', id], world)
    pages.push(text)
  }
  require('node:fs').writeSync(1, JSON.stringify(pages))
})()`

describe.skipIf(!existsSync(entry))('the built program', () => {
  test('says its version without reading more than what joins its files', () => {
    const { files, size, out } = readFor('--version')
    expect(files).toEqual(['scaffold-review.cjs', 'rolldown-runtime.cjs'])
    expect(size).toBeLessThan(8)
    expect(out.trim()).toBe((JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version)
  })

  test('reads no command for its help', () => {
    const { files, out } = readFor('--help')
    expect(files).not.toContain('review.cjs')
    expect(out).toContain('review a manifest')
  })

  test('reviews without what belongs to other commands, other formats and texts that cannot be read', () => {
    const { files, builtIns, size, out } = readFor('examples/web-shop-naive/scaffold.yaml')
    // It has a job with a schedule.
    expect(files.toSorted()).toEqual([
      'commander.cjs',
      'compiled.cjs',
      'cron.cjs',
      'main.cjs',
      'review.cjs',
      'rolldown-runtime.cjs',
      'scaffold-review.cjs',
      'world.cjs',
    ])
    const none = readFor('--version').builtIns
    for (const heavy of ['child_process', 'crypto', 'fs/promises', 'net', 'tty', 'zlib', 'internal/modules/esm/load'])
      if (!none.includes(heavy)) expect(builtIns).not.toContain(heavy)
    expect(builtIns).toContain('fs')
    expect(size).toBeLessThan(1300)
    expect(out).toContain('web-shop-naive: not ready')
  })

  test('reads what holds evidence against a manifest only where there is some, and of it only what is named', () => {
    const [rules, manifest] = [
      'groups: [{ rules: [] }]\n',
      'services: { web: {} }\nevidence: { prometheusRules: a.yaml }\n',
    ]
    const { files } = readFor(join(folder({ 'scaffold.yaml': manifest, 'a.yaml': rules }), 'scaffold.yaml'))
    expect(files).toContain('evidence-files.cjs')
    expect(files).toContain('prometheus.cjs')
    for (const other of ['read-kubernetes.cjs', 'read-compose.cjs', 'openapi.cjs', 'prose.cjs', 'sql-parser.cjs'])
      expect(files).not.toContain(other)
  })

  test('reads neither examples nor zod for a configuration, whatever that changes of rules', () => {
    const root = folder({
      'a.yaml': 'services: { web: { replicas: 1 } }\n',
      '.scaffold-review.yaml': 'extends: startup\nrules: { chatty-call: { severity: error, options: { calls: 5 } } }\n',
    })
    const { out, files } = readFor(join(root, 'a.yaml'))
    expect(out).toContain('a.yaml: ')
    expect(files).toContain('config-files.cjs')
    for (const other of ['to-zod.cjs', 'schemas.cjs', 'rule-examples.cjs']) expect(files).not.toContain(other)
  })

  test('asks what explains where a manifest cannot be', () => {
    const { out, files } = readFor(join(folder({ 'a.yaml': 'services: { web: { zones: many } }\n' }), 'a.yaml'))
    expect(out).toContain('"zones" is "many", expected a whole number')
    expect(files).toContain('to-zod.cjs')
  })

  test('explains every rule with its examples, which it reads only then', () => {
    const script = join(folder({ 'explain.cjs': explainText }), 'explain.cjs')
    const { stdout, stderr } = spawnSync(process.execPath, [script, resolve(built, 'main.cjs'), ...ids], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    })
    expect(stderr).toBe('')
    const pages = JSON.parse(stdout.slice(stdout.indexOf('\n'))) as string[]
    for (const [i, id] of ids.entries()) expect(pages[i], id).toBe(readFileSync(`docs/rules/${id}.md`, 'utf8'))
    expect(pages.length).toBeGreaterThan(90)
  })

  test('asks the parser that explains where a text cannot be read', () => {
    const { out, files } = readFor(join(folder({ 'a.yaml': 'services: [\nstores: {}\n' }), 'a.yaml'))
    expect(out).toMatch(/error\[yaml-syntax\].*sequence/i)
    expect(files).toContain('thorough-read.cjs')
  })

  test('is no larger altogether than what is in it', () => {
    const shipped = readdirSync(built).filter(name => name !== '.compiled')
    const size = shipped.reduce((sum, file) => sum + statSync(join(built, file)).size, 0) / 1000
    expect(size).toBeLessThan(5700)
  })
})
