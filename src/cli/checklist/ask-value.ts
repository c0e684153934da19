import type { Path } from '../../finding.ts'
import { formOf, keysIn, problemWith, readTyped, type Choice, type Form } from '../../interview/form.ts'
import { inWords } from '../../interview/in-words.ts'
import type { Model } from '../../manifest/model.ts'
import type { Asker, Option } from './asker.ts'

/** How a value is asked for, as its form allows. Every prompt refuses what the schema refuses, in the schema's words. */

export type Way = { readonly kind: 'value'; readonly choice: Choice } | { readonly kind: 'items' | 'typed' | 'keys' }

/** The ways to answer, the quickest first. */
export function waysOf({ choices, items, typed, map, example, expected }: Form): Option<Way>[] {
  const hint = [example === undefined ? '' : `, such as ${example}`, `, ${expected}`].find(one => one.length < 40) ?? ''
  const isScalar = map === undefined
  const type: Option<Way>[] = typed ? [{ value: { kind: 'typed' }, name: `type it${hint}` }] : []
  return [
    ...(items ? [{ value: { kind: 'items' as const }, name: 'choose some of a list' }] : []),
    ...(isScalar && choices.length < 3 ? type : []),
    ...choices.map(choice => ({ value: { kind: 'value' as const, choice }, name: choice.says })),
    ...(map === undefined ? [] : [{ value: { kind: 'keys' as const }, name: 'answer key by key' }]),
    ...(isScalar && choices.length < 3 ? [] : type),
  ]
}

/** @param initial what was typed before and could not be saved */
export async function askValue(way: Way, form: Form, asker: Asker, model?: Model, initial?: string): Promise<unknown> {
  const { fact, items = [] } = form
  if (way.kind === 'value') return way.choice.value
  if (way.kind === 'items')
    return asker.pick(
      String(fact.at(-1)),
      items.map(({ value, says }) => ({ value, name: says })),
    )
  if (way.kind === 'typed') return typedValue(fact, String(fact.at(-1)), asker, initial)
  if (form.map === 'one') return askKeys(fact, asker, model)
  if (form.map === 'list') return askList(fact, asker, model)
  return askNamed(fact, asker, model)
}

async function typedValue(fact: Path, message: string, asker: Asker, initial?: string): Promise<unknown> {
  const text = await asker.type(message, typed => readTyped(fact, typed).problem, initial)
  return readTyped(fact, text).value
}

type State = 'none' | 'type' | Choice

/** One key of a map after another; Enter leaves one that need not be stated. */
async function askKeys(at: Path, asker: Asker, model?: Model): Promise<Record<string, unknown>> {
  for (;;) {
    const map: Record<string, unknown> = {}
    for (const { key, asks, required } of keysIn(at)) {
      const value = await askKey([...at, key], `${key}: ${asks}`, required, asker, model)
      if (value !== undefined) map[key] = value
    }
    const problem = problemWith(at, map)
    if (problem === undefined) return map
    // Keys that do not go together: nothing is kept that the schema refuses.
    await asker.choose(`${problem}. Once more, please`, [{ value: undefined, name: 'begin again' }])
  }
}

async function askKey(fact: Path, message: string, required: boolean, asker: Asker, model?: Model): Promise<unknown> {
  const form = formOf(fact, model)
  const { choices, items, typed, example } = form
  const hint = example === undefined ? '' : ` (such as ${example})`
  const noList = choices.length === 0 && !items
  if (noList) {
    const check = (text: string) => (text.trim() === '' && !required ? undefined : readTyped(fact, text).problem)
    const text = await asker.type(required ? `${message}${hint}` : `${message}${hint} Enter leaves it out.`, check)
    return text.trim() === '' ? undefined : readTyped(fact, text).value
  }
  const state = await asker.choose<State | 'items'>(message, [
    ...(required ? [] : [{ value: 'none' as const, name: 'not stated' }]),
    ...(items ? [{ value: 'items' as const, name: 'choose some of a list' }] : []),
    ...choices.map(choice => ({ value: choice, name: choice.says })),
    ...(typed && !items ? [{ value: 'type' as const, name: `type it${hint}` }] : []),
  ])
  if (state === 'none') return undefined
  if (state === 'items') return askValue({ kind: 'items' }, form, asker, model)
  return state === 'type' ? typedValue(fact, message, asker) : state.value
}

async function askList(fact: Path, asker: Asker, model?: Model): Promise<unknown[]> {
  const list: unknown[] = []
  do {
    const item = await askKeys([...fact, list.length], asker, model)
    list.push(item)
  } while (await another(inWords(list.at(-1)), asker))
  return list
}

async function askNamed(fact: Path, asker: Asker, model?: Model): Promise<Record<string, unknown>> {
  const named: Record<string, unknown> = {}
  let name: string
  do {
    // The empty map stands for any element: what is wrong then is the name, or what is asked for next.
    name = await asker.type('Name', text => {
      if (Object.hasOwn(named, text.trim())) return `"${text.trim()}" is there already`
      return nameProblem(fact, text.trim())
    })
    named[name.trim()] = await askKeys([...fact, name.trim()], asker, model)
  } while (await another(`${name.trim()}: ${inWords(named[name.trim()])}`, asker))
  return named
}

function nameProblem(fact: Path, name: string): string | undefined {
  if (name === '') return 'There is no answer'
  const problem = problemWith(fact, { [name]: {} })
  return problem?.startsWith('The name') ? problem : undefined
}

const another = (said: string, asker: Asker): Promise<boolean> =>
  asker.choose(said, [
    { value: false, name: 'that is all' },
    { value: true, name: 'one more' },
  ])
