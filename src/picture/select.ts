import { severityRank } from '../finding.ts'
import { worstOf, type Marks, type Picture } from './picture.ts'

/** Parts of a picture. */

/** What a journey comes through, or may. */
export function ofJourney(picture: Picture, journey: string): Picture {
  const edges = picture.edges.filter(({ journeys }) => journeys.includes(journey))
  const ends = new Set(edges.flatMap(({ from, to }) => [from, to]))
  return only({ ...picture, edges }, name => ends.has(name) || comesThrough(picture, name, journey))
}

const comesThrough = ({ nodes }: Picture, name: string, journey: string) =>
  nodes.some(node => node.name === name && node.journeys.includes(journey))

/** @param depth lines to follow from the component, in both directions */
export function around(picture: Picture, component: string, depth: number): Picture {
  let reached = new Set([component])
  for (let i = 0; i < depth; i++) {
    const next = picture.edges.flatMap(({ from, to }) => (reached.has(from) || reached.has(to) ? [from, to] : []))
    reached = new Set([...reached, ...next])
  }
  return only(picture, name => reached.has(name))
}

/** The members of a group and what they touch outside it. */
export function ofGroup(picture: Picture, group: string | undefined): Picture {
  const members = new Set(picture.nodes.filter(node => node.group === group).map(({ name }) => name))
  const edges = picture.edges.filter(({ from, to }) => members.has(from) || members.has(to))
  const shown = new Set([...members, ...edges.flatMap(({ from, to }) => [from, to])])
  return only({ ...picture, edges }, name => shown.has(name))
}

/**
 * What errors and warnings are about, with both ends of a line that has one: the worst first, and of those no more than `most`
 * components.
 *
 * @returns the part, and how many components it leaves out
 */
export function atFault(picture: Picture, most: number): { picture: Picture; more: number } {
  const faulty = [
    ...picture.nodes.map(node => ({ rank: rankOf(node), names: [node.name] })),
    ...picture.edges.map(edge => ({ rank: rankOf(edge), names: [edge.from, edge.to] })),
  ]
  const worstFirst = faulty.filter(({ rank }) => rank < severityRank('info')).sort((a, b) => a.rank - b.rank)
  const names = [...new Set(worstFirst.flatMap(one => one.names))]
  const kept = new Set(names.slice(0, most))
  return { picture: only(picture, name => kept.has(name)), more: names.length - kept.size }
}

const rankOf = (marks: Marks) => severityRank(worstOf(marks) ?? 'info')

function only(picture: Picture, keeps: (name: string) => boolean): Picture {
  const nodes = picture.nodes.filter(({ name }) => keeps(name))
  const edges = picture.edges.filter(({ from, to }) => keeps(from) && keeps(to))
  const groups = picture.groups.filter(group => nodes.some(node => node.group === group))
  return { nodes, edges, groups }
}
