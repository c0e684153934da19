import { dirname, resolve } from 'node:path'
import { evidenceKinds, type EvidenceKind, type Path } from '../../finding.ts'
import type { ManifestFiles } from '../../manifest/files.ts'
import type { ReviewOptions } from '../../review.ts'
import type { Evidence } from './evidence-files.ts'
import type { Limits } from './limits.ts'
import { defaultLimits } from './limits.ts'
import { onDisk, type Tree } from './load.ts'
import type { World } from '../world.ts'

/** Where a manifest was read, when that is not the disk. */
export interface Origin {
  readonly tree: Tree
  /** Absolute. */
  readonly path: string
}

/** What the files of the evidence say; `undefined` where the manifest names none, and then nothing of this is read. */
export async function gatherEvidence(
  files: ManifestFiles,
  world: World,
  limits: Limits = defaultLimits,
  origin: Origin = { tree: onDisk(world), path: resolve(world.cwd, files.sources[0]!.file) },
): Promise<Evidence | undefined> {
  if (files.problems.length > 0 || !isMap(files.value['evidence'])) return undefined
  const { readEvidence } = await import('./evidence-files.ts')
  return readEvidence(files, origin, limits)
}

/** What a review needs to hold a manifest against its evidence. Files are read from where the manifest came from alone. */
export async function evidenceFor(
  ...given: Parameters<typeof gatherEvidence>
): Promise<Pick<ReviewOptions, 'evidence'>> {
  const found = await gatherEvidence(...given)
  return found ? { evidence: found.reader } : {}
}

/** A glob of `evidence`, and the folder that it starts from. */
export interface EvidenceGlob {
  readonly kind: EvidenceKind
  readonly glob: string
  /** Where the manifest says it. */
  readonly at: Path
}

/** What the manifest says of evidence, whether or not it is valid. Files of migrations are named by their stores as well. */
export function globsOf({ value }: ManifestFiles): EvidenceGlob[] {
  const { evidence, stores } = value
  if (!isMap(evidence)) return []
  const named = Object.entries(isMap(stores) ? stores : {}).flatMap(([name, store]) => {
    const migrations = isMap(store) ? store['migrations'] : undefined
    const at = ['stores', name, 'migrations', 'files']
    return isMap(migrations) ? globsAt('migrations', migrations['files'], at) : []
  })
  return [...evidenceKinds.flatMap(kind => globsAt(kind, evidence[kind], ['evidence', kind])), ...named]
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function globsAt(kind: EvidenceKind, globs: unknown, at: Path): EvidenceGlob[] {
  if (typeof globs === 'string') return [{ kind, glob: globs, at }]
  return (Array.isArray(globs) ? globs : []).flatMap((glob: unknown, i) =>
    typeof glob === 'string' ? [{ kind, glob, at: [...at, i] }] : [],
  )
}

/** The folder of the file that holds `evidence`, from that of the manifest. */
export function homeOf(files: ManifestFiles): string {
  const [first] = files.sources
  const { source } = files.home(['evidence'])
  const [from, to] = [dirname(first!.file), dirname(source.file)]
  return to.startsWith(`${from}/`) ? to.slice(from.length + 1) : from === '.' ? to : '.'
}
