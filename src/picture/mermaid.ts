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
  return `${['flowchart LR', ...groups, ...loose, ...lines, ...looks(picture, ids)].join('\n')}\n`
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
  // Counts and words of ours need no quotes, which not every reader of Mermaid takes here.
  const text = label === undefined ? '' : `|${label}|`
  if (edge.async || edge.kind === 'miss') return `-.->${text}`
  return `${edge.hard === 'yes' ? '==>' : '-->'}${text}`
}

const inks = {
  error: { ink: '#c92a2a', width: '3px' },
  warning: { ink: '#b35c00', width: '3px' },
  info: { ink: '#1864ab', width: '2px' },
} as const

/** Colours repeat what the words say. */
function looks({ nodes, edges }: Picture, ids: ReadonlyMap<string, string>): string[] {
  return (Object.keys(inks) as (keyof typeof inks)[]).flatMap(severity => {
    const { ink, width } = inks[severity]
    const style = `stroke:${ink},stroke-width:${width}`
    const marked = nodes.filter(node => worstOf(node) === severity).map(({ name }) => ids.get(name))
    const lines = edges.flatMap((edge, i) => (worstOf(edge) === severity ? [i] : []))
    return [
      ...(marked.length > 0 ? [`  classDef ${severity} ${style}`, `  class ${marked.join(',')} ${severity}`] : []),
      ...(lines.length > 0 ? [`  linkStyle ${lines.join(',')} ${style}`] : []),
    ]
  })
}

/** A text of Mermaid: whatever could end it, or mean something inside, is written as an entity. */
function quoted(text: string): string {
  const safe = text.replaceAll(/[^\p{L}\p{N} ,.:/@\n_-]/gu, char => `#${char.codePointAt(0)};`)
  return `"${safe.replaceAll('\n', '<br>')}"`
}
