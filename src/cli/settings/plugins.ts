import { existsSync } from 'node:fs'
import { isAbsolute, resolve as resolvePath } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as z from 'zod'
import type { Layer } from '../../config/layers.ts'
import { placeIn } from '../../config/layers.ts'
import { problemAt, type ConfigProblem } from '../../config/read.ts'
import { questionKeys, severities } from '../../finding.ts'
import { ownRuleId, ownRuleIdText, policyKinds } from '../../policies/schema.ts'
import type { MapType } from '../../manifest/schema/type.ts'
import type { AnyRule, Outcome } from '../../rules/define.ts'
import { oneLine } from './config-error.ts'
import { UserError } from '../world.ts'

/** Rules in code. Only the user's own command line lets them run: a repository that is reviewed cannot. */
export async function loadPlugins(
  layers: readonly Layer[],
  allowed: boolean,
): Promise<{ rules: AnyRule[]; problems: ConfigProblem[] }> {
  const named = layers.flatMap(layer => (layer.config.plugins ?? []).map((name, i) => ({ layer, name, i })))
  const [first] = named
  if (!first) return { rules: [], problems: [] }
  if (!allowed)
    throw new UserError(
      `The configuration wants to run code: the plugin "${oneLine(first.name)}" (${placeIn(first.layer, ['plugins'])}). Add --allow-plugins if you trust it, or --no-config to do without the configuration`,
    )
  const rules: AnyRule[] = []
  const problems: ConfigProblem[] = []
  const ids = new Map<string, string>()
  const seen = new Set<string>()
  for (const { layer, name, i } of named) {
    const report = (message: string) => {
      if (layer.source) problems.push(problemAt(layer.source, ['plugins', i], message))
    }
    try {
      const url = await locate(name, layer.folder!)
      if (seen.has(url)) continue
      seen.add(url)
      for (const [j, rule] of rulesOf((await import(url)) as { default?: unknown }).entries()) {
        const fault = faultOf(rule)
        if (fault !== undefined) report(`Rule ${j + 1} of the plugin "${name}" cannot be used: ${fault}`)
        else if (ids.has(rule.id)) report(`The plugin "${name}" has a rule "${rule.id}", as ${ids.get(rule.id)!} has`)
        else {
          ids.set(rule.id, `the plugin "${name}"`)
          rules.push(checked(rule))
        }
      }
    } catch (error) {
      report(`The plugin "${name}" cannot be loaded: ${explain(error)}`)
    }
  }
  return { rules, problems }
}

/** Files are relative to the configuration that names them; packages are found from there as an import would find them. */
async function locate(name: string, folder: string): Promise<string> {
  if (/^\.\.?\//.test(name) || isAbsolute(name)) {
    const file = resolvePath(folder, name)
    if (!existsSync(file)) throw new Error('there is no such file')
    return pathToFileURL(file).href
  }
  if (/^[a-z]+:/i.test(name)) throw new Error('expected a file that starts with ./ or ../, or a package')
  const { resolve } = await import('import-meta-resolve')
  return resolve(name, pathToFileURL(resolvePath(folder, 'here.js')).href)
}

function rulesOf(module: { default?: unknown }): AnyRule[] {
  const rules = Array.isArray(module.default) ? (module.default as unknown[]) : [module.default]
  if (module.default === undefined || rules.length === 0)
    throw new Error('it has no default export; expected a rule made by defineRule, or a list of rules')
  return rules as AnyRule[]
}

const text = () => z.string({ error: 'expected text' }).min(1, { error: 'expected text' })
const choice = (values: readonly string[]) => z.enum(values, { error: `expected one of ${values.join(', ')}` })
const list = (what: string) => z.array(z.unknown(), { error: `expected a list of ${what}` })

/** What a rule in plain JavaScript may get wrong; TypeScript checks the same before. */
const ruleShape = z.object(
  {
    id: z.string({ error: `expected ${ownRuleIdText}` }).regex(ownRuleId, { error: `expected ${ownRuleIdText}` }),
    title: text(),
    severity: choice(severities),
    question: choice(questionKeys),
    on: choice(policyKinds),
    // Of whichever copy of zod: a plugin may bring its own.
    options: z.custom(value => isOptions(value as Partial<z.ZodObject & MapType> | null | undefined), {
      error: 'expected a map of options described by zod, such as noOptions',
    }),
    why: text(),
    fix: text(),
    sources: list('sources'),
    reads: list('keys'),
    examples: list('examples'),
    check: z.custom(value => typeof value === 'function', { error: 'expected a function' }),
  },
  { error: 'expected a rule made by defineRule' },
)

const isOptions = (value: Partial<z.ZodObject & MapType> | null | undefined) =>
  value?.kind === 'map' || value?._zod?.def.type === 'object'

function faultOf(rule: unknown): string | undefined {
  const { error } = ruleShape.safeParse(rule)
  const issue = error?.issues[0]
  return issue && [issue.path.join('.'), issue.message].filter(part => part !== '').join(': ')
}

const path = z.array(z.union([z.string(), z.number()]))
const outcome = z.union([
  z.object({
    at: path,
    message: text(),
    severity: choice(severities).optional(),
    fix: text().optional(),
    arithmetic: text().optional(),
    evidence: z.array(z.object({ label: z.string(), at: path })).optional(),
    journeys: z.array(z.object({ name: z.string() })).optional(),
    about: path.optional(),
    contradicts: z.array(path).optional(),
  }),
  z.object({ unknown: path, because: text().optional() }),
])

/** The rule, which fails when it says something that is no outcome, rather than whatever reads it later. */
const checked = (rule: AnyRule): AnyRule => ({
  ...rule,
  *check(subject, context): Generator<Outcome, void, undefined> {
    for (const said of rule.check(subject, context)) {
      if (!outcome.safeParse(said).success)
        throw new Error('what it yields is neither a violation ({ at, message }) nor an open question ({ unknown })')
      yield said
    }
  },
})

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ((error as NodeJS.ErrnoException).code === 'ERR_UNKNOWN_FILE_EXTENSION')
    return 'this version of Node reads no TypeScript; compile it to JavaScript, or use Node 22.18 or later'
  return error.message.split('\n', 1)[0]!.replace(/ imported from .*$/, '')
}
