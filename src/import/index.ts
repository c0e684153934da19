import type { ImportReader } from './system.ts'

export interface ImportKind {
  readonly name: string
  /** What is read, for the help of the command. */
  readonly reads: string
  /** Where the system runs, if the kind of file says so. */
  readonly platform?: string
  /** Of the files found in a folder, named from it, those to read; absent: all. */
  readonly pick?: (names: readonly string[]) => string[]
  /** The code of one kind is read only when that kind is asked for. */
  readonly load: () => Promise<ImportReader>
}

/** What can be imported, in the order of the help. */
export const importKinds: readonly ImportKind[] = [
  {
    name: 'compose',
    reads: 'Compose files, later ones over earlier ones',
    platform: 'compose',
    pick: names => composeFilesOf(names),
    load: async () => (await import('./compose/read-compose.ts')).readCompose,
  },
  {
    name: 'kubernetes',
    reads: 'Kubernetes manifests: rendered charts, plain kustomize overlays, Istio routes',
    platform: 'kubernetes',
    load: async () => (await import('./kubernetes/read-kubernetes.ts')).readKubernetes,
  },
  {
    name: 'calm',
    reads: 'architectures of FINOS CALM',
    load: async () => (await import('./calm/read-calm.ts')).readCalm,
  },
  {
    name: 'backstage',
    reads: 'descriptors of a Backstage catalog',
    load: async () => (await import('./backstage/read-backstage.ts')).readBackstage,
  },
  {
    name: 'openslo',
    reads: 'SLOs in OpenSLO',
    load: async () => (await import('./openslo/read-openslo.ts')).readOpenSlo,
  },
  {
    name: 'sloth',
    reads: 'SLOs in the form of Sloth',
    load: async () => (await import('./sloth/read-sloth.ts')).readSloth,
  },
  {
    name: 'trace',
    reads: 'service graphs of Jaeger, Zipkin or OpenTelemetry, with what was measured',
    load: async () => (await import('./trace/read-trace.ts')).readTrace,
  },
]

/** The file that `docker compose` would take in each folder, and its override: `compose.yaml` and `compose.override.yaml`. */
function composeFilesOf(names: readonly string[]): string[] {
  const folderOf = (name: string) => name.slice(0, name.lastIndexOf('/') + 1)
  const folders = [...new Set(names.map(folderOf))]
  const picked = folders.flatMap(folder => {
    const there = (bases: readonly string[]) => bases.map(base => folder + base).find(name => names.includes(name))
    const main = there(['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'])
    const stem = main?.slice(folder.length).replace(/\.ya?ml$/, '')
    const override = stem && there([`${stem}.override.yml`, `${stem}.override.yaml`])
    return main === undefined ? [] : [main, ...(override ? [override] : [])]
  })
  // What lies at the top is the system; files further down are then its examples and tests.
  const top = picked.filter(name => !name.includes('/'))
  return top.length > 0 ? top : picked
}
