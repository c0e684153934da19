import { partsOf, type Expr, type Selector } from './tree.ts'

/** A comparison that has to hold for an alert to fire. */
export interface Condition {
  /** What is measured, brought to a form in which it stands alone on the left. */
  readonly signal: Expr
  readonly op: '>' | '>=' | '<' | '<=' | '==' | '!='
  readonly threshold: number
}

/** Conditions that fire an alert together. */
export interface Alternative {
  readonly conditions: readonly Condition[]
  /** False where something else has to hold as well that is no comparison with a number. */
  readonly whole: boolean
}

/** The value of a recording rule that is a constant, such as an error budget. */
export type Constants = (selector: Selector) => number | undefined

const none: Constants = () => undefined

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
}

/** The number that an expression always is; `undefined` where it depends on a metric. */
export function constantOf(expr: Expr, constants: Constants = none): number | undefined {
  switch (expr.kind) {
    case 'number':
      return expr.value
    case 'negate': {
      const value = constantOf(expr.of, constants)
      return value === undefined ? undefined : -value
    }
    case 'call':
      return ['vector', 'scalar'].includes(expr.name) && expr.args[0] ? constantOf(expr.args[0], constants) : undefined
    // The least, the greatest and the mean of one value are that value.
    case 'aggregate':
      return passing.has(expr.op) && expr.args[0] ? constantOf(expr.args[0], constants) : undefined
    case 'binary': {
      const compute = arithmetic[expr.op]
      const left = compute && constantOf(expr.left, constants)
      const right = left === undefined ? undefined : constantOf(expr.right, constants)
      return right === undefined ? undefined : compute!(left!, right)
    }
    case 'selector':
      return constants(expr)
    default:
      return undefined
  }
}

/** Aggregations of a filtered vector that are there exactly when the vector is, with a value of its own. */
const passing = new Set(['max', 'min', 'avg'])
/** And those of which only that they are there counts. */
const keeping = new Set([...passing, 'sum', 'group', 'count', 'topk', 'bottomk'])

/** More combinations than anybody writes; beyond it only that something is left out is known. */
const mostAlternatives = 64

/** The ways in which an alert can fire: `or` of `and` of comparisons. */
export function alternativesOf(expr: Expr, constants: Constants = none): Alternative[] {
  if (expr.kind === 'aggregate' && keeping.has(expr.op)) {
    const filtered = expr.args.at(-1)
    return filtered && isFilter(filtered) ? alternativesOf(filtered, constants) : unknown
  }
  if (expr.kind !== 'binary') return unknown
  const { op, left, right } = expr
  if (op === 'or')
    return [...alternativesOf(left, constants), ...alternativesOf(right, constants)].slice(0, mostAlternatives)
  if (op === 'and') {
    const [first, second] = [alternativesOf(left, constants), alternativesOf(right, constants)]
    return first
      .flatMap(a => second.map(b => ({ conditions: [...a.conditions, ...b.conditions], whole: a.whole && b.whole })))
      .slice(0, mostAlternatives)
  }
  if (op === 'unless') return alternativesOf(left, constants).map(one => ({ ...one, whole: false }))
  // With `bool` nothing is filtered: the alert fires on 0 as well.
  if (!isComparison(op) || expr.bool) return unknown
  const condition = conditionOf(op, left, right, constants)
  return condition ? [{ conditions: [condition], whole: true }] : unknown
}

const unknown: Alternative[] = [{ conditions: [], whole: false }]

const isFilter = (expr: Expr): boolean =>
  (expr.kind === 'aggregate' && keeping.has(expr.op) && expr.args.some(isFilter)) ||
  (expr.kind === 'binary' && (isComparison(expr.op) || ['and', 'or', 'unless'].includes(expr.op)))

const mirrored: Readonly<Record<Condition['op'], Condition['op']>> = {
  '>': '<',
  '>=': '<=',
  '<': '>',
  '<=': '>=',
  '==': '==',
  '!=': '!=',
}
const isComparison = (op: string): op is Condition['op'] => Object.hasOwn(mirrored, op)

function conditionOf(op: Condition['op'], left: Expr, right: Expr, constants: Constants): Condition | undefined {
  const [a, b] = [constantOf(left, constants), constantOf(right, constants)]
  // Two numbers compare alike for ever, and two signals have no number between them.
  if (a === undefined && b !== undefined) return alone(left, op, b, constants)
  if (a !== undefined && b === undefined) return alone(right, mirrored[op], a, constants)
  return a === undefined ? ofQuotient(op, left, right, constants) : undefined
}

/** `errors > 0.01 * total` says the same as `errors / total > 0.01`. */
function ofQuotient(op: Condition['op'], left: Expr, right: Expr, constants: Constants): Condition | undefined {
  if (right.kind !== 'binary' || right.op !== '*') return undefined
  const [a, b] = [constantOf(right.left, constants), constantOf(right.right, constants)]
  if ((a === undefined) === (b === undefined)) return undefined
  const total = a === undefined ? right.left : right.right
  return { signal: { kind: 'binary', op: '/', bool: false, left, right: total }, op, threshold: (a ?? b)! }
}

/** Brings `100 * x > 5`, `x / 0.001 > 14.4` and `1 - x < 0.99` to `x > 0.05`, `x > 0.0144` and `x > 0.01`. */
function alone(signal: Expr, op: Condition['op'], threshold: number, constants: Constants): Condition {
  if (signal.kind === 'aggregate' && passing.has(signal.op) && signal.args.length === 1)
    return alone(signal.args[0]!, op, threshold, constants)
  if (signal.kind === 'negate') return alone(signal.of, mirrored[op], -threshold, constants)
  if (signal.kind === 'binary') {
    const { left, right } = signal
    const [a, b] = [constantOf(left, constants), constantOf(right, constants)]
    // `100 * errors / total` is read as `(100 * errors) / total`.
    const scale = signal.op === '/' && left.kind === 'binary' && left.op === '*' ? factorOf(left, constants) : undefined
    if (scale)
      return alone({ ...signal, left: scale.of }, scale.by < 0 ? mirrored[op] : op, threshold / scale.by, constants)
    const turned = (by: number) => (by < 0 ? mirrored[op] : op)
    if (signal.op === '*' && b) return alone(left, turned(b), threshold / b, constants)
    if (signal.op === '*' && a) return alone(right, turned(a), threshold / a, constants)
    if (signal.op === '/' && b) return alone(left, turned(b), threshold * b, constants)
    if (signal.op === '-' && b !== undefined) return alone(left, op, threshold + b, constants)
    if (signal.op === '+' && b !== undefined) return alone(left, op, threshold - b, constants)
    if (signal.op === '+' && a !== undefined) return alone(right, op, threshold - a, constants)
    if (signal.op === '-' && a !== undefined) return alone(right, mirrored[op], a - threshold, constants)
  }
  return { signal, op, threshold: Number(threshold.toPrecision(12)) }
}

function factorOf(
  { left, right }: Expr & { kind: 'binary' },
  constants: Constants,
): { of: Expr; by: number } | undefined {
  const [a, b] = [constantOf(left, constants), constantOf(right, constants)]
  if (a) return { of: right, by: a }
  return b ? { of: left, by: b } : undefined
}

/** An expression written out the same way whatever its spaces, to tell whether two are the same. */
export function written(expr: Expr): string {
  const own =
    expr.kind === 'selector'
      ? [expr.name ?? '', expr.range ?? '', ...expr.matchers.map(m => JSON.stringify([m.label, m.op, m.value])).sort()]
      : expr.kind === 'binary'
        ? [expr.op, expr.bool]
        : expr.kind === 'call'
          ? [expr.name]
          : expr.kind === 'aggregate'
            ? [expr.op]
            : 'value' in expr
              ? [expr.value]
              : 'range' in expr
                ? [expr.range ?? '']
                : []
  return `${expr.kind}(${[...own, ...partsOf(expr).map(written)].join(',')})`
}
