import {
  alternativesOf,
  constantOf,
  written,
  type Alternative,
  type Condition,
  type Constants,
} from '../promql/conditions.ts'
import { partsOf, prometheusDuration, type Expr, type Selector } from '../promql/tree.ts'
import type { Rule } from './rules.ts'

/** One way in which an alert fires on the rate at which an error budget burns. Windows in milliseconds. */
export interface Tier {
  readonly longWindow: number
  readonly shortWindow: number | undefined
  /** Share of bad events from which it fires, over the long window; or the burn rate itself, where that is what is measured. */
  readonly threshold: number
  readonly unit: 'errorRatio' | 'burnRate'
}

/** Why a way of firing never comes: one sentence, without a full stop. */
export interface Dead {
  readonly because: string
}

export interface Way {
  readonly tier: Tier | undefined
  readonly dead: Dead | undefined
}

/** The recording rules of all files, by name: what the metrics that they record are made of. */
export type Recordings = ReadonlyMap<string, readonly Rule[]>

export function recordingsOf(rules: readonly Rule[]): Recordings {
  const found = new Map<string, Rule[]>()
  for (const rule of rules) {
    if (rule.kind !== 'record') continue
    const same = found.get(rule.name)
    if (same) same.push(rule)
    else found.set(rule.name, [rule])
  }
  return found
}

/** The recording rules that a selector means: those whose labels say nothing against its matchers. */
function meant({ name, matchers }: Selector, recordings: Recordings): readonly Rule[] {
  if (name === undefined) return []
  return (recordings.get(name) ?? []).filter(({ labels }) =>
    matchers.every(({ label, op, value }) => op !== '=' || labels[label] === undefined || labels[label] === value),
  )
}

/** Recording rules that are one number, such as an error budget. */
export const constantsFrom = (recordings: Recordings): Constants => {
  const constants: Constants = selector => {
    const values = meant(selector, recordings).map(({ expr }) => constantOf(expr))
    return values.length > 0 && values.every(value => value === values[0]) ? values[0] : undefined
  }
  return constants
}

/** The ways in which an alert fires, in the order of its expression. */
export function waysOf({ expr }: Rule, recordings: Recordings): Way[] {
  return alternativesOf(expr, constantsFrom(recordings)).map(one => ({
    tier: tierOf(one, recordings),
    dead: deadOf(one, recordings),
  }))
}

function tierOf({ conditions }: Alternative, recordings: Recordings): Tier | undefined {
  const burning = conditions.flatMap(condition => {
    const window = windowOf(condition.signal, recordings)
    const limit = limitOf(condition, recordings)
    return window === undefined || limit === undefined ? [] : [{ window, ...limit }]
  })
  const [long] = burning.toSorted((a, b) => b.window - a.window)
  if (!long) return undefined
  const short = burning.filter(({ window }) => window < long.window).toSorted((a, b) => a.window - b.window)[0]
  return { longWindow: long.window, shortWindow: short?.window, threshold: long.threshold, unit: long.unit }
}

/** The share of bad events from which a condition holds; `undefined` where it is about something else, such as traffic. */
function limitOf(
  { signal, op, threshold }: Condition,
  recordings: Recordings,
): Pick<Tier, 'threshold' | 'unit'> | undefined {
  const clean = (value: number) => Number(value.toPrecision(10))
  const isShare = isRatio(signal, recordings)
  if ((op === '<' || op === '<=') && isShare) return { threshold: clean(1 - threshold), unit: 'errorRatio' }
  if (op !== '>' && op !== '>=') return undefined
  // A ratio over something is no ratio of events any more; over the error budget it is the burn rate.
  if (signal.kind === 'binary' && signal.op === '/' && isRatio(signal.left, recordings)) {
    const isBudget = signal.right.kind === 'selector' && /budget/i.test(signal.right.name ?? '')
    return isBudget ? { threshold: clean(threshold), unit: 'burnRate' } : undefined
  }
  if (isShare || isQuotient(signal)) return { threshold: clean(threshold), unit: 'errorRatio' }
  if (signal.kind !== 'selector' || !/burn_?rate/i.test(signal.name ?? '')) return undefined
  return { threshold: clean(threshold), unit: threshold > 1 ? 'burnRate' : 'errorRatio' }
}

const isQuotient = (expr: Expr): boolean => expr.kind === 'binary' && expr.op === '/'

/** Recording rules over recording rules, at most. */
const deepest = 4

/** The one time over which a signal is measured, as its ranges, its recording rule or the name of its metric say. */
export function windowOf(signal: Expr, recordings: Recordings, depth = 0): number | undefined {
  const found = new Set(windowsIn(signal, recordings, depth))
  return found.size === 1 ? [...found][0] : undefined
}

function windowsIn(expr: Expr, recordings: Recordings, depth: number): (number | undefined)[] {
  if (expr.kind === 'subquery') return [expr.range]
  if (expr.kind !== 'selector') return partsOf(expr).flatMap(part => windowsIn(part, recordings, depth))
  if (expr.range !== undefined) return [expr.range]
  const recorded = depth < deepest ? meant(expr, recordings) : []
  const behind = new Set(recorded.flatMap(rule => windowsIn(rule.expr, recordings, depth + 1)))
  if (behind.size === 1) return [...behind]
  // Several windows are behind it, or its rule is in another file: the name says it, by a convention that generators keep.
  const named = /(?:^|[A-Za-z_:])((?:\d+(?:ms|[smhdwy]))+)$/.exec(expr.name ?? '')?.[1]
  return named === undefined ? [...behind] : [prometheusDuration(named)]
}

/** Whether a signal is surely between 0 and 1. By convention a metric that is called a ratio is. */
export function isRatio(expr: Expr, recordings: Recordings, depth = 0): boolean {
  if (expr.kind === 'selector') {
    if (/(?:^|[:_])ratio(?:[:_]|$)/.test(expr.name ?? '')) return true
    const rules = depth < deepest ? meant(expr, recordings) : []
    return rules.length > 0 && rules.every(rule => isRatio(rule.expr, recordings, depth + 1))
  }
  if (expr.kind === 'binary' && expr.op === '/') return isPartOf(expr.left, expr.right)
  return (
    expr.kind === 'binary' && expr.op === '-' && constantOf(expr.left) === 1 && isRatio(expr.right, recordings, depth)
  )
}

/** Whether one is a part of the other: the same counter with more labels asked for, or what is left of it. */
function isPartOf(part: Expr, whole: Expr): boolean {
  if (part.kind === 'binary' && part.op === '-') return written(part.left) === written(whole)
  const [a, b] = [counterOf(part), counterOf(whole)]
  if (!a || !b || a.range !== b.range) return false
  const stem = ({ name = '' }: Selector) => name.replace(/_(?:bucket|count)$/, '')
  const isBucket = a.name?.endsWith('_bucket') === true && stem(a) === stem(b)
  if (a.name !== b.name && !isBucket) return false
  const has = new Set(a.matchers.map(matcher => JSON.stringify(matcher)))
  return b.matchers.every(matcher => has.has(JSON.stringify(matcher)) || (isBucket && matcher.label === 'le'))
}

/** The counter whose rate is summed. */
function counterOf(expr: Expr): Selector | undefined {
  if (expr.kind === 'selector') return expr
  const isSum = expr.kind === 'aggregate' && expr.op === 'sum'
  const isRate = expr.kind === 'call' && ['rate', 'increase', 'irate', 'sum_over_time'].includes(expr.name)
  return (isSum || isRate) && expr.args.length === 1 ? counterOf(expr.args[0]!) : undefined
}

/** Why conditions can never hold together. */
function deadOf({ conditions }: Alternative, recordings: Recordings): Dead | undefined {
  for (const { signal, op, threshold } of conditions) {
    if (!isRatio(signal, recordings)) continue
    if ((op === '>' && threshold >= 1) || (op === '>=' && threshold > 1))
      return { because: `waits for a ratio above ${threshold}, and no ratio is above 1` }
    if ((op === '<' && threshold <= 0) || (op === '<=' && threshold < 0))
      return { because: `waits for a ratio below ${threshold}, and no ratio is below 0` }
  }
  for (const one of conditions) {
    const same = conditions.filter(other => written(other.signal) === written(one.signal))
    const least = Math.max(...same.filter(({ op }) => op === '>' || op === '>=').map(c => c.threshold))
    const most = Math.min(...same.filter(({ op }) => op === '<' || op === '<=').map(c => c.threshold))
    const isOpen = same.some(
      ({ op, threshold }) => (op === '>' && threshold === least) || (op === '<' && threshold === most),
    )
    if (least > most || (least === most && isOpen))
      return { because: `waits for one value to be above ${least} and below ${most} at the same time` }
  }
  return undefined
}
