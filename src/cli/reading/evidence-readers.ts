import type { Manifest, Told } from '../../engine/evidence.ts'
import type { ReadMigrations } from '../../evidence/migrations.ts'
import type { ReadSystem } from '../../evidence/system/facts.ts'
import type { EvidenceFile } from '../../evidence/yaml.ts'
import type { EvidenceKind } from '../../finding.ts'
import type { Model, Store } from '../../manifest/model.ts'
import type { ImportFile, ImportReader } from '../../import/system.ts'

/** The files of one kind of evidence. */
export interface Given {
  /** By their path from the folder where globs start. */
  readonly files: Map<string, EvidenceFile>
  /** Those that a wildcard found, which belong to their folder, while files that are named belong together. */
  readonly found: Set<string>
  readonly globs: string[]
  /** False where a file could not be read or a glob found none: then what is not there may stand where nobody could look. */
  isWhole: boolean
}

/** What files speak of may stand in further files. */
export interface Beside {
  /** A file by its path from the folder where globs start; `undefined` where there is none that may be read. */
  readonly read: (path: string) => Promise<EvidenceFile | undefined>
  /** What reports call such a file. */
  readonly shown: (path: string) => string
  readonly model: Model
  /** Names of the stores whose `migrations.files` finds a file. */
  readonly storesNaming: (path: string) => ReadonlySet<string>
}

export interface Reading {
  readonly tell: (manifest: Manifest) => Told
  /** What was read as a system, for `drift`. */
  readonly system?: ReadSystem
}

type Reader = (given: Given, beside: Beside) => Promise<Reading>

/** Reads the code for a kind of evidence, so that nobody pays for a parser that is not used. */
export const readers: Readonly<Record<EvidenceKind, Reader>> = {
  prometheusRules: async ({ files, isWhole }) => {
    const { prometheusEvidence } = await import('../../evidence/prometheus/index.ts')
    return { tell: manifest => prometheusEvidence([...files.values()], manifest, isWhole) }
  },
  kubernetes: async (given, beside) => {
    const { readKubernetes } = await import('../../import/kubernetes/read-kubernetes.ts')
    return asSystem('kubernetes', readKubernetes, given, beside)
  },
  compose: async (given, beside) => {
    const { readCompose } = await import('../../import/compose/read-compose.ts')
    return asSystem('compose', readCompose, given, beside)
  },
  openapi: async ({ files }) => {
    const { openapiEvidence } = await import('../../evidence/openapi/index.ts')
    return { tell: manifest => openapiEvidence([...files.values()], manifest) }
  },
  migrations: async ({ files }, { model, storesNaming }) => {
    const { migrationEvidence, storeFactsOf, storeOf } = await import('../../evidence/migrations.ts')
    const { sqlEvidence } = await import('../../evidence/sql/evidence.ts')
    const { sqlParser } = await import('./sql-parser.ts')
    const byStore = new Map<Store | undefined, EvidenceFile[]>()
    for (const [path, file] of files) {
      const store = storeOf(path, model, one => storesNaming(path).has(one.name))
      byStore.set(store, [...(byStore.get(store) ?? []), file])
    }
    const parse = sqlParser()
    const read: ReadMigrations[] = []
    for (const [store, own] of byStore) {
      const evidence = await sqlEvidence(own, parse, store ? storeFactsOf(store, model) : {})
      read.push({ store: store?.name, evidence })
    }
    return { tell: manifest => migrationEvidence(read, manifest) }
  },
  documents: async ({ files, globs, isWhole }) => {
    const { proseEvidence } = await import('../../evidence/prose.ts')
    const { default: picomatch } = await import('picomatch')
    const covers = picomatch(globs)
    return { tell: manifest => proseEvidence({ files, covers: path => isWhole && covers(path) }, manifest) }
  },
}

async function asSystem(
  kind: ReadSystem['kind'],
  read: ImportReader,
  { files, found }: Given,
  beside: Beside,
): Promise<Reading> {
  const { readSystem, systemEvidence } = await import('../../evidence/system/index.ts')
  const known = new Map(files)
  const asImport = (name: string, text: string): ImportFile =>
    found.has(name) ? { name, text, folder: name.split('/').slice(0, -1).join('/') } : { name, text }
  const imported = await read({
    files: [...files].map(([name, { text }]) => asImport(name, text)),
    read: async name => {
      const file = await beside.read(name)
      if (file) known.set(name, file)
      return file && { name, text: file.text }
    },
  })
  const system = readSystem(kind, imported, known, beside.shown)
  return { system, tell: manifest => systemEvidence(system, manifest) }
}
