#!/usr/bin/env node
/**
 * Measures the built program against yardsticks in the same run: pairs of processes, one of each, so that whatever slows the
 * machine slows both. Times are CPU seconds of the whole process. A figure is the median of the ratios of the pairs.
 *
 *     npm run bench                 measures, and writes bench/RESULTS.md and bench/figures.json
 *     npm run bench -- --check      writes nothing; exits 1 where a figure is worse than bench/figures.json beyond the spread
 *     npm run bench -- --large      10 000 services, 1 000 manifests and 10 000 findings as well
 *     npm run bench -- --lsp        what a key press costs in an editor, at 1 000 services
 *     npm run bench -- --peers      Spectral on the same file, installed from npm into a temporary folder
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { rolldown } from 'rolldown'
import { goals, quantile, resultsPage } from './results.js'
import { bareHeap, bareParser, randomReviews, randomTexts, spectral } from './yardsticks.js'

const { values: flags } = parseArgs({
  options: {
    check: { type: 'boolean' },
    large: { type: 'boolean' },
    lsp: { type: 'boolean' },
    peers: { type: 'boolean' },
  },
})
const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'scaffold-review-bench-'))
// Node 20 reads these certificates at each start, which hides everything else.
const env = { ...process.env }
delete env.NODE_EXTRA_CA_CERTS
// In CI the program keeps nothing for its next run.
delete env.CI

const file = (name, text) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const probe = file(
  'probe.cjs',
  `process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
    require('node:fs').writeFileSync(process.env.PROBE, JSON.stringify({ time: (userCPUTime + systemCPUTime) / 1e6, memory: maxRSS / 1024 }))
  })`,
)

/** CPU seconds and peak MiB of one process. */
function once(args) {
  const out = join(folder, 'usage.json')
  const { status, signal, stderr } = spawnSync(process.execPath, ['--require', probe, ...args], {
    env: { ...env, PROBE: out },
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 2 ** 28,
  })
  if (status !== 0) throw new Error(`${args.join(' ')}: ${signal ?? `exit ${status}`}\n${stderr}`)
  return JSON.parse(readFileSync(out, 'utf8'))
}

/** The ratio of two processes, pair by pair. */
function compare(name, ours, theirs, pairs) {
  const runs = Array.from({ length: pairs }, () => [once(ours), once(theirs)])
  const part = (share, of) => quantile(runs.map(of), share)
  const ratio = ([a, b]) => a.time / b.time
  const [low, middle, high] = [0.25, 0.5, 0.75].map(share => part(share, ratio))
  const [time, memory] = [part(0.5, ([a]) => a.time), part(0.5, ([a]) => a.memory)]
  return { name, ratio: middle, low, high, time, memory, pairs }
}

/** A figure that is a share of what is allowed. */
const share = (name, ratio, { time, memory }) => ({ name, ratio, low: ratio, high: ratio, time, memory, pairs: 1 })

/** What a script of Node prints. */
function output(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

/** What `bench/lsp.js` measures, against the time in which an answer seems to come at once. */
const keyPresses = () =>
  Object.entries(JSON.parse(output([join(root, 'bench/lsp.js'), '1000', '9', '--json']))).map(
    ([what, { median, memory }]) =>
      share(`${what} after a key press at 1 000 services / 150 ms`, median / 150, { time: median / 1000, memory }),
  )

/** Manifests of every key that the schema knows, as the tests make them, against what one may take in an editor or a test. */
function randomManifests() {
  // Made by a process of its own: others begin with the peak memory of the one that starts them.
  const texts = output([file('texts.mjs', randomTexts(root, folder, 120))])
  const script = file('random.cjs', randomReviews(root, file('random.json', texts), 20))
  const runs = Array.from({ length: 5 }, () => JSON.parse(output([script])))
  const part = (share, key) =>
    quantile(
      runs.map(run => run[key]),
      share,
    )
  const [low, ratio, high] = [0.25, 0.5, 0.75].map(share => part(share, 'each') / 10)
  const [time, memory] = [part(0.5, 'each') / 1000, part(0.5, 'memory')]
  return { name: 'one of 100 random manifests of 13 kB / 10 ms', ratio, low, high, time, memory, pairs: runs.length }
}

/** How time grows from one size to another: 1 is in step, 2 is with the square. */
function growth(name, small, large, times, pairs) {
  const { ratio, ...rest } = compare(name, large, small, pairs)
  return {
    ...rest,
    name,
    ratio: Math.log(ratio) / Math.log(times),
    low: Math.log(rest.low) / Math.log(times),
    high: Math.log(rest.high) / Math.log(times),
    isExponent: true,
  }
}

/** At a million a second this is ten seconds. */
const simulatedEvents = 10_000_000

async function measure() {
  const bundle = await rolldown({ input: join(root, 'bench/systems.ts') })
  await bundle.write({ file: join(folder, 'systems.mjs') })
  const { system, simulated } = await import(pathToFileURL(join(folder, 'systems.mjs')).href)
  const manifest = shape => file(`${Object.values(shape).join('-')}.yaml`, system(shape))
  const program = join(root, 'dist/bin/scaffold-review.cjs')
  const review = (...args) => [program, 'review', '--exit-zero', '--today', '2026-11-23', ...args]
  const json = path => review('-f', 'json', path)
  const parse = file('parse.mjs', bareParser(root))
  const nothing = ['-e', '0']

  const small = manifest({ services: 12 })
  const thousand = manifest({ services: 1000 })
  const many = Array.from({ length: flags.large ? 1000 : 100 }, (_, i) =>
    file(`many-${i}.yaml`, system({ services: 12 })),
  )
  const keys = count =>
    file(
      `keys-${count}.yaml`,
      `services: {}\nx-keys:\n${Array.from({ length: count }, (_, i) => `  key-${i}: ${i}`).join('\n')}\n`,
    )
  const comments = count =>
    file(`comments-${count}.yaml`, `services: {}\n${'# what everybody should know\n'.repeat(count)}`)

  const figures = [
    compare('--version / node -e 0', [program, '--version'], nothing, 15),
    compare('review of 20 components / node -e 0', review(small), nothing, 11),
    compare('1 000 services, json / bare parser', json(thousand), [parse, thousand], 3),
    compare(
      `${many.length} manifests of 20 components / bare parser`,
      json('-').slice(0, -1).concat(many),
      [parse, ...many],
      3,
    ),
    randomManifests(),
    growth('services, 250 to 1 000', json(manifest({ services: 250 })), json(thousand), 4, 3),
    growth(
      'journeys, 25 to 100 at 250 services',
      json(manifest({ services: 250, journeys: 25 })),
      json(manifest({ services: 250, journeys: 100 })),
      4,
      3,
    ),
    compare(
      'a fault at each call / none, 250 services',
      json(manifest({ services: 250, faulty: true })),
      json(manifest({ services: 250 })),
      3,
    ),
    growth('keys of one map, 10 000 to 40 000', json(keys(10_000)), json(keys(40_000)), 4, 3),
    growth('lines of comment, 25 000 to 100 000', json(comments(25_000)), json(comments(100_000)), 4, 3),
  ]
  const simulate = [program, 'simulate', '--assume', '--duration', '12m', '--max-events', String(simulatedEvents)]
  figures.push(
    compare(
      '10 million events of a simulation / bare heap',
      [...simulate, file('simulated.yaml', simulated)],
      [file('heap.cjs', bareHeap(simulatedEvents))],
      5,
    ),
  )
  if (flags.large) {
    const size = compare('10 000 services / 1 000 services', json(manifest({ services: 10_000 })), json(thousand), 1)
    figures.push(size, share('10 000 services, peak memory / 600 MiB', size.memory / 600, size))
    const busy = { services: 1000, partnerCalls: 10 }
    const found = json(manifest({ ...busy, faulty: true }))
    figures.push(compare('10 000 findings / none, 1 000 services', found, json(manifest(busy)), 1))
  }
  if (flags.lsp) figures.push(...keyPresses())
  if (flags.peers)
    figures.push(
      compare(
        'Spectral with 20 rules / 1 000 services, json',
        spectral(join(folder, 'spectral'))(thousand),
        json(thousand),
        3,
      ),
    )
  for (const { name, ratio, low, high, time, memory } of figures)
    console.log(
      `${name}: ${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)}), ${time.toFixed(2)} s, ${memory.toFixed(0)} MiB`,
    )
  return figures
}

const committed = join(root, 'bench/figures.json')
try {
  const known = JSON.parse(readFileSync(committed, 'utf8'))
  const figures = await measure()
  if (flags.check) {
    for (const { name } of figures.filter(({ name }) => !known[name])) console.log(`nothing to compare with: ${name}`)
    const worse = figures.filter(({ name, ratio }) => known[name] && ratio > known[name].limit)
    for (const { name, ratio } of worse)
      console.error(`worse: ${name} is ${ratio.toFixed(2)}, expected at most ${known[name].limit}`)
    process.exitCode = worse.length > 0 ? 1 : 0
  } else {
    const machine = `${cpus().length} x ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}, Node ${process.version}`
    writeFileSync(join(root, 'bench/RESULTS.md'), resultsPage(figures, machine, new Date().toISOString().slice(0, 10)))
    // A quarter above the median, or as far above as the runs were apart.
    const limits = figures.map(({ name, ratio, low, high }) => [
      name,
      {
        ratio: Number(ratio.toFixed(2)),
        limit: Number((ratio + Math.max(0.25 * Math.abs(ratio), high - low, 0.1)).toFixed(2)),
      },
    ])
    // What this run did not measure stays.
    writeFileSync(committed, `${JSON.stringify({ ...known, ...Object.fromEntries(limits) }, null, 2)}\n`)
  }
  for (const { name, ratio } of figures)
    if (goals[name] !== undefined && ratio > goals[name])
      console.log(`not yet: ${name} is ${ratio.toFixed(2)}, wanted ${goals[name]}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
