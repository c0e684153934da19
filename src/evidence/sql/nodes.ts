import type { Constraint, DefElem, Node, RangeVar, TypeName } from 'libpg-query'

/** Small questions to a parse tree. */

/** `name` without the schema `public`, which is where an unqualified name usually is. */
export function tableName(relation: RangeVar | undefined): string {
  const { schemaname, relname = '' } = relation ?? {}
  return schemaname === undefined || schemaname === '' || schemaname === 'public' ? relname : `${schemaname}.${relname}`
}

export const stringsOf = (nodes: readonly Node[] | undefined): string[] =>
  (nodes ?? []).flatMap(node => ('String' in node ? [node.String.sval ?? ''] : []))

/** A name as a list of its parts, in the same form as `tableName`. */
export const dottedName = (nodes: readonly Node[] | undefined): string => {
  const parts = stringsOf(nodes)
  return (parts.length > 1 && parts[0] === 'public' ? parts.slice(1) : parts).join('.')
}

/** The last part: `nextval` of `pg_catalog.nextval`. */
export const lastName = (nodes: readonly Node[] | undefined): string => (stringsOf(nodes).at(-1) ?? '').toLowerCase()

/** The text or number of a constant. */
export function constantOf(node: Node | undefined): string | undefined {
  if (!node) return undefined
  if ('TypeCast' in node) return constantOf(node.TypeCast.arg)
  if ('String' in node) return node.String.sval ?? ''
  if ('Integer' in node) return String(node.Integer.ival ?? 0)
  if (!('A_Const' in node)) return undefined
  const { sval, ival, fval, boolval } = node.A_Const
  if (sval) return sval.sval ?? ''
  if (ival) return String(ival.ival ?? 0)
  if (fval) return fval.fval ?? ''
  if (boolval) return boolval.boolval === true ? 'true' : 'false'
  return undefined
}

/** `(FULL)`, `(FULL true)`, `(FULL on)`: set. `(FULL false)`: not. */
export const isSet = (options: readonly Node[] | undefined, name: string): boolean =>
  (options ?? []).some(node => 'DefElem' in node && node.DefElem.defname === name && isTrue(node.DefElem))

const isTrue = ({ arg }: DefElem): boolean => !/^(?:false|off|no|0)$/i.test(constantOf(arg) ?? 'true')

/** A type as people write it. */
export interface SqlType {
  readonly name: string
  /** Length, or precision and scale. */
  readonly modifiers: readonly number[]
  readonly array: boolean
}

const spellings: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  'character varying': 'varchar',
  bpchar: 'char',
  decimal: 'numeric',
}

export function typeOf(type: TypeName | undefined): SqlType {
  const name = lastName(type?.names)
  return {
    name: spellings[name] ?? name,
    modifiers: (type?.typmods ?? []).flatMap(node => {
      const value = Number(constantOf(node))
      return Number.isInteger(value) ? [value] : []
    }),
    array: (type?.arrayBounds ?? []).length > 0,
  }
}

export const typeText = ({ name, modifiers, array }: SqlType): string =>
  `${name}${modifiers.length > 0 ? `(${modifiers.join(',')})` : ''}${array ? '[]' : ''}`

export const constraintsOf = (nodes: readonly Node[] | undefined): Constraint[] =>
  (nodes ?? []).flatMap(node => ('Constraint' in node ? [node.Constraint] : []))

/** All nodes below one, in no order; a tree may be deeper than a call stack. */
export function* everyNode(root: unknown): Generator<Node> {
  const open: unknown[] = [root]
  while (open.length > 0) {
    const next = open.pop()
    if (typeof next !== 'object' || next === null) continue
    if (!Array.isArray(next)) yield next as Node
    for (const value of Object.values(next)) if (typeof value === 'object') open.push(value)
  }
}

/** The column of `column IS NOT NULL`, also as one of several conditions that all must hold. */
export function notNullColumns(check: Node | undefined): string[] {
  if (!check) return []
  if ('BoolExpr' in check && check.BoolExpr.boolop === 'AND_EXPR')
    return (check.BoolExpr.args ?? []).flatMap(notNullColumns)
  if (!('NullTest' in check) || check.NullTest.nulltesttype !== 'IS_NOT_NULL') return []
  const { arg } = check.NullTest
  return arg && 'ColumnRef' in arg ? stringsOf(arg.ColumnRef.fields).slice(-1) : []
}
