import { dirname, isAbsolute, posix, relative, resolve as resolvePath, sep } from 'node:path'
import { builtIn, type Layer, type Told } from '../../config/layers.ts'
import type { ConfigProblem } from '../../config/read.ts'
import { appliedRules, resolve, type Effective } from '../../config/resolve.ts'
import type { Config } from '../../config/schema.ts'
import { evidenceRuleIds, isEvidenceRule } from '../../engine/evidence-rules.ts'
import type { Severity } from '../../finding.ts'
import type { ReviewOptions } from '../../review.ts'
import type { AnyRule } from '../../rules/define.ts'
import { rules as builtInRules } from '../../rules/index.ts'
import { realpath } from '../at-once.ts'
import type { loadLayers } from './config-files.ts'
import { ConfigError } from './config-error.ts'
import type { ConfigOptions } from './config-options.ts'
import type { Gate } from '../writing/gate.ts'
import { shown } from '../reading/load.ts'
import { findConfig, isInside, projectOf } from '../reading/project.ts'
import { isChosen, isQuestion, selectRules } from '../reading/select.ts'
import { UserError, type Site } from '../world.ts'

/** What the command line may say of settings; `undefined` where it says nothing, so that the configuration does. */
export interface SettingsOptions extends ConfigOptions {
  /** `false`: waivers do not hold. */
  readonly waivers?: boolean
  readonly failOn?: Severity
  readonly strict?: boolean
  /** From 0 to 1. */
  readonly minCoverage?: number
  readonly only?: readonly string[]
  readonly skip?: readonly string[]
  readonly exitZero?: boolean
  readonly today?: string
}

/** All that a command needs to review: what the command line says, then the configuration, then what it extends, then what is built in. */
export interface Settings {
  /** The rules to apply, with the severities that were configured. */
  readonly rules: readonly AnyRule[]
  /** To be handed to `review` with the rules. */
  readonly review: ReviewOptions
  readonly gate: Gate
  /** The manifests that the configuration includes, for a run that names none; relative to where the program runs. */
  readonly included: () => Promise<string[]>
  readonly effective: Effective
  /** False where `--only` names nothing that evidence could find. */
  readonly wantsEvidence: boolean
  /** Rules of the configuration's own: its policies and plugins. */
  readonly ownRules: readonly AnyRule[]
  /** The files that the configuration is made of, the one that was found or named last. */
  readonly files: readonly string[]
}

/**
 * Resolves options and configuration. One run has one configuration: that of its first manifest, or of the folder where
 * the program runs.
 * @param manifests as named on the command line; `-` has no folder of its own
 * @throws {UserError} for whatever is wrong with the configuration: nothing is reviewed by half of one
 */
export async function settingsFor(
  manifests: readonly string[],
  options: SettingsOptions,
  world: Site,
): Promise<Settings> {
  const layers = await layersFor(manifests, options, world)
  const own = await ownRulesOf(layers, options)
  const all = [...builtInRules, ...own.rules]
  const { effective, problems } = resolve([...layers, fromOptions(options)], all, own.problems.length === 0)
  if (own.problems.length + problems.length > 0) throw new ConfigError([...problems, ...own.problems])
  const { only = [], skip = [], exitZero = false } = options
  const { waivers } = effective
  const today = options.today ?? world.today
  return {
    rules: selectRules(enabled(effective, only), only, skip, all),
    review: {
      today,
      rules: Object.fromEntries(effective.rules.map(({ rule, options }) => [rule.id, valuesOf(stated(options))])),
      waivers: {
        ignore: !waivers.allow.value,
        comments: waivers.comments.value,
        maxDays: valuesOf(waivers.maxDays),
        severities: valuesOf(effective.waiverRules),
        known: [...all.map(({ id }) => id), ...evidenceRuleIds],
      },
      evidenceSeverities: valuesOf(effective.evidenceRules),
      evidenceKept: (id, question) => isChosen([id, question], only, skip),
    },
    gate: {
      failOn: effective.failOn.value,
      strict: effective.strict.value,
      minCoverage: effective.minCoverage.value,
      exitZero,
    },
    included: () => included(layers, effective, world),
    effective,
    wantsEvidence: only.length === 0 || only.some(name => isEvidenceRule(name) || isQuestion(name)),
    ownRules: own.rules,
    files: layers.flatMap(({ source }) => (source ? [source.file] : [])),
  }
}

/** What the built-in values are is known to the rule itself. */
const stated = (options: Readonly<Record<string, Told<unknown>>>) =>
  Object.fromEntries(Object.entries(options).filter(([, { from }]) => from !== builtIn.name))

const valuesOf = <K extends string, T>(told: Readonly<Record<K, Told<T>>>): Record<K, T> =>
  Object.fromEntries(Object.entries<Told<T>>(told).map(([key, { value }]) => [key, value])) as Record<K, T>

/** The layers of the configuration that is named, or found from the first manifest upwards. */
async function layersFor(
  manifests: readonly string[],
  { config }: SettingsOptions,
  world: Site,
): Promise<readonly Layer[]> {
  if (config === false) return []
  if (config !== undefined) return load(resolvePath(world.cwd, config), true, world)
  const [folder = world.cwd, ...others] = [...new Set(manifests.map(path => folderOf(path, world)))]
  const found = await findConfig(folder)
  for (const other of others) {
    const another = await findConfig(other)
    if (another !== found)
      throw new UserError(
        `The manifests have different configurations, ${nameOf(found, world)} and ${nameOf(another, world)}. Review them in one run each, or name one with --config`,
      )
  }
  return found === undefined ? [] : load(found, false, world)
}

/** What reads configurations is read only where there is one. */
const load = async (...given: Parameters<typeof loadLayers>) => (await import('./config-files.ts')).loadLayers(...given)

const folderOf = (manifest: string, { cwd }: Site) => (manifest === '-' ? cwd : dirname(resolvePath(cwd, manifest)))

const nameOf = (path: string | undefined, world: Site) => (path === undefined ? 'none' : `"${shown(path, world)}"`)

async function ownRulesOf(
  layers: readonly Layer[],
  { allowPlugins = false }: SettingsOptions,
): Promise<{ rules: AnyRule[]; problems: ConfigProblem[] }> {
  const has = (key: 'plugins' | 'policies') => layers.some(({ config }) => (config[key] ?? []).length > 0)
  // What compiles policies and finds packages is read only where there are some.
  const plugins = has('plugins') ? await (await import('./plugins.ts')).loadPlugins(layers, allowPlugins) : undefined
  const policies = has('policies') ? (await import('../../config/own-rules.ts')).policyRules(layers) : undefined
  const rules = [...(policies?.rules ?? []), ...(plugins?.rules ?? [])]
  const twice = plugins?.rules.find(({ id }) => policies?.rules.some(policy => policy.id === id))
  if (twice) throw new UserError(`"${twice.id}" is a policy and a rule of a plugin as well; rename one of them`)
  return { rules, problems: [...(policies?.problems ?? []), ...(plugins?.problems ?? [])] }
}

function fromOptions({ failOn, strict, minCoverage, waivers }: SettingsOptions): Layer {
  const config: Config = {
    ...(failOn === undefined ? {} : { failOn }),
    ...(strict === undefined ? {} : { strict }),
    ...(minCoverage === undefined ? {} : { minCoverage }),
    ...(waivers === false ? { waivers: { allow: false } } : {}),
  }
  return { config, name: 'command line' }
}

/** A rule that the command line names runs, also where the configuration turns it off. */
const enabled = ({ rules }: Effective, only: readonly string[]): AnyRule[] =>
  appliedRules(
    rules.map(one => (one.severity === 'off' && only.includes(one.rule.id) ? { ...one, severity: undefined } : one)),
  )

/** The manifests that `include` finds, in the order of their names. Like everything that a configuration names, they lie in its project. */
async function included(layers: readonly Layer[], { include, exclude }: Effective, world: Site): Promise<string[]> {
  const folderOf = (key: 'include' | 'exclude') => layers.findLast(({ config }) => config[key] !== undefined)?.folder
  const folder = folderOf('include')
  if (include.value.length === 0 || folder === undefined) return []
  const project = await realpath(await projectOf(resolvePath(folder, 'x')))
  for (const pattern of include.value) {
    const [, up = '', rest = ''] = /^((?:\.\.?\/)*)(.*)$/.exec(pattern) ?? []
    if (isAbsolute(pattern) || rest.includes('..') || !isInside(await realpath(resolvePath(folder, up)), project))
      throw new UserError(
        `"${pattern}" (${include.from}) leads out of the project; expected a glob relative to that file`,
      )
  }
  const toExcluded = relative(folder, folderOf('exclude') ?? folder)
    .split(sep)
    .join('/')
  // Read here, because few configurations look for manifests.
  const { glob } = await import('tinyglobby')
  const found = await glob([...include.value], {
    cwd: folder,
    ignore: [...exclude.value.map(glob => posix.join(toExcluded, glob)), '**/node_modules/**', '**/.git/**'],
    absolute: true,
    onlyFiles: true,
    followSymbolicLinks: false,
  })
  const paths = found.map(path => resolvePath(path)).toSorted()
  for (const path of paths) {
    if (!isInside(await realpath(path), project))
      throw new UserError(
        `"${shown(path, world)}", which include of ${include.from} finds, lies outside the project; expected a file in it`,
      )
  }
  if (paths.length === 0)
    throw new UserError(`include of ${include.from} finds no manifest; expected globs relative to that file`)
  return paths.map(path => shown(path, world))
}
