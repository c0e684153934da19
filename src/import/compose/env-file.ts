import { interpolate, type Variables } from './interpolate.ts'

export interface EnvLine {
  readonly key: string
  readonly value: string
  /** Counts from 1. */
  readonly line: number
}

/**
 * The lines of an environment file as Compose reads it: `A=b`, `export A=b`, `A: b`, comments, quotes, values over several lines.
 * Values in single quotes stay as they are; the others may use variables that were set before or outside. Other lines are left out.
 * @param isRaw `format: raw`: quotes and dollar signs are part of the value
 */
export function envLines(text: string, outside: Variables['get'], isRaw = false): EnvLine[] {
  const found = new Map<string, EnvLine>()
  const get = (name: string) => outside(name) ?? found.get(name)?.value
  const source = text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n')
  const pattern =
    /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*(?:=|:(?=[ \t]))[ \t]*(?:"((?:[^"\\]|\\[^])*)"|'([^']*)'|([^\n]*))/gm
  let [line, from] = [1, 0]
  for (const match of isRaw ? source.matchAll(/^([A-Za-z_][\w.-]*)=()()([^\n]*)/gm) : source.matchAll(pattern)) {
    const [, key = '', double, single, plain] = match
    for (; from < match.index; from++) if (source[from] === '\n') line++
    const fill = (value: string) => interpolate(value, { get })
    const value = isRaw
      ? plain!
      : double !== undefined
        ? fill(double.replaceAll(/\\([nrt"\\])/g, (_, escape: string) => escapes[escape] ?? escape))
        : (single ?? fill(plain!.replace(/(?:^|\s)#.*$/, '').trim()))
    found.set(key, { key, value, line })
  }
  return [...found.values()]
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }
