import { found } from './dot.ts'
import { worstOf, type Picture, type PictureEdge, type PictureNode } from './picture.ts'

/** The picture as a Mermaid flowchart, which GitHub and GitLab draw in Markdown. */
export function mermaidOf(picture: Picture): string {
  const ids = new Map(picture.nodes.map(({ name }, i) => [name, `n${i}`]))
  const node = (one: PictureNode) => `${ids.get(one.name)}${shaped(one)}`
  const groups = picture.groups.flatMap((group, i) => [
    `  subgraph g${i}[${quoted(group)}]`,
    ...picture.nodes.filter(one => one.group === group).map(one => `    ${node(one)}`),
    '  end',
  ])
  const loose = picture.nodes.filter(one => one.group === undefined).map(one => `  ${node(one)}`)
  const lines = picture.edges.map(edge => `  ${ids.get(edge.from)} ${arrow(edge)} ${ids.get(edge.to)}`)
  return `${['flowchart LR', ...groups, ...loose, ...lines, ...classes(picture, ids)].join('\n')}\n`
}

const shapes: Record<PictureNode['kind'], readonly [string, string]> = {
  service: ['(', ')'],
  store: ['[(', ')]'],
  queue: ['[/', '/]'],
  cache: ['{{', '}}'],
  external: ['[', ']'],
  job: ['[[', ']]'],
}

function shaped(node: PictureNode): string {
  const [open, close] = shapes[node.kind]
  const words = [node.name, node.detail, found(node)].filter(word => word !== undefined)
  return `${open}${quoted(words.join('\n'))}${close}`
}

function arrow(edge: PictureEdge): string {
  const label = found(edge)
  const text = label === undefined ? '' : `|${quoted(label)}|`
  if (edge.async || edge.kind === 'miss') return `-.->${text}`
  return `${edge.hard === 'yes' ? '==>' : '-->'}${text}`
}

const styles = {
  error: 'stroke:#c92a2a,stroke-width:3px',
  warning: 'stroke:#b35c00,stroke-width:3px',
  info: 'stroke:#1864ab,stroke-width:2px',
} as const

function classes({ nodes }: Picture, ids: ReadonlyMap<string, string>): string[] {
  return (Object.keys(styles) as (keyof typeof styles)[]).flatMap(severity => {
    const marked = nodes.filter(node => worstOf(node) === severity).map(({ name }) => ids.get(name))
    return marked.length > 0
      ? [`  classDef ${severity} ${styles[severity]}`, `  class ${marked.join(',')} ${severity}`]
      : []
  })
}

/** A text of Mermaid: whatever could end it, or mean something inside, is written as an entity. */
function quoted(text: string): string {
  const safe = text.replaceAll(/[^\p{L}\p{N} ,.:/@\n_-]/gu, char => `#${char.codePointAt(0)};`)
  return `"${safe.replaceAll('\n', '<br>')}"`
}
