import { execFile } from 'node:child_process'
import { join, parse, posix, relative, sep } from 'node:path'
import picomatch from 'picomatch'
import { Source } from '../../manifest/source.ts'
import type { Tree } from './load.ts'
import { decode, tooLarge, unreadable, type Text } from './read-text.ts'
import { UserError, type World } from '../world.ts'

/** `main:scaffold.yaml`, as git names the file of a revision. */
export interface Revision {
  readonly revision: string
  /** From the top of the repository; from the current folder where it starts with `./` or `../`. */
  readonly path: string
}

export function parseRevision(text: string): Revision | undefined {
  const [, revision, path] = /^([^:]*):(.*)$/s.exec(text) ?? []
  // `C:\design\scaffold.yaml` is a file.
  if (revision === undefined || path === undefined || /^[A-Za-z]:[\\/]/.test(text)) return undefined
  return { revision, path }
}

/**
 * The files of a revision, read by git and never checked out. Absolute paths in it start at the top of the repository.
 * @returns the tree, and the path of the file in it
 */
export async function openRevision({ revision, path }: Revision, world: World): Promise<{ tree: Tree; path: string }> {
  if (path === '' || revision === '')
    throw new UserError(`Expected a revision and a file of it, such as main:scaffold.yaml, not "${revision}:${path}"`)
  // A name that starts with a dash is no revision, and git would read an option.
  const commit = revision.startsWith('-') ? undefined : await commitOf(revision, world)
  if (commit === undefined)
    throw new UserError(
      `There is no revision "${revision}" in this repository. A shallow clone may lack it: fetch it first (in GitHub Actions: "fetch-depth: 0")`,
    )
  const isRelative = /^\.{1,2}\//.test(path)
  const prefix = isRelative ? (await git(['rev-parse', '--show-prefix'], world)).toString().trimEnd() : ''
  const inside = posix.normalize(posix.join(prefix, path))
  const top = parse(world.cwd).root
  const nameOf = (absolute: string) => relative(top, absolute).split(sep).join('/')
  const tree: Tree = {
    shown: absolute => `${revision}:${nameOf(absolute)}`,
    read: (absolute, file, most) => blob(`${commit}:${nameOf(absolute)}`, file, most, world),
    source: (file, text) => new Source(file, text),
    glob: async (pattern, folder) => {
      const names = await namesIn(`${commit}:${nameOf(folder)}`, world)
      // As on the disk, where a folder that matches stands for all that is in it.
      const matches = picomatch([pattern, ...(pattern.endsWith('*') ? [] : [`${pattern}/**`])])
      return names.filter(name => matches(name)).map(name => join(folder, name))
    },
    // git follows links when it reads a file, and never out of the revision.
    real: absolute => Promise.resolve(absolute),
  }
  return { tree, path: join(top, inside) }
}

async function commitOf(revision: string, world: World): Promise<string | undefined> {
  await git(['rev-parse', '--git-dir'], world)
  const found = await tryGit(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], world)
  return found.output?.toString().trim()
}

async function namesIn(folder: string, world: World): Promise<string[]> {
  const { output } = await tryGit(['ls-tree', '-r', '-z', '--full-tree', '--name-only', folder], world)
  return (output?.toString() ?? '').split('\0').filter(name => name !== '')
}

/** One file, through links. The answer is a line with the type and the size, then the bytes. */
async function blob(name: string, file: string, most: number, world: World): Promise<Text> {
  if (name.includes('\n')) return unreadable(file, `There is no file "${file}"`)
  const answer = await git(['cat-file', '--batch', '--follow-symlinks'], world, `${name}\n`)
  const end = answer.indexOf(10)
  const [, type, size = '0'] = / (\w+)(?: (\d+))?$/.exec(answer.subarray(0, end).toString()) ?? []
  if (type === 'tree') return unreadable(file, `"${file}" is a folder; expected a file such as ${file}/scaffold.yaml`)
  if (type !== 'blob') return unreadable(file, `There is no file "${file}"`)
  if (Number(size) > most) return tooLarge(file, Number(size), most)
  return decode(answer.subarray(end + 1, end + 1 + Number(size)), file, most)
}

interface Ran {
  /** `undefined` where git refused. */
  readonly output?: Buffer
  readonly refusal: string
}

async function git(args: readonly string[], world: World, input?: string): Promise<Buffer> {
  const { output, refusal } = await tryGit(args, world, input)
  if (output) return output
  const why = /^fatal: (.*)/m.exec(refusal)?.[1] ?? (refusal.trim().split('\n')[0] || 'it said nothing')
  throw new UserError(`git cannot read this repository: ${why}. Two files can be compared without git`)
}

/** Arguments are a list, so that no shell reads them. Nothing is fetched: what is not here is not there. */
function tryGit(args: readonly string[], { cwd, env }: World, input?: string): Promise<Ran> {
  const quiet = { ...env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '1', GIT_OPTIONAL_LOCKS: '0' }
  return new Promise((done, fail) => {
    const child = execFile(
      'git',
      args,
      { cwd, env: quiet, encoding: 'buffer', maxBuffer: 2 ** 28 },
      (error, output, refusal) => {
        if (error?.code === 'ENOENT')
          fail(new UserError('git is not installed, and a revision can only be read by it. Name two files instead'))
        else done(error ? { refusal: refusal.toString() } : { output, refusal: '' })
      },
    )
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input ?? '')
  })
}
