import { formatPath, type Finding, type Path, type Severity } from '../finding.ts'
import { ManifestFiles } from '../manifest/files.ts'
import type { Component, Job, Journey, Model } from '../manifest/model.ts'
import { readManifest } from '../manifest/read.ts'
import type { Report } from '../report.ts'

/** What a report's errors and warnings are about, as a graph: the elements, the ways between them, and the journeys. */

type Element = Component | Job | Journey

export interface Marked {
  errors: number
  warnings: number
}

export interface AffectedNode extends Marked {
  readonly element: Element
}

export interface AffectedEdge {
  readonly from: AffectedNode
  readonly to: AffectedNode
  /** A message that nobody waits for, rather than a call. */
  readonly isMessage: boolean
  readonly ruleIds: string[]
  worst?: Severity
}

export interface Affected {
  readonly nodes: AffectedNode[]
  readonly edges: AffectedEdge[]
  /** Elements that are affected as well and left out. */
  readonly more: number
}

/** More is no picture. */
const mostNodes = 30

/** `undefined` where nothing is affected that could be drawn. */
export function affectedBy({ findings, sources: [first, ...others] }: Report): Affected | undefined {
  const faults = findings.filter(({ severity }) => severity !== 'info')
  if (faults.length === 0 || first === undefined) return undefined
  const { model } = readManifest(new ManifestFiles([first, ...others]))
  return model && draw(faults, model)
}

function draw(faults: readonly Finding[], model: Model): Affected | undefined {
  const journeys = [...model.journeys.values()].filter(({ implied }) => !implied)
  const all = [...journeys, ...model.components.values(), ...model.jobs.values()]
  const nodes = new Map(all.map(element => [formatPath(element.path), node(element)]))
  const edges = edgesOf(model, journeys, nodes)
  const chosen = new Set<AffectedNode>()
  for (const fault of faults) {
    const { subject, ruleId, severity } = fault
    const edge = edges.get(formatPath(subject.slice(0, 4)))
    const marked = edge ?? nodes.get(formatPath(subjectOf(subject, model)))
    if (marked === undefined) continue
    if ('element' in marked) {
      chosen.add(marked)
      marked[severity === 'error' ? 'errors' : 'warnings']++
    } else {
      chosen.add(marked.from).add(marked.to)
      if (!marked.ruleIds.includes(ruleId)) marked.ruleIds.push(ruleId)
      // The worst finding comes first.
      marked.worst ??= severity
    }
  }
  const named = new Set(faults.flatMap(({ journeys }) => journeys))
  for (const { name, path, entry } of journeys) {
    const target = entry === undefined ? undefined : nodes.get(formatPath(model.components.get(entry)?.path ?? []))
    if (!named.has(name) || target === undefined) continue
    chosen.add(nodes.get(formatPath(path))!).add(target)
  }
  if (chosen.size === 0) return undefined
  const kept = new Set([...chosen].slice(0, mostNodes))
  return {
    nodes: [...nodes.values()].filter(one => kept.has(one)),
    edges: [...edges.values()].filter(({ from, to }) => kept.has(from) && kept.has(to)),
    more: chosen.size - kept.size,
  }
}

const node = (element: Element): AffectedNode => ({ element, errors: 0, warnings: 0 })

/** An SLO is drawn as what it is about. */
function subjectOf(subject: Path, model: Model): Path {
  const [section, name] = subject
  const slo = section === 'slos' ? model.slos.get(String(name)) : undefined
  if (slo?.journey !== undefined) return ['journeys', slo.journey]
  return slo?.service === undefined ? subject.slice(0, 2) : ['services', slo.service]
}

/** By the path of the call, the publication or the consumption; a journey leads to its entry. */
function edgesOf(model: Model, journeys: readonly Journey[], nodes: ReadonlyMap<string, AffectedNode>) {
  const edges = new Map<string, AffectedEdge>()
  const add = (key: string, from: Element | undefined, to: Element | undefined, isMessage: boolean) => {
    if (from === undefined || to === undefined) return
    const ends = { from: nodes.get(formatPath(from.path))!, to: nodes.get(formatPath(to.path))! }
    edges.set(key, { ...ends, isMessage, ruleIds: [] })
  }
  for (const journey of journeys)
    if (journey.entry !== undefined)
      add(`entry of ${journey.name}`, journey, model.components.get(journey.entry), false)
  for (const { path, from, target, mode } of model.calls) add(formatPath(path), from, target, mode === 'async')
  for (const { path, from, target } of model.publishes) add(formatPath(path), from, target, true)
  for (const { path, by, source } of model.consumes) add(formatPath(path), source, by, true)
  return edges
}
