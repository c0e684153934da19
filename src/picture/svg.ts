import { Graphviz } from '@hpcc-js/wasm-graphviz'
import { dotOf } from './dot.ts'
import type { Picture } from './picture.ts'

/**
 * The picture as one SVG element without a prolog, ready to stand in a page or in a file. Needs no browser and no network.
 * @param prefix of all ids, where several pictures stand in one page, whose nodes can then be reached one by one
 */
export async function svgOf(picture: Picture, title: string, prefix?: string): Promise<string> {
  const graphviz = await Graphviz.load()
  const drawn = graphviz.dot(dotOf(picture, prefix))
  const svg = drawn.slice(drawn.indexOf('<svg')).replaceAll(/<!--[^]*?-->\n?/g, '')
  return svg.replace('<svg ', `<svg role="${prefix === undefined ? 'img' : 'group'}" aria-label="${escaped(title)}" `)
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
