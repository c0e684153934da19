import { dirname, resolve } from 'node:path'
import {
  type CodeAction,
  type Diagnostic,
  type DocumentSymbol,
  type Hover,
  type Location,
  type Position,
  type Range,
} from 'vscode-languageserver-types'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { actionsFor } from '../../lsp/actions.ts'
import { diagnosticsOf } from '../../lsp/diagnostics.ts'
import { elementsOf } from '../../lsp/hover.ts'
import { knownOf, type Known } from '../../lsp/known.ts'
import { elementsIn, type Target } from '../../lsp/names.ts'
import { symbolsOf } from '../../lsp/navigation.ts'
import { textOfRules, type RuleText } from '../../lsp/rule-text.ts'
import { Source } from '../../manifest/source.ts'
import { reviewInSteps } from '../../review.ts'
import type { ConfigOptions } from '../settings/config-options.ts'
import { loadManifest, onDisk, type Tree } from '../reading/load.ts'
import type { Site } from '../world.ts'
import { onScreen, remembering, uriOf, type Documents } from './documents.ts'
import { definitionsAt, hoverAt, referencesAt, type View } from './places.ts'
import { SettingsByManifest } from './settings.ts'

/** What was made of the texts of some documents. */
export interface Seen {
  /** Their versions, by address. */
  readonly versions: ReadonlyMap<string, number>
  /** Absolute paths of the files that the manifest consists of. */
  readonly files: readonly string[]
  /** By address; files of which nothing is said are there as well. */
  readonly diagnostics: ReadonlyMap<string, readonly Diagnostic[]>
}

/** What a text says without any rule: its diagnostics are what is wrong with it. */
export interface Read extends Seen {
  /** What can be named; `undefined` where something is wrong with the text. */
  readonly elements: readonly Target[] | undefined
}

/** What the rules say. */
export interface Reviewed extends Seen {
  /** `false`: something is wrong with the text, and the diagnostics say only that. */
  readonly isReadable: boolean
  /** The rules that were applied. */
  readonly rules: readonly RuleText[]
}

/** A place in a text, and the manifest that the text belongs to, if any. */
export interface Asked {
  readonly uri: string
  readonly position: Position
  readonly root: string | undefined
}

/** How much time reading may take: a text that is broken takes the thorough reader seconds where it is large. */
export type Manner = 'quickly' | 'thoroughly'

interface Held {
  readonly sources: Map<string, Source>
  /** What was read last, of which versions, and after how many changes. */
  latest?: { readonly known: Known; readonly versions: ReadonlyMap<string, number>; readonly changes: number }
  /** The latest that could be read, for questions that are asked while somebody types. */
  readable?: Known
}

/**
 * The manifests that are open, as one thread knows them: it is told what changes in the editor and on the disk, and answers. A
 * manifest is named by the absolute path of the file that includes the others.
 */
export class Manifests {
  readonly #settings: SettingsByManifest
  readonly #site: Site
  readonly #texts = new Map<string, TextDocument>()
  readonly #documents: Documents = { get: uri => this.#texts.get(uri), all: () => [...this.#texts.values()] }
  readonly #held = new Map<string, Held>()
  /** How much it was told. Whatever it was, it may make a difference to every manifest. */
  #changes = 0

  /** @param tell takes a message for the user */
  constructor(options: ConfigOptions, site: Site, tell: (message: string) => void) {
    this.#settings = new SettingsByManifest(options, site, tell)
    this.#site = site
  }

  changed(uri: string, version: number, text: string): void {
    this.#changes++
    this.#texts.set(uri, TextDocument.create(uri, 'yaml', version, text))
  }

  closed(uri: string): void {
    this.#changes++
    this.#texts.delete(uri)
  }

  /** Something was written, made or removed on the disk. */
  filesChanged(): void {
    this.#changes++
    this.#settings.forget()
  }

  /** Nothing of a manifest is open any more. */
  forget(root: string): void {
    this.#held.delete(root)
  }

  /** `undefined` where it takes the thorough reader, and there is no time for it. */
  async read(root: string, manner: Manner): Promise<Read | undefined> {
    const latest = await this.#latest(root, manner)
    if (!latest) return undefined
    const { known, versions } = latest
    const { files, problems } = known
    const said = { sources: files.sources, problems: [...problems], findings: [], openQuestions: [] }
    const isReadable = problems.length === 0
    if (isReadable) this.#hold(root).readable = known
    return { ...this.#seen(root, versions, said), elements: isReadable ? elementsOf(known) : undefined }
  }

  /** Takes its time, and lets the other questions have their turn between rules. `undefined` when a text changes meanwhile. */
  async review(root: string): Promise<Reviewed | undefined> {
    const { rules, review } = await this.#settings.of(root)
    const { known, versions } = (await this.#latest(root, 'thoroughly'))!
    const steps = reviewInSteps(known.files, rules, { ...review, today: this.#site.today })
    const isOvertaken = () => [...versions].some(([uri, version]) => this.#texts.get(uri)?.version !== version)
    while (!isOvertaken()) {
      const { done, value: report } = steps.next()
      if (done) {
        const isReadable = report.verdict !== 'unreadable'
        return { ...this.#seen(root, versions, report), isReadable, rules: textOfRules(rules) }
      }
      await new Promise(resolve => setImmediate(resolve))
    }
    return undefined
  }

  /** As of the latest text that could be read, without waiting for a newer one. */
  hover({ root, ...place }: Asked, rules: readonly RuleText[]): Hover | null {
    return hoverAt(this.#view(root), place, rules)
  }

  async definition({ root, ...place }: Asked): Promise<Location[] | null> {
    if (root !== undefined) await this.read(root, 'quickly')
    return definitionsAt(this.#view(root), place)
  }

  async references({ root, ...place }: Asked, withDeclaration: boolean): Promise<Location[] | null> {
    if (root !== undefined) await this.read(root, 'quickly')
    return referencesAt(this.#view(root), place, withDeclaration)
  }

  async actions(
    root: string,
    { uri, range, diagnostics }: { uri: string; range: Range; diagnostics: readonly Diagnostic[] },
  ): Promise<CodeAction[]> {
    const { known } = (await this.#latest(root, 'thoroughly'))!
    const { today } = this.#site
    return actionsFor(known, { diagnostics, uri, range, today, uriOf: file => this.#uriOf(root, file) })
  }

  symbols(uri: string): DocumentSymbol[] {
    const document = this.#texts.get(uri)
    return document ? symbolsOf(document) : []
  }

  /** What one text names, as far as it can be read. */
  elements(uri: string): Target[] {
    return elementsIn(this.#texts.get(uri)?.getText() ?? '')
  }

  #hold(root: string): Held {
    const held = this.#held.get(root) ?? { sources: new Map() }
    this.#held.set(root, held)
    return held
  }

  async #latest(root: string, manner: Manner): Promise<Held['latest']> {
    const held = this.#hold(root)
    const changes = this.#changes
    if (held.latest?.changes === changes) return held.latest
    const versions = new Map<string, number>()
    const site = { cwd: dirname(root) }
    const tree = onScreen(this.#documents, onDisk(site), ({ uri, version }) => versions.set(uri, version))
    try {
      const files = await loadManifest(root, site, { ...tree, source: remembering(held.sources, parse[manner]) })
      return (held.latest = { known: knownOf(files, this.#site.today), versions, changes })
    } catch (error) {
      if (error === unsure) return undefined
      throw error
    }
  }

  #view(root: string | undefined): View {
    const known = root === undefined ? undefined : this.#held.get(root)?.readable
    return { documents: this.#documents, known, uriOf: file => this.#uriOf(root!, file) }
  }

  #seen(root: string, versions: Seen['versions'], said: Parameters<typeof diagnosticsOf>[0]): Seen {
    const uriOf = (file: string) => this.#uriOf(root, file)
    return {
      versions,
      files: said.sources.map(({ file }) => resolve(dirname(root), file)),
      diagnostics: new Map([...diagnosticsOf(said, uriOf)].map(([file, all]) => [uriOf(file), all])),
    }
  }

  /** The address of a file that a manifest calls by a path from its folder. */
  #uriOf(root: string, file: string): string {
    return uriOf(this.#documents, resolve(dirname(root), file))
  }
}

/** Thrown by the quick way of reading. */
const unsure = new Error('For the thorough reader')

const parse: Readonly<Record<Manner, Tree['source']>> = {
  quickly: (file, text) => {
    const source = Source.quickly(file, text)
    if (!source) throw unsure
    return source
  },
  thoroughly: (file, text) => new Source(file, text),
}
