import { isValues } from '../edit/data.ts'
import type { Path } from '../finding.ts'
import { schemaAt, shapeOf } from '../manifest/walk-schema.ts'
import { readAs, refused } from '../manifest/schema/read-as.ts'
import type { Type } from '../manifest/schema/type.ts'

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
  if (!isValues(long)) return undefined
  const inner = withValue([...at, step], long[step], more, value)
  return inner === undefined ? undefined : { ...long, [step]: inner }
}

/** A map that means the same as a value in short form; lists and maps as they are; `undefined` where there is none. */
export function longForm(at: Path, value: unknown): unknown {
  if (typeof value === 'object') return value
  const schema = schemaAt(at)
  const meant = schema && reading(schema, value)
  if (!schema || meant === undefined) return undefined
  const candidates: Record<string, unknown>[] = [{}, ...[...shapeOf(schema).keys()].map(key => ({ [key]: value }))]
  return candidates.find(candidate => reading(schema, candidate) === meant)
}

function reading(schema: Type, value: unknown): string | undefined {
  const read = readAs(schema, value)
  return read === refused ? undefined : JSON.stringify(read)
}
