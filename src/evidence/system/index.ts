import type { Location, Path } from '../../finding.ts'
import type { ImportedSystem, ImportNote, Source } from '../../import/system.ts'
import { nothing, unreadablePart, type Manifest, type Told } from '../claims.ts'
import type { EvidenceFile } from '../yaml.ts'
import { factClaims, type ReadSystem } from './facts.ts'

/** Files of Kubernetes or Compose, as their importer reads them, against what a manifest says of its elements. */
export function systemEvidence(read: ReadSystem, manifest: Manifest): Told {
  const { kind, system, placeOf } = read
  const unreadable = system.notes.filter(note => note.kind === 'unreadable')
  return {
    ...nothing(),
    claims: factClaims(read, manifest).claims,
    questions: unreadable.map(note =>
      unreadablePart(kind, 'scaling', note.file ?? kind, note.message, placeOf(sourceOf(note)), manifest),
    ),
  }
}

const sourceOf = ({ file = '', line = 1 }: ImportNote): Source => ({ file, line, signal: '', confidence: 'stated' })

/**
 * A system whose places lead to the lines of files.
 * @param files by the names that the importer knows them by
 * @param shown what reports call such a file
 */
export function readSystem(
  kind: ReadSystem['kind'],
  system: ImportedSystem,
  files: ReadonlyMap<string, EvidenceFile>,
  shown: (name: string) => string,
): ReadSystem {
  const lines = new Map<string, readonly number[]>()
  const placeOf = ({ file, line }: Source): Location => {
    let ends = lines.get(file)
    if (!ends) lines.set(file, (ends = lineEnds(files.get(file)?.text ?? '')))
    const [from, to] = [line < 2 ? 0 : (ends[line - 2] ?? 0), ends[line - 1] ?? 0]
    const path: Path = []
    return {
      file: shown(file),
      path,
      start: { line, column: 1, offset: from },
      end: { line, column: Math.max(1, to - from), offset: Math.max(from, to - 1) },
    }
  }
  return { kind, system, placeOf }
}

/** Offset behind each line end, and behind the text. */
const lineEnds = (text: string): number[] => [
  ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1),
  text.length + 1,
]
