import type { Claim, EvidenceKind, Location, Path, QuestionKey } from '../../finding.ts'
import { isKnown, type ImportedFact, type ImportedSystem, type Source } from '../../import/system.ts'
import { duration, number, percent } from '../../units.ts'
import type { Manifest } from '../claims.ts'
import { edgesLike, matched } from './match.ts'
import { agree, factName, leavesOf, readAs, valueAt, type Leaf } from './values.ts'

/** What files of deployment say of elements, held against what a manifest says of them. */

export interface Compared {
  readonly claims: Claim[]
  /** Facts that the files state and the manifest does not. */
  readonly unstated: readonly {
    readonly at: Path
    readonly element: string
    readonly said: string
    readonly place: Location
  }[]
}

/** A system that was read, with the way back from its places to lines. */
export interface ReadSystem {
  readonly kind: Extract<EvidenceKind, 'kubernetes' | 'compose'>
  readonly system: ImportedSystem
  readonly placeOf: (source: Source) => Location
}

export function factClaims({ kind, system, placeOf }: ReadSystem, manifest: Manifest): Compared {
  const claims: Claim[] = []
  const unstated: Compared['unstated'][number][] = []
  const found = matched(system, manifest.model)
  const compare = (
    element: { readonly name: string; readonly path: Path },
    owner: object,
    facts: readonly ImportedFact[],
  ) => {
    for (const { path, value, source } of facts) {
      const at = [...element.path, ...path]
      const read = readAs(at, value)
      if (read === undefined || !isComparable(path)) continue
      const [one, own] = [onlyNumber(read), onlyNumber(valueAt(owner, path))]
      const leaves =
        one !== undefined && (own !== undefined || valueAt(owner, path) === undefined)
          ? [{ path, value: one }]
          : leavesOf(read, path)
      if (leaves.every(leaf => statedAt(owner, leaf.path) === undefined && valueAt(owner, leaf.path) === undefined)) {
        if (source.confidence === 'stated' && leaves.length > 0)
          unstated.push({ at, element: element.name, said: saidOf(leaves), place: placeOf(source) })
        continue
      }
      for (const leaf of leaves) {
        const claim = judged(element, owner, leaf, source, kind, manifest)
        if (claim) claims.push({ ...claim, places: [{ label: source.signal, location: placeOf(source) }] })
      }
    }
  }
  for (const [imported, own] of found.pairs) compare(own, own, imported.facts)
  for (const edge of system.edges) {
    const own = edge.facts && edgesLike(edge, found, manifest.model)
    // Of several calls that go the same way nobody knows which one is meant.
    if (own?.length === 1 && isKnown(edge.source)) compare(own[0]!, own[0]!, edge.facts ?? [])
  }
  return { claims, unstated }
}

/** What an image is called says nothing of who owns it or how it behaves; only what deployments decide is compared. */
const compared = new Set([
  'replicas',
  'autoscaling',
  'cpu',
  'health',
  'terminationGrace',
  'preStop',
  'deploy',
  'zones',
  'engine',
  'persistence',
  'partitions',
  'replicationFactor',
  'minInsync',
  'retention',
  'eviction',
  'timeout',
  'idleTimeout',
  'totalTimeout',
  'retries',
  'pool',
  'schedule',
  'concurrencyPolicy',
  'deadline',
  'public',
  'voters',
])
const isComparable = ([first]: Path): boolean => compared.has(String(first))

/** `replicas: 3`, which is read as at least 3 and at most 3. */
function onlyNumber(value: unknown): number | undefined {
  const { min, max } = (value ?? {}) as { min?: unknown; max?: unknown }
  return typeof min === 'number' && min === max ? min : undefined
}

/** The manifest's value, or the word with which it denies all of what a deeper path is about. */
function statedAt(owner: object, path: Path): Leaf['value'] | undefined {
  for (let length = 1; length <= path.length; length++) {
    const value = valueAt(owner, path.slice(0, length))
    if (value === undefined) return undefined
    if (typeof value !== 'object') return value as Leaf['value']
  }
  return onlyNumber(valueAt(owner, path))
}

function judged(
  element: { readonly name: string; readonly path: Path },
  owner: object,
  { path, value }: Leaf,
  { confidence, signal }: Source,
  kind: ReadSystem['kind'],
  manifest: Manifest,
): Omit<Claim, 'places'> | undefined {
  // Details of what the files say there is none of.
  const stated =
    statedAt(owner, path) ?? (value === 'none' && valueAt(owner, path) !== undefined ? 'details' : undefined)
  if (stated === undefined || isDoneElsewhere(stated, value, path)) return undefined
  const base = {
    kind,
    subject: element.path,
    question: questionOf(path),
    location: manifest.at([...element.path, ...path]),
  }
  const name = factName(path)
  if (agree(stated, value, path))
    return {
      ...base,
      state: 'evidenced',
      message: `"${element.name}" has ${name} ${shown(stated, path)}, as ${signal} says`,
    }
  // Compose files are most often for one machine: what they leave out says nothing about production.
  // How pods are spread says at least how many zones there are.
  const isSure = confidence === 'stated' || (confidence === 'derived' && kind === 'kubernetes' && path[0] !== 'zones')
  if (!isSure)
    return {
      ...base,
      state: 'claimed',
      message: `"${element.name}" has ${name} ${shown(stated, path)}, of which the files say nothing for sure`,
    }
  return {
    ...base,
    state: 'contradicted',
    message: `"${element.name}" has ${name} ${shown(stated, path)} in the manifest and ${shown(value, path)} in the files (${signal}); expected both to say the same`,
    fix: `Correct the files, or state ${name}: ${shown(value, path)}`,
  }
}

/** A canary is most often led by a tool beside the Deployment, which says that it rolls. */
const isDoneElsewhere = (stated: Leaf['value'], value: Leaf['value'], path: Path): boolean =>
  factName(path) === 'deploy.strategy' && ['canary', 'blueGreen'].includes(String(stated)) && value === 'rolling'

const milliseconds = new Set([
  'terminationGrace',
  'preStop',
  'interval',
  'timeout',
  'initialDelay',
  'window',
  'base',
  'deadline',
  'retention',
  'idleTimeout',
  'totalTimeout',
  'provisioning',
])

function shown(value: Leaf['value'], path: Path): string {
  if (typeof value !== 'number') return String(value)
  const key = String(path.at(-1))
  if (milliseconds.has(key)) return duration(value)
  return key === 'target' || key === 'share' ? percent(value) : number(value)
}

const saidOf = (leaves: readonly Leaf[]): string =>
  leaves.map(({ path, value }) => `${factName(path)}: ${shown(value, path)}`).join(', ')

function questionOf([first]: Path): QuestionKey {
  if (['health', 'timeout', 'idleTimeout', 'totalTimeout', 'retries', 'public'].includes(String(first)))
    return 'partial-failure'
  if (['terminationGrace', 'preStop', 'deploy'].includes(String(first))) return 'migrations'
  return ['engine', 'persistence', 'replicationFactor', 'minInsync', 'voters'].includes(String(first))
    ? 'read-write'
    : 'scaling'
}
