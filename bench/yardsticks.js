import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A script that does nothing but parse files with the package `yaml`, as most tools do. */
export function bareParser(root) {
  const yaml = pathToFileURL(join(root, 'node_modules/yaml/dist/index.js')).href
  return `import yaml from ${JSON.stringify(yaml)}
import { readFileSync } from 'node:fs'
for (const file of process.argv.slice(2)) {
  const lineCounter = new yaml.LineCounter()
  yaml.parseDocument(readFileSync(file, 'utf8'), { lineCounter })
}
`
}

/** A script that does nothing but take the next of a thousand events from a binary heap and add one, so many times. */
export function bareHeap(events) {
  return `const size = 1000
const times = new Float64Array(size + 1)
let used = 0
let seed = 1
const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 4294967296
function add(time) {
  let hole = used++
  while (hole > 0 && times[(hole - 1) >> 1] > time) {
    times[hole] = times[(hole - 1) >> 1]
    hole = (hole - 1) >> 1
  }
  times[hole] = time
}
function take() {
  const first = times[0]
  const last = times[--used]
  let hole = 0
  for (let child = 1; child < used; child = 2 * hole + 1) {
    if (child + 1 < used && times[child + 1] < times[child]) child++
    if (times[child] >= last) break
    times[hole] = times[child]
    hole = child
  }
  times[hole] = last
  return first
}
for (let i = 0; i < size; i++) add(random())
for (let i = 0; i < ${events}; i++) add(take() + random())
`
}

/** Spectral with twenty rules of the kind that a linter has: a key must be there, a value must look like this. */
export function spectral(folder) {
  mkdirSync(folder, { recursive: true })
  const packages = ['@stoplight/spectral-cli@6']
  const { status, stderr } = spawnSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder, ...packages],
    {
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(`Spectral cannot be installed:\n${stderr}`)
  const keys = [
    'owner',
    'replicas',
    'zones',
    'concurrency',
    'serviceTime',
    'state',
    'health',
    'deploy',
    'observability',
    'runbook',
  ]
  const call = [
    'timeout',
    'retries',
    'circuitBreaker',
    'operation',
    'mutates',
    'fallback',
    'bulkhead',
    'pool',
    'access',
    'serves',
  ]
  const rule = (given, field) => ({ given, severity: 'warn', then: { field, function: 'truthy' } })
  const rules = Object.fromEntries([
    ...keys.map(key => [`service-${key}`, rule('$.services[*]', key)]),
    ...call.map(key => [`call-${key}`, rule('$.services[*].calls[*]', key)]),
  ])
  const ruleset = join(folder, 'ruleset.json')
  writeFileSync(ruleset, JSON.stringify({ rules }))
  const program = join(folder, 'node_modules/@stoplight/spectral-cli/dist/index.js')
  return file => [
    program,
    'lint',
    file,
    '--ruleset',
    ruleset,
    '--format',
    'json',
    '--fail-severity',
    'error',
    '--quiet',
  ]
}

/** A script that prints random manifests, as the tests make them, as a list in JSON. */
export const randomTexts = (root, folder, count) => `
import { rolldown } from ${JSON.stringify(import.meta.resolve('rolldown'))}
const file = ${JSON.stringify(join(folder, 'random-manifest.mjs'))}
const bundle = await rolldown({ input: ${JSON.stringify(join(root, 'test/random-manifest.ts'))}, platform: 'node' })
await bundle.write({ file })
const { randomManifest } = await import(file)
console.log(JSON.stringify(Array.from({ length: ${count} }, (_, seed) => JSON.stringify(randomManifest(seed)))))
`

/** A script that reviews the texts of a JSON file in one process and prints what each took behind the first `warm`, in ms. */
export const randomReviews = (root, texts, warm) => `
const { ManifestFiles, Source, review, rules } = require(${JSON.stringify(join(root, 'dist/bin/review.cjs'))})
// As the program does.
if (process.version.startsWith('v20.')) require('node:v8').setFlagsFromString('--interrupt-budget=540672')
const all = JSON.parse(require('node:fs').readFileSync(${JSON.stringify(texts)}, 'utf8'))
const run = text => review(new ManifestFiles([new Source('scaffold.yaml', text)]), rules, { today: '2026-11-23' })
const [first, rest] = [all.slice(0, ${warm}), all.slice(${warm})]
first.forEach(run)
const started = performance.now()
rest.forEach(run)
const each = (performance.now() - started) / rest.length
console.log(JSON.stringify({ each, memory: process.resourceUsage().maxRSS / 1024 }))
`
