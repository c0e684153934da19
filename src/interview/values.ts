import type { Path } from '../finding.ts'
import { schemaAt, shapeOf } from '../manifest/walk-schema.ts'
import type * as z from 'zod'

/** Plain data as a manifest holds it, read and changed by path. Nothing here changes its arguments. */

export type Values = Record<string, unknown>

export const isMap = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path)
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? (value as Values)[step] : undefined
  return value
}

/**
 * `base` with `value` at `rest` below it. A short form on the way is written out first: `retries: 2` with a budget becomes
 * `{ max: 2, budget: 10% }`.
 * @param at where `base` stands in the manifest
 * @returns `undefined` where `base` says something that has no such key, such as `none`
 */
export function withValue(at: Path, base: unknown, rest: Path, value: unknown): unknown {
  const [step, ...more] = rest
  if (step === undefined) return value
  const long = base === undefined || base === null ? {} : longForm(at, base)
  if (typeof step === 'number') {
    const list: unknown[] = Array.isArray(long) ? [...(long as unknown[])] : []
    list[step] = withValue([...at, step], list[step], more, value)
    return list
  }
  if (!isMap(long)) return undefined
  const inner = withValue([...at, step], long[step], more, value)
  return inner === undefined ? undefined : { ...long, [step]: inner }
}

/** A map that means the same as a value in short form; lists and maps as they are; `undefined` where there is none. */
export function longForm(at: Path, value: unknown): unknown {
  if (typeof value === 'object') return value
  const schema = schemaAt(at) as z.ZodType | undefined
  const meant = schema && reading(schema, value)
  if (!schema || meant === undefined) return undefined
  const candidates: Values[] = [{}, ...[...shapeOf(schema).keys()].map(key => ({ [key]: value }))]
  return candidates.find(candidate => reading(schema, candidate) === meant)
}

function reading(schema: z.ZodType, value: unknown): string | undefined {
  const parsed = schema.safeParse(value)
  return parsed.success ? JSON.stringify(parsed.data) : undefined
}

/** Whether two pieces of plain data say the same; the order of keys says nothing. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && same((a as Values)[key], (b as Values)[key]))
  )
}
