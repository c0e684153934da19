import { at, root, sourceOf } from '../spot.ts'
import type { ImportedElement, ImportedFact, Source } from '../system.ts'
import { compare } from '../order.ts'
import type { Entries } from './entry.ts'
import { dataFacts, serviceFacts } from './facts.ts'
import { jobFacts } from './jobs.ts'
import type { Mesh } from './mesh.ts'
import type { Network } from './network.ts'
import type { Member } from './parts.ts'
import type { Scaler } from './scaling.ts'
import { homeOf, persistenceFacts } from './volumes.ts'
import { sameNamespace } from './workload.ts'

export interface Ingredients {
  readonly members: readonly Member[]
  readonly network: Network
  readonly entries: Entries
  /** By the name of what they scale. */
  readonly scalers: ReadonlyMap<string, readonly Scaler[]>
  readonly mesh: Mesh
  readonly externals: ReadonlyMap<string, Source>
}

/** Elements in the order of their names. */
export function elementsOf(all: Ingredients): ImportedElement[] {
  const own = all.members.filter(({ part }) => part.kind !== 'outside').map(member => elementOf(member, all))
  const foreign = [...all.externals].map(([name, source]): ImportedElement => ({
    kind: 'external',
    name,
    aliases: [],
    source,
    facts: [],
  }))
  return [...own, ...foreign].sort((a, b) => compare(a.name, b.name))
}

function elementOf(member: Member, { network, entries, scalers, mesh }: Ingredients): ImportedElement {
  const { workload, name, part, main } = member
  const { object } = workload
  const kind = workload.isJob ? 'job' : part.kind === 'flags' || part.kind === 'outside' ? 'service' : part.kind
  const source = sourceOf(
    at(root(object), 'metadata', 'name'),
    kind === 'service' || kind === 'job' ? object.kind : `${object.kind}, ${part.signal}`,
    part.confidence,
  )
  const scaler = scalers
    .get(object.name)
    ?.find(({ target, object: by }) => target.kind === object.kind && sameNamespace(by.namespace, object.namespace))
  const aliases = new Set(
    network
      .before(workload)
      .flatMap(({ object: { name: host, namespace } }) => [
        host,
        ...(namespace === undefined ? [] : [`${host}.${namespace}`]),
      ]),
  )
  aliases.delete(name)
  return { kind, name, aliases: [...aliases].sort(), source, facts: factsOf() }

  function factsOf(): ImportedFact[] {
    if (kind === 'job') return jobFacts(workload)
    if (kind === 'service') {
      const entry = entries.public.get(workload)
      return [
        ...(entry ? [{ path: ['public'], value: true, source: entry }] : []),
        ...serviceFacts(workload, scaler, main),
        ...(mesh.services.get(workload) ?? []),
      ]
    }
    const engine =
      part.engine === undefined
        ? []
        : [{ path: ['engine'], value: part.engine, source: sourceOf(at(main, 'image'), part.signal, part.confidence) }]
    return [...engine, ...dataFacts(workload, scaler), ...persistenceFacts(member, homeOf(member))]
  }
}
