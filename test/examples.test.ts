import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { formatPath } from '../src/finding.ts'
import { printed } from './generate.ts'
import { incidents } from './incidents.ts'
import { removals, reviewFile, reviewText } from './support.ts'

/** The day by which ages are judged. */
const options = { today: '2026-11-23' }

const systems = ['web-shop', 'web-shop-naive', 'online-boutique', 'otel-demo']
const files = [
  ...systems.map(name => `${name}/scaffold`),
  ...incidents.flatMap(({ id }) => [`incidents/${id}`, `incidents/${id}.repaired`]),
]

test('every example is tested', () => {
  const found = readdirSync('examples/incidents').map(name => `incidents/${name.replace(/\.yaml$/, '')}`)
  expect(files.filter(name => name.startsWith('incidents/')).sort()).toEqual(found.sort())
  expect(
    readdirSync('examples')
      .filter(name => !['incidents', 'ci'].includes(name))
      .sort(),
  ).toEqual([...systems].sort())
})

test.each(files)('%s prints what it printed', async name => {
  await expect(printed(reviewFile(`examples/${name}.yaml`, undefined, options))).toMatchFileSnapshot(
    `golden/${name.replaceAll('/', '-')}.txt`,
  )
})

describe('web-shop', () => {
  const report = reviewFile('examples/web-shop/scaffold.yaml', undefined, options)

  test('has no finding, no open question, all eight questions answered yes, and is ready', () => {
    expect(report.findings).toEqual([])
    expect(report.openQuestions.map(({ fact }) => formatPath(fact))).toEqual([])
    expect(report.scoreboard.map(({ key, answer }) => [key, answer])).toEqual(
      report.scoreboard.map(({ key }) => [key, 'yes']),
    )
    expect(report.verdict).toBe('ready')
    expect(report.coverage).toBe(1)
  })

  test('every rule found something to look at, but for what this shop does not have', () => {
    const idle = report.rules.filter(({ passed }) => passed === 0).map(({ ruleId }) => ruleId)
    // No component is less critical than what needs it, no store has two users or is derived from another, and no queue is one
    // of SQS. Nothing is hedged, retried more than once, called in loops or answered through a queue. Nothing scales to zero,
    // no service hosts a job, no request holds two connections, migrations run with a deploy, and the gateway is the only door.
    expect(idle).toEqual([
      'migration-at-startup-race',
      'chatty-call',
      'critical-journey-without-degraded-mode',
      'criticality-inversion',
      'fallback-overloads-target',
      'fan-out-tail',
      'hedge-without-guard',
      'internal-service-exposed',
      'noncritical-work-on-critical-path',
      'retry-without-budget',
      'sync-over-async',
      'derived-store-as-source-of-truth',
      'hot-partition',
      'projection-without-rebuild',
      'shared-datastore',
      'autoscale-headroom',
      'dlq-receive-count-extreme',
      'dlq-retention-not-longer',
      'job-runs-once-per-replica',
      'pool-deadlock',
      'retry-horizon-shorter-than-failover',
      'scale-to-zero-on-critical-path',
      'visibility-timeout-too-short',
    ])
  })

  // Both files as one, because a fact may be left out of either.
  const text = `${readFileSync('examples/web-shop/scaffold.yaml', 'utf8').replace(/^include:.*\n/m, '')}\n${readFileSync('examples/web-shop/platform.yaml', 'utf8')}`
  // Without a fact of its own an element has that of the defaults, which is another statement and not silence.
  const { defaults } = parse(text) as { defaults: Record<string, object> }
  const isOverride = (path: string) => {
    const [, section = '', key = ''] = /^(\w+)\.[^.]+\.(\w+)$/.exec(path) ?? []
    return key in (defaults[section] ?? {})
  }
  const all = [...removals(text, { everything: true })].filter(({ path }) => !isOverride(path))

  test('leaving out any leaf or branch creates no finding', { timeout: 120_000 }, () => {
    expect(reviewText(text).findings).toEqual([])
    expect(all.length).toBeGreaterThan(500)
    const fresh = all.flatMap(removed =>
      removed.review().findings.map(({ ruleId, message }) => `without ${removed.path}: ${ruleId}: ${message}`),
    )
    // What a stated platform does by default is known as well, and said to be a default.
    expect(fresh.filter(message => !/\((?:.* is )?the default of Kubernetes\)/.test(message))).toEqual([])
  })
})

describe('web-shop-naive', () => {
  const report = reviewFile('examples/web-shop-naive/scaffold.yaml', undefined, options)

  test('is not ready, and no question is answered with yes', () => {
    expect(report.verdict).toBe('not ready')
    expect(report.scoreboard.filter(({ answer }) => answer === 'yes')).toEqual([])
    expect(report.scoreboard.filter(({ errors, warnings }) => errors + warnings === 0)).toEqual([])
  })

  test('fits two screens, and names every finding', () => {
    const text = printed(report)
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(100)
    expect(report.findings.filter(({ ruleId }) => !text.includes(ruleId))).toEqual([])
  })
})

describe('incidents', () => {
  test.each(incidents.map(({ id, rule }) => [id, rule]))('%s fires %s, and its repair does not', (id, ruleId) => {
    expect(reviewFile(`examples/incidents/${id}.yaml`).findings.map(finding => finding.ruleId)).toContain(ruleId)
    const repaired = reviewFile(`examples/incidents/${id}.repaired.yaml`)
    expect(
      repaired.findings.flatMap(finding => [finding.ruleId, ...finding.alsoImplies.map(implied => implied.ruleId)]),
    ).not.toContain(ruleId)
  })

  test.each(incidents.map(({ id }) => id))('%s is not changed more than its repair needs', id => {
    const linesOf = (name: string) =>
      readFileSync(`examples/incidents/${name}.yaml`, 'utf8')
        .replace(/^x-.*\n(?: .*\n)*/m, '')
        .split('\n')
    const before = new Set(linesOf(id))
    const changed = linesOf(`${id}.repaired`).filter(line => !before.has(line))
    expect(changed.length).toBeGreaterThan(0)
    expect(changed.length).toBeLessThanOrEqual(5)
  })
})

describe('real systems', () => {
  const said = (name: string) => {
    const { findings } = reviewFile(`examples/${name}/scaffold.yaml`)
    return findings.map(({ ruleId, message }) => `${ruleId}: ${message}`)
  }

  test('Online Boutique: nothing is accused that its files do not show', () => {
    const findings = said('online-boutique')
    expect(findings.filter(text => /email/i.test(text))).toEqual([])
    expect(findings.filter(text => text.startsWith('shared-datastore'))).toEqual([])
    expect(findings.filter(text => /probe|liveness|readiness|loadgenerator|timeout/i.test(text))).toEqual([])
  })

  test('OpenTelemetry demo: nothing is accused that its files do not show', () => {
    const findings = said('otel-demo')
    expect(findings.filter(text => /otel-collector|flagd|load-generator/.test(text))).toEqual([])
    expect(findings.filter(text => /"frontend -> (quote|image-provider)"/.test(text))).toEqual([])
    expect(findings.filter(text => text.startsWith('at-least-once-consumer-not-idempotent'))).toEqual([])
    expect(findings.filter(text => text.startsWith('shared-datastore'))).toEqual([])
  })
})

test('ten lines get at least five facts "not stated", each with the YAML to add', async () => {
  const text =
    'services:\n  web:\n    calls:\n      - to: orders\n  orders:\n    calls:\n      - to: orders-db\nstores:\n  orders-db: { engine: postgres@16 }\n'
  const report = reviewText(text)
  const keys = new Set(report.openQuestions.filter(question => question.mustBeStated).map(({ key }) => key))
  expect(keys.size).toBeGreaterThanOrEqual(5)
  expect(report.findings).toEqual([])
  await expect(printed(report)).toMatchFileSnapshot('golden/ten-lines.txt')
})
