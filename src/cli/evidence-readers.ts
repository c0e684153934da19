import type { Manifest, Told } from '../engine/evidence.ts'
import type { EvidenceFile } from '../evidence/yaml.ts'
import type { EvidenceKind } from '../finding.ts'
import { nothing } from '../evidence/claims.ts'

/** The files of one kind of evidence. */
export interface Given {
  readonly files: EvidenceFile[]
  /** The same by their path from the folder where globs start. */
  readonly byPath: Map<string, EvidenceFile>
  readonly globs: string[]
  /** False where a file could not be read or a glob found none: then what is not there may stand where nobody could look. */
  isWhole: boolean
}

type Tell = (given: Given, manifest: Manifest) => Told

/** Reads the code for a kind of evidence, so that nobody pays for a parser that is not used. */
export const readers: Readonly<Record<EvidenceKind, () => Promise<Tell>>> = {
  prometheusRules: async () => {
    const { prometheusEvidence } = await import('../evidence/prometheus/index.ts')
    return ({ files, isWhole }, manifest) => prometheusEvidence(files, manifest, isWhole)
  },
  kubernetes: () => Promise.resolve(nothing),
  compose: () => Promise.resolve(nothing),
  openapi: async () => {
    const { openapiEvidence } = await import('../evidence/openapi/index.ts')
    return ({ files }, manifest) => openapiEvidence(files, manifest)
  },
  migrations: () => Promise.resolve(nothing),
  documents: async () => {
    const { proseEvidence } = await import('../evidence/prose.ts')
    const { default: picomatch } = await import('picomatch')
    return ({ byPath, globs, isWhole }, manifest) => {
      const covers = picomatch(globs)
      return proseEvidence({ files: byPath, covers: path => isWhole && covers(path) }, manifest)
    }
  },
}
