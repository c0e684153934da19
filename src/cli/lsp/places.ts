import { MarkupKind, type Hover, type Location, type Position } from 'vscode-languageserver-types'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { hoverText } from '../../lsp/hover.ts'
import type { Known } from '../../lsp/known.ts'
import type { Target } from '../../lsp/names.ts'
import { definitionOf, rangeIn, referencesTo, targetsAt, type Place } from '../../lsp/navigation.ts'
import { spotAt } from '../../lsp/path-at.ts'
import type { RuleText } from '../../lsp/rule-text.ts'
import type { Documents } from './documents.ts'

/** What questions about a place are answered from. */
export interface View {
  readonly documents: Documents
  /** `undefined` where the text belongs to no manifest, or to one that could never be read. */
  readonly known: Known | undefined
  readonly uriOf: (file: string) => string
}

interface Spotted {
  readonly uri: string
  readonly position: Position
}

export function hoverAt({ documents, known }: View, place: Spotted, rules: readonly RuleText[]): Hover | null {
  const spot = spotOf(documents, place)
  const value = spot && hoverText(spot, rules, known)
  if (value === undefined) return null
  const range = rangeIn(documents.get(place.uri)!, ...spot!.range)
  return { contents: { kind: MarkupKind.Markdown, value }, range }
}

export const definitionsAt = (view: View, place: Spotted): Location[] | null =>
  forTargets(view, place, (target, known) => definition(view, target, known))

export const referencesAt = (view: View, place: Spotted, withDeclaration: boolean): Location[] | null =>
  forTargets(view, place, (target, known) => [
    ...(withDeclaration ? definition(view, target, known) : []),
    ...referencesTo(target, known),
  ])

function spotOf(documents: Documents, { uri, position }: Spotted) {
  const document = documents.get(uri)
  return document && spotAt(document.getText(), document.offsetAt(position))
}

function forTargets(view: View, place: Spotted, find: (target: Target, known: Known) => Place[]): Location[] | null {
  const { documents, known } = view
  const spot = spotOf(documents, place)
  if (!known || !spot) return null
  return targetsAt(spot, known).flatMap(target => find(target, known).map(found => locationOf(view, found, known)))
}

function definition({ documents, uriOf }: View, target: Target, known: Known): Place[] {
  const found = definitionOf(target, known, file => documents.get(uriOf(file))?.getText())
  return found ? [found] : []
}

function locationOf({ documents, uriOf }: View, { file, range: [start, end] }: Place, { files }: Known): Location {
  const uri = uriOf(file)
  const { text } = files.sources.find(source => source.file === file)!
  const document = documents.get(uri) ?? TextDocument.create(uri, 'yaml', 0, text)
  return { uri, range: rangeIn(document, start, end) }
}
