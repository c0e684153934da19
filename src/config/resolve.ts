import type { Severity } from '../finding.ts'
import { didYouMean } from '../manifest/nearest.ts'
import { ruleWith, type AnyRule } from '../rules/define.ts'
import { optionNames, readOptions } from '../rules/options.ts'
import { waiverRules, type WaiverRuleId } from '../engine/waiver-rules.ts'
import { builtIn, lastTold, placeIn, type Layer, type Told } from './layers.ts'
import { problemAt, type ConfigProblem } from './read.ts'

export interface ConfiguredRule {
  readonly rule: AnyRule
  /** The severity of all its findings; `undefined`: what the rule says of each. */
  readonly severity: Severity | 'off' | undefined
  readonly from: string
  readonly options: Readonly<Record<string, Told<unknown>>>
}

/** Everything that the configuration decides, each with its origin. */
export interface Effective {
  readonly failOn: Told<Severity>
  readonly strict: Told<boolean>
  /** From 0 to 1; `undefined`: no share is asked for. */
  readonly minCoverage: Told<number | undefined>
  readonly include: Told<readonly string[]>
  readonly exclude: Told<readonly string[]>
  readonly waivers: {
    readonly allow: Told<boolean>
    readonly comments: Told<boolean>
    readonly maxDays: Readonly<Record<Severity, Told<number>>>
  }
  readonly rules: readonly ConfiguredRule[]
  readonly waiverRules: Readonly<Record<WaiverRuleId, Told<Severity | 'off'>>>
}

/**
 * What holds when each layer wins over those before it. In a layer a rule wins over its question.
 * @param layers in the order in which they win, the command line last
 * @param rules all there are: built-in ones, policies, plugins
 * @param complete false where some own rules could not be made, so that their names mean nothing yet
 */
export function resolve(
  layers: readonly Layer[],
  rules: readonly AnyRule[],
  complete = true,
): { effective: Effective; problems: ConfigProblem[] } {
  const all = [builtIn, ...layers]
  const told = <T>(...path: string[]): Told<T> => {
    const { value, from } = lastTold<T>(all, path) ?? { value: undefined as T, from: builtIn.name }
    return { value, from }
  }
  const problems = unknownRules(all, rules, complete)
  const configured = rules.map(rule => {
    const options = optionsOf(rule, all)
    problems.push(...options.problems)
    return { rule, ...severityOf(rule, all), options: options.told }
  })
  const days = (severity: Severity) => told<number>('waivers', 'maxDays', severity)
  return {
    problems,
    effective: {
      failOn: told('failOn'),
      strict: told('strict'),
      minCoverage: told('minCoverage'),
      include: told('include'),
      exclude: told('exclude'),
      waivers: {
        allow: told('waivers', 'allow'),
        comments: told('waivers', 'comments'),
        maxDays: { error: days('error'), warning: days('warning'), info: days('info') },
      },
      rules: configured,
      waiverRules: Object.fromEntries(
        waiverRules.map(({ id, severity }) => {
          const { value, from } = lastTold<Severity | 'off'>(all, ['rules', id, 'severity']) ?? {
            value: severity,
            from: builtIn.name,
          }
          return [id, { value, from }]
        }),
      ) as Effective['waiverRules'],
    },
  }
}

function severityOf({ id, question }: AnyRule, layers: readonly Layer[]): Pick<ConfiguredRule, 'severity' | 'from'> {
  for (const layer of layers.toReversed()) {
    const own = layer.config.rules && Object.hasOwn(layer.config.rules, id) ? layer.config.rules[id] : undefined
    if (own?.severity !== undefined) return { severity: own.severity, from: placeIn(layer, ['rules', id]) }
    const common = layer.config.questions?.[question]
    if (common !== undefined) return { severity: common, from: placeIn(layer, ['questions', question]) }
  }
  return { severity: undefined, from: builtIn.name }
}

/** The options of a rule, each from the last layer that states it, checked by the rule itself. */
function optionsOf(
  rule: AnyRule,
  layers: readonly Layer[],
): { told: Record<string, Told<unknown>>; problems: ConfigProblem[] } {
  const path = ['rules', rule.id, 'options']
  const stated = new Map<string, { value: unknown; layer: Layer }>()
  for (const layer of layers) {
    const found = lastTold<Record<string, unknown>>([layer], path)?.value ?? {}
    for (const [name, value] of Object.entries(found)) stated.set(name, { value, layer })
  }
  const given = Object.fromEntries([...stated].map(([name, { value }]) => [name, value]))
  const { values, issues } = readOptions(rule.options, given)
  if (values) {
    const told = Object.entries(values).map(([name, value]): [string, Told<unknown>] => {
      const own = stated.get(name)
      // What was stated stays as it was written: the rule reads it again.
      return [
        name,
        own ? { value: own.value, from: placeIn(own.layer, [...path, name]) } : { value, from: builtIn.name },
      ]
    })
    return { told: Object.fromEntries(told), problems: [] }
  }
  const known = optionNames(rule.options)
  const at = (name: string | undefined, rest: readonly (string | number)[], message: string): ConfigProblem[] => {
    const layer = (name === undefined ? undefined : stated.get(name)?.layer) ?? layers.findLast(({ source }) => source)
    return layer?.source
      ? [problemAt(layer.source, [...path, ...(name === undefined ? [] : [name]), ...rest], message)]
      : []
  }
  return {
    told: {},
    problems: issues.flatMap(issue => {
      if (issue.code === 'unrecognized_keys') {
        const hint = (key: string) =>
          didYouMean(key, known) || (known.length > 0 ? `; it has ${known.join(', ')}` : '; it has none')
        return issue.keys.flatMap(key => at(key, [], `The rule "${rule.id}" has no option "${key}"${hint(key)}`))
      }
      const [name, ...rest] = issue.path as (string | number)[]
      const value = name === undefined ? undefined : stated.get(String(name))?.value
      const is = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`
      return at(
        name === undefined ? undefined : String(name),
        rest,
        `The option "${String(name)}" of the rule "${rule.id}" ${is}; ${lowerFirst(issue.message)}`,
      )
    }),
  }
}

const lowerFirst = (text: string) => text.replace(/^[A-Z]/, first => first.toLowerCase())

function unknownRules(layers: readonly Layer[], rules: readonly AnyRule[], complete: boolean): ConfigProblem[] {
  const ids = new Set<string>([...rules.map(({ id }) => id), ...waiverRules.map(({ id }) => id)])
  const paperwork = new Set<string>(waiverRules.map(({ id }) => id))
  return layers.flatMap(({ source, config }) =>
    Object.entries(config.rules ?? {}).flatMap(([id, { options }]) => {
      if (!source || (!complete && id.includes('/'))) return []
      if (paperwork.has(id) && options)
        return [problemAt(source, ['rules', id, 'options'], `"${id}" has no options; expected a severity`)]
      const hint = didYouMean(id, ids) || '; "scaffold-review rules" lists them'
      return ids.has(id) ? [] : [problemAt(source, ['rules', id], `There is no rule "${id}"${hint}`)]
    }),
  )
}

/** The rules as they are applied: what is off is left out, and a configured severity is that of every finding. */
export function appliedRules(rules: readonly ConfiguredRule[]): AnyRule[] {
  return rules.flatMap(({ rule, severity }) =>
    severity === 'off' ? [] : severity === undefined ? [rule] : [withSeverity(rule, severity)],
  )
}

export const withSeverity = (rule: AnyRule, severity: Severity): AnyRule =>
  ruleWith(rule, {
    severity,
    *check(subject, context) {
      for (const outcome of rule.check(subject, context)) yield 'at' in outcome ? { ...outcome, severity } : outcome
    },
  })
