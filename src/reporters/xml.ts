import Builder from 'fast-xml-builder'
import { clip, visible, visibleLine } from './text.ts'

/** Values of attributes by `@name`, the text by `#text`, elements by their name; of several a list. */
export interface Element {
  readonly [name: string]: string | number | Element | readonly Element[]
}

/** Longer texts are cut, so that no reader is made to hold a manifest in one attribute. */
const longestText = 8000

/** An attribute is one line; readers would turn a line feed into a space anyway. */
export const attribute = (text: string): string => clip(visibleLine(text), longestText)

/** Control characters have no place in XML, not even escaped, so they are spelled out as in every text for people. */
export const content = (text: string): string => clip(visible(text), longestText)

const builder = new Builder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  format: true,
  suppressEmptyNode: true,
  // The text "true" is a text.
  suppressBooleanAttributes: false,
})

export const xmlText = (root: Element): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(root).trimEnd()}\n`
