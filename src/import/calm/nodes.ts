import { engineImages } from '../images.ts'
import { nameFor } from '../names.ts'
import { partOf } from '../parts.ts'
import { at, entries, factOf, items, textOf, type Spot } from '../spot.ts'
import type { Confidence, ElementKind, ImportedFact } from '../system.ts'
import { metadataOf } from './metadata.ts'

/** A node of an architecture. `client`: a person or a page in a browser; `group`: a frame around others. */
export interface CalmNode {
  readonly id: string
  readonly name: string
  readonly kind: ElementKind | 'client' | 'group'
  readonly spot: Spot
  readonly facts: readonly ImportedFact[]
  /** Whether its type said so, or only its name. */
  readonly confidence: Confidence
  readonly type: string
}

export function nodeOf(spot: Spot): CalmNode | undefined {
  const id = textOf(at(spot, 'unique-id')) ?? textOf(at(spot, 'name'))
  if (id === undefined || id === '') return undefined
  const type = (textOf(at(spot, 'node-type')) ?? textOf(at(spot, 'type')) ?? '').toLowerCase()
  const kind = kindOf(type, id, spot)
  const own = kind.is === 'client' || kind.is === 'group' ? [] : factsOf(kind.is, type, id, spot)
  return { id, name: nameFor(id), kind: kind.is, spot, facts: own, confidence: kind.confidence, type }
}

const ends = (words: string) => new RegExp(`(?:^|[-_ .:])(?:${words})s?$`, 'i')
const queueWords = ends(
  'rabbit(?:mq)?|kafka|sqs|queue|topic|broker|nats|active-?mq|event-?bus|message-?bus|pulsar|kinesis|pub-?sub|event-?stream',
)
const cacheWords = ends('cache|redis|memcached|valkey|cdn')
const storeWords = ends('database|db|datastore|data-?store|store|storage|bucket|warehouse|index')

/** CALM has no types for queues, caches and gateways: then the name tells. */
function kindOf(type: string, id: string, spot: Spot): { is: CalmNode['kind']; confidence: Confidence } {
  const title = (textOf(at(spot, 'name')) ?? '').replace(/\s+service$/i, '')
  const says = (words: RegExp) => words.test(id) || words.test(title)
  const bare = type.split(':').at(-1) ?? ''
  const sure = (is: CalmNode['kind']) => ({ is, confidence: 'derived' as const })
  if (/^(?:actor|webclient|user|person|client)$/.test(bare)) return sure('client')
  if (/^(?:network|ecosystem|group|zone|vpc|cluster|namespace)$/.test(bare)) return sure('group')
  if (queueWords.test(bare)) return sure('queue')
  if (cacheWords.test(bare)) return sure('cache')
  if (says(queueWords)) return { is: 'queue', confidence: 'guessed' }
  if (bare === 'database' || bare === 'data-asset' || storeWords.test(bare)) {
    const technology = textOf(at(spot, 'metadata', 'technology')) ?? ''
    return says(cacheWords) || /memcached/i.test(technology) ? { is: 'cache', confidence: 'derived' } : sure('store')
  }
  if (says(cacheWords)) return { is: 'cache', confidence: 'guessed' }
  if (bare === 'system' || bare === 'ldap') return sure('external')
  if (bare === '' && says(storeWords)) return { is: 'store', confidence: 'guessed' }
  return { is: 'service', confidence: bare === '' ? 'guessed' : 'derived' }
}

const roles: readonly (readonly [RegExp, string])[] = [
  [/gateway$/, 'gateway'],
  [/worker$/, 'worker'],
  [/^(?:frontend|ui|webapp)$/, 'frontend'],
]

function factsOf(kind: ElementKind, type: string, id: string, spot: Spot): ImportedFact[] {
  const facts: ImportedFact[] = []
  const role = kind === 'service' ? roles.find(([pattern]) => pattern.test(type))?.[1] : undefined
  if (role !== undefined) facts.push(factOf(['role'], role, at(spot, 'node-type'), `node-type ${type}`, 'derived'))
  if (kind === 'store' || kind === 'cache' || kind === 'queue') facts.push(...engineFacts(id, spot))
  return [...facts, ...metadataFacts(kind, spot)]
}

/** The engine by an image or a JDBC URL of an interface, by what is stated as technology, or else by the one product that its words name. */
function engineFacts(id: string, spot: Spot): ImportedFact[] {
  const technology = at(spot, 'metadata', 'technology')
  for (const face of items(at(spot, 'interfaces'))) {
    const image = at(face, 'image')
    const part = textOf(image) === undefined ? undefined : partOf({ name: 'x', image: textOf(image) })
    if (part?.engine !== undefined && part.confidence === 'derived')
      return [factOf(['engine'], part.engine, image, `image ${textOf(image)!}`, 'derived')]
    for (const [key, value] of entries(face)) {
      const product = /^jdbc:([a-z]+):/.exec(textOf(value) ?? '')?.[1]
      const known = product === undefined ? undefined : engineIn(product)
      if (known !== undefined) return [factOf(['engine'], known, value, `interface ${key}`, 'derived')]
    }
  }
  const stated = engineIn(textOf(technology) ?? '')
  if (stated !== undefined) return [factOf(['engine'], stated, technology, 'technology', 'derived')]
  for (const text of [id, textOf(at(spot, 'name')), textOf(at(spot, 'description'))]) {
    const found = engineIn(text ?? '')
    if (found !== undefined)
      return [factOf(['engine'], found, at(spot, 'description'), 'the words of its description', 'derived')]
  }
  return []
}

/** The one product that a text names. */
function engineIn(text: string): string | undefined {
  const words = new Set(text.toLowerCase().split(/[^a-z0-9]+/))
  const found = engineImages.filter(({ engine, images }) => [engine, ...images].some(one => words.has(one)))
  return found.length === 1 ? found[0]!.engine : undefined
}

const tiers: Readonly<Record<string, string>> = { '1': 'critical', '2': 'high', '3': 'normal', '4': 'best-effort' }

/** What teams write into the free metadata of a node. */
function metadataFacts(kind: ElementKind, spot: Spot): ImportedFact[] {
  return metadataOf(spot).flatMap(([key, value]): ImportedFact[] => {
    const text = textOf(value)
    if (text === undefined || text === '') return []
    const plain = key.toLowerCase().replaceAll(/[_ ]/g, '-')
    if (/^(?:owner|tech-owner|owning-team|team)$/.test(plain))
      return [factOf(['owner'], text, value, `metadata ${key}`, 'stated')]
    if (/^runbook(?:-url)?$/.test(plain)) return [factOf(['runbook'], text, value, `metadata ${key}`, 'stated')]
    const tier = /^(?:tier|sla-tier|criticality)$/.test(plain) ? /^(?:tier[- ]?)?([1-4])$/i.exec(text)?.[1] : undefined
    if (tier !== undefined) return [factOf(['criticality'], tiers[tier], value, `metadata ${key}`, 'derived')]
    if (plain === 'criticality' && /^(?:critical|high|normal|best-effort)$/.test(text))
      return [factOf(['criticality'], text, value, `metadata ${key}`, 'stated')]
    const interval = { hourly: '1h', daily: '1d', nightly: '1d', weekly: '7d' }[text.toLowerCase()]
    if (kind === 'store' && plain === 'backup-schedule' && interval !== undefined)
      return [factOf(['backup', 'interval'], interval, value, `metadata ${key}`, 'stated')]
    return []
  })
}
