import type { Facts } from '../analysis/index.ts'
import { isImportant } from '../analysis/reach.ts'
import { severityRank, type Path, type Severity } from '../finding.ts'
import type { Component, Job, Model } from '../manifest/model.ts'
import type { Report } from '../report.ts'
import { elementsOf } from './elements.ts'

/** What is drawn of a manifest, whatever the drawing is made with. Plain data, in an order that does not depend on the file. */
export interface Picture {
  readonly nodes: readonly PictureNode[]
  readonly edges: readonly PictureEdge[]
  /** Teams that own a component, where the manifest names any; otherwise nothing is grouped. */
  readonly groups: readonly string[]
}

export interface Marks {
  readonly findings: Readonly<Record<Severity, number>>
  /** Facts that must be stated and are not, and other open questions. */
  readonly open: number
}

export interface PictureNode extends Marks {
  readonly name: string
  readonly kind: Component['kind'] | 'job'
  /** What it runs on or stands for, such as `postgres@16`; `undefined` where the manifest does not say. */
  readonly detail: string | undefined
  readonly group: string | undefined
  /** A journey that is critical, high or of unstated criticality surely fails without it. */
  readonly important: boolean
  /** Journeys that come through, or may. */
  readonly journeys: readonly string[]
}

export interface PictureEdge extends Marks {
  readonly from: string
  readonly to: string
  /** `message`: goes through a queue. `miss`: what a cache could not answer. */
  readonly kind: 'call' | 'message' | 'miss'
  /** Nobody waits for it. */
  readonly async: boolean
  /** Whether a request fails when this does: stated, denied or not stated. */
  readonly hard: 'yes' | 'no' | 'maybe'
  /** Calls, publications and consumptions that are drawn as this one line. */
  readonly count: number
  readonly journeys: readonly string[]
}

type Drawn = Omit<PictureEdge, keyof Marks | 'count'>

export function pictureOf(model: Model, facts: Facts, report?: Pick<Report, 'findings' | 'openQuestions'>): Picture {
  const marks = marksOf(model, report)
  const nodes = [...model.components.values(), ...model.jobs.values()].map((component): PictureNode => {
    const journeys = component.kind === 'job' ? [] : facts.journeys.through(component.name)
    return {
      name: component.name,
      kind: component.kind,
      detail: detailOf(component),
      group: ownerOf(component, model),
      important: facts.journeys.dependingOn(component.name, 'sure').some(isImportant),
      journeys: journeys.map(({ name }) => name),
      ...marks(component.name),
    }
  })
  const edges = merged([...edgesOf(model, facts), ...jobEdges(model)]).map(edge => ({
    ...edge,
    ...marks(edgeKey(edge.from, edge.to)),
  }))
  nodes.sort((a, b) => compare(a.name, b.name))
  edges.sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to) || compare(a.kind, b.kind))
  const groups = [...new Set(nodes.flatMap(({ group }) => group ?? []))].sort()
  return { nodes, edges, groups }
}

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Two names as one key; names hold no line feed. */
export const edgeKey = (from: string, to: string): string => `${from}\n${to}`

function detailOf(component: Component | Job): string | undefined {
  switch (component.kind) {
    case 'service':
      return component.role
    case 'store':
    case 'queue':
    case 'cache': {
      const { engine } = component
      return engine
    }
    case 'job':
      return 'job'
    default:
      return undefined
  }
}

function ownerOf(component: Component | Job, { raw }: Model): string | undefined {
  const owner = component.owner ?? (component.kind === 'external' ? undefined : raw.owner)
  return owner === 'none' ? undefined : owner
}

function edgesOf(model: Model, { graph, reach }: Facts): Drawn[] {
  return graph.edges.map(({ kind, from, to, via, hard, ...rest }) => {
    const edge = { kind, from, to, via, hard, ...rest }
    const journeys = [...model.journeys.keys()].filter(name => reach.get(name)!.takes(edge) !== 'no')
    const async = kind === 'publish' || kind === 'consume' || (via.kind === 'call' && via.mode === 'async')
    const drawn = kind === 'publish' || kind === 'consume' ? 'message' : kind
    return { from: from.name, to: to.name, kind: drawn, async, hard, journeys }
  })
}

/** Work of jobs is part of no journey, so the graph of requests leaves it out. */
function jobEdges({ jobs }: Model): Drawn[] {
  return [...jobs.values()].flatMap(({ name, calls, publishes }) => [
    ...calls.flatMap((call): Drawn[] =>
      call.target
        ? [{ from: name, to: call.target.name, kind: 'call', async: false, hard: 'maybe', journeys: [] }]
        : [],
    ),
    ...publishes.flatMap((publish): Drawn[] =>
      publish.target
        ? [{ from: name, to: publish.target.name, kind: 'message', async: true, hard: 'no', journeys: [] }]
        : [],
    ),
  ])
}

/** Parallel lines say little: a read and a write of the same store are drawn as one, as hard as the hardest. */
function merged(edges: readonly Drawn[]): (Drawn & { count: number })[] {
  const byEnds = new Map<string, Drawn & { count: number }>()
  const rank = { no: 0, maybe: 1, yes: 2 }
  for (const edge of edges) {
    const key = `${edgeKey(edge.from, edge.to)}\n${edge.kind} ${edge.async}`
    const known = byEnds.get(key)
    byEnds.set(
      key,
      known
        ? {
            ...known,
            hard: rank[edge.hard] > rank[known.hard] ? edge.hard : known.hard,
            journeys: [...new Set([...known.journeys, ...edge.journeys])],
            count: known.count + 1,
          }
        : { ...edge, count: 1 },
    )
  }
  return [...byEnds.values()]
}

/** What was found at each node and line. */
function marksOf(model: Model, report?: Pick<Report, 'findings' | 'openQuestions'>): (key: string) => Marks {
  const found = new Map<string, { findings: Record<Severity, number>; open: number }>()
  const at = (key: string) => {
    const known = found.get(key) ?? { findings: { error: 0, warning: 0, info: 0 }, open: 0 }
    found.set(key, known)
    return known
  }
  const keysOf = (path: Path) =>
    elementsOf(path, model).map(one => ('from' in one ? edgeKey(one.from, one.to) : one.name))
  for (const { subject, severity } of report?.findings ?? [])
    for (const key of keysOf(subject)) at(key).findings[severity]++
  for (const { fact } of report?.openQuestions ?? []) for (const key of keysOf(fact)) at(key).open++
  return at
}

/** The worst of what was found, or `undefined`. */
export const worstOf = ({ findings }: Marks): Severity | undefined =>
  (Object.keys(findings) as Severity[])
    .filter(severity => findings[severity] > 0)
    .sort((a, b) => severityRank(a) - severityRank(b))[0]
