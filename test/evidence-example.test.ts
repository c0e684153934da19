import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { readEvidence } from '../src/cli/reading/evidence-files.ts'
import { defaultLimits } from '../src/cli/reading/limits.ts'
import { onDisk } from '../src/cli/reading/load.ts'
import type { World } from '../src/cli/world.ts'
import { ManifestFiles } from '../src/manifest/files.ts'
import { readManifest } from '../src/manifest/read.ts'
import { Source } from '../src/manifest/source.ts'
import { folder, run } from './cli-support.ts'
import { filesOf, removals } from './support.ts'

const shop = resolve('examples/web-shop')
const today = ['--today', '2026-11-23']

test('the files of web-shop say what its manifest says', async () => {
  const { code, out } = await run([...today, '--strict'], shop)
  expect(code).toBe(0)
  expect(out).toContain('web-shop: ready (100% of the checks decided)')
  expect(out).not.toMatch(/contradicted|missing/)
  await expect(out).toMatchFileSnapshot('golden/web-shop-evidence.txt')
  const drift = await run(['drift'], shop)
  expect(drift.code).toBe(0)
  await expect(drift.out).toMatchFileSnapshot('golden/web-shop-drift.txt')
})

/** A line of a file changed, and what the review says then. */
test.each([
  [
    'deploy/k8s/orders.yaml',
    'minReplicas: 9',
    'minReplicas: 3',
    '"orders" has replicas.min 9 in the manifest and 3 in the files',
  ],
  [
    'deploy/k8s/web.yaml',
    'terminationGracePeriodSeconds: 45',
    'terminationGracePeriodSeconds: 30',
    '"web" has terminationGrace 45s in the manifest and 30s in the files',
  ],
  [
    'deploy/k8s/stock.yaml',
    'failureThreshold: 2',
    'failureThreshold: 5',
    '"stock" has health.readiness.failures 2 in the manifest and 5 in the files',
  ],
  [
    'deploy/k8s/catalogue.yaml',
    'maxSurge: 25%',
    'maxSurge: 50%',
    '"catalogue" has deploy.maxSurge 25% in the manifest and 50% in the files',
  ],
  [
    'deploy/k8s/payments.yaml',
    'averageUtilization: 60',
    'averageUtilization: 80',
    '"payments" has autoscaling.target 60% in the manifest and 80% in the files',
  ],
  ['ops/alerts/checkout.yaml', '14.4 * 0.001', '10 * 0.001', 'which fires at a burn rate of 10'],
  ['ops/alerts/browse.yaml', '14.4 * (1 - 0.99)', '144 * (1 - 0.99)', '"BrowseLatencyFastBurn" can never fire'],
  [
    'db/migrations/orders/V44__index_orders_by_day.sql',
    'CONCURRENTLY ',
    '',
    'CREATE INDEX "orders_by_day" blocks writes',
  ],
  ['db/migrations/stock/V12__stock_is_never_negative.sql', ' NOT VALID', '', '[migration-hazard]'],
  ['api/payments.yaml', 'name: Idempotency-Key', 'name: Request-Id', 'POST /charges takes no such header'],
  ['api/web.yaml', 'Retry-After', 'X-Wait', 'answers 429 without Retry-After'],
  ['docs/adr/003.md', 'Accepted', 'Superseded', 'the status accepted in the manifest and superseded in its document'],
])('%s: %s -> %s', async (file, before, after, expected) => {
  const cwd = folder({})
  cpSync(shop, cwd, { recursive: true })
  const text = readFileSync(join(cwd, file), 'utf8')
  expect(text).toContain(before)
  writeFileSync(join(cwd, file), text.replaceAll(before, after))
  const { out } = await run([...today, '--verbose'], cwd)
  expect(out.replaceAll(/\s+/g, ' ')).toContain(expected)
  expect(out).toContain('web-shop: not ready')
})

test(
  'what the manifest does not state is no claim: leaving out a fact creates no contradiction',
  { timeout: 120_000 },
  async () => {
    const cwd = folder({})
    cpSync(shop, cwd, { recursive: true })
    const [main, platform] = ['scaffold.yaml', 'platform.yaml'].map(name => readFileSync(join(shop, name), 'utf8'))
    const text = `${main!.replace(/^include:.*\n/m, '')}\n${platform!}`
    const origin = { tree: onDisk({ cwd } as World), path: join(cwd, 'scaffold.yaml') }
    const { reader } = await readEvidence(filesOf(text), origin, defaultLimits)
    const accused = (value: unknown) => {
      const files = new ManifestFiles([new Source('scaffold.yaml', JSON.stringify(value))])
      const { model } = readManifest(files)
      if (!model) return []
      const { claims, findings } = reader({ model, at: path => files.locateFact(path) })
      return [...claims.filter(({ state }) => state === 'contradicted'), ...findings].map(({ message }) => message)
    }
    expect(accused(parse(text))).toEqual([])
    const relevant = [...removals(text)].filter(({ path }) =>
      /^(?:slos\.browse-latency|services\.orders|services\.web\.(?:routes|rateLimit|calls)|decisions|stores\.orders)/.test(
        path,
      ),
    )
    expect(relevant.length).toBeGreaterThan(80)
    expect(relevant.flatMap(({ path, rest }) => accused(rest).map(message => `without ${path}: ${message}`))).toEqual(
      [],
    )
  },
)
