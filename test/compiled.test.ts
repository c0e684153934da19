import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folder } from './cli-support.ts'

/** The program as it is shipped; `npm test` builds it. */
const built = 'dist/bin'
const manifest = resolve('examples/web-shop-naive/scaffold.yaml')

const ordinary = [manifest, '--exit-zero', '--no-ci-detect', '--today', '2026-11-23']

/** A copy that never ran, and a way to run it. */
function freshCopy() {
  const root = folder({})
  const bin = join(root, 'bin')
  cpSync(built, bin, { recursive: true, filter: path => !path.endsWith('.compiled') })
  const env = { ...process.env }
  delete env['CI']
  const review = (more: NodeJS.ProcessEnv = {}, what = ordinary) => {
    const args = [join(bin, 'scaffold-review.cjs'), ...what]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...env, ...more } })
    return { status, stdout, stderr }
  }
  const kept = () => (existsSync(join(bin, '.compiled')) ? readdirSync(join(bin, '.compiled')) : [])
  return { bin, review, kept, keptAt: (name: string) => join(bin, '.compiled', name) }
}

describe.skipIf(!existsSync(built))('what V8 compiled', () => {
  test('is kept beside the program by the first run and used by the next, which says the same', () => {
    const { review, kept, keptAt } = freshCopy()
    const first = review()
    expect(first).toMatchObject({ status: 0, stderr: '' })
    expect(kept()).toHaveLength(3)
    for (const name of kept()) utimesSync(keptAt(name), 1, 1)
    expect(review()).toEqual(first)
    // What was used is not written again.
    for (const name of kept()) expect(statSync(keptAt(name)).mtimeMs, name).toBe(1000)
  })

  test('is not kept by what runs only a part of a review', () => {
    const { review, kept } = freshCopy()
    const unreadable = join(folder({ 'a.yaml': 'services: [\n' }), 'a.yaml')
    expect(review({}, [unreadable]).status).toBe(2)
    expect(review({}, ['explain', 'ttl-missing']).status).toBe(0)
    expect(kept()).toEqual([])
    review()
    expect(kept()).toHaveLength(3)
  })

  test('is compiled again where what was kept is of another V8, or damaged', () => {
    const { review, kept, keptAt } = freshCopy()
    const first = review()
    for (const name of kept()) writeFileSync(keptAt(name), 'not what V8 wrote')
    expect(review()).toEqual(first)
    for (const name of kept()) expect(readFileSync(keptAt(name)).length).toBeGreaterThan(2000)
    const spoil: ((data: Buffer) => Buffer)[] = [data => data.subarray(0, 5000), data => data.fill(0, 1024, 1536)]
    for (const change of spoil) {
      for (const name of kept()) writeFileSync(keptAt(name), change(readFileSync(keptAt(name))))
      expect(review()).toEqual(first)
    }
    expect(review({ NODE_OPTIONS: '--interpreted-frames-native-stack' })).toEqual(first)
  })

  test('is not taken for a program that was changed since, even where its length is the same', () => {
    const { bin, review } = freshCopy()
    const first = review()
    const text = join(bin, 'review.text.cjs')
    writeFileSync(text, readFileSync(text, 'latin1').replaceAll('not ready', 'NOT READY'), 'latin1')
    expect(review().stdout).toBe(first.stdout.replaceAll('not ready', 'NOT READY'))
  })

  test('is not kept in CI, nor where Node is told to keep nothing, nor where nobody may write', () => {
    const { bin, review, kept } = freshCopy()
    const first = review({ CI: 'true' })
    expect(review({ NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual(first)
    expect(kept()).toEqual([])
    // Stands in for a folder that is not ours: root may write anywhere.
    writeFileSync(join(bin, '.compiled'), '')
    chmodSync(join(bin, '.compiled'), 0o400)
    expect(review()).toEqual(first)
    expect(readdirSync(bin).filter(name => name.startsWith('.compiled'))).toEqual(['.compiled'])
  })
})
