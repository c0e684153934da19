import { createReadStream } from 'node:fs'
import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { glob, isDynamicPattern } from 'tinyglobby'
import type { Problem } from '../finding.ts'
import { ManifestFiles } from '../manifest/files.ts'
import { Source } from '../manifest/source.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { readUpTo } from './read-up-to.ts'
import { bytes } from '../units.ts'
import { UserError, type World } from './world.ts'

const manifestNames = ['scaffold.yaml', 'scaffold.yml']

/** The manifest of the folder or of the nearest one above it. */
export async function findManifest(cwd: string): Promise<string | undefined> {
  for (let folder = cwd; ; folder = dirname(folder)) {
    for (const name of manifestNames) {
      const path = join(folder, name)
      if (
        await stat(path).then(
          found => found.isFile(),
          () => false,
        )
      )
        return path
    }
    if (dirname(folder) === folder) return undefined
  }
}

/** The manifest that was named, `-` for standard input, or the one that is found. */
export async function findOrLoad(
  path: string | undefined,
  world: World,
  stdinName = 'stdin.yaml',
  limits: Limits = defaultLimits,
): Promise<ManifestFiles> {
  const found = path ?? (await findManifest(world.cwd))
  if (found === undefined)
    throw new UserError(
      'There is no scaffold.yaml here or in a folder above. Name a manifest, or write one: "scaffold-review explain manifest" shows how',
    )
  return found === '-' ? loadStdin(stdinName, world, limits) : loadManifest(found, world, onDisk, limits)
}

/** Where the texts of files come from, and who turns them into sources. */
export interface Texts {
  /** The text that somebody holds instead of the one on the disk. */
  open(absolute: string): string | undefined
  read(file: string, text: string): Source
}

const onDisk: Texts = { open: () => undefined, read: (file, text) => new Source(file, text) }

/** Reads a manifest and what it includes. What cannot be read becomes a problem with a place, never an exception. */
export async function loadManifest(
  path: string,
  world: World,
  texts = onDisk,
  limits: Limits = defaultLimits,
): Promise<ManifestFiles> {
  const absolute = resolve(world.cwd, path)
  const open = texts.open(absolute)
  const read = open === undefined ? await readText(absolute, shown(absolute, world), limits.maxInput) : whole(open)
  return collect(absolute, read, world, texts, limits)
}

/** Reads a manifest from standard input; `name` is what it is called and where its includes start. */
export async function loadStdin(name: string, world: World, limits: Limits = defaultLimits): Promise<ManifestFiles> {
  const decoded = decode(await world.readStdin(limits.maxInput), name, limits.maxInput)
  return collect(resolve(world.cwd, name), decoded, world, onDisk, limits)
}

const shown = (absolute: string, { cwd }: World) => (relative(cwd, absolute) || absolute).split(sep).join('/')

async function collect(
  absolute: string,
  { text, size, problem }: Text,
  world: World,
  texts: Texts,
  limits: Limits,
): Promise<ManifestFiles> {
  const root = texts.read(shown(absolute, world), text)
  const folder = await realpath(dirname(absolute)).catch(() => dirname(absolute))
  const gathering = new Gathering(folder, world, texts, { ...limits, maxInput: limits.maxInput - size })
  if (problem) return new ManifestFiles([root], [problem])
  await gathering.follow(root, absolute, [absolute])
  return new ManifestFiles([root, ...gathering.sources], gathering.problems)
}

/** Follows `include` depth first. Included files lie in the folder of the manifest or below, symbolic links resolved. */
class Gathering {
  readonly sources: Source[] = []
  readonly problems: Problem[] = []
  readonly #seen = new Set<string>()
  #isFull = false
  readonly #root: string
  readonly #world: World
  readonly #texts: Texts
  readonly #limits: Limits
  /** Bytes that the files may still have. */
  #room: number

  constructor(root: string, world: World, texts: Texts, limits: Limits) {
    this.#root = root
    this.#world = world
    this.#texts = texts
    this.#limits = limits
    this.#room = limits.maxInput
  }

  async follow(source: Source, absolute: string, chain: readonly string[]): Promise<void> {
    this.#seen.add(absolute)
    const include = (source.value as { include?: unknown } | null | undefined)?.include
    if (!Array.isArray(include)) return
    for (const [i, pattern] of include.entries()) {
      if (typeof pattern !== 'string') continue
      const report = (message: string) => {
        this.problems.push({ ruleId: 'include', message, location: source.locate(['include', i]), related: [] })
      }
      for (const path of await this.#matches(pattern, dirname(absolute), absolute, report))
        await this.#one(path, chain, report)
    }
  }

  async #matches(pattern: string, folder: string, self: string, report: (message: string) => void): Promise<string[]> {
    if (isAbsolute(pattern)) {
      report(`"${pattern}" is an absolute path; expected one relative to this file`)
      return []
    }
    const dynamic = isDynamicPattern(pattern)
    const found = dynamic
      ? await glob(pattern, { cwd: folder, absolute: true, onlyFiles: true, followSymbolicLinks: false })
      : [join(folder, pattern)]
    // A wildcard that also matches the file it stands in means the others.
    const paths = found.map(path => resolve(path)).filter(path => !dynamic || path !== self)
    if (found.length === 0) report(`"${pattern}" matches no file`)
    return paths.sort()
  }

  async #one(path: string, chain: readonly string[], report: (message: string) => void): Promise<void> {
    const real = await realpath(path).catch(() => path)
    if (!real.startsWith(this.#root + sep)) {
      report(`"${shown(path, this.#world)}" lies outside the folder of the manifest; expected a file in it or below`)
      return
    }
    if (chain.includes(real)) {
      const cycle = [...chain.slice(chain.indexOf(real)), real].map(step => shown(step, this.#world))
      report(`Includes form a cycle: ${cycle.join(' -> ')}`)
      return
    }
    if (this.#seen.has(real) || this.#isFull) return
    if (this.#seen.size >= this.#limits.maxFiles) {
      this.#isFull = true
      report(`The manifest has more than ${this.#limits.maxFiles} files; --max-files raises the limit`)
      return
    }
    const open = this.#texts.open(path) ?? this.#texts.open(real)
    const read = open === undefined ? await readText(real, shown(path, this.#world), this.#room) : whole(open)
    const { text, size, problem } = read
    if (problem) {
      report(problem.message)
      return
    }
    this.#room -= size
    const source = this.#texts.read(shown(path, this.#world), text)
    this.sources.push(source)
    await this.follow(source, real, [...chain, real])
  }
}

interface Text {
  text: string
  /** Bytes. */
  size: number
  problem?: Problem
}

const whole = (text: string): Text => ({ text, size: text.length })

/** @param most bytes */
async function readText(absolute: string, file: string, most: number): Promise<Text> {
  try {
    const found = await stat(absolute)
    if (found.isDirectory())
      return unreadable(file, `"${file}" is a folder; expected a file such as ${file}/scaffold.yaml`)
    if (found.size > most) return tooLarge(file, found.size, most)
    // A pipe or a device has no size, and may never end.
    return decode(
      found.isFile() ? await readFile(absolute) : await readUpTo(createReadStream(absolute), most),
      file,
      most,
    )
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return unreadable(file, `There is no file "${file}"`)
    if (code === 'EACCES' || code === 'EPERM') return unreadable(file, `"${file}" cannot be read: permission denied`)
    return unreadable(file, `"${file}" cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function decode(bytes: Uint8Array, file: string, most: number): Text {
  if (bytes.length > most) return tooLarge(file, bytes.length, most)
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), size: bytes.length }
  } catch {
    return unreadable(file, `"${file}" is not a text file in UTF-8`)
  }
}

const tooLarge = (file: string, size: number, most: number): Text =>
  unreadable(
    file,
    `"${file}" has ${bytes(size)}; expected at most ${bytes(most)}, for all files of a manifest together. --max-input raises the limit`,
  )

function unreadable(file: string, message: string): Text {
  const start = { line: 1, column: 1, offset: 0 }
  return {
    text: '',
    size: 0,
    problem: { ruleId: 'unreadable', message, location: { file, path: [], start, end: start }, related: [] },
  }
}
