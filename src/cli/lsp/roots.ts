import type { Diagnostic } from 'vscode-languageserver-types'
import { lineChange, moved } from '../../lsp/moved.ts'
import type { Target } from '../../lsp/names.ts'
import { textOfRules, type RuleText } from '../../lsp/rule-text.ts'
import { rules as builtIn } from '../../rules/index.ts'
import { isManifest, pathOf, type Documents } from './documents.ts'

/** Diagnostics by the address of the file. */
type Said = ReadonlyMap<string, readonly Diagnostic[]>

/** A manifest that is looked after: the one that is open, or the one that includes what is open. */
export interface Root {
  readonly path: string
  /** Absolute paths, as of the latest text that could be read. */
  files: readonly string[]
  /** What can be named in the latest that could be read; `undefined` where there is none. */
  elements?: readonly Target[]
  /** The rules that hold. */
  rules: readonly RuleText[]
  /** What is wrong with the text. */
  problems: Said
  /** What the rules said of the latest text that could be read, moved with what has been typed since. */
  findings: Said
  /** Addresses of the files of which that was said to the editor. */
  shown: ReadonlySet<string>
  /** Counts what has happened to it: work that was begun for an earlier turn is given up. */
  turn: number
  /** Ends when the text is read, or cannot be. */
  reading?: Promise<unknown>
  /** Milliseconds that the last review took. */
  took: number
}

export const builtInTexts = textOfRules(builtIn)

/** The manifests that are looked after, and which file belongs to which. */
export class Roots {
  readonly #documents: Documents
  readonly #byPath = new Map<string, Root>()

  constructor(documents: Documents) {
    this.#documents = documents
  }

  get all(): Root[] {
    return [...this.#byPath.values()]
  }

  /** The manifest at a path, from now on looked after. */
  at(path: string): Root {
    const known = this.#byPath.get(path)
    if (known) return known
    const nothing = { problems: new Map(), findings: new Map(), shown: new Set<string>() }
    const root: Root = { path, files: [path], rules: builtInTexts, ...nothing, turn: 0, took: 0 }
    this.#byPath.set(path, root)
    return root
  }

  has(root: Root): boolean {
    return this.#byPath.get(root.path) === root
  }

  remove(root: Root): void {
    this.#byPath.delete(root.path)
  }

  /** Those that a file is a part of. */
  with(path: string | undefined): Root[] {
    return path === undefined ? [] : this.all.filter(({ files }) => files.includes(path))
  }

  isOpen({ files }: Root): boolean {
    return this.#documents.all().some(({ uri }) => files.includes(pathOf(uri) ?? ''))
  }

  /** Those that another one includes by now, and so are a part of that. */
  included(): Root[] {
    return this.all.filter(root => {
      const owner = this.all.find(other => other !== root && other.files.includes(root.path))
      return owner && !root.files.includes(owner.path)
    })
  }

  /** Paths of manifests that are open and a part of none that is looked after. */
  alone(): string[] {
    return this.#documents.all().flatMap(document => {
      const path = pathOf(document.uri)
      return path !== undefined && this.with(path).length === 0 && isManifest(document) ? [path] : []
    })
  }

  /** All that there is to say of a file. */
  saidOf(uri: string): Diagnostic[] {
    return this.all.flatMap(({ problems, findings }) => [...(problems.get(uri) ?? []), ...(findings.get(uri) ?? [])])
  }

  /** What was said of a file stays with the lines that it is about. */
  move(uri: string, before: string, after: string): void {
    const change = lineChange(before, after)
    const move = (said: Said): Said => new Map([...said].map(([file, all]) => [file, moved(all, file, uri, change)]))
    for (const root of this.all) {
      root.problems = move(root.problems)
      root.findings = move(root.findings)
    }
  }
}
