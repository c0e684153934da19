import { kindsIn, kindsByName } from '../analysis/references.ts'
import type { Path } from '../finding.ts'
import type { Model } from '../manifest/model.ts'
import { accepts } from '../manifest/schema/read-as.ts'
import { issuesOf } from '../manifest/schema/to-zod.ts'
import type { Type } from '../manifest/schema/type.ts'
import { problemsAt } from '../manifest/shape-problems.ts'
import { Source } from '../manifest/source.ts'
import {
  alternatives,
  isListType,
  isRequired,
  itemOf,
  metaOf,
  namesAt,
  schemaAt,
  shapeOf,
} from '../manifest/walk-schema.ts'
import { isValues } from '../edit/data.ts'

/** Which answers a question takes is the schema's word: nothing is listed or refused here that it does not say. */

export interface Choice {
  /** As it is written into the manifest. */
  readonly value: unknown
  /** For people: the value, and what it means where that is not plain. */
  readonly says: string
}

export interface Form {
  readonly fact: Path
  /** Single answers to choose from. */
  readonly choices: readonly Choice[]
  /** Where the answer is a list of known values: those values. */
  readonly items: readonly Choice[] | undefined
  /** Whether an answer can be typed that is not among the choices. */
  readonly typed: boolean
  /** How the answer can be asked for key by key: it is a map, or a list or a section of maps. */
  readonly map: 'one' | 'list' | 'named' | undefined
  /** In the schema's words: `a duration such as 800ms, or none`. */
  readonly expected: string
  /** A value that it takes, as it is typed; `undefined` where the schema shows none. */
  readonly example: string | undefined
}

/** The form of a fact; names of elements are offered where it names one. */
export function formOf(fact: Path, model?: Model): Form {
  const schema = schemaAt(fact)
  if (!schema) throw new Error(`The schema has no ${fact.join('.')}`)
  const kinds = alternatives(schema)
  const item = itemOf(schema)
  const isList = isListType(schema)
  return {
    fact,
    choices: [...kinds.flatMap(listed), ...namesFor(schema, model)],
    items: item && isList ? itemsOf(item, model) : undefined,
    typed: kinds.some(kind => !['literal', 'choice', 'flag'].includes(kind.kind)),
    map: mapIn(schema, isList),
    expected: expected(schema),
    example: metaOf(schema)?.example,
  }
}

function mapIn(schema: Type, isList: boolean): Form['map'] {
  if (shapeOf(schema).size > 0) return 'one'
  const item = itemOf(schema)
  if (!item || shapeOf(item).size === 0) return undefined
  return isList ? 'list' : 'named'
}

/** The keys of a map, those first that it cannot do without. */
export function keysIn(at: Path): { readonly key: string; readonly asks: string; readonly required: boolean }[] {
  const schema = schemaAt(at)
  const keys = [...(schema ? shapeOf(schema) : [])].map(([key, inner]) => {
    const meta = metaOf(inner)
    return { key, asks: meta?.ask ?? meta?.doc ?? '', required: isRequired(inner) }
  })
  return [...keys.filter(({ required }) => required), ...keys.filter(({ required }) => !required)]
}

function itemsOf(item: Type, model: Model | undefined): Choice[] | undefined {
  const choices = [...alternatives(item).flatMap(listed), ...namesFor(item, model)]
  return choices.length > 0 ? choices : undefined
}

/** The values that a schema lists. Of several ways to say no, `none` is the one to offer. */
function listed(schema: Type): Choice[] {
  if (schema.kind === 'choice') return schema.values.map(value => ({ value, says: value }))
  if (schema.kind === 'flag')
    return [
      { value: true, says: 'yes' },
      { value: false, says: 'no' },
    ]
  if (schema.kind !== 'literal') return []
  const { values } = schema
  if (values.includes('none')) return [{ value: 'none', says: 'none: we do not do this' }]
  return values.map(value => ({ value, says: value === true ? 'yes, without details' : String(value) }))
}

function namesFor(schema: Type, model: Model | undefined): Choice[] {
  const what = namesAt(schema)
  if (what === undefined || !model) return []
  const kinds = kindsIn(what)
  return [...kindsByName(model)]
    .filter(([, has]) => has.some(kind => kinds.includes(kind)))
    .map(([name]) => ({ value: name, says: name }))
}

/** The words with which the schema refuses what it does not know. */
function expected(schema: Type): string {
  const [issue] = issuesOf(schema, Symbol('nothing that YAML can hold'))
  return (issue?.message ?? '').replace(/^expected /, '')
}

/** What is wrong with a value for a fact, in the schema's words; `undefined` where nothing is. */
export function problemWith(fact: Path, value: unknown): string | undefined {
  if (value === undefined || value === null) return 'There is no answer'
  const schema = schemaAt(fact)!
  if (accepts(schema, value)) return undefined
  return problemsAt(fact, schema, value)
    .map(({ message }) => message)
    .join('; ')
}

export type Typed = { value: unknown; problem?: undefined } | { problem: string; value?: undefined }

/**
 * What somebody typed, as a value of the fact: YAML as it stands in a manifest, with or without its key, and where the schema
 * wants text that YAML would read otherwise, the text itself.
 */
export function readTyped(fact: Path, typed: string): Typed {
  const text = typed.trim()
  if (text === '') return { problem: 'There is no answer' }
  const source = new Source('answer', text)
  const key = fact.at(-1)!
  const candidates = [source.value]
  if (isValues(source.value) && Object.keys(source.value).length === 1) candidates.push(source.value[key])
  candidates.push(text)
  const value = candidates.find(candidate => problemWith(fact, candidate) === undefined)
  if (value !== undefined) return { value }
  // Brackets were meant as YAML, so what is wrong with the YAML is what helps.
  const [syntax] = /^[{[]/.test(text) ? source.problems : []
  return { problem: syntax?.message ?? problemWith(fact, source.value ?? text)! }
}
