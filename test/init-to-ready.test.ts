import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { draftText } from '../src/edit/draft.ts'
import { folder, run } from './cli-support.ts'

/** What init writes when a team names one journey, its service and its store, and nothing else. */
const first = draftText({
  schema: undefined,
  note: 'A first manifest.',
  system: 'tea-shop',
  journeys: [{ name: 'order', criticality: 'critical', through: ['shop'] }],
  components: [
    { name: 'shop', kind: 'service', uses: ['shop-db'], readers: [] },
    { name: 'shop-db', kind: 'store', uses: [], readers: [] },
  ],
})

test('from the manifest that init writes to the verdict ready, by answers alone', async () => {
  // Written for a manifest that states the engine of its store; what is not asked for here is left out.
  const answers = readFileSync('test/fixtures/checklist/answers.yaml', 'utf8').replace(
    'answers:\n',
    "answers:\n  - { fact: 'services.shop.calls[0].bulkhead', answer: 8 }\n",
  )
  const cwd = folder({ 'scaffold.yaml': first, 'answers.yaml': answers })
  expect((await run(['--fail-on', 'warning'], cwd)).code).toBe(1)
  expect((await run(['checklist', '--answers', 'answers.yaml'], cwd)).code).toBe(0)
  const { code, out } = await run(['--strict', '--min-coverage', '100%', '--fail-on', 'info'], cwd)
  expect(out).toMatch(/tea-shop: ready \(100% of the checks decided\)\n$/)
  expect(code).toBe(0)
  const text = readFileSync(join(cwd, 'scaffold.yaml'), 'utf8')
  // Nothing that was written first is gone.
  for (const comment of first.match(/#.*$/gm)!) expect(text).toContain(comment)
})
