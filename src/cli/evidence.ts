import { resolve } from 'node:path'
import type { ManifestFiles } from '../manifest/files.ts'
import type { ReviewOptions } from '../review.ts'
import type { Limits } from './limits.ts'
import { defaultLimits } from './limits.ts'
import { onDisk, type Tree } from './load.ts'
import type { World } from './world.ts'

/** Where a manifest was read, when that is not the disk. */
export interface Origin {
  readonly tree: Tree
  /** Absolute. */
  readonly path: string
}

/**
 * What a review needs to hold a manifest against its evidence: nothing where it names none, and then nothing of this is read.
 * Files are read from where the manifest came from, and from nowhere else.
 */
export async function evidenceFor(
  files: ManifestFiles,
  world: World,
  limits: Limits = defaultLimits,
  origin: Origin = { tree: onDisk(world), path: resolve(world.cwd, files.sources[0]!.file) },
): Promise<Pick<ReviewOptions, 'evidence'>> {
  const { evidence } = files.value
  if (files.problems.length > 0 || typeof evidence !== 'object' || evidence === null) return {}
  const { readEvidence } = await import('./evidence-files.ts')
  return { evidence: await readEvidence(files, origin, limits) }
}
