import type * as z from 'zod'
import { formatPath, type Path } from '../../finding.ts'
import { Source } from '../../manifest/source.ts'
import { readFile } from '../at-once.ts'
import { UserError } from '../world.ts'

/**
 * A file of data that the program wrote and people may have edited.
 * @param shown how messages call the file
 * @param what what it should be, such as `a baseline`
 * @returns `undefined` where there is no such file
 */
export async function readJsonText(absolute: string, shown: string, what: string): Promise<string | undefined> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(absolute))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    const why =
      code === 'EISDIR'
        ? 'it is a folder'
        : code === 'EACCES'
          ? 'permission denied'
          : code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
            ? 'it is not text in UTF-8'
            : message
    throw new UserError(`"${shown}" cannot be read as ${what}: ${why}`)
  }
}

/**
 * JSON of a known shape; what is wrong with it is said with its place.
 * @param schema one that changes nothing: what is returned is what was written, keys in their order
 */
export function parseJson<S extends z.ZodType>(text: string, shown: string, what: string, schema: S): z.output<S> {
  const data = parseSyntax(text, shown, what)
  const parsed = schema.safeParse(data)
  if (parsed.success) return data as z.output<S>
  const { message, path } = parsed.error.issues[0]!
  const at = path.filter(step => typeof step !== 'symbol')
  const where = at.length === 0 ? '' : `${formatPath(at)}: `
  throw new UserError(`${placeOf(text, shown, at)}: this is not ${what}. ${where}${message}`)
}

/** The data before its shape is known, for what has to be looked at first, such as a version. */
export function parseSyntax(text: string, shown: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as SyntaxError
    const place = `${shown}:${syntaxPlace(text, message)}`
    const why = /^<{7} |^>{7} /m.test(text)
      ? 'it holds the marks of a merge that was not finished'
      : message.replace(/,? (?:\.{3})?".*" is not valid JSON$| in JSON at position.*$/s, '')
    throw new UserError(`${place}: this is not ${what}, as it is not valid JSON: ${why}`)
  }
}

/** `line:column` of what is wrong. Some messages of the parser name the offset; for others YAML, which JSON is, says where. */
function syntaxPlace(text: string, message: string): string {
  const [, offset] = /position (\d+)/.exec(message) ?? []
  const start = offset === undefined ? new Source('', text).problems[0]?.location.start : undefined
  if (start) return `${start.line}:${start.column}`
  const before = text.slice(0, offset === undefined ? text.length : Number(offset)).split('\n')
  return `${before.length}:${before.at(-1)!.length + 1}`
}

/** JSON is YAML, so what knows where a key of a manifest stands knows it here too. */
function placeOf(text: string, shown: string, path: Path): string {
  const source = new Source(shown, text)
  if (source.problems.length > 0) return shown
  const { line, column } = source.locate(path).start
  return `${shown}:${line}:${column}`
}
