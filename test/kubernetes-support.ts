import { readObjects } from '../src/import/kubernetes/read-kubernetes.ts'
import type { ImportedFact, ImportedSystem } from '../src/import/system.ts'
import { draftOf } from '../src/import/write/manifest-of.ts'
import { draftText } from '../src/import/write/text.ts'
import { ManifestFiles } from '../src/manifest/files.ts'
import { readManifest } from '../src/manifest/read.ts'
import { Source } from '../src/manifest/source.ts'

export const kube = (...texts: readonly string[]): ImportedSystem =>
  readObjects(texts.map((text, i) => ({ name: texts.length === 1 ? 'k.yaml' : `k${i}.yaml`, text })))

/** Facts as `path -> value`. */
export const facts = (list: readonly ImportedFact[] = []): Record<string, unknown> =>
  Object.fromEntries(list.map(({ path, value }) => [path.join('.'), value]))

export const factsOf = ({ elements }: ImportedSystem, name: string): Record<string, unknown> =>
  facts(elements.find(one => one.name === name)?.facts)

export const messages = ({ notes }: ImportedSystem, kind?: string): string[] =>
  notes.filter(note => kind === undefined || note.kind === kind).map(({ message }) => message)

/** Indents all lines but the first, as text is put into a document. */
const indent = (text: string, by: number): string => text.trim().replaceAll('\n', `\n${' '.repeat(by)}`)

/**
 * A Deployment and its Service on port 80.
 * @param container further keys of its container, from column 0
 */
export const app = (name: string, container = 'image: team/x:1', pod = '', spec = ''): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  ${indent(spec || '# nothing more', 2)}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      ${indent(pod || '# nothing more', 6)}
      containers:
        - name: main
          ${indent(container, 10)}
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ port: 80 }] }
`

export const documents = (...texts: readonly string[]): string => texts.join('\n---\n')

export const manifestOf = (system: ImportedSystem, platform?: string): string => {
  const draft = draftOf(system)
  return draftText(draft, { by: 'a test', system: 'shop', platform }, [])
}

/** What is wrong with the manifest that is written of a system, and what of it could not be written. */
export function problemsOf(system: ImportedSystem): string[] {
  const read = readManifest(new ManifestFiles([new Source('draft.yaml', manifestOf(system))]))
  return [...(read.problems ?? []), ...draftOf(system).notes].map(({ message }) => message)
}
