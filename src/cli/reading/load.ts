import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Problem } from '../../finding.ts'
import { ManifestFiles } from '../../manifest/files.ts'
import { Source } from '../../manifest/source.ts'
import { realpath, stat } from '../at-once.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { decode, readText, type Text } from './read-text.ts'
import { UserError, type World } from '../world.ts'

const manifestNames = ['scaffold.yaml', 'scaffold.yml']

/** Bytes beyond which memory is worth more than a little time. */
const largeManifest = 4 * 2 ** 20

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
      'There is no scaffold.yaml here or in a folder above. Name a manifest, or write one: "scaffold-review init" asks a few questions',
    )
  return found === '-' ? loadStdin(stdinName, world, limits) : loadManifest(found, world, onDisk(world), limits)
}

/** Where files are: on the disk, in a revision of a repository, or open in an editor. All paths are absolute. */
export interface Tree {
  /** What messages and reports call a file. */
  shown(path: string): string
  /**
   * @param file what the file is called where it cannot be read
   * @param most bytes
   */
  read(path: string, file: string, most: number): Promise<Text>
  source(file: string, text: string): Source
  /** Files that a pattern matches which starts at a folder. */
  glob(pattern: string, folder: string): Promise<string[]>
  /** The path without symbolic links. */
  real(path: string): Promise<string>
}

export const onDisk = (world: Pick<World, 'cwd'>): Tree => ({
  shown: path => shown(path, world),
  read: readText,
  source: (file, text) => new Source(file, text),
  glob: async (pattern, folder) =>
    (await import('tinyglobby')).glob(pattern, {
      cwd: folder,
      absolute: true,
      onlyFiles: true,
      followSymbolicLinks: false,
    }),
  real: path => realpath(path).catch(() => path),
})

/** Reads a manifest and what it includes. What cannot be read becomes a problem with a place, never an exception. */
export async function loadManifest(
  path: string,
  world: Pick<World, 'cwd'>,
  tree: Tree = onDisk(world),
  limits: Limits = defaultLimits,
): Promise<ManifestFiles> {
  const absolute = resolve(world.cwd, path)
  return collect(absolute, await tree.read(absolute, tree.shown(absolute), limits.maxInput), tree, limits)
}

/** Reads a manifest from standard input; `name` is what it is called and where its includes start. */
export async function loadStdin(name: string, world: World, limits: Limits = defaultLimits): Promise<ManifestFiles> {
  const decoded = decode(await world.readStdin(limits.maxInput), name, limits.maxInput)
  return collect(resolve(world.cwd, name), decoded, onDisk(world), limits)
}

/** A path as the user sees it: relative to where the program runs, with forward slashes. */
export const shown = (absolute: string, { cwd }: Pick<World, 'cwd'>) =>
  (relative(cwd, absolute) || absolute).split(sep).join('/')

async function collect(
  absolute: string,
  { text, size, problem }: Text,
  tree: Tree,
  limits: Limits,
): Promise<ManifestFiles> {
  if (size > largeManifest) (await import('./small-heap.ts')).keepHeapSmall()
  const root = tree.source(tree.shown(absolute), text)
  const folder = await tree.real(dirname(absolute))
  const gathering = new Gathering(folder, tree, { ...limits, maxInput: limits.maxInput - size })
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
  readonly #tree: Tree
  readonly #limits: Limits
  /** Bytes that the files may still have. */
  #room: number

  constructor(root: string, tree: Tree, limits: Limits) {
    this.#root = root
    this.#tree = tree
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
    // Read here, because few manifests include others.
    const { isDynamicPattern } = await import('tinyglobby')
    const dynamic = isDynamicPattern(pattern)
    const found = dynamic ? await this.#tree.glob(pattern, folder) : [join(folder, pattern)]
    // A wildcard that also matches the file it stands in means the others.
    const paths = found.map(path => resolve(path)).filter(path => !dynamic || path !== self)
    if (found.length === 0) report(`"${pattern}" matches no file`)
    return paths.sort()
  }

  async #one(path: string, chain: readonly string[], report: (message: string) => void): Promise<void> {
    const real = await this.#tree.real(path)
    // The top of a revision ends with a separator already.
    if (!real.startsWith(this.#root.endsWith(sep) ? this.#root : this.#root + sep)) {
      report(`"${this.#tree.shown(path)}" lies outside the folder of the manifest; expected a file in it or below`)
      return
    }
    if (chain.includes(real)) {
      const cycle = [...chain.slice(chain.indexOf(real)), real].map(step => this.#tree.shown(step))
      report(`Includes form a cycle: ${cycle.join(' -> ')}`)
      return
    }
    if (this.#seen.has(real) || this.#isFull) return
    if (this.#seen.size >= this.#limits.maxFiles) {
      this.#isFull = true
      report(`The manifest has more than ${this.#limits.maxFiles} files; --max-files raises the limit`)
      return
    }
    const { text, size, problem } = await this.#tree.read(path, this.#tree.shown(path), this.#room)
    if (problem) {
      report(problem.message)
      return
    }
    this.#room -= size
    const source = this.#tree.source(this.#tree.shown(path), text)
    this.sources.push(source)
    await this.follow(source, real, [...chain, real])
  }
}
