import type * as z from 'zod'
import type { Path, Problem } from '../finding.ts'
import { didYouMean } from './nearest.ts'
import { ourWordFor } from './other-words.ts'
import { manifestSchema } from './schema/manifest.ts'
import { issuesOf } from './schema/to-zod.ts'
import type { Type } from './schema/type.ts'
import { schemaAt, shapeOf } from './walk-schema.ts'

type Issue = z.core.$ZodIssue

export interface ShapeProblem {
  ruleId: Problem['ruleId']
  path: Path
  message: string
}

/** What was read: its type, which knows the keys, and what people call it. */
interface Shaped {
  type: Type
  whole: string
}

/**
 * Why a type does not take a value, in the words of the author: what is there, what was expected, what was probably meant.
 * Nothing where it does.
 */
export function problemsWith(type: Type, value: unknown, whole = 'The manifest'): ShapeProblem[] {
  return issuesOf(type, value).flatMap(issue => fromIssue(issue, [], value, { type, whole }))
}

/** The same of a value that is to stand at a path of the manifest. */
export function problemsAt(path: Path, type: Type, value: unknown): ShapeProblem[] {
  const root = path.reduceRight((inner: unknown, step) => ({ [step]: inner }), value)
  const manifest = { type: manifestSchema, whole: 'The manifest' }
  return issuesOf(type, value).flatMap(issue => fromIssue(issue, path, root, manifest))
}

function fromIssue(issue: Issue, base: Path, root: unknown, shaped: Shaped): ShapeProblem[] {
  const path = [...base, ...(issue.path as Path)]
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey(path, key, root, shaped))
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.find(errors => errors.length > 0 && errors.every(isInside))
    if (branch) return branch.flatMap(inner => fromIssue(inner, path, root, shaped))
  }
  if (issue.code === 'invalid_key') {
    const name = String(path.at(-1))
    return [shape(path, `The name ${quote(name)} cannot be used; ${issue.issues[0]?.message ?? issue.message}`)]
  }
  const found = valueAt(root, path)
  const name = path.length === 0 ? shaped.whole : quote(String(lastName(path)))
  const is = found === undefined ? 'is missing' : `is ${show(found)}`
  return [shape(path, `${name} ${is}, ${issue.message.replace(/^[A-Z]/, first => first.toLowerCase())}`)]
}

/** Whether an issue lies inside the branch of a union, so that the author meant this branch. */
const isInside = (issue: Issue) =>
  issue.path.length > 0 || issue.code === 'unrecognized_keys' || issue.code === 'custom'

function unknownKey(path: Path, key: string, root: unknown, shaped: Shaped): ShapeProblem {
  const schema = schemaAt(path, shaped.type)
  const known = schema ? [...shapeOf(schema).keys()] : []
  // What stands there already is not what was meant.
  const stated = Object.keys(valueAt(root, path) ?? {})
  const meant = ourWordFor(
    key,
    known.filter(one => !stated.includes(one)),
  )
  const hint = meant === undefined ? didYouMean(key, known) : `; here it is ${quote(meant)}`
  const all = !hint && known.length > 0 && known.length <= 12 ? `; expected ${known.join(', ')}` : ''
  const where = path.length === 0 ? '' : ` in ${quote(String(lastName(path)))}`
  return shape([...path, key], `Unknown key ${quote(key)}${where}${hint || all || '; keys of your own start with x-'}`)
}

const shape = (path: Path, message: string): ShapeProblem => ({ ruleId: 'manifest-shape', path, message })

/** The last key of a path: an item of a list is named by its list. */
const lastName = (path: Path) => path.findLast(step => typeof step === 'string') ?? path.at(-1)

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path)
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined
  return value
}

function show(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return quote(value)
  return typeof value === 'number' ? showNumber(value) : JSON.stringify(value)
}

/** As YAML writes it, which is how the author did. */
function showNumber(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  return Number.isFinite(value) ? String(value) : value > 0 ? '.inf' : '-.inf'
}

const quote = (text: string) => `"${text.length > 60 ? `${text.slice(0, 57)}...` : text}"`
