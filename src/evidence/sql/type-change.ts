import type { SqlType } from './nodes.ts'

/**
 * What a change of type costs. `none`: only the catalogue changes. `unlessSame`: nothing where the column has a type of the same
 * kind, which the files do not say. `rewrite`: the whole table.
 */
export type TypeChange = 'none' | 'unlessSame' | 'rewrite'

export interface Conditions {
  /** The first number of PostgreSQL's version. */
  readonly major: number
  /** Whether the time zone of the session is UTC. */
  readonly utc: boolean
}

const withoutLimit = (type: SqlType): boolean => type.modifiers.length === 0
const widest: readonly string[] = ['text', 'varchar', 'numeric', 'varbit', 'timestamptz']

/** `from` is `undefined` where the files do not say it. ALTER TABLE, "Notes": binary coercible types need no rewrite. */
export function typeChange(from: SqlType | undefined, to: SqlType, conditions: Conditions): TypeChange {
  if (!from) return widest.includes(to.name) && withoutLimit(to) && !to.array ? 'unlessSame' : 'rewrite'
  if (from.array !== to.array) return 'rewrite'
  return isWider(from, to, conditions) ? 'none' : 'rewrite'
}

function isWider(from: SqlType, to: SqlType, { major, utc }: Conditions): boolean {
  const isText = (type: SqlType) => type.name === 'text' || (type.name === 'varchar' && withoutLimit(type))
  if (isText(to)) return isText(from) || from.name === 'varchar'
  const [a, b] = [timeZoneOf(from.name), timeZoneOf(to.name)]
  if (a && b && a !== b) return utc && major >= 12 && keepsPrecision(from, to)
  if (from.name === 'cidr' && to.name === 'inet') return true
  if (from.name !== to.name) return false
  if (to.name === 'numeric') {
    const [scaleFrom = 0, scaleTo = 0] = [from.modifiers[1], to.modifiers[1]]
    return withoutLimit(to) || (!withoutLimit(from) && to.modifiers[0]! >= from.modifiers[0]! && scaleFrom === scaleTo)
  }
  if (to.name === 'varchar' || to.name === 'varbit')
    return withoutLimit(to) || (!withoutLimit(from) && to.modifiers[0]! >= from.modifiers[0]!)
  if (/^(?:timestamp|timestamptz|time|timetz|interval)$/.test(to.name)) return keepsPrecision(from, to)
  return from.modifiers.join() === to.modifiers.join()
}

const timeZoneOf = (name: string) =>
  name === 'timestamp' ? ('without' as const) : name === 'timestamptz' ? ('with' as const) : undefined

/** Without a precision it is six digits, the most there is. */
const keepsPrecision = (from: SqlType, to: SqlType): boolean =>
  (to.modifiers.at(-1) ?? 6) >= (from.modifiers.at(-1) ?? 6)
