import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Problem } from '../finding.ts'
import { ManifestFiles } from '../manifest/files.ts'
import { maxTextLength } from '../manifest/refusal.ts'
import { Source } from '../manifest/source.ts'
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
): Promise<ManifestFiles> {
  const found = path ?? (await findManifest(world.cwd))
  if (found === undefined)
    throw new UserError(
      'There is no scaffold.yaml here or in a folder above. Name a manifest, or write one: "scaffold-review explain manifest" shows how',
    )
  return found === '-' ? loadStdin(stdinName, world) : loadManifest(found, world)
}

/** Reads a manifest and what it includes. What cannot be read becomes a problem with a place, never an exception. */
export async function loadManifest(path: string, world: World): Promise<ManifestFiles> {
  const absolute = resolve(world.cwd, path)
  const { text, problem } = await readText(absolute, shown(absolute, world))
  return collect(absolute, text, problem, world)
}

/** Reads a manifest from standard input; `name` is what it is called and where its includes start. */
export async function loadStdin(name: string, world: World): Promise<ManifestFiles> {
  const decoded = decode(await world.readStdin(), name)
  return collect(resolve(world.cwd, name), decoded.text, decoded.problem, world)
}

const shown = (absolute: string, { cwd }: World) => (relative(cwd, absolute) || absolute).split(sep).join('/')

async function collect(
  absolute: string,
  text: string,
  problem: Problem | undefined,
  world: World,
): Promise<ManifestFiles> {
  const root = new Source(shown(absolute, world), text)
  const gathering = new Gathering(await realpath(dirname(absolute)).catch(() => dirname(absolute)), world)
  if (problem) return new ManifestFiles([root], [problem])
  await gathering.follow(root, absolute, [absolute])
  return new ManifestFiles([root, ...gathering.sources], gathering.problems)
}

/** Follows `include` depth first. Included files lie in the folder of the manifest or below, symbolic links resolved. */
class Gathering {
  readonly sources: Source[] = []
  readonly problems: Problem[] = []
  readonly #seen = new Set<string>()
  readonly #root: string
  readonly #world: World

  constructor(root: string, world: World) {
    this.#root = root
    this.#world = world
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
    const { glob, isDynamicPattern } = await import('tinyglobby')
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
    if (this.#seen.has(real)) return
    const { text, problem } = await readText(real, shown(path, this.#world))
    if (problem) {
      report(problem.message)
      return
    }
    const source = new Source(shown(path, this.#world), text)
    this.sources.push(source)
    await this.follow(source, real, [...chain, real])
  }
}

interface Text {
  text: string
  problem?: Problem
}

async function readText(absolute: string, file: string): Promise<Text> {
  try {
    const found = await stat(absolute)
    if (found.isDirectory())
      return unreadable(file, `"${file}" is a folder; expected a file such as ${file}/scaffold.yaml`)
    if (found.size > maxTextLength * 4)
      return unreadable(
        file,
        `"${file}" has ${Math.round(found.size / 2 ** 20)} MiB; expected at most ${maxTextLength / 2 ** 20}`,
      )
    return decode(await readFile(absolute), file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return unreadable(file, `There is no file "${file}"`)
    if (code === 'EACCES' || code === 'EPERM') return unreadable(file, `"${file}" cannot be read: permission denied`)
    return unreadable(file, `"${file}" cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function decode(bytes: Uint8Array, file: string): Text {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return unreadable(file, `"${file}" is not a text file in UTF-8`)
  }
}

function unreadable(file: string, message: string): Text {
  const start = { line: 1, column: 1, offset: 0 }
  return {
    text: '',
    problem: { ruleId: 'unreadable', message, location: { file, path: [], start, end: start }, related: [] },
  }
}
