import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { folder, run } from './cli-support.ts'

test('the example of docs/import.md becomes what the page says', async () => {
  const page = readFileSync('docs/import.md', 'utf8')
  const [from = '', draft = ''] = [...page.matchAll(/```yaml\n([^]*?)\n```/g)].map(([, text]) => text!)
  const [, notes = ''] = /```text\n([^]*?)\n```/.exec(page) ?? []
  const cwd = folder({ 'shop/compose.yaml': `${from}\n` })
  const { code, out, err } = await run(['import', 'compose', '.'], `${cwd}/shop`)
  expect([code, out.trimEnd(), err.trimEnd()]).toEqual([0, draft, notes])
})
