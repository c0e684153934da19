import { stringify } from 'yaml'
import { isSame } from '../src/edit/data.ts'

/** Plain data as people write it: brackets here and lines there, comments, blank lines, quotes, anchors, all newlines. */

export interface Mess {
  readonly random: () => number
  readonly newline?: string
  readonly anchors?: boolean
}

type Values = Record<string, unknown>
const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)
const isEmpty = (value: object) => Object.keys(value).length === 0

/** The comments are numbered, so that each can be looked for. */
export function messy(value: unknown, { random, newline = '\n', anchors = false }: Mess): string {
  const known: { name: string; value: unknown }[] = []
  let comments = 0
  const chance = (share: number) => random() < share
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const comment = () => `#${pick([' ', ''])}c${++comments}.${pick(['', ' é: "x', ' {', "\t it's"])}`
  const tail = () => (chance(0.15) ? `${pick([' ', '  ', '\t'])}${comment()}` : chance(0.05) ? ' ' : '')

  function scalar(one: unknown, inFlow: boolean, pad: string): string {
    if (typeof one === 'string') {
      if (chance(0.15)) return JSON.stringify(one)
      if (chance(0.15) && !one.includes('\n')) return `'${one.replaceAll("'", "''")}'`
      if (!inFlow && chance(0.1) && /^[^\s].*[^\s]$/.test(one)) return `|-\n${pad}  ${one}`
    }
    const [text] = stringify([one], { collectionStyle: inFlow ? 'flow' : 'block', lineWidth: 0 })
      .trimEnd()
      .split('\n')
    return inFlow ? text!.slice(2, -2) : text!.slice(2)
  }

  function flow(one: unknown, pad: string): string {
    const alias = anchors && known.find(other => isSame(other.value, one))
    if (alias && chance(0.7)) return `*${alias.name} `
    if (!isMap(one) && !Array.isArray(one)) return scalar(one, true, pad)
    const inner = `${pad}  `
    const items = Array.isArray(one)
      ? one.map(item => flow(item, inner))
      : Object.entries(one).map(([key, item]) => `${scalar(key, true, '')}: ${flow(item, inner)}`)
    const [open, close] = Array.isArray(one) ? ['[', ']'] : ['{', '}']
    if (items.length === 0) return open + close
    if (chance(0.2)) {
      const lines = items.map((item, i) => `${inner}${item}${i < items.length - 1 || chance(0.5) ? ',' : ''}${tail()}`)
      return `${open}${tail()}\n${lines.join('\n')}\n${inner}${close}`
    }
    const space = pick([' ', ''])
    return `${open}${space}${items.join(pick([', ', ', ', ',  ']))}${chance(0.1) ? ',' : ''}${space}${close}`
  }

  /** What follows a key or a dash: ` value`, or lines of its own. */
  function after(one: unknown, pad: string, depth: number, isItem: boolean): string {
    const alias = anchors && depth > 0 && known.find(other => isSame(other.value, one))
    if (alias && chance(0.7)) return ` *${alias.name}${tail()}`
    if (one === null && chance(0.7)) return tail()
    const isBlock = (isMap(one) || Array.isArray(one)) && !isEmpty(one) && chance(depth < 2 ? 0.9 : 0.6)
    const name = anchors && depth > 0 && known.length < 5 && (isMap(one) || chance(0.2)) && chance(0.1)
    const anchor = name ? ` &a${known.length}` : ''
    const text = isBlock
      ? `${anchor}${tail()}\n${block(one, Array.isArray(one) && !isItem && chance(0.3) ? pad.slice(2) : pad, depth)}`
      : `${anchor} ${flow(one, pad)}`.replace(/ $/, '') + (typeof one === 'string' ? '' : tail())
    if (name) known.push({ name: anchor.slice(2), value: one })
    // A map may begin behind its dash.
    return isItem && isBlock && anchor === '' && chance(0.7) ? compact(text, pad) : text
  }

  const compact = (text: string, pad: string) => {
    const [first, second, ...rest] = text.split('\n')
    return first === '' && second!.startsWith(`${pad} `) && second!.trim() !== '' && !second!.trim().startsWith('#')
      ? [
          ` ${' '.repeat(second!.length - second!.trimStart().length - pad.length - 2)}${second!.trimStart()}`,
          ...rest,
        ].join('\n')
      : text
  }

  function block(one: object, pad: string, depth: number): string {
    const lines = Array.isArray(one)
      ? one.map(item => `${pad}  -${after(item, `${pad}  `, depth + 1, true)}`)
      : entriesOf(one as Values).map(([key, item]) => `${pad}  ${key}:${after(item, `${pad}  `, depth + 1, false)}`)
    return lines
      .map(line => (chance(0.1) ? `\n${line}` : chance(0.1) ? `${pad}  ${comment()}\n${line}` : line))
      .join('\n')
  }

  function entriesOf(one: Values): [string, unknown][] {
    const base = known.find(
      ({ value: other }) =>
        isMap(other) && !isEmpty(other) && Object.keys(other).every(key => isSame(other[key], one[key])),
    )
    const entries = Object.entries(one).map(([key, item]): [string, unknown] => [scalar(key, true, ''), item])
    if (!base || chance(0.3)) return entries
    const own = entries.filter(([key]) => !(key in (base.value as Values)))
    return [['<<', base.value], ...own]
  }

  const body = block(value as object, '', 0).replaceAll(/^ {2}/gm, '')
  const head = chance(0.3) ? `# head ${comment()}\n` : ''
  const end = pick(['\n', '\n', '', '\n\n', `\n${comment()}\n`])
  return (chance(0.1) ? `---\n${head}${body}${end}` : head + body + end).replaceAll('\n', newline)
}
