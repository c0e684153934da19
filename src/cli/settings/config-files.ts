import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { presetLayers, type Layer } from '../../config/layers.ts'
import { problemAt, readConfig, type ConfigProblem } from '../../config/read.ts'
import { didYouMean } from '../../manifest/nearest.ts'
import { Source } from '../../manifest/source.ts'
import { realpath, stat } from '../at-once.ts'
import { ConfigError } from './config-error.ts'
import { shown } from '../reading/load.ts'
import { readText } from '../reading/read-text.ts'
import { isInside, projectOf } from '../reading/project.ts'
import { UserError, type Site } from '../world.ts'

/** Most files that one configuration may be made of. */
const mostFiles = 50

/**
 * The layers of a configuration in the order in which they win: what it extends, depth first, then itself. A file that is
 * extended twice counts where it is first.
 * @param named the user named the file, so it may lie, or lead, anywhere; what it extends may not
 */
export async function loadLayers(path: string, named: boolean, world: Site): Promise<Layer[]> {
  const real = await realpath(path).catch(() => path)
  const start = named ? real : path
  const project = await realpath(await projectOf(start)).catch(() => dirname(start))
  const gathering = new Gathering(project, world)
  if (!named && !isInside(real, project))
    throw new UserError(
      `The configuration "${shown(path, world)}" leads out of the project; expected a file in it, or --config with the file`,
    )
  const { text, problem } = await readFile(real, shown(path, world))
  if (problem) throw new UserError(problem.message)
  await gathering.follow(new Source(shown(path, world), text), real, [real])
  if (gathering.problems.length > 0) throw new ConfigError(gathering.problems)
  return gathering.layers
}

/** A pipe or a device may never end, so only what is a file is read. */
async function readFile(real: string, file: string): Promise<{ text: string; problem?: { message: string } }> {
  const found = await stat(real).catch(() => undefined)
  if (found && !found.isFile() && !found.isDirectory())
    return { text: '', problem: { message: `"${file}" is no file` } }
  return readText(real, file)
}

class Gathering {
  readonly layers: Layer[] = []
  readonly problems: ConfigProblem[] = []
  readonly #seen = new Set<string>()
  readonly #project: string
  readonly #world: Site

  constructor(project: string, world: Site) {
    this.#project = project
    this.#world = world
  }

  async follow(source: Source, real: string, chain: readonly string[]): Promise<void> {
    this.#seen.add(real)
    const { config, problems } = readConfig(source)
    if (problems) {
      this.problems.push(...problems)
      return
    }
    const extended = config.extends ?? []
    for (const [i, name] of extended.entries()) {
      const at = Array.isArray((source.value as { extends?: unknown }).extends) ? ['extends', i] : ['extends']
      const preset = presetLayers.get(name)
      if (preset) this.layers.push(preset)
      else
        await this.#file(name, dirname(real), chain, message => {
          this.problems.push(problemAt(source, at, message))
        })
    }
    this.layers.push({ config, source, folder: dirname(real), name: source.file })
  }

  async #file(
    name: string,
    folder: string,
    chain: readonly string[],
    report: (message: string) => void,
  ): Promise<void> {
    if (isAbsolute(name)) {
      report(`"${name}" is an absolute path; expected one that starts with ./ or ../`)
      return
    }
    if (!/^\.\.?\//.test(name)) {
      const hint = didYouMean(name, presetLayers.keys())
      report(
        `There is no preset "${name}"${hint || `; expected one of ${[...presetLayers.keys()].join(', ')}, or a file that starts with ./ or ../`}`,
      )
      return
    }
    const path = resolve(folder, name)
    const real = await realpath(path).catch(() => path)
    if (!isInside(path, this.#project) || !isInside(real, this.#project)) {
      report(
        `"${name}" lies outside the project; expected a file in ${relative(this.#world.cwd, this.#project) || '.'} or below`,
      )
      return
    }
    if (chain.includes(real)) {
      const cycle = [...chain.slice(chain.indexOf(real)), real].map(step => shown(step, this.#world))
      report(`Configurations form a cycle: ${cycle.join(' -> ')}`)
      return
    }
    if (this.#seen.has(real)) return
    if (this.#seen.size >= mostFiles) {
      report(`The configuration extends more than ${mostFiles} files`)
      return
    }
    const { text, problem } = await readFile(real, shown(path, this.#world))
    if (problem) report(problem.message)
    else await this.follow(new Source(shown(path, this.#world), text), real, [...chain, real])
  }
}
