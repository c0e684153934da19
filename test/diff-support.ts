import { diff, type Version } from '../src/delta/diff.ts'
import { ManifestFiles } from '../src/manifest/files.ts'
import { readManifest } from '../src/manifest/read.ts'
import { Source } from '../src/manifest/source.ts'
import { review } from '../src/review.ts'
import { rules } from '../src/rules/index.ts'

const today = '2026-11-23'
const applied = rules.filter(({ id }) =>
  ['call-without-timeout', 'ttl-missing', 'retry-without-budget', 'timeout-inversion'].includes(id),
)
/** A manifest, read and reviewed by a few rules. */
export function version(text: string, file = 'scaffold.yaml'): Version {
  const files = new ManifestFiles([new Source(file, text)])
  const { model, problems } = readManifest(files)
  if (!model) throw new Error(problems.map(({ message }) => message).join('\n'))
  return { files, model, report: review(files, applied, { today }) }
}
export const compare = (before: string, after: string) => diff(version(before, 'old.yaml'), version(after), today)

export const shop = `
system: shop
journeys:
  buy: { entry: web, criticality: critical, load: { steady: 50/s, peak: 100/s } }
slos:
  buying: { journey: buy, indicator: availability, objective: 99.9%, window: 30d, alerts: none }
services:
  web:
    serviceTime: { mean: 5ms, p99: 20ms }
    calls:
      - { to: orders, timeout: none, retries: { max: 2, budget: none }, fallback: none }
  orders:
    replicas: 3
    concurrency: 10
    serviceTime: { mean: 20ms, p99: 90ms }
    calls: [{ to: db, timeout: 1s, retries: { max: 1, budget: none }, fallback: none }]
stores:
  db: { availability: 99.9%, latency: { mean: 5ms, p99: 60ms }, capacity: { rps: 400 } }
`
/** The shop with some of its text replaced. */
export const change = (...pairs: [string, string][]) => pairs.reduce((text, [from, to]) => text.replace(from, to), shop)
