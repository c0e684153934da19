/** A PromQL expression, as far as thresholds and windows can be computed from it. Durations in milliseconds, as everywhere. */

export interface Matcher {
  readonly label: string
  readonly op: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

export interface Selector {
  readonly kind: 'selector'
  /** Name of the metric; `undefined` where only labels select. */
  readonly name: string | undefined
  readonly matchers: readonly Matcher[]
  /** Length of the range in brackets. */
  readonly range: number | undefined
}

export type Expr =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | Selector
  | { readonly kind: 'subquery'; readonly of: Expr; readonly range: number | undefined }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expr[] }
  | { readonly kind: 'aggregate'; readonly op: string; readonly args: readonly Expr[] }
  | { readonly kind: 'negate'; readonly of: Expr }
  | { readonly kind: 'binary'; readonly op: string; readonly bool: boolean; readonly left: Expr; readonly right: Expr }

/** Expressions directly below one. */
export function partsOf(expr: Expr): readonly Expr[] {
  if (expr.kind === 'call' || expr.kind === 'aggregate') return expr.args
  if (expr.kind === 'binary') return [expr.left, expr.right]
  return expr.kind === 'negate' || expr.kind === 'subquery' ? [expr.of] : []
}

/** All selectors of an expression, from left to right. */
export const selectorsOf = (expr: Expr): Selector[] =>
  expr.kind === 'selector' ? [expr] : partsOf(expr).flatMap(selectorsOf)

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
}

/** `1h30m` in milliseconds, as Prometheus reads it: a week has 7 days and a year 365. */
export function prometheusDuration(text: string): number | undefined {
  if (text === '0') return 0
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(text)) return undefined
  return [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce((sum, [, n, unit]) => sum + Number(n) * units[unit!]!, 0)
}
