import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { isDynamicPattern } from 'tinyglobby'
import type { EvidenceReader, Told } from '../engine/evidence.ts'
import { nothing, together } from '../evidence/claims.ts'
import type { EvidenceFile } from '../evidence/yaml.ts'
import type { EvidenceKind, Problem } from '../finding.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import { globsOf, homeOf, type Origin } from './evidence.ts'
import type { Limits } from './limits.ts'
import { readers, type Given } from './evidence-readers.ts'

/** Reads all files of the evidence. What cannot be read becomes a problem with a place, and everything else is checked. */
export async function readEvidence(
  files: ManifestFiles,
  { tree, path }: Origin,
  limits: Limits,
): Promise<EvidenceReader> {
  const problems: Problem[] = []
  const read = new Map<string, EvidenceFile>()
  const given = new Map<EvidenceKind, Given>()
  const root = await tree.real(dirname(path))
  // Relative to the file that says so, like the globs of include.
  const folder = join(dirname(path), homeOf(files))
  let room = limits.maxInput
  for (const { kind, glob, at } of globsOf(files)) {
    const own: Given = given.get(kind) ?? { files: [], byPath: new Map(), globs: [], isWhole: true }
    given.set(kind, own)
    own.globs.push(glob)
    const report = (message: string) => {
      own.isWhole = false
      problems.push({ ruleId: 'evidence', message, location: files.locate(at), related: [] })
    }
    for (const found of await matches(glob, folder, tree, report)) {
      const real = await tree.real(found)
      if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) {
        report(`"${tree.shown(found)}" lies outside the folder of the manifest; expected a file in it or below`)
        continue
      }
      let file = read.get(real)
      if (!file) {
        if (read.size >= limits.maxFiles) {
          report(`The evidence has more than ${limits.maxFiles} files; --max-files raises the limit`)
          break
        }
        const { text, size, problem } = await tree.read(found, tree.shown(found), room)
        if (problem) {
          report(problem.message)
          continue
        }
        room -= size
        read.set(real, (file = { name: tree.shown(found), text }))
      }
      if (!own.files.includes(file)) own.files.push(file)
      own.byPath.set(relative(folder, found).split(sep).join('/'), file)
    }
  }
  const told = await Promise.all([...given].map(async ([kind, own]) => [await readers[kind](), own] as const))
  return manifest => {
    const all: Told = together([{ ...nothing(), problems }, ...told.map(([tell, own]) => tell(own, manifest))])
    const shown = new Set(all.findings.map(({ location }) => location.file))
    return {
      ...all,
      texts: [...read.values()].flatMap(({ name, text }) => (shown.has(name) ? [{ file: name, text }] : [])),
    }
  }
}

async function matches(
  glob: string,
  folder: string,
  tree: Origin['tree'],
  report: (message: string) => void,
): Promise<string[]> {
  if (isAbsolute(glob) || glob.split(/[\\/]/).includes('..')) {
    report(`"${glob}" leads out of the folder of the manifest; expected a glob of files in it or below`)
    return []
  }
  const found = isDynamicPattern(glob) ? await tree.glob(glob, folder) : [join(folder, glob)]
  if (found.length === 0) report(`"${glob}" matches no file, so nothing is checked against it`)
  return found.map(one => resolve(one)).sort()
}
