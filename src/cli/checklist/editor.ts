import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { UserError, type World } from '../world.ts'

/** Editors that take the line to start at as `+12`. */
const takesLine = new Set([
  'vi',
  'vim',
  'nvim',
  'view',
  'nano',
  'pico',
  'emacs',
  'emacsclient',
  'joe',
  'mcedit',
  'micro',
  'kak',
])

/** What `$VISUAL` or else `$EDITOR` names, with its arguments; `undefined` where neither is set. */
export function editorOf({ env, runInTerminal }: World): readonly [program: string, ...args: string[]] | undefined {
  const [program, ...args] = (env['VISUAL'] || env['EDITOR'] || '').trim().split(/\s+/)
  return program && runInTerminal ? [program, ...args] : undefined
}

/**
 * Lets somebody edit a text in their editor. It works on a copy, so that what is half done is never read as the manifest.
 * @param file name that the copy has as well, so that the editor knows what it is
 * @param line counts from 1
 * @returns the text as it was left
 */
export async function edited(text: string, file: string, line: number, world: World): Promise<string> {
  const editor = editorOf(world)
  if (!editor) throw new UserError('Set VISUAL or EDITOR to the editor that you use')
  const [program, ...args] = editor
  const folder = await mkdtemp(join(tmpdir(), 'scaffold-review-edit-'))
  const copy = join(folder, basename(file))
  try {
    await writeFile(copy, text)
    const at = takesLine.has(basename(program)) ? [`+${line}`] : []
    const code = await world.runInTerminal!(program, [...args, ...at, copy]).catch((error: unknown) => {
      throw new UserError(`"${program}" cannot be started: ${error instanceof Error ? error.message : String(error)}`)
    })
    if (code !== 0) throw new UserError(`"${program}" ended with code ${code}; nothing was taken over`)
    return await readFile(copy, 'utf8')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
