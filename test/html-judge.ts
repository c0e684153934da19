import { parse, type DefaultTreeAdapterTypes } from 'parse5'
import { expect } from 'vitest'

type Node = DefaultTreeAdapterTypes.ChildNode
type Element = DefaultTreeAdapterTypes.Element

/** What may stand in the page; everything else would be text of a manifest that became markup. */
const known = new Set(
  `html head meta title style body div header main footer section article h1 h2 h3 h4 p span strong small a ul li pre mark
  details summary form label select option button output input fieldset legend figure figcaption table caption thead tbody
  tr th td dl dt dd script svg g path polygon polyline ellipse text`.split(/\s+/),
)

/** The results that a page lists, as `severity rule`, read by a parser that browsers agree with. */
export function readHtml(page: string): string[] {
  const all = elementsIn(parse(page).childNodes)
  expect(all.map(({ tagName }) => tagName).filter(tag => !known.has(tag))).toEqual([])
  expect(all.flatMap(({ attrs }) => attrs).filter(({ name }) => /^(?:on|style$)/.test(name))).toEqual([])
  expect(all.filter(({ tagName }) => tagName === 'script')).toHaveLength(2)
  return all.flatMap(element => {
    const attribute = (name: string) => element.attrs.find(one => one.name === name)?.value
    const rule = attribute('data-rule')
    return rule === undefined ? [] : [`${attribute('data-severity')!} ${rule}`]
  })
}

const elementsIn = (nodes: readonly Node[]): Element[] =>
  nodes.flatMap(node => ('tagName' in node ? [node, ...elementsIn(node.childNodes)] : []))

/** What a page says: its texts and attributes, but for scripts, which are code, and styles. */
export const dataIn = (page: string): string[] => saidIn(parse(page).childNodes)

const saidIn = (nodes: readonly Node[]): string[] =>
  nodes.flatMap(node => {
    if (node.nodeName === '#text') return [(node as DefaultTreeAdapterTypes.TextNode).value]
    if (!('tagName' in node) || ['script', 'style'].includes(node.tagName)) return []
    return [...node.attrs.map(({ value }) => value), ...saidIn(node.childNodes)]
  })
