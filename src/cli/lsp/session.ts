import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Diagnostic } from 'vscode-languageserver-types'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import type { Target } from '../../lsp/names.ts'
import type { RuleText } from '../../lsp/rule-text.ts'
import { findManifest } from '../reading/load.ts'
import { isManifest, pathOf, type Documents } from './documents.ts'
import type { Manifests, Manner, Read, Reviewed, Seen } from './manifests.ts'
import { Roots, builtInTexts, type Root } from './roots.ts'
import type { Thread } from './thread.ts'

/** The editor, as far as the session speaks to it without being asked. */
export interface Client {
  /** @param version of the text that is meant; `undefined` for a file that is not open */
  publish(uri: string, version: number | undefined, diagnostics: Diagnostic[]): void
  /** Shows a message to the user. */
  tell(message: string): void
}

/** Two threads that know the same: one is always ready to answer, the other takes its time. */
export interface Threads {
  readonly reader: Thread
  readonly reviewer: Thread
}

/** Shortest and longest pause in typing, in milliseconds, before a manifest that was read is reviewed as well. */
const pause = { least: 20, most: 100 }

/**
 * Says what there is to say of open manifests as they change. Of each text it speaks twice: when it is read, of what is wrong with
 * it by itself, beside the findings that stood before; and when it is reviewed. What takes long is done by the threads.
 */
export class Session {
  readonly #documents: Documents
  readonly #client: Client
  readonly #threads: Threads
  readonly #roots: Roots
  /** The texts of open documents as they were before the latest change. */
  readonly #before = new Map<string, string>()
  /** What went wrong last, so that it is told once. */
  #fault: string | undefined

  constructor(documents: Documents, client: Client, threads: Threads) {
    this.#documents = documents
    this.#client = client
    this.#threads = threads
    this.#roots = new Roots(documents)
  }

  /** A document was opened, or its text is another one. */
  async changed(document: TextDocument): Promise<void> {
    const { uri, version } = document
    const [before, text] = [this.#before.get(uri), document.getText()]
    this.#before.set(uri, text)
    this.#tell('changed', uri, version, text)
    if (before !== undefined) this.#roots.move(uri, before, text)
    const path = pathOf(uri)
    const mine = this.#roots.with(path)
    for (const root of mine) void this.#update(root)
    if (path === undefined || mine.length > 0) return
    const above = before === undefined ? await findManifest(dirname(path)) : undefined
    // A file that another manifest includes is a part of that one, as is known when that is read.
    if (above !== undefined && above !== path) void this.#update(this.#roots.at(above))
    else if (isManifest(document)) void this.#update(this.#roots.at(path))
  }

  closed({ uri }: TextDocument): void {
    this.#before.delete(uri)
    this.#tell('closed', uri)
    for (const root of this.#roots.all)
      if (this.#roots.isOpen(root)) void this.#update(root)
      else this.#forget(root)
  }

  /** Something was written, made or removed on the disk. */
  filesChanged(): void {
    this.#tell('filesChanged')
    for (const root of this.#roots.all) void this.#update(root)
  }

  /** The path of the manifest that a file belongs to. */
  rootOf(uri: string): string | undefined {
    return this.#rootAt(uri)?.path
  }

  /** What can be named in a file: the elements of its manifest as it could be read last, or of the text alone. */
  async elementsFor(uri: string): Promise<readonly Target[]> {
    const root = this.#rootAt(uri)
    if (!root?.elements) await root?.reading
    return root?.elements ?? this.#threads.reviewer.ask('elements', uri)
  }

  rulesFor(uri: string): readonly RuleText[] {
    return this.#rootAt(uri)?.rules ?? builtInTexts
  }

  /** Reads a manifest and then reviews it, unless something happens to it meanwhile. */
  async #update(root: Root): Promise<void> {
    const turn = ++root.turn
    const isOvertaken = () => root.turn !== turn || !this.#roots.has(root)
    try {
      // One reading at a time, so that of all that was typed meanwhile only the last is read.
      await root.reading
      if (isOvertaken()) return
      const read = await this.#read(root, 'quickly')
      if (isOvertaken()) return
      this.#showRead(root, read)
      await setTimeout(Math.min(pause.most, Math.max(pause.least, root.took)))
      if (isOvertaken()) return
      const started = performance.now()
      const reviewed = await this.#threads.reviewer.ask('review', root.path)
      if (isOvertaken()) return
      root.took = performance.now() - started
      this.#showReviewed(root, reviewed)
      if (!read && reviewed?.isReadable && !isOvertaken()) this.#showRead(root, await this.#read(root, 'thoroughly'))
      this.#fault = undefined
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #read(root: Root, manner: Manner): Promise<Read | undefined> {
    const reading = this.#threads.reader.ask('read', root.path, manner)
    root.reading = reading.catch(() => undefined)
    return reading
  }

  /** @param read `undefined` where only the review has the time to read the text */
  #showRead(root: Root, read: Read | undefined): void {
    if (read) root.problems = read.diagnostics
    if (read?.elements) root.elements = read.elements
    this.#show(root, read, read?.elements !== undefined)
  }

  /** @param reviewed `undefined` where a file has changed of which nobody knew that it belongs to the manifest */
  #showReviewed(root: Root, reviewed: Reviewed | undefined): void {
    if (!reviewed) {
      void this.#update(root)
      return
    }
    const { isReadable, diagnostics, rules } = reviewed
    root.rules = rules
    root.problems = isReadable ? new Map() : diagnostics
    // Otherwise those of the last text that could be read stay, and do not come and go with each half-written line.
    if (isReadable) root.findings = diagnostics
    this.#show(root, reviewed, isReadable)
  }

  #show(root: Root, seen: Seen | undefined, isReadable: boolean): void {
    // A text that is broken does not tell what it includes.
    if (seen) root.files = isReadable ? seen.files : [...new Set([...root.files, ...seen.files])]
    if (seen && !this.#roots.isOpen(root)) this.#forget(root)
    else this.#publish(root)
    if (!seen) return
    const isCurrent = ([uri, version]: [string, number]) => this.#documents.get(uri)?.version === version
    if (![...seen.versions].every(isCurrent)) void this.#update(root)
    for (const included of this.#roots.included()) this.#forget(included)
    for (const path of this.#roots.alone()) void this.#update(this.#roots.at(path))
  }

  /** Says all of the files of a manifest, and of those that it had before. */
  #publish(root: Root): void {
    const before = root.shown
    root.shown = new Set([...root.problems.keys(), ...root.findings.keys()])
    for (const uri of new Set([...before, ...root.shown]))
      this.#client.publish(uri, this.#documents.get(uri)?.version, this.#roots.saidOf(uri))
  }

  #forget(root: Root): void {
    this.#roots.remove(root)
    this.#tell('forget', root.path)
    this.#publish(root)
  }

  #fail({ message }: Error): void {
    if (message === this.#fault) return
    this.#fault = message
    this.#client.tell(`The manifest cannot be reviewed: ${message}\nThat is tried again at the next change.`)
  }

  #tell<M extends keyof Manifests>(method: M, ...given: Parameters<Manifests[M]>): void {
    for (const thread of Object.values(this.#threads) as Thread[]) thread.tell(method, ...given)
  }

  #rootAt(uri: string): Root | undefined {
    return this.#roots.with(pathOf(uri))[0]
  }
}
