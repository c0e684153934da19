import { parseDocument } from 'yaml'
import { addText } from '../src/edit/edit.ts'
import { additionsTo } from '../src/import/write/into.ts'
import { draftOf } from '../src/import/write/manifest-of.ts'
import { draftText } from '../src/import/write/text.ts'
import type { ImportedEdge, ImportedElement, ImportedSystem, Source } from '../src/import/system.ts'
import { readManifest } from '../src/manifest/read.ts'
import { filesOf } from './support.ts'

export const heading = { by: 'scaffold-review import compose', system: 'shop', platform: 'compose' }
export const textOf = (system: ImportedSystem) => draftText(draftOf(system), heading, [])
export const problemsOf = (text: string) => (readManifest(filesOf(text)).problems ?? []).map(({ message }) => message)
export const dataOf = (text: string): unknown => parseDocument(text, { merge: true }).toJS()

/** A manifest with what is imported added. */
export function added(text: string, system: ImportedSystem): string {
  const files = filesOf(text)
  return addText(text, additionsTo(files.sources[0]!.value, files.value, draftOf(system)))
}

export const source = (confidence: Source['confidence'] = 'derived'): Source => ({
  file: 'a.yaml',
  line: 1,
  signal: 's',
  confidence,
})
export const element = (
  kind: ImportedElement['kind'],
  name: string,
  facts: Record<string, unknown> = {},
): ImportedElement => ({
  kind,
  name,
  aliases: [],
  source: source(),
  facts: Object.entries(facts).map(([path, value]) => ({ path: path.split('.'), value, source: source() })),
})
export const edge = (from: string, to: string, more: Partial<ImportedEdge> = {}): ImportedEdge => ({
  from,
  to,
  kind: 'call',
  source: source(),
  ...more,
})
export const system = (elements: ImportedElement[], edges: ImportedEdge[] = []): ImportedSystem => ({
  elements,
  edges,
  notes: [],
  others: [],
})
