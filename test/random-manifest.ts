import { parse } from 'yaml'
import { drawsFrom } from '../src/analysis/formulas/log-normal.ts'
import { namedSections } from '../src/manifest/schema/manifest.ts'
import { accepts } from '../src/manifest/schema/read-as.ts'
import { issuesOf } from '../src/manifest/schema/to-zod.ts'
import type { Type } from '../src/manifest/schema/type.ts'
import { alternatives, isRequired, itemOf, metaOf, schemaAt, shapeOf } from '../src/manifest/walk-schema.ts'

/** Valid manifests at random, of every key that the schema knows. A seed always gives the same one. */

export type Random = () => number

const pools = {
  services: ['s0', 's1', 's2', 's3', 's4', 's5'],
  stores: ['d0', 'd1'],
  queues: ['q0', 'q1'],
  caches: ['c0', 'c1'],
  externals: ['x0'],
  journeys: ['j0', 'j1', 'j2'],
  slos: ['o0', 'o1', 'o2'],
  alerts: ['a0', 'a1'],
  jobs: ['b0'],
  drills: ['r0', 'r1'],
  decisions: ['ADR-1', 'ADR-2'],
  flags: ['f0'],
} as const satisfies Record<(typeof namedSections)[number], readonly string[]>

const names: Record<string, readonly string[]> = {
  service: pools.services,
  store: pools.stores,
  queue: pools.queues,
  cache: pools.caches,
  external: pools.externals,
  journey: pools.journeys,
  slo: pools.slos,
  job: pools.jobs,
}

export function randomManifest(seed: number): Record<string, unknown> {
  const random = drawsFrom((Math.abs(seed) % 1_000_000) / 1_000_000).uniform
  // Some authors state nearly everything, some nearly nothing.
  const density = 0.15 + 0.8 * random()
  const sections = namedSections.map(section => {
    const item = itemOf(schemaAt([section])!)!
    const used = random() < 0.8 ? pools[section] : []
    return [section, Object.fromEntries(used.map(name => [name, element(item, random, density)]))] as const
  })
  const manifest = Object.fromEntries(sections.filter(([, elements]) => Object.keys(elements).length > 0))
  for (const key of ['platform', 'onCall', 'budget', 'owner'])
    if (random() < 0.5) put(manifest, key, schemaAt([key])!, random, density)
  return manifest
}

function element(schema: Type, random: Random, density: number): Record<string, unknown> {
  const map: Record<string, unknown> = {}
  for (const [key, inner] of shapeOf(schema)) {
    if (isRequired(inner) || random() < density || key === 'entry' || key === 'calls')
      put(map, key, inner, random, density)
  }
  return map
}

/** Sets a key where a value is found that its schema takes. */
function put(map: Record<string, unknown>, key: string, schema: Type, random: Random, density: number): void {
  for (let tries = 0; tries < 4; tries++) {
    const value = valueOf(schema, random, density)
    if (value === undefined || !accepts(schema, value)) continue
    map[key] = value
    return
  }
}

const pick = <T>(items: readonly T[], random: Random): T | undefined => items[Math.floor(random() * items.length)]

export function valueOf(schema: Type, random: Random, density: number): unknown {
  const meta = metaOf(schema)
  const choices = alternatives(schema)
  const one = pick(choices, random)!
  if (one.kind === 'literal' || one.kind === 'choice') return pick<unknown>(one.values, random)
  if (one.kind === 'flag') return random() < 0.5
  if (one.kind === 'map') return element(one, random, density)
  if (one.kind === 'list') {
    const length = Math.floor(random() * 4)
    return Array.from({ length }, () => valueOf(one.item, random, density)).filter(item => item !== undefined)
  }
  const reference = referenceIn(schema)
  if (reference) return pick(reference, random)
  return meta?.example === undefined ? undefined : varied(parse(meta.example) as unknown, random)
}

/** Names that a reference may mean, by the words it is described with. */
function referenceIn(schema: Type): string[] | undefined {
  const [issue] = issuesOf(schema, {})
  const [, description] = /name of (.+)/.exec(issue?.message ?? '') ?? []
  if (description === undefined) return undefined
  const found = Object.entries(names).flatMap(([kind, pool]) => (description.includes(kind) ? pool : []))
  return found.length > 0 ? found : Object.values(pools).flat()
}

const factors = [0, 0.01, 0.5, 1, 1, 1, 2, 10, 1000]

/** An example with its number made smaller or larger; dates, hours and schedules stay as they are. */
function varied(example: unknown, random: Random): unknown {
  const factor = pick(factors, random)!
  if (typeof example === 'number') return Number((example * factor).toPrecision(6))
  if (typeof example !== 'string' || !/^\d+(?:\.\d+)?\D{0,4}$/.test(example)) return example
  return example.replace(/^\d+(?:\.\d+)?/, digits => String(Number((Number(digits) * factor).toPrecision(6))))
}
