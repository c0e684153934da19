import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { prometheusDuration, type Expr, type Matcher } from './tree.ts'

/** The expression, or why it cannot be read and at which character of the text. */
export type Parsed =
  { readonly expr: Expr; readonly fault?: undefined } | { readonly fault: string; readonly at: number }

/** UTF-16 code units. Generated rules stay far below. */
const longest = 100_000
/** Levels of brackets, operators and calls inside each other. */
const deepest = 250

class Unreadable extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

/** Reads PromQL by the grammar of the Prometheus project. */
export function parsePromql(text: string): Parsed {
  if (text.trim() === '') return { fault: 'the expression is empty', at: 0 }
  if (text.length > longest) return { fault: `the expression has more than ${longest} characters`, at: 0 }
  const flood = tooDeep(text)
  if (flood !== undefined) return { fault: nested, at: flood }
  const tree = parser.parse(text)
  let error: number | undefined
  tree.iterate({
    enter: node => {
      if (node.type.isError) error ??= node.from
    },
  })
  if (error !== undefined) return { fault: syntaxAt(text, error), at: error }
  try {
    return { expr: new Reader(text).read(onlyChild(tree.topNode), 0) }
  } catch (thrown) {
    if (!(thrown instanceof Unreadable)) throw thrown
    return { fault: thrown.message, at: thrown.at }
  }
}

const nested = `the expression is nested more than ${deepest} levels deep`

/** Offset of the bracket that is one too many; those in quotes do not nest. */
function tooDeep(text: string): number | undefined {
  let depth = 0
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#.*|[()[\]{}]/g)) {
    if ('([{'.includes(token) && ++depth > deepest) return index
    if (')]}'.includes(token)) depth--
  }
  return undefined
}

function syntaxAt(text: string, at: number): string {
  const rest = text
    .slice(at, at + 20)
    .split('\n')[0]!
    .trim()
  return rest === '' ? 'the expression ends too early' : `the expression is not PromQL from "${rest}" on`
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = []
  for (let child = node.firstChild; child; child = child.nextSibling)
    if (child.name !== 'LineComment') found.push(child)
  return found
}

function onlyChild(node: SyntaxNode): SyntaxNode {
  const [first] = children(node)
  if (!first) throw new Unreadable('the expression is empty', node.from)
  return first
}

const matchOps: Readonly<Record<string, Matcher['op']>> = {
  EqlSingle: '=',
  Neq: '!=',
  EqlRegex: '=~',
  NeqRegex: '!~',
}

/** The grammar's tree in a shape without brackets, offsets and matching of labels, none of which change a threshold. */
class Reader {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  read(node: SyntaxNode, depth: number): Expr {
    if (depth > deepest) throw new Unreadable(nested, node.from)
    const parts = children(node)
    const inner = (child: SyntaxNode) => this.read(child, depth + 1)
    switch (node.name) {
      case 'ParenExpr':
      case 'StepInvariantExpr':
      case 'OffsetExpr':
        return inner(parts[0]!)
      case 'NumberDurationLiteral':
        return { kind: 'number', value: numberOf(this.#slice(node)) }
      case 'StringLiteral':
        return { kind: 'text', value: unquoted(this.#slice(node)) }
      case 'VectorSelector':
        return this.#selector(parts)
      case 'MatrixSelector':
        return { ...this.#selector(children(parts[0]!)), range: this.#range(parts[1]) }
      case 'SubqueryExpr':
        return { kind: 'subquery', of: inner(parts[0]!), range: this.#range(parts[1]) }
      case 'UnaryExpr': {
        const of = inner(parts.at(-1)!)
        return this.#slice(parts[0]!) === '-' ? { kind: 'negate', of } : of
      }
      case 'BinaryExpr':
        return {
          kind: 'binary',
          op: this.#slice(parts[1]!).toLowerCase(),
          bool: parts.some(({ name }) => name === 'BoolModifier'),
          left: inner(parts[0]!),
          right: inner(parts.at(-1)!),
        }
      case 'FunctionCall':
        return { kind: 'call', name: this.#slice(parts[0]!), args: this.#args(parts).map(inner) }
      case 'AggregateExpr':
        return { kind: 'aggregate', op: this.#slice(parts[0]!).toLowerCase(), args: this.#args(parts).map(inner) }
      default:
        throw new Unreadable(
          `"${this.#slice(node).slice(0, 20)}" is a form of PromQL that is not known here`,
          node.from,
        )
    }
  }

  #slice = ({ from, to }: SyntaxNode): string => this.#text.slice(from, to)

  #args(parts: readonly SyntaxNode[]): SyntaxNode[] {
    const body = parts.find(({ name }) => name === 'FunctionCallBody')
    return body ? children(body) : []
  }

  #range(node: SyntaxNode | undefined): number | undefined {
    return node && prometheusDuration(this.#slice(node).trim())
  }

  #selector(parts: readonly SyntaxNode[]): Expr & { kind: 'selector' } {
    const identifier = parts.find(({ name }) => name === 'Identifier')
    const list = parts.find(({ name }) => name === 'LabelMatchers')
    let name = identifier && this.#slice(identifier)
    const matchers: Matcher[] = []
    for (const node of list ? children(list) : []) {
      const [label, op, value] = children(node)
      if (!label) continue
      // A metric may be named inside the braces, in quotes.
      if (!op || !value) name ??= unquoted(this.#slice(label))
      else
        matchers.push({
          label: unquoted(this.#slice(label)),
          op: matchOps[onlyChild(op).name] ?? '=',
          value: unquoted(this.#slice(value)),
        })
    }
    name ??= matchers.find(({ label, op }) => label === '__name__' && op === '=')?.value
    return { kind: 'selector', name, matchers, range: undefined }
  }
}

/** Durations are numbers of seconds where a number is expected. */
function numberOf(text: string): number {
  const plain = text.toLowerCase().replaceAll('_', '')
  if (/^[+-]?inf$/.test(plain)) return plain.startsWith('-') ? -Infinity : Infinity
  const milliseconds = prometheusDuration(plain)
  return milliseconds === undefined ? Number(plain) : milliseconds / 1000
}

function unquoted(text: string): string {
  if (!/^(["'`]).*\1$/s.test(text)) return text
  const inner = text.slice(1, -1)
  return text.startsWith('`') ? inner : inner.replaceAll(/\\(.)/g, '$1')
}
