import { basename } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import type { Source } from '../../manifest/source.ts'
import type { Tree } from '../reading/load.ts'

/** What is open in the editor. */
export interface Documents {
  get(uri: string): TextDocument | undefined
  all(): TextDocument[]
}

/** The files on the disk, but for those that are open: what the editor holds of them counts. */
export function onScreen(documents: Documents, disk: Tree, met: (document: TextDocument) => void): Tree {
  return {
    ...disk,
    read: async (path, file, most) => {
      const document = documentAt(documents, path) ?? documentAt(documents, await disk.real(path))
      if (!document) return disk.read(path, file, most)
      met(document)
      const text = document.getText()
      return { text, size: text.length }
    },
  }
}

/** A file that has not changed is not parsed again for each key press in another. */
export const remembering =
  (sources: Map<string, Source>, parse: Tree['source']): Tree['source'] =>
  (file, text) => {
    const known = sources.get(file)
    const source = known?.text === text ? known : parse(file, text)
    sources.set(file, source)
    return source
  }

/** The address of a file. Editors spell addresses in ways of their own, and know a file only by theirs. */
export const uriOf = (documents: Documents, path: string): string =>
  documentAt(documents, path)?.uri ?? pathToFileURL(path).href

/** The open document of a file, however the editor spells its address. */
function documentAt(documents: Documents, path: string): TextDocument | undefined {
  return documents.get(pathToFileURL(path).href) ?? documents.all().find(({ uri }) => pathOf(uri) === path)
}

/** The path of a file on the disk; `undefined` for what is not on it, such as an old revision. */
export function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined
  } catch {
    return undefined
  }
}

/** By its name, or because its first lines name the schema. Other YAML files are none of ours. */
export function isManifest(document: TextDocument): boolean {
  const named = /(?:^|\.)scaffold\.ya?ml$|^scaffold-review\.ya?ml$/.test(basename(decodeURIComponent(document.uri)))
  return named || /\$schema[=:].*scaffold-review.*manifest\.schema\.json/.test(document.getText().slice(0, 2000))
}
