import { compare, edgeKey, type Picture, type PictureEdge, type PictureNode } from './picture.ts'

/** Beyond this many nodes nobody reads a picture: it is drawn by group, and each group by itself. */
export const mostNodes = 80

/**
 * The picture with a group for every node: the team that owns it or, where the manifest names no team, the journeys that
 * come through it.
 */
export function grouped(picture: Picture): Picture {
  const groupOf = ({ group, journeys }: PictureNode) =>
    picture.groups.length > 0
      ? (group ?? 'no owner')
      : journeys.length === 0
        ? 'in no journey'
        : journeys.length === 1
          ? `only in ${journeys[0]!}`
          : 'in several journeys'
  const nodes = picture.nodes.map(node => ({ ...node, group: groupOf(node) }))
  return { ...picture, nodes, groups: [...new Set(nodes.map(({ group }) => group))].sort(compare) }
}

/** One node for each group and one line for all that goes from one group to another; what was found is added up. */
export function overviewOf({ nodes, edges, groups }: Picture): Picture {
  const groupOf = new Map(nodes.map(({ name, group }) => [name, group!]))
  const boxes = groups.map((group): PictureNode => {
    const members = nodes.filter(node => node.group === group)
    const within = edges.filter(({ from, to }) => groupOf.get(from) === group && groupOf.get(to) === group)
    return {
      name: group,
      kind: 'service',
      detail: `${members.length} components`,
      group: undefined,
      important: members.some(({ important }) => important),
      journeys: [...new Set(members.flatMap(({ journeys }) => journeys))],
      ...sum([...members, ...within]),
    }
  })
  const between = new Map<string, PictureEdge[]>()
  for (const edge of edges) {
    const [from, to] = [groupOf.get(edge.from)!, groupOf.get(edge.to)!]
    if (from === to) continue
    const key = edgeKey(from, to)
    between.set(key, [...(between.get(key) ?? []), { ...edge, from, to }])
  }
  const lines = [...between.values()].map((all): PictureEdge => {
    return {
      ...all[0]!,
      kind: 'call',
      async: all.every(edge => edge.async),
      hard: all.some(({ hard }) => hard === 'yes') ? 'yes' : all.every(({ hard }) => hard === 'no') ? 'no' : 'maybe',
      count: all.reduce((total, { count }) => total + count, 0),
      journeys: [...new Set(all.flatMap(({ journeys }) => journeys))],
      ...sum(all),
    }
  })
  return { nodes: boxes, edges: lines, groups: [] }
}

function sum(all: readonly Pick<PictureNode, 'findings' | 'open'>[]): Pick<PictureNode, 'findings' | 'open'> {
  const total = (severity: 'error' | 'warning' | 'info') => all.reduce((n, { findings }) => n + findings[severity], 0)
  return {
    findings: { error: total('error'), warning: total('warning'), info: total('info') },
    open: all.reduce((n, { open }) => n + open, 0),
  }
}
