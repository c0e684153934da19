import { nameFor } from '../names.ts'
import { compare } from '../order.ts'
import { at, countOf, entries, factOf, items, sourceOf, textOf, type Spot } from '../spot.ts'
import type { ImportedFact, ImportedSystem } from '../system.ts'
import { metadataOf } from './metadata.ts'
import type { CalmNode } from './nodes.ts'
import type { Relation } from './relations.ts'

type Others = ImportedSystem['others']

/** Flows are journeys: they enter where the first transition reaches a service. What they promise is an SLO. */
export function flowsOf(
  roots: readonly Spot[],
  relations: readonly Relation[],
  nodes: ReadonlyMap<string, CalmNode>,
): Others {
  const byId = new Map(relations.map(one => [one.id, one]))
  const taken = new Set<string>()
  return roots
    .flatMap(root => items(at(root, 'flows')))
    .flatMap(flow => {
      const id = textOf(at(flow, 'unique-id')) ?? textOf(at(flow, 'name'))
      if (id === undefined || taken.has(nameFor(id))) return []
      const name = nameFor(id)
      taken.add(name)
      const source = sourceOf(flow, 'flow', 'stated')
      const description = at(flow, 'description')
      const entry = entryOf(flow, byId, nodes)
      const facts = [
        ...(entry ? [factOf(['entry'], entry, at(flow, 'transitions'), 'the first transition', 'derived')] : []),
        ...(textOf(description) ? [factOf(['description'], textOf(description), description, 'flow', 'stated')] : []),
      ]
      return [{ section: 'journeys', name, facts, source }, ...slosOf(flow, name)]
    })
    .sort((a, b) => compare(a.section, b.section) || compare(a.name, b.name))
}

function entryOf(
  flow: Spot,
  relations: ReadonlyMap<string, Relation>,
  nodes: ReadonlyMap<string, CalmNode>,
): string | undefined {
  const steps = items(at(flow, 'transitions'))
    .filter(step => textOf(at(step, 'direction')) !== 'destination-to-source')
    .map((step, i) => ({
      id: textOf(at(step, 'relationship-unique-id')) ?? '',
      order: countOf(at(step, 'sequence-number')) ?? i,
    }))
    .sort((a, b) => a.order - b.order)
  for (const { id } of steps) {
    const { source, target, reached = [] } = relations.get(id) ?? {}
    const first = [source, target, ...reached].map(one => nodes.get(one ?? '')).find(node => node?.kind === 'service')
    if (first) return first.name
  }
  return undefined
}

/** `sla: "99.9% availability, 30s p99 latency"` in the metadata, or numbers in the settings of a control. */
function slosOf(flow: Spot, journey: string): Others {
  const texts = metadataOf(flow).filter(([key]) => /^(?:sla|slo)$/i.test(key))
  const settings = entries(at(flow, 'controls'))
    .flatMap(([, control]) => items(at(control, 'requirements')))
    .flatMap(requirement => entries(at(requirement, 'config')))
  const found: Others[number][] = []
  const add = (what: string, spot: Spot, facts: ImportedFact[]) => {
    const source = sourceOf(spot, 'what a flow promises', 'stated')
    found.push({
      section: 'slos',
      name: `${journey}-${what}`.slice(0, 128),
      source,
      facts: [factOf(['journey'], journey, spot, 'flow', 'stated'), ...facts],
    })
  }
  const availability = (share: string, spot: Spot) => {
    if (Number(share) > 0 && Number(share) <= 100 && !found.some(({ name }) => name.endsWith('-availability')))
      add('availability', spot, [
        factOf(['indicator'], 'availability', spot, 'flow', 'stated'),
        factOf(['objective'], `${Number(share)}%`, spot, 'flow', 'stated'),
      ])
  }
  const latency = (time: string, spot: Spot) => {
    if (!found.some(({ name }) => name.endsWith('-latency')))
      add('latency', spot, [
        factOf(['indicator'], 'latency', spot, 'flow', 'stated'),
        factOf(['threshold'], time, spot, 'flow', 'stated'),
        factOf(['objective'], '99%', spot, 'a 99th percentile', 'derived'),
      ])
  }
  for (const [, spot] of texts) {
    const text = textOf(spot) ?? ''
    const share = /(\d{1,3}(?:\.\d{1,6})?)\s*%\s*(?:availability|uptime|success)/i.exec(text)?.[1]
    const time = /(\d{1,6}(?:\.\d{1,3})?)\s*(ms|s)\s+p99\b|\bp99[^\d]{0,20}(\d{1,6}(?:\.\d{1,3})?)\s*(ms|s)\b/i.exec(
      text,
    )
    if (share !== undefined) availability(share, spot)
    const amount = time?.[1] ?? time?.[3]
    if (amount !== undefined && Number(amount) > 0) latency(`${amount}${(time?.[2] ?? time?.[4])!.toLowerCase()}`, spot)
  }
  for (const [key, spot] of settings) {
    const text = textOf(spot) ?? ''
    if (!/^\d{1,9}(?:\.\d{1,6})?$/.test(text) || !(Number(text) > 0)) continue
    if (/^p99[-_]latency[-_]ms$/i.test(key)) latency(`${text}ms`, spot)
    if (/^availability[-_]percent$/i.test(key)) availability(text, spot)
  }
  return found
}
