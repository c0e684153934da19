import { plural } from '../units.ts'
import type { Affected, AffectedEdge, AffectedNode } from './affected.ts'
import { clip, visibleLine } from './text.ts'

/** The graph as text of Mermaid, which GitHub and GitLab draw. Colours repeat what the words say. */
export function mermaid({ nodes, edges }: Affected): string {
  const ids = new Map(nodes.map((node, i) => [node, `n${i}`]))
  const id = (node: AffectedNode) => ids.get(node)!
  const marked = (worst: 'error' | 'warning') => nodes.filter(node => worstOf(node) === worst).map(id)
  const styled = (worst: 'error' | 'warning', style: string) => {
    const indices = edges.flatMap((edge, i) => (edge.worst === worst ? [i] : []))
    return indices.length > 0 ? [`linkStyle ${indices.join(',')} ${style}`] : []
  }
  const classed = (worst: 'error' | 'warning', style: string) => {
    const names = marked(worst)
    return names.length > 0 ? [`classDef ${worst} ${style}`, `class ${names.join(',')} ${worst}`] : []
  }
  return [
    'flowchart LR',
    ...[
      ...nodes.map(node => `${id(node)}${shaped(node)}`),
      ...edges.map(edge => `${id(edge.from)} ${arrow(edge)} ${id(edge.to)}`),
      ...classed('error', 'fill:#ffebe9,stroke:#cf222e,color:#1f2328'),
      ...classed('warning', 'fill:#fff8c5,stroke:#9a6700,color:#1f2328'),
      ...styled('error', 'stroke:#cf222e,stroke-width:2px'),
      ...styled('warning', 'stroke:#9a6700,stroke-width:2px'),
    ].map(line => `  ${line}`),
  ].join('\n')
}

const worstOf = ({ errors, warnings }: AffectedNode) => (errors > 0 ? 'error' : warnings > 0 ? 'warning' : undefined)

type Kind = AffectedNode['element']['kind']

const shapes: Record<Kind, readonly [string, string]> = {
  journey: ['([', '])'],
  service: ['[', ']'],
  store: ['[(', ')]'],
  queue: ['[[', ']]'],
  cache: ['(', ')'],
  external: ['{{', '}}'],
  job: ['[/', '/]'],
}

function shaped({ element, errors, warnings }: AffectedNode): string {
  const counts = [
    ...(errors > 0 ? [plural(errors, 'error')] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
  ].join(', ')
  const [open, close] = shapes[element.kind]
  return `${open}"${label(element.name)}${counts === '' ? '' : `<br/>${counts}`}"${close}`
}

function arrow({ isMessage, ruleIds }: AffectedEdge): string {
  const line = isMessage ? '-.->' : '-->'
  if (ruleIds.length === 0) return line
  const [first] = ruleIds
  const more = ruleIds.length - 1
  return `${line}|${label(first!)}${more > 0 ? ` and ${more} more` : ''}|`
}

/** Anything but letters, digits and what has no meaning in a label is written by its number. */
const label = (text: string): string =>
  clip(visibleLine(text), 40).replaceAll(/[^\p{L}\p{N} _.,-]/gu, char => `#${char.codePointAt(0)!};`)
