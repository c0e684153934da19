import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest, Told } from '../src/engine/evidence.ts'
import { readManifest } from '../src/manifest/read.ts'
import { filesOf } from './support.ts'

/** A manifest as readers of evidence are given it. */
export function manifestOf(text: string): Manifest {
  const files = filesOf(text)
  const { model, problems } = readManifest(files)
  if (!model) throw new Error(problems.map(({ message }) => message).join('\n'))
  return { model, at: path => files.locateFact(path) }
}

/** Claims as `state line message`, short enough to read. */
export const claimsIn = ({ claims }: Told): string[] =>
  claims.map(({ state, location, message }) => `${state} ${location.start.line} ${message}`)

/** Real files beside the repository, which is not everywhere. */
export const corpus = '../shared/corpus'
export const hasCorpus = existsSync(corpus)

/** The YAML files of a folder of the corpus. */
export const corpusFiles = (folder: string): { name: string; text: string }[] =>
  (readdirSync(join(corpus, folder), { recursive: true }) as string[])
    .filter(name => /\.ya?ml$/.test(name))
    .sort()
    .map(name => ({ name, text: readFileSync(join(corpus, folder, name), 'utf8') }))
