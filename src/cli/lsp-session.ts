import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Diagnostic } from 'vscode-languageserver-types'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import { diagnosticsOf } from '../lsp/diagnostics.ts'
import { reviewedInSteps, type Reviewed } from '../lsp/reviewed.ts'
import type { Source } from '../manifest/source.ts'
import { findManifest, loadManifest, onDisk } from './load.ts'
import { documentAt, isManifest, onScreen, pathOf, type Documents } from './lsp-documents.ts'
import type { SettingsByManifest } from './lsp-settings.ts'
import type { World } from './world.ts'

/** The editor, as far as the session speaks to it without being asked. */
export interface Client {
  /** @param version of the text that was reviewed; `undefined` for a file that is not open */
  publish(uri: string, version: number | undefined, diagnostics: Diagnostic[]): void
}

/** A manifest that is looked after: the one that is open, or the one that includes what is open. */
interface Root {
  readonly path: string
  latest?: Reviewed
  /** The latest that could be read, for questions that are asked while somebody types. */
  readable?: Reviewed
  timer?: NodeJS.Timeout | undefined
  running?: Promise<void> | undefined
  /** Milliseconds that the last review took. */
  took: number
  said: ReadonlyMap<string, Diagnostic[]>
  readonly sources: Map<string, Source>
}

/** Shortest and longest pause in typing, in milliseconds, before a manifest is reviewed again. */
const pause = { least: 20, most: 400 }

/** Milliseconds of a review after which it is the turn of what the editor asks. */
const slice = 20

/** Keeps the reviews of open manifests up to date. Files that are open count as they are on the screen, the others as on disk. */
export class Session {
  readonly #world: World
  readonly #documents: Documents
  readonly #client: Client
  readonly #settings: SettingsByManifest
  readonly #roots = new Map<string, Root>()

  constructor(world: World, documents: Documents, client: Client, settings: SettingsByManifest) {
    this.#world = world
    this.#documents = documents
    this.#client = client
    this.#settings = settings
  }

  async opened(document: TextDocument): Promise<void> {
    const path = pathOf(document.uri)
    if (path === undefined) return
    if (this.#rootsWith(path).length > 0) {
      this.changed(document)
      return
    }
    const above = await findManifest(dirname(path))
    // A file that another manifest includes is a part of that one.
    if (above !== undefined && above !== path) await this.#review(this.#root(above))
    else this.#settle()
    if (this.#rootsWith(path).length === 0 && isManifest(document)) this.#schedule(this.#root(path))
  }

  changed(document: TextDocument): void {
    const path = pathOf(document.uri)
    if (path === undefined) return
    const mine = this.#rootsWith(path)
    for (const root of mine) this.#schedule(root)
    if (mine.length === 0 && isManifest(document)) this.#schedule(this.#root(path))
  }

  /** Something was written, made or removed on the disk. */
  filesChanged(): void {
    this.#settings.forget()
    for (const root of this.#roots.values()) this.#schedule(root)
  }

  closed(): void {
    for (const root of [...this.#roots.values()])
      if (this.#openIn(root).length === 0) this.#forget(root)
      else this.#schedule(root)
  }

  /** The review that a file belongs to, up to date with what is on the screen. */
  async current(uri: string): Promise<Reviewed | undefined> {
    const root = this.#rootOf(uri)
    if (!root) return undefined
    await root.running
    // A review that was overtaken by a key press has left one to do.
    while ((root.timer || !root.latest) && this.#roots.get(root.path) === root) await this.#review(root)
    return root.latest
  }

  /** The latest review in which the manifest could be read, without waiting for a newer one. */
  readable(uri: string): Reviewed | undefined {
    return this.#rootOf(uri)?.readable
  }

  /** The address of a file of a review. */
  uriOf(file: string, { report }: Reviewed): string {
    const root = [...this.#roots.values()].find(({ latest, readable }) =>
      [latest?.report, readable?.report].includes(report),
    )
    return this.#uri(resolve(root ? dirname(root.path) : this.#world.cwd, file))
  }

  #uri(path: string): string {
    // Editors spell addresses in ways of their own, and know a file only by theirs.
    return documentAt(this.#documents, path)?.uri ?? pathToFileURL(path).href
  }

  #root(path: string): Root {
    const known = this.#roots.get(path)
    if (known) return known
    const root: Root = { path, took: 0, said: new Map(), sources: new Map() }
    this.#roots.set(path, root)
    return root
  }

  #rootOf(uri: string): Root | undefined {
    const path = pathOf(uri)
    return path === undefined ? undefined : this.#rootsWith(path)[0]
  }

  #rootsWith(path: string): Root[] {
    return [...this.#roots.values()].filter(root => filesOf(root).includes(path))
  }

  #openIn(root: Root): TextDocument[] {
    const files = new Set(filesOf(root))
    return this.#documents.all().filter(({ uri }) => files.has(pathOf(uri) ?? ''))
  }

  #schedule(root: Root): void {
    clearTimeout(root.timer)
    const wait = Math.min(pause.most, Math.max(pause.least, root.took))
    root.timer = setTimeout(() => void this.#review(root), wait)
  }

  /** One review of a root at a time; the next one sees what has changed meanwhile. */
  async #review(root: Root): Promise<void> {
    clearTimeout(root.timer)
    root.timer = undefined
    const before = root.running
    const run = (async () => {
      await before
      if (this.#roots.get(root.path) === root) await this.#reviewNow(root)
    })()
    root.running = run
    await run
    if (root.running === run) root.running = undefined
  }

  async #reviewNow(root: Root): Promise<void> {
    const seen = new Map<string, number>()
    const world = { ...this.#world, cwd: dirname(root.path) }
    const settings = await this.#settings.of(root.path)
    const files = await loadManifest(
      root.path,
      world,
      onScreen(this.#documents, onDisk(world), { seen, sources: root.sources }),
    )
    // Somebody went on typing: what would be said now is about a text that is gone.
    const isStale = () => [...seen].some(([uri, version]) => this.#documents.get(uri)?.version !== version)
    const started = performance.now()
    const steps = reviewedInSteps(files, settings.rules, { ...settings.review, today: this.#world.today })
    const latest = await unhurried(steps, isStale)
    if (!latest) {
      this.#schedule(root)
      return
    }
    root.latest = latest
    root.took = performance.now() - started
    if (root.latest.report.verdict !== 'unreadable') root.readable = root.latest
    if (this.#openIn(root).length === 0) {
      this.#forget(root)
      return
    }
    const before = root.said
    const said = diagnosticsOf(latest.report, file => this.uriOf(file, latest))
    root.said = new Map([...said].map(([file, diagnostics]) => [this.uriOf(file, latest), diagnostics]))
    this.#publish([...before.keys(), ...root.said.keys()])
    this.#settle()
  }

  #publish(uris: Iterable<string>): void {
    for (const uri of new Set(uris)) {
      const all = [...this.#roots.values()].flatMap(({ said }) => said.get(uri) ?? [])
      this.#client.publish(uri, this.#documents.get(uri)?.version, all)
    }
  }

  /** A manifest that another one includes by now is a part of it; one that nobody includes any more stands by itself. */
  #settle(): void {
    const roots = [...this.#roots.values()]
    for (const root of roots) {
      const owner = roots.find(other => other !== root && filesOf(other).includes(root.path))
      if (owner && !filesOf(root).includes(owner.path)) this.#forget(root)
    }
    for (const document of this.#documents.all()) {
      const path = pathOf(document.uri)
      if (path !== undefined && this.#rootsWith(path).length === 0 && isManifest(document))
        this.#schedule(this.#root(path))
    }
  }

  #forget(root: Root): void {
    clearTimeout(root.timer)
    this.#roots.delete(root.path)
    this.#publish(root.said.keys())
  }
}

/** Lets the editor's questions be answered in between, and gives up where nobody wants the result any more. */
async function unhurried<T>(steps: Generator<undefined, T>, isStale: () => boolean): Promise<T | undefined> {
  for (let since = performance.now(); !isStale();) {
    const step = steps.next()
    if (step.done) return step.value
    if (performance.now() - since < slice) continue
    await new Promise(resolve => setImmediate(resolve))
    since = performance.now()
  }
  return undefined
}

const filesOf = ({ path, latest }: Root): string[] => [
  path,
  ...(latest?.files.sources.map(({ file }) => resolve(dirname(path), file)) ?? []),
]
