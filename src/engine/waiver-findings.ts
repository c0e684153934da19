import {
  formatPath,
  severities,
  type Finding,
  type Location,
  type Path,
  type QuestionKey,
  type Severity,
} from '../finding.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import type { Model } from '../manifest/model.ts'
import { didYouMean } from '../manifest/nearest.ts'
import type { MalformedComment } from './waiver-comments.ts'
import { waiverRules, type WaiverRuleId } from './waiver-rules.ts'
import { prefixes, type Waiver } from './waivers.ts'

/** What is needed to judge the waivers themselves. */
export interface WaiverContext {
  readonly model: Model
  readonly files: ManifestFiles
  /** The rules that were applied and did not fail. */
  readonly rules: readonly { readonly id: string; readonly question: QuestionKey | undefined }[]
  /** Ids of all rules that there are, applied or not; without them no rule is judged to be unknown. */
  readonly known?: readonly string[]
  /** Instead of the severities of `waiverRules`. */
  readonly severities?: Readonly<Partial<Record<WaiverRuleId, Severity | 'off'>>>
}

/** Findings about waivers: comments that say too little, names that stand for nothing, and what waives nothing. */
export function waiverFindings(
  waivers: readonly Waiver[],
  malformed: readonly MalformedComment[],
  standing: readonly Finding[],
  used: ReadonlySet<Waiver>,
  context: WaiverContext,
): Finding[] {
  const fromComments = malformed.map(({ text, fault, location }) =>
    toFinding('waiver-malformed', `"${text}" waives nothing: ${fault}`, { path: [], location }, context),
  )
  const fromWaivers = waivers.flatMap(waiver => (used.has(waiver) ? [] : judge(waiver, standing, context)))
  return [...fromComments, ...fromWaivers].filter(finding => finding !== undefined)
}

function judge(waiver: Waiver, standing: readonly Finding[], context: WaiverContext): (Finding | undefined)[] {
  const { rule, on, path } = waiver
  const { files, rules, known, model } = context
  const at = (key: string) => ({ path, location: on === undefined ? waiver.location : files.locate([...path, key]) })
  const applied = rules.some(({ id }) => id === rule)
  if (known && !applied && !known.includes(rule)) {
    const message = `"${rule}" is waived, but there is no such rule${didYouMean(rule, known)}`
    return [toFinding('waiver-unknown', message, at('rule'), context, rule)]
  }
  if (on !== undefined && !elementsOf(model).has(on)) {
    const hint = didYouMean(on, elementsOf(model)) || '; expected a path such as services.web'
    const message = `"${on}" is waived, but there is no such element${hint}`
    return [toFinding('waiver-unknown', message, at('on'), context, rule)]
  }
  // What was not looked for cannot be missing.
  if (!applied) return []
  const what = on === undefined ? `"${rule}" is waived for this line` : `"${rule}" is waived on ${on}`
  const cause = standing.find(finding =>
    finding.alsoImplies.some(implied => implied.ruleId === rule && waiver.covers({ ...finding, ruleId: rule })),
  )
  const instead = cause ? `it is reported there as part of "${cause.ruleId}"; waive that` : 'it is not found there'
  return [toFinding('waiver-unused', `${what}, but ${instead}`, { path, location: waiver.location }, context, rule)]
}

const elements = new WeakMap<Model, ReadonlySet<string>>()

/** Paths of all that a finding can be about and of what holds it, in the two forms in which a waiver may write them. */
function elementsOf(model: Model): ReadonlySet<string> {
  let paths = elements.get(model)
  if (!paths) {
    const { components, journeys, slos, alerts, jobs, drills, decisions, flags, calls, publishes, consumes } = model
    const maps = [components, journeys, slos, alerts, jobs, drills, decisions, flags]
    const named = maps.flatMap(map => [...map.values()].map(({ path }): Path => path))
    const evidence = Object.keys(model.raw.evidence ?? {}).map((kind): Path => ['evidence', kind])
    const all = [...named, ...evidence, ...[...calls, ...publishes, ...consumes].map(({ path }) => path)].flatMap(
      prefixes,
    )
    paths = new Set(all.flatMap(path => [formatPath(path), path.join('.')]))
    elements.set(model, paths)
  }
  return paths
}

function toFinding(
  id: WaiverRuleId,
  message: string,
  { path, location }: { path: Path; location: Location },
  { rules, severities: configured = {} }: WaiverContext,
  rule?: string,
): Finding | undefined {
  const { severity: preset, fix } = waiverRules.find(one => one.id === id)!
  const severity = configured[id] ?? preset
  if (!(severities as readonly string[]).includes(severity)) return undefined
  return {
    ruleId: id,
    // Paperwork has no question of its own: it is listed under that of the rule, else where owners and decisions are.
    question: rules.find(one => one.id === rule)?.question ?? 'alerting',
    severity: severity as Severity,
    message,
    fix,
    location,
    subject: path,
    evidence: [],
    journeys: [],
    alsoImplies: [],
  }
}
