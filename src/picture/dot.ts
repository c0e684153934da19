import type { Severity } from '../finding.ts'
import { plural } from '../units.ts'
import { worstOf, type Marks, type Picture, type PictureEdge, type PictureNode } from './picture.ts'

/** Beyond this many nodes lines are drawn straight: curves take most of the time and say little. */
const manyNodes = 60

/**
 * The picture in Graphviz' language. Shape tells the kind, a double border importance, a coloured border and words what was
 * found; ids and classes let a page find its nodes and lines again: `<prefix>node-<i>` and `<prefix>line-<i>`, in the order of
 * the picture.
 */
export function dotOf(picture: Picture, prefix = ''): string {
  const splines = picture.nodes.length > manyNodes ? 'polyline' : 'true'
  const nodes = picture.nodes.map((node, i) => ({ node, text: nodeLine(node, `${prefix}node-${i}`) }))
  const clusters = picture.groups.map((group, i) => {
    const members = nodes.filter(({ node }) => node.group === group).map(({ text }) => `    ${text}`)
    return [
      `  subgraph cluster_${i} {`,
      `    label=${quoted(short(group))}`,
      `    id="${prefix}group-${i}"; margin=12`,
      ...members,
      '  }',
    ].join('\n')
  })
  const loose = nodes.filter(({ node }) => node.group === undefined).map(({ text }) => `  ${text}`)
  const lines = picture.edges.map(
    (edge, i) => `  ${quoted(edge.from)} -> ${quoted(edge.to)} ${edgeLook(edge, `${prefix}line-${i}`)}`,
  )
  return [
    'digraph {',
    `  graph [id="${prefix}graph", rankdir=LR, nodesep=0.28, ranksep=0.7, splines=${splines}, bgcolor=transparent, fontname="Helvetica,Arial,sans-serif", fontsize=12, fontcolor="#52606d", labeljust=l, style="rounded,filled", color="#d5dbe1", fillcolor="#f6f8fa"]`,
    '  node [fontname="Helvetica,Arial,sans-serif", fontsize=12, fontcolor="#1f2933", style=filled, margin="0.18,0.09", height=0.4]',
    '  edge [fontname="Helvetica,Arial,sans-serif", fontsize=10, color="#7b8794", arrowsize=0.7]',
    ...clusters,
    ...loose,
    ...lines,
    '}',
    '',
  ].join('\n')
}

const shapes: Record<PictureNode['kind'], string> = {
  service: 'shape=box, style="filled,rounded", fillcolor="#e3eefb"',
  store: 'shape=cylinder, fillcolor="#e6f4ea", margin="0.18,0.12"',
  queue: 'shape=cds, fillcolor="#f3e8fd", margin="0.3,0.14"',
  cache: 'shape=hexagon, fillcolor="#fdf0d9"',
  external: 'shape=box, style="filled,dashed", fillcolor="#f1f3f5"',
  job: 'shape=tab, fillcolor="#e8eaf0"',
}

const inks: Record<Severity, string> = { error: '#c92a2a', warning: '#b35c00', info: '#1864ab' }
const plainInk = '#52606d'

function nodeLine(node: PictureNode, id: string): string {
  const worst = worstOf(node)
  const words = [node.name, node.detail, found(node)].filter(word => word !== undefined)
  const look = [
    `label=${quoted(words.map(short).join('\n'))}`,
    shapes[node.kind],
    `color="${worst ? inks[worst] : plainInk}"`,
    `penwidth=${worst ? 2.2 : 1}`,
    ...(node.important ? ['peripheries=2'] : []),
    `id="${id}"`,
    `class="${node.kind}${worst ? ` ${worst}` : ''}"`,
  ]
  return `${quoted(node.name)} [${look.join(', ')}]`
}

function edgeLook(edge: PictureEdge, id: string): string {
  const worst = worstOf(edge)
  const words = [edge.count > 1 ? `${edge.count}x` : undefined, found(edge)].filter(word => word !== undefined)
  const look = [
    ...(words.length > 0 ? [`label=${quoted(words.join('\n'))}`] : []),
    `style=${edge.async ? 'dashed' : edge.kind === 'miss' ? 'dotted' : 'solid'}`,
    `penwidth=${edge.hard === 'yes' ? 2 : 1.1}`,
    // What the caller can do without ends in an open arrow.
    `arrowhead=${edge.hard === 'no' && !edge.async ? 'empty' : 'normal'}`,
    ...(worst ? [`color="${inks[worst]}"`, `fontcolor="${inks[worst]}"`] : []),
    `id="${id}"`,
    `class="line${worst ? ` ${worst}` : ''}"`,
  ]
  return `[${look.join(', ')}]`
}

/** `2 errors, 1 warning`; facts that are not stated only where nothing is wrong. */
export function found({ findings: { error, warning, info }, open }: Marks): string | undefined {
  const parts = [
    ...(error > 0 ? [plural(error, 'error')] : []),
    ...(warning > 0 ? [plural(warning, 'warning')] : []),
    ...(info > 0 ? [plural(info, 'note')] : []),
  ]
  if (parts.length > 0) return parts.join(', ')
  return open > 0 ? `${open} open` : undefined
}

const longestName = 40

const short = (text: string) => (text.length > longestName ? `${text.slice(0, longestName - 3)}...` : text)

/** A string of Graphviz: quotes and backslashes escaped, line feeds written out. */
const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
