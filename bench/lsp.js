import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { StreamMessageReader, StreamMessageWriter, createProtocolConnection } from 'vscode-languageserver/node'

/**
 * What one key press costs in a manifest of many services, measured through a client of the built program:
 * `node bench/lsp.js [services] [key presses] [--json]`. Prints the time until completion is answered at once; the longest wait for
 * completion and for a hover while the text is read and reviewed; the time until the first diagnostics of the new text are there,
 * and until all of its findings are; and beside them the review alone, in this process.
 */

const isJson = process.argv.includes('--json')
const [services = 1000, presses = 15] = process.argv
  .slice(2)
  .filter(arg => arg !== '--json')
  .map(Number)

/** Services to a domain: calls go down inside one, from its first service, where its journey enters. */
const perDomain = 12

function system(count) {
  const service = i => `  service-${i}:
    owner: team-${i % 20}
    role: api
    replicas: { min: 3, max: 12 }
    zones: 3
    concurrency: 32
    serviceTime: { mean: 5ms, p99: 40ms }
    state: none
    health: { liveness: { checks: [] }, readiness: { checks: [store-${i % 50}] } }
    observability: { metrics: true, traces: true, logs: structured }
    runbook: docs/runbooks/service-${i}.md
    calls:
${[1, 2]
  .map(step => (i % perDomain) * 2 + step)
  .filter(place => place < perDomain)
  .map(place => i - (i % perDomain) + place)
  .filter(target => target < count)
  .map(
    target => `      - to: service-${target}
        timeout: 800ms
        retries: { max: 1, backoff: exponential, base: 50ms, jitter: true, budget: 10% }
        circuitBreaker: { failureRate: 50%, minimumCalls: 20, window: 10s }
        fallback: none
`,
  )
  .join('')}      - { to: store-${i % 50}, access: readWrite, timeout: 200ms, retries: none, pool: 10 }
`
  const each = (length, line) => Array.from({ length }, (_, i) => line(i)).join('')
  return `version: 1
journeys:
${each(Math.ceil(count / perDomain), i => `  journey-${i}: { entry: service-${i * perDomain}, criticality: high, load: { steady: 50/s, peak: 200/s } }\n`)}services:
${each(count, service)}stores:
${each(50, i => `  store-${i}: { engine: postgres@16, role: systemOfRecord, maxConnections: 5000, capacity: { rps: 3000 } }\n`)}`
}

const text = system(services)
const root = new URL('..', import.meta.url)
const { bin } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
const cwd = mkdtempSync(join(tmpdir(), 'scaffold-review-bench-'))
const uri = pathToFileURL(join(cwd, 'scaffold.yaml')).href
const program = fileURLToPath(new URL(bin['scaffold-review'], root))
const child = spawn(process.execPath, [program, 'lsp', '--stdio'], { cwd, stdio: ['pipe', 'pipe', 'inherit'] })
const client = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin))
/** Diagnostics of each version, in order: the first are those of the text alone, the second those of its review. */
const said = new Map()
const waiting = new Map()
client.onNotification('textDocument/publishDiagnostics', ({ version, diagnostics }) => {
  const all = [...(said.get(version) ?? []), diagnostics]
  said.set(version, all)
  waiting.get(`${version} ${all.length}`)?.(diagnostics)
})
const diagnosticsOf = (version, time) => new Promise(resolve => waiting.set(`${version} ${time}`, resolve))
client.listen()
await client.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} })
await client.sendNotification('initialized', {})

const opened = diagnosticsOf(1, 2)
await client.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } })
const first = await opened

// The digits of a timeout in the middle of the file, typed one after the other.
const line = text.split('\n').findIndex((one, i) => i > text.split('\n').length / 2 && one.includes('timeout: 800ms'))
const character = text.split('\n')[line].indexOf('800ms') + 1
const times = {
  completion: [],
  'completion during a review': [],
  'hover during a review': [],
  'first diagnostics': [],
  'all findings': [],
}
const ask = async (method, column = character) => {
  const asked = performance.now()
  await client.sendRequest(method, { textDocument: { uri }, position: { line, character: column } })
  return performance.now() - asked
}
for (let version = 2; version < 2 + presses; version++) {
  const started = performance.now()
  const [first, all] = [diagnosticsOf(version, 1), diagnosticsOf(version, 2)]
  await client.sendNotification('textDocument/didChange', {
    textDocument: { uri, version },
    contentChanges: [
      { range: { start: { line, character }, end: { line, character: character + 1 } }, text: String(version % 10) },
    ],
  })
  await ask('textDocument/completion')
  times.completion.push(performance.now() - started)
  let isReviewed = false
  void first.then(() => times['first diagnostics'].push(performance.now() - started))
  void all.then(() => {
    times['all findings'].push(performance.now() - started)
    isReviewed = true
  })
  // Asked again and again, so that the longest wait of each review counts.
  let [completion, hover] = [0, 0]
  while (!isReviewed) {
    completion = Math.max(completion, await ask('textDocument/completion'))
    // Over the key, where the longest time of the call is shown.
    hover = Math.max(hover, await ask('textDocument/hover', character - 'timeout: '.length))
    await setTimeout(5)
  }
  times['completion during a review'].push(completion)
  times['hover during a review'].push(hover)
}
const memory = peakOf(child.pid)
await client.sendRequest('shutdown')
await client.sendNotification('exit')

const medianOf = all => all.sort((a, b) => a - b)[Math.floor(all.length / 2)]
if (isJson) {
  console.log(
    JSON.stringify(
      Object.fromEntries(Object.entries(times).map(([what, all]) => [what, { median: medianOf(all), memory }])),
    ),
  )
  process.exit(0)
}

const { ManifestFiles, Source, review, rules } = await import(new URL('dist/src/index.js', root).href)
times['read alone'] = []
times['review alone'] = []
for (let i = 0; i < Math.min(5, presses); i++) {
  const started = performance.now()
  const files = new ManifestFiles([new Source('scaffold.yaml', text)])
  const read = performance.now()
  review(files, rules, { today: '2026-11-23' })
  times['read alone'].push(read - started)
  times['review alone'].push(performance.now() - read)
}

const size = (text.length / 1e6).toFixed(2)
console.log(`${services} services, ${size} MB, ${first.length} diagnostics; milliseconds over ${presses} key presses`)
for (const [what, all] of Object.entries(times)) {
  const sorted = all.sort((a, b) => a - b)
  const at = share => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))])
  console.log(`${what.padEnd(26)} median ${String(at(0.5)).padStart(6)}   p90 ${String(at(0.9)).padStart(6)}`)
}

/** Peak memory of a process in MiB; 0 where the system does not tell. */
function peakOf(pid) {
  try {
    const [, kibibytes = 0] = /VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kibibytes) / 1024
  } catch {
    return 0
  }
}
