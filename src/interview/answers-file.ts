import * as z from 'zod'
import { formatPath, type Location, type OpenQuestion, type Path } from '../finding.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import { didYouMean } from '../manifest/nearest.ts'
import { namedSections } from '../manifest/schema/manifest.ts'
import { waiverSchema } from '../manifest/schema/operations.ts'
import { zodOf } from '../manifest/schema/to-zod.ts'
import type { Source } from '../manifest/source.ts'
import { schemaAt } from '../manifest/walk-schema.ts'
import type { AnyRule } from '../rules/define.ts'
import type { Answer, Waiver } from './answer.ts'
import { problemWith } from './form.ts'
import { elementOf } from './landing.ts'
import { parsePath } from './path.ts'
import { isValues, valueAt } from '../edit/data.ts'

/** Answers in a file: what is read from it, with all that is wrong in it, before anything is written. */

export interface Planned {
  readonly answer:
    | Exclude<Answer, { kind: 'risk' }>
    | { readonly kind: 'unknown'; readonly fact: Path; readonly owner: string | undefined }
  readonly location: Location
}

export interface Plan {
  readonly participants: readonly string[]
  readonly answers: readonly Planned[]
  readonly risks: readonly { readonly waiver: Waiver; readonly location: Location }[]
}

export interface Misfit {
  readonly message: string
  readonly location: Location
}

const text = (expected: string) =>
  z
    .string({ error: `expected ${expected}` })
    .trim()
    .min(1, { error: `expected ${expected}` })

const entrySchema = z.strictObject(
  {
    fact: text('the path of a fact, such as services.web.replicas'),
    answer: z.unknown().optional(),
    notApplicable: text('the reason').optional(),
    unknown: z
      .union([z.literal(true), text('who finds out, or true')], { error: 'expected who finds out, or true' })
      .optional(),
  },
  { error: issue => (issue.code === 'invalid_type' ? 'expected a map with fact and answer' : undefined) },
)

const fileSchema = z.strictObject(
  {
    version: z.literal(1, { error: 'expected 1, the only version there is' }).optional(),
    participants: z.array(text('a name'), { error: 'expected a list of names' }).nullish(),
    answers: z.array(entrySchema, { error: 'expected a list of answers, each with `fact`' }).nullish(),
    accept: z.array(zodOf(waiverSchema), { error: 'expected a list of waivers' }).nullish(),
  },
  { error: issue => (issue.code === 'invalid_type' ? 'expected a map with answers, accept, participants' : undefined) },
)

const keysOf = (path: Path): string[] =>
  path.length === 0
    ? Object.keys(fileSchema.shape)
    : Object.keys(path[0] === 'answers' ? entrySchema.shape : waiverSchema.fields)

/**
 * @param open questions of the manifest as it is, for what was probably meant
 * @param today ISO date; a risk is not accepted until a day that is over
 */
export function readAnswers(
  source: Source,
  files: ManifestFiles,
  open: readonly OpenQuestion[],
  rules: readonly AnyRule[],
  today: string,
): { plan: Plan; misfits?: undefined } | { plan?: undefined; misfits: Misfit[] } {
  if (source.problems.length > 0)
    return { misfits: source.problems.map(({ message, location }) => ({ message, location })) }
  const parsed = fileSchema.safeParse(source.value ?? {})
  if (!parsed.success) return { misfits: parsed.error.issues.flatMap(issue => misfitsOf(issue, source)) }
  const misfits: Misfit[] = []
  const answers: Planned[] = []
  const known = open.map(({ fact }) => formatPath(fact))
  const elements = [files.value, ...newElements(parsed.data.answers ?? [])]
  const seen = new Map<string, number>()
  for (const [i, entry] of (parsed.data.answers ?? []).entries()) {
    const refuse = (message: string, key = 'fact') => {
      misfits.push({ message, location: source.locate(['answers', i, key]) })
    }
    const fact = factOf(entry.fact, elements)
    if (fact === undefined) {
      refuse(`There is no fact "${entry.fact}" in this manifest${didYouMean(entry.fact, known)}`)
      continue
    }
    const line = source.locate(['answers', i]).start.line
    const before = seen.get(formatPath(fact))
    if (before !== undefined) refuse(`"${formatPath(fact)}" is answered twice, first in line ${before}`)
    seen.set(formatPath(fact), line)
    const { answer, notApplicable, unknown } = entry
    const given = [answer ?? undefined, notApplicable, unknown].filter(one => one !== undefined)
    if (given.length > 1) refuse('expected one of answer, notApplicable, unknown')
    const location = source.locate(['answers', i, 'answer'])
    if (answer !== undefined && answer !== null) {
      const problem = problemWith(fact, answer)
      if (problem === undefined) answers.push({ answer: { kind: 'fact', fact, value: answer }, location })
      else refuse(problem, 'answer')
    } else if (notApplicable !== undefined)
      answers.push({ answer: { kind: 'notApplicable', fact, reason: notApplicable }, location })
    else if (unknown !== undefined)
      answers.push({ answer: { kind: 'unknown', fact, owner: unknown === true ? undefined : unknown }, location })
  }
  const risks = (parsed.data.accept ?? []).map((waiver, i) => {
    const location = source.locate(['accept', i])
    const ids = rules.map(({ id }) => id)
    if (!ids.includes(waiver.rule))
      misfits.push({
        message: `There is no rule "${waiver.rule}"${didYouMean(waiver.rule, ids)}`,
        location: source.locate(['accept', i, 'rule']),
      })
    if (waiver.until < today)
      misfits.push({
        message: `"${waiver.until}" is over, expected a day to come`,
        location: source.locate(['accept', i, 'until']),
      })
    return { waiver, location }
  })
  return misfits.length > 0 ? { misfits } : { plan: { participants: parsed.data.participants ?? [], answers, risks } }
}

const isNamedSection = (key: unknown) => (namedSections as readonly unknown[]).includes(key)

/** The fact that a path means, where the manifest has its element and the schema its key. */
function factOf(text: string, elements: readonly unknown[]): Path | undefined {
  const fact = parsePath(text)
  if (!fact || !schemaAt(fact)) return undefined
  const element = elementOf(fact)
  // A section as a whole is a fact of the manifest, one element of it is none.
  if (fact.length === element.length || (fact.length === 2 && isNamedSection(fact[0]))) return undefined
  return element.length === 0 || elements.some(one => isValues(valueAt(one, element))) ? fact : undefined
}

/** Elements that answers of the same file add, such as an SLO, whose facts others of its answers state. */
const newElements = (entries: readonly { fact: string; answer?: unknown }[]): Record<string, unknown>[] =>
  entries.flatMap(({ fact, answer }) => (isNamedSection(fact) ? [{ [fact]: answer }] : []))

function misfitsOf(issue: z.core.$ZodIssue, source: Source): Misfit[] {
  const path = issue.path as Path
  const location = source.locate(path)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key => ({
      message: `Unknown key "${key}"${didYouMean(key, keysOf(path)) || `; expected ${keysOf(path).join(', ')}`}`,
      location: source.locate([...path, key]),
    }))
  const name = path.findLast(step => typeof step === 'string')
  return [{ message: `${name === undefined ? 'The file' : `"${name}"`}: ${issue.message}`, location }]
}
