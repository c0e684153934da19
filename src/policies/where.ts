import type { Problem } from '../finding.ts'
import { didYouMean } from '../manifest/nearest.ts'
import { metaOf } from '../manifest/walk-schema.ts'
import type { Condition } from './schema.ts'
import { Shape, valueAt, type Kind } from './view.ts'

/** A fault of a policy, at a path below it. */
export interface PolicyFault {
  readonly path: readonly (string | number)[]
  readonly message: Problem['message']
}

/** Facts without which nobody can tell whether an element is meant. */
export type Meant = boolean | { readonly missing: readonly (readonly string[])[] }

export type Selector = (view: unknown) => Meant

type Test = (value: unknown) => boolean

/** Reads a selector: a predicate over views, or what is wrong with it. */
export function selectorOf(
  where: Readonly<Record<string, Condition>>,
  kind: Kind,
): { select: Selector; facts: string[]; faults: PolicyFault[] } {
  const faults: PolicyFault[] = []
  const facts: string[] = []
  const root = Shape.of(kind)
  const conditions = Object.entries(where).map(([key, condition]) => {
    const path = key.split('.')
    const shape = root.at(path)
    if (!shape.isKnown) {
      faults.push({ path: ['where', key], message: unknownKey(key, root, kind) })
      return { path, test: () => false, absent: undefined, preset: undefined }
    }
    if (shape.key !== undefined) facts.push(shape.key)
    return { path, ...testOf(condition, shape, ['where', key], faults), preset: presetOf(shape) }
  })
  const select: Selector = view => {
    const missing: (readonly string[])[] = []
    for (const { path, test, absent, preset } of conditions) {
      // Whether a fact is stated has nothing to do with what it is where it is not.
      const value = valueAt(view, path) ?? (absent === undefined ? preset : undefined)
      if (value === undefined && absent === undefined) missing.push(path)
      else if (!(value === undefined ? absent : test(value))) return false
    }
    return missing.length > 0 ? { missing } : true
  }
  return { select, facts, faults }
}

export function unknownKey(key: string, root: Shape, kind: Kind): string {
  const path = key.split('.')
  const depth = path.findIndex((_, i) => !root.at(path.slice(0, i + 1)).isKnown)
  const known = root.at(path.slice(0, depth)).keys
  const where = depth === 0 ? `a ${kind} has` : `"${path.slice(0, depth).join('.')}" has`
  return `There is no key "${key}": ${where} no "${path[depth]!}"${didYouMean(path[depth]!, known)}`
}

interface Tested {
  test: Test
  /** What holds where the fact is not stated; `undefined`: nobody can tell. */
  absent: boolean | undefined
}

function testOf(condition: Condition, shape: Shape, path: PolicyFault['path'], faults: PolicyFault[]): Tested {
  if (typeof condition !== 'object' || Array.isArray(condition))
    return { test: isOneOf(condition, shape, path, faults), absent: undefined }
  const { present, not } = condition
  const refused = not === undefined ? undefined : isOneOf(not, shape, [...path, 'not'], faults)
  if (present === undefined && refused === undefined)
    faults.push({ path, message: 'The condition is empty; expected present or not' })
  return {
    test: value => present !== false && !refused?.(value),
    absent: present === undefined ? undefined : !present,
  }
}

/** Whether a fact is one of the values, which are read as the manifest reads them; of a list, whether an item is. */
function isOneOf(
  literals: string | number | boolean | readonly (string | number | boolean)[],
  shape: Shape,
  path: PolicyFault['path'],
  faults: PolicyFault[],
): Test {
  const single = shape.isList ? shape.item : shape
  const values = [literals].flat().flatMap(literal => {
    const read = single.read(literal)
    if (!read) faults.push({ path, message: `${JSON.stringify(literal)} cannot be; ${single.fault(literal)}` })
    return read ? [read.value] : []
  })
  return fact => [fact].flat().some(one => values.some(value => isSame(one, value)))
}

/** Equal in all that they state. What was written as `true` is an empty map, and means that there is one. */
export function isSame(fact: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return fact === wanted
  if (typeof fact !== 'object' || fact === null || Array.isArray(fact) !== Array.isArray(wanted)) return false
  const keys = Object.keys(wanted)
  if (keys.length === 0) return true
  return (
    keys.length === Object.keys(fact).length &&
    keys.every(key => isSame((fact as Record<string, unknown>)[key], (wanted as Record<string, unknown>)[key]))
  )
}

/** The value that a key has where it is not stated, if the manifest's reference defines one: absent is then that value. */
function presetOf(shape: Shape): unknown {
  const text = shape.schema && metaOf(shape.schema)?.default
  const [, quoted, number] = /^(?:`([^`]+)`|(\d[\w%]*)$)/.exec(text ?? '') ?? []
  if (quoted === 'true' || quoted === 'false') return shape.read(quoted === 'true')?.value
  const literal = quoted ?? number
  return literal === undefined ? undefined : shape.read(/^\d+$/.test(literal) ? Number(literal) : literal)?.value
}
