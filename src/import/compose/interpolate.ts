/** Variables in values: `$A`, `${A}`, `${A:-b}`, `${A-b}`, `${A:?e}`, `${A?e}`, `${A:+b}`, `${A+b}`, in one another, and `$$`. */

export interface Variables {
  readonly get: (name: string) => string | undefined
  /** Told of a variable without a value: `required` where the text asks for one with `?`. */
  readonly missing?: (name: string, required: boolean) => void
}

/** Texts nested deeper than this are left as they are. */
const maxDepth = 20

/** Longest result: a variable in a variable can double at each step. */
const longest = 100_000

/** Fills in variables. One without a value is empty, as in Compose; what is no variable stays as it is. Never throws. */
export function interpolate(text: string, variables: Variables, depth = 0): string {
  if (!text.includes('$') || depth > maxDepth) return text
  let result = ''
  for (let at = 0; at < text.length && result.length < longest;) {
    const next = text.indexOf('$', at)
    if (next === -1) return result + text.slice(at)
    result += text.slice(at, next)
    const [value, end] = variableAt(text, next, variables, depth)
    result += value
    at = end
  }
  return result
}

/** What stands at a dollar sign, and the offset behind it. */
function variableAt(text: string, at: number, variables: Variables, depth: number): [string, number] {
  if (text[at + 1] === '$') return ['$', at + 2]
  const [plain] = /^[A-Za-z_]\w*/.exec(text.slice(at + 1, at + 300)) ?? []
  if (plain !== undefined) return [valueOf(plain, variables), at + 1 + plain.length]
  const [head, name = '', operator = ''] = /^\{([A-Za-z_]\w*)(:?[-?+]|(?=\}))/.exec(text.slice(at + 1, at + 300)) ?? []
  if (head === undefined) return ['$', at + 1]
  const start = at + 1 + head.length
  const end = closing(text, start)
  // Without a brace that closes it nothing behind it can be trusted.
  if (end === undefined) return [text.slice(at), text.length]
  return [resolved(name, operator, text.slice(start, end), variables, depth), end + 1]
}

function valueOf(name: string, { get, missing }: Variables): string {
  const value = get(name)
  if (value === undefined) missing?.(name, false)
  return value ?? ''
}

function resolved(name: string, operator: string, rest: string, variables: Variables, depth: number): string {
  if (operator === '') return valueOf(name, variables)
  const value = variables.get(name)
  const isThere = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined
  const otherwise = () => interpolate(rest, variables, depth + 1)
  if (operator.endsWith('-')) return isThere ? value! : otherwise()
  if (operator.endsWith('+')) return isThere ? otherwise() : ''
  if (!isThere) variables.missing?.(name, true)
  return value ?? ''
}

/** The offset of the brace that closes an expression whose head ends at `start`; only braces behind a dollar sign nest. */
function closing(text: string, start: number): number | undefined {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    if (text[i] === '$' && text[i + 1] === '{') depth++
    else if (text[i] === '}' && depth-- === 0) return i
  }
  return undefined
}
