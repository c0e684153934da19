import { readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readCompose } from '../src/import/compose/read-compose.ts'
import { draftOf } from '../src/import/write/manifest-of.ts'
import { draftText } from '../src/import/write/text.ts'
import { arrow, corpus, filesOn, hasCorpus } from './import-support.ts'
import { added, heading, problemsOf } from './import-write-support.ts'
import { reviewText } from './support.ts'

interface Truth {
  readonly edges: readonly { readonly from: string; readonly to: string }[]
  readonly not_edges: readonly { readonly from: string; readonly to: string }[]
  readonly not_part_of_system: readonly string[]
}

/**
 * The share of the true edges that an importer finds which takes every name of a component in a value for an edge, `depends_on`
 * included; then what has to be said of the system, each as a pattern of a note or of a finding.
 */
const systems = [
  [
    'aks-store',
    ['docker-compose.yml'],
    0.91,
    [/No volume.*"documentdb", "rabbitmq"/, /Each of the 8 components is one/],
  ],
  [
    'robot-shop',
    ['docker-compose.yaml'],
    0.63,
    [
      /No volume.*"mongodb", "redis", "rabbitmq", "mysql"/,
      /Each of the 12 components is one/,
      /No restart policy/,
      /"redis" by "user", "cart"/,
      /No health check.*"mongodb", "redis", "rabbitmq", "mysql"/,
    ],
  ],
  [
    'sock-shop',
    ['docker-compose.yml'],
    0.12,
    [/No volume.*"catalogue-db", "carts-db", "orders-db", "rabbitmq"/, /"queue-master" mounts the Docker socket/],
  ],
  [
    'otel-demo',
    ['compose.yaml', 'compose.full.yaml', 'compose.extras.yaml'],
    0.95,
    [
      /No volume.*"valkey-cart", "kafka"/,
      /contradict the wiring.*"checkout" \(critical\) needs "kafka" \(best-effort\)/,
      /"shipping" \(high\) needs "quote" \(best-effort\)/,
      /"astronomy-db" by "product-catalog", "accounting"/,
      /memory.*"checkout" \(20M\), "currency" \(20M\), "product-catalog" \(20M\), "shipping" \(20M\)/,
      /"checkout" runs as a single instance/,
    ],
  ],
  [
    'eshop-on-containers',
    ['docker-compose.yml', 'docker-compose.override.yml'],
    0.75,
    [
      /"sqldata" by "identity-api", "catalog-api", "ordering-api", "ordering-backgroundtasks", "webhooks-api" \(4 databases, all as "sa"\)/,
      /No volume.*"rabbitmq"/,
      /"identity-api" \(\d callers\)/,
      /Nothing in these files addresses "nosqldata"/,
    ],
  ],
  [
    'dsb-social-network',
    ['docker-compose.yml'],
    0.15,
    [
      /same timeout, 10s: no caller outlives its callee/,
      /No volume/,
      /Settings address "compose-post-redis", "write-home-timeline-service"/,
      /Nothing in these files addresses "media-memcached"/,
      /26 of 26 components have no known edges/,
      /512 connections/,
    ],
  ],
] as const

describe.skipIf(!hasCorpus)('real systems', () => {
  test.each(systems)('%s', async (name, files, naive, said) => {
    const folder = join(corpus, 'systems', name)
    const truth = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as Truth
    const system = await readCompose(filesOn(folder, files))
    const names = new Set(system.elements.map(one => one.name))
    const wanted = new Set(truth.edges.filter(({ from, to }) => names.has(from) && names.has(to)).map(arrow))
    // Edges that are likely count; those that are guessed do not.
    const known = system.edges.filter(({ source }) => source.confidence !== 'guessed')
    const right = (edges: readonly { from: string; to: string }[]) =>
      edges.filter(edge => wanted.has(arrow(edge))).length
    console.table([
      {
        system: name,
        components: names.size,
        true: wanted.size,
        known: known.length,
        right: right(known),
        'with guesses': system.edges.length,
        'right ones': right(system.edges),
        naive,
      },
    ])
    expect(right(known)).toBeGreaterThanOrEqual(0.95 * known.length)
    expect(right(system.edges)).toBeGreaterThanOrEqual(Math.floor(naive * wanted.size))
    for (const edge of truth.not_edges) expect(known.map(arrow)).not.toContain(arrow(edge))
    // What is started and used by nobody is told, and stays: whether it is needed is for people to say.
    const stays = (one: string) => system.notes.some(({ message }) => message.includes(`addresses "${one}"`))
    for (const one of truth.not_part_of_system.filter(part => !stays(part))) expect(names).not.toContain(one)

    const { findings } = reviewText(draftText(draftOf(system), heading, []))
    const told = [...system.notes.map(({ message }) => message), ...findings.map(({ message }) => message)].join('\n')
    for (const pattern of said) expect(told).toMatch(pattern)
    expect(findings.filter(({ severity }) => severity === 'warning')).toEqual([])
    // Only what a label of the system itself calls critical may be an error.
    for (const { ruleId, severity } of findings.filter(one => one.severity === 'error'))
      expect([name, ruleId, severity]).toEqual(['otel-demo', 'single-instance-on-critical-path', 'error'])
  })

  const all = ['systems', 'smoke'].flatMap(top =>
    readdirSync(join(corpus, top), { recursive: true, encoding: 'utf8' })
      .filter(file => /(?:^|[/\\])(?:docker-)?compose[^/\\]*\.ya?ml$/.test(file))
      .map(file => join(top, file)),
  )

  test('there are as many files as there were', () => {
    expect(all.length).toBeGreaterThan(60)
  })

  test.each(all)('%s becomes a valid manifest, and adds nothing the second time', async file => {
    const path = join(corpus, file)
    const system = await readCompose(filesOn(dirname(path), [basename(path)]))
    expect(system.notes.filter(({ kind }) => kind === 'unreadable' || kind === 'skipped')).toEqual([])
    const text = draftText(draftOf(system), heading, [])
    expect(problemsOf(text)).toEqual([])
    expect(added(text, system)).toBe(text)
    // What nobody has confirmed accuses nobody.
    const { findings } = reviewText(text)
    expect(findings.filter(({ ruleId }) => ruleId !== 'single-instance-on-critical-path')).toEqual([])
  })
})
