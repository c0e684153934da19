import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folder } from './cli-support.ts'

/** The program as it is shipped; `npm test` builds it. */
const built = 'dist/bin'
const entry = join(built, 'scaffold-review.cjs')

/** Files that are read for a command line, in kB. */
function readFor(...argv: string[]): { files: string[]; size: number; out: string } {
  const spy = join(folder({ 'spy.cjs': spyText }), 'spy.cjs')
  // Whatever it finds, it says what it read.
  const { stdout: out } = spawnSync(process.execPath, ['--require', spy, entry, ...argv], { encoding: 'utf8' })
  const [printed, loaded] = out.split(mark)
  const paths = (JSON.parse(loaded!) as string[]).filter(file => !file.endsWith('spy.cjs'))
  const size = paths.reduce((sum, file) => sum + statSync(file).size, 0) / 1000
  return { files: paths.map(path => basename(path)), size, out: printed! }
}
const mark = '\n---loaded---\n'
const spyText = `process.on('exit', () => {
  const names = Object.keys(require.cache)
  require('node:fs').writeSync(1, ${JSON.stringify(mark)} + JSON.stringify(names))
})`

describe.skipIf(!existsSync(entry))('the built program', () => {
  test('says its version without reading anything else', () => {
    const { files, size, out } = readFor('--version')
    expect(files).toEqual(['scaffold-review.cjs'])
    expect(size).toBeLessThan(8)
    expect(out.trim()).toBe((JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version)
  })

  test('reads no command for its help', () => {
    const { files, out } = readFor('--help')
    expect(files).not.toContain('review-command.cjs')
    expect(out).toContain('review a manifest')
  })

  test('reviews without what belongs to other commands, other formats and texts that cannot be read', () => {
    const { files, size, out } = readFor('examples/web-shop-naive/scaffold.yaml')
    for (const other of [
      'thorough-read.cjs',
      'tables.cjs',
      'reference-commands.cjs',
      'sarif.cjs',
      'json.cjs',
      'dist.cjs',
      'evidence-files.cjs',
    ])
      expect(files).not.toContain(other)
    expect(size).toBeLessThan(2100)
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

  test('asks the parser that explains where a text cannot be read', () => {
    const { out, files } = readFor(join(folder({ 'a.yaml': 'services: [\nstores: {}\n' }), 'a.yaml'))
    expect(out).toMatch(/error\[yaml-syntax\].*sequence/i)
    expect(files).toContain('thorough-read.cjs')
  })

  test('is no larger altogether than what is in it', () => {
    const size = readdirSync(built).reduce((sum, file) => sum + statSync(join(built, file)).size, 0) / 1000
    expect(size).toBeLessThan(5700)
  })
})
