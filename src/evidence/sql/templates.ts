import type { Statement } from './types.ts'

/**
 * Placeholders that a tool fills in before the database sees the text. Where one begins at `at`: where it ends, and what stands in
 * its place, of the same length, so that every place stays where it is.
 */
export interface Placeholder {
  readonly end: number
  readonly instead: string
  readonly placeholder?: Statement['placeholders'][number]
}

/** `{% if %}`, `{{ if }}`: which branch is taken is not known, so both are read. */
const control = /\{%[^%]{0,500}%\}|\{\{-?\s*(?:if|else|end|range|with|define|block|template)\b[^}]{0,500}\}\}/y
/** `${schema}`, `{{ schema }}`, `<%= schema %>`. */
const value = /\$\{[^}\n]{1,200}\}|\{\{[^}\n]{1,200}\}\}|<%=[^%\n]{1,200}%>/y
/** A variable of psql: `:name`, `:'name'`, `:"name"`; not the `::` of a cast, nor a slice. */
const variable = /:(?=["'A-Za-z_])/y

export function placeholderAt(text: string, at: number): Placeholder | undefined {
  const char = text[at]
  const begins = (char === '{' && /[{%]/.test(text[at + 1] ?? '')) || (char === '$' && text[at + 1] === '{')
  // One that is never closed need not be looked at sign by sign.
  if ((begins || (char === '<' && text[at + 1] === '%')) && /[}>]/.test(text.slice(at, at + 520))) {
    const branch = match(control, text, at)
    if (branch !== undefined) return { end: at + branch.length, instead: branch.replace(/[^\n]/g, ' ') }
    const written = match(value, text, at)
    if (written === undefined) return undefined
    const seen = written.replace(/[^A-Za-z0-9_]/g, '_').toLowerCase()
    return { end: at + written.length, instead: seen, placeholder: { seen, written } }
  }
  if (char === ':' && /[\s(,=.]/.test(text[at - 1] ?? ' ') && match(variable, text, at) !== undefined)
    return { end: at + 1, instead: ' ' }
  return undefined
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/** A name as its author wrote it. */
export const asWritten = (name: string, { placeholders }: Pick<Statement, 'placeholders'>): string =>
  placeholders.reduce((text, { seen, written }) => text.replaceAll(seen, written), name)
