import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCompose } from '../src/import/compose/read-compose.ts'
import type { ImportFile, ImportInput, ImportedEdge, ImportedSystem } from '../src/import/system.ts'

/** Real systems with the truth about them; they are no part of the project. */
export const corpus = join(import.meta.dirname, '../../shared/corpus')
export const hasCorpus = existsSync(join(corpus, 'README.md'))
if (!hasCorpus) console.log('Tests with real systems are left out: there is no folder ../shared/corpus')

/** Files of a folder on the disk, and whatever they speak of. */
export function filesOn(folder: string, names: readonly string[]): ImportInput {
  const read = (name: string): ImportFile | undefined => {
    try {
      return { name, text: readFileSync(join(folder, name), 'utf8') }
    } catch {
      return undefined
    }
  }
  return { files: names.flatMap(name => read(name) ?? []), read: name => Promise.resolve(read(name)) }
}

/** Files in memory; the first ones are those that were named. */
export function filesIn(texts: Readonly<Record<string, string>>, named = Object.keys(texts).slice(0, 1)): ImportInput {
  const read = (name: string) => {
    const text = Object.hasOwn(texts, name) ? texts[name] : undefined
    return text === undefined ? undefined : { name, text }
  }
  return { files: named.map(name => read(name)!), read: name => Promise.resolve(read(name)) }
}

export const compose = async (text: string, more: Readonly<Record<string, string>> = {}): Promise<ImportedSystem> =>
  readCompose(filesIn({ 'compose.yaml': text, ...more }))

export const arrow = ({ from, to }: Pick<ImportedEdge, 'from' | 'to'>): string => `${from} -> ${to}`

/** Edges as text, with what is unusual about them. */
export const arrows = ({ edges }: ImportedSystem): string[] =>
  edges.map(
    edge =>
      arrow(edge) +
      (edge.kind === 'call' ? '' : ` ${edge.kind}`) +
      (edge.optional ? ' optional' : '') +
      (edge.source.confidence === 'derived' ? '' : ` ${edge.source.confidence}`),
  )
