import { createRequire } from 'node:module'
import type { Parse, Parsed } from '../../evidence/sql/hazards.ts'

type Library = typeof import('libpg-query')

/**
 * PostgreSQL's parser, compiled to WebAssembly, loaded when the first statement is parsed. A trap inside, such as a call stack that
 * a deeply nested statement exhausts, leaves the memory of the module in an unknown state: the instance is thrown away, the statement
 * is said to be unreadable, and the next one gets a new instance.
 */
export function sqlParser(): Parse {
  let library: Promise<Library> | undefined
  let lost = 0
  return async sql => {
    if (lost >= mostLost) return { error: `${mostLost} statements before it broke the parser`, unread: true }
    library ??= load()
    const parsed = parseWith(await library, sql)
    if ('error' in parsed && parsed.unread === true) {
      library = undefined
      lost++
    }
    return parsed
  }
}

/** A new instance takes a quarter of a second. */
const mostLost = 10

function parseWith(library: Library, sql: string): Parsed {
  try {
    const { stmts = [] } = library.parseSync(sql)
    return { nodes: stmts.flatMap(({ stmt }) => (stmt ? [stmt] : [])) }
  } catch (error) {
    if (library.hasSqlDetails(error)) return { error: error.message, at: error.sqlDetails!.cursorPosition }
    if (error instanceof RangeError) return { error: 'it is nested too deeply', unread: true }
    return { error: `the parser broke, ${error instanceof Error ? error.message : String(error)}`, unread: true }
  }
}

/** The package makes one instance when it is first required; forgetting it makes another. */
async function load(): Promise<Library> {
  const require = createRequire(import.meta.url)
  for (const name of ['libpg-query', 'libpg-query/wasm/libpg-query.js'])
    Reflect.deleteProperty(require.cache, require.resolve(name))
  const library = require('libpg-query') as Library
  await library.loadModule()
  return library
}
