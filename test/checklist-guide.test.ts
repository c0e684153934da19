import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder } from './cli-support.ts'
import { meeting } from './meeting.ts'

/** The screens of `docs/checklist-guide.md` are what the program shows; `--update` writes them. */
const guide = new URL('../docs/checklist-guide.md', import.meta.url).pathname

test('the guide shows what the program shows', { timeout: 120_000 }, async () => {
  const cwd = folder({})
  copyFileSync(new URL('../examples/web-shop-naive/scaffold.yaml', import.meta.url), join(cwd, 'scaffold.yaml'))
  const { sees, chooses, types, presses, shown, code } = await meeting(['checklist'], cwd)
  const screens = new Map<string, string>()
  /** What was shown since the line that begins so, without the list of keys. */
  const keep = async (name: string, from: string) => {
    const all = (await shown())
      .replaceAll(/\n+↑↓.*/g, '')
      .split('\n')
      .map(line => line.trimEnd())
    const start = all.findLastIndex(line => line.startsWith(from))
    expect(start, from).toBeGreaterThan(-1)
    screens.set(name, all.slice(start).join('\n').trim())
  }
  await sees('Where to?')
  await keep('overview', 'web-shop-naive: ')
  await chooses('what matters most first')
  await sees('idempotencyKey of orders -> shop-db?')
  await keep('question', 'orders -> shop-db')
  await chooses('none: we do not do this')
  await sees('idempotencyKey of payments -> shop-db?')
  const all = (await shown()).split('\n')
  const saved = all.findLastIndex(line => line.startsWith('saved '))
  screens.set('answer', all.slice(saved, all.indexOf('', saved)).join('\n').trimEnd())
  await chooses('more...')
  await chooses('to the overview')
  await chooses('no      Are caching')
  await chooses('look at the findings')
  await sees('What about it?')
  await chooses('accept the risk for now')
  await types('the cluster is replaced in January')
  await sees('Who accepts it?')
  await types('team-catalogue')
  await sees('Until when?')
  await types('')
  await sees('What about it?')
  const later = (await shown()).split('\n').map(line => line.trimEnd())
  const accepted = later.findLastIndex(line => line.startsWith('saved waiver'))
  const head = later.slice(0, accepted).findLastIndex(line => line.startsWith('warning[') || line.startsWith('error['))
  screens.set('finding', later.slice(head, later.indexOf('', accepted)).join('\n').trimEnd())
  presses('c', true)
  expect(await code).toBe(130)

  const text = readFileSync(guide, 'utf8').replaceAll(
    /<!-- screen:(\w+) -->\n\n```text\n(?:[^`]*\n)?```/g,
    (_, name: string) => `<!-- screen:${name} -->\n\n\`\`\`text\n${screens.get(name)!}\n\`\`\``,
  )
  expect(screens.size).toBe(4)
  await expect(text).toMatchFileSnapshot(guide)
})
