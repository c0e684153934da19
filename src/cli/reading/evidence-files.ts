import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { isDynamicPattern } from 'tinyglobby'
import type { EvidenceReader, Told } from '../../engine/evidence.ts'
import { nothing, together } from '../../evidence/claims.ts'
import type { ReadSystem } from '../../evidence/system/facts.ts'
import type { EvidenceFile } from '../../evidence/yaml.ts'
import type { EvidenceKind, Problem } from '../../finding.ts'
import type { ManifestFiles } from '../../manifest/files.ts'
import { readManifest } from '../../manifest/read.ts'
import { globsOf, homeOf, type Origin } from './evidence.ts'
import { readers, type Given } from './evidence-readers.ts'
import type { Limits } from './limits.ts'

/** All that the evidence of a manifest says, once it is held against it. */
export interface Evidence {
  readonly reader: EvidenceReader
  readonly systems: readonly ReadSystem[]
}

/** Reads all files of the evidence. What cannot be read becomes a problem with a place, and everything else is checked. */
export async function readEvidence(files: ManifestFiles, origin: Origin, limits: Limits): Promise<Evidence> {
  const library = new Library(files, origin, limits, await origin.tree.real(dirname(origin.path)))
  const { model } = readManifest(files)
  // What cannot be read is said by the review.
  if (!model) return { reader: () => ({ ...nothing(), texts: [] }), systems: [] }
  const given = await library.given()
  const { read, shown, storesNaming } = library
  const beside = { read, shown, storesNaming, model }
  const readings = await Promise.all([...given].map(([kind, own]) => readers[kind](own, beside)))
  const reader: EvidenceReader = manifest => {
    const all: Told = together([
      { ...nothing(), problems: library.problems },
      ...readings.map(({ tell }) => tell(manifest)),
    ])
    const shown = new Set(all.findings.map(({ location }) => location.file))
    return { ...all, texts: library.texts.filter(({ file }) => shown.has(file)) }
  }
  return { reader, systems: readings.flatMap(({ system }) => system ?? []) }
}

/** The files of the folder of a manifest, each read once, as long as there is room. */
class Library {
  readonly problems: Problem[] = []
  readonly #files: ManifestFiles
  readonly #tree: Origin['tree']
  readonly #limits: Limits
  /** Nothing outside of it is read. */
  readonly #root: string
  /** Where globs start: the folder of the file that says so, like the globs of include. */
  readonly #folder: string
  /** By their real path; why a file cannot be read is said once. */
  readonly #read = new Map<string, EvidenceFile | undefined>()
  /** Names of stores by the path of a file that they name. */
  readonly #naming = new Map<string, Set<string>>()
  #room: number
  #isFull = false

  constructor(files: ManifestFiles, { tree, path }: Origin, limits: Limits, root: string) {
    this.#files = files
    this.#tree = tree
    this.#limits = limits
    this.#root = root.endsWith(sep) ? root : root + sep
    this.#folder = join(dirname(path), homeOf(files))
    this.#room = limits.maxInput
  }

  get texts() {
    return [...this.#read.values()].flatMap(file => (file ? [{ file: file.name, text: file.text }] : []))
  }

  /** The files of each kind that the manifest names. */
  async given(): Promise<Map<EvidenceKind, Given>> {
    const all = new Map<EvidenceKind, Given>()
    for (const { kind, glob, at } of globsOf(this.#files)) {
      const own: Given = all.get(kind) ?? { files: new Map(), found: new Set(), globs: [], isWhole: true }
      all.set(kind, own)
      own.globs.push(glob)
      const report = (message: string) => {
        own.isWhole = false
        this.problems.push({ ruleId: 'evidence', message, location: this.#files.locate(at), related: [] })
      }
      for (const path of await this.#matches(glob, report)) {
        const file = await this.#open(path, report)
        if (!file) {
          own.isWhole = false
          continue
        }
        const name = this.#nameOf(path)
        own.files.set(name, file)
        if (isDynamicPattern(glob)) own.found.add(name)
        if (at[0] === 'stores') this.#naming.set(name, (this.#naming.get(name) ?? new Set()).add(String(at[1])))
      }
    }
    return all
  }

  readonly read = async (name: string): Promise<EvidenceFile | undefined> =>
    isAbsolute(name) ? undefined : this.#open(resolve(this.#folder, name), () => undefined)

  readonly storesNaming = (path: string): ReadonlySet<string> => this.#naming.get(path) ?? new Set()

  readonly shown = (name: string): string => this.#tree.shown(resolve(this.#folder, name))

  #nameOf = (path: string): string => relative(this.#folder, path).split(sep).join('/')

  async #matches(glob: string, report: (message: string) => void): Promise<string[]> {
    if (isAbsolute(glob) || glob.split(/[\\/]/).includes('..')) {
      report(`"${glob}" leads out of the folder of the manifest; expected a glob of files in it or below`)
      return []
    }
    const found = isDynamicPattern(glob) ? await this.#tree.glob(glob, this.#folder) : [join(this.#folder, glob)]
    if (found.length === 0) report(`"${glob}" matches no file, so nothing is checked against it`)
    return found.map(one => resolve(one)).sort()
  }

  async #open(path: string, report: (message: string) => void): Promise<EvidenceFile | undefined> {
    const real = await this.#tree.real(path)
    if (this.#read.has(real)) return this.#read.get(real)
    const file = this.#tree.shown(path)
    if (!real.startsWith(this.#root)) {
      report(`"${file}" lies outside the folder of the manifest; expected a file in it or below`)
      return undefined
    }
    if (this.#read.size >= this.#limits.maxFiles) {
      if (!this.#isFull)
        report(`The evidence has more than ${this.#limits.maxFiles} files; --max-files raises the limit`)
      this.#isFull = true
      return undefined
    }
    const { text, size, problem } = await this.#tree.read(path, file, this.#room)
    if (problem) report(problem.message)
    this.#room -= size
    const read = problem ? undefined : { name: file, text }
    this.#read.set(real, read)
    return read
  }
}
