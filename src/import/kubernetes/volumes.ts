import { at, items, root, sourceOf, textOf, type Spot } from '../spot.ts'
import type { ImportedFact } from '../system.ts'
import type { Member } from './parts.ts'

/** Where a store, queue or cache keeps its data. */
export interface Home {
  /** `gone`: with the pod. `elsewhere`: there is a lasting volume, but not where the engine writes. `unknown`: nothing tells. */
  readonly is: 'lasting' | 'gone' | 'elsewhere' | 'unknown'
  /** What was seen, for people. */
  readonly words: string
  readonly spot: Spot
}

interface Mount {
  readonly path: string
  /** `undefined`: configuration, secrets and the like. */
  readonly lasts: boolean | undefined
  readonly what: string
  readonly spot: Spot
}

const lasting = [
  'persistentVolumeClaim',
  'ephemeral',
  'hostPath',
  'local',
  'nfs',
  'csi',
  'awsElasticBlockStore',
  'gcePersistentDisk',
  'azureDisk',
  'azureFile',
  'cephfs',
  'rbd',
  'iscsi',
  'fc',
  'glusterfs',
  'vsphereVolume',
  'portworxVolume',
  'storageos',
  'cinder',
  'flexVolume',
]

function mountsOf({ workload, main }: Member): Mount[] {
  const claims = items(at(root(workload.object), 'spec', 'volumeClaimTemplates')).map(one =>
    textOf(at(one, 'metadata', 'name')),
  )
  const volumes = items(at(workload.pod, 'volumes'))
  return items(at(main, 'volumeMounts')).flatMap((mount): Mount[] => {
    const [name, path] = [textOf(at(mount, 'name')), textOf(at(mount, 'mountPath'))]
    if (name === undefined || path === undefined) return []
    const here = { path: path.replace(/(?<=.)\/+$/, ''), spot: mount }
    if (claims.includes(name)) return [{ ...here, lasts: true, what: 'a volume claim' }]
    const volume = volumes.find(one => textOf(at(one, 'name')) === name)
    const type = volume && lasting.find(one => at(volume, one).value !== undefined)
    if (type) return [{ ...here, lasts: type !== 'ephemeral', what: type }]
    const isEmpty = volume !== undefined && at(volume, 'emptyDir').value !== undefined
    return [{ ...here, lasts: isEmpty ? false : undefined, what: isEmpty ? 'an emptyDir' : 'a file' }]
  })
}

/** Settings by which an engine keeps its data in another folder. */
const movedBy =
  /^(?:PGDATA|MONGODB_DATA_DIR|RABBITMQ_MNESIA_(?:BASE|DIR)|KAFKA_LOG_DIRS?|KAFKA_CFG_LOG_DIRS?|ETCD_DATA_DIR|MINIO_VOLUMES)$/

export function homeOf(member: Member): Home {
  const { main, workload, part } = member
  const mounts = mountsOf(member)
  const moved = items(at(main, 'env')).flatMap(one =>
    movedBy.test(textOf(at(one, 'name')) ?? '') ? (textOf(at(one, 'value')) ?? []) : [],
  )
  const folders = [...moved, ...part.data].map(folder => folder.replace(/(?<=.)\/+$/, ''))
  const holding = mounts.filter(
    ({ path, lasts }) => lasts !== undefined && folders.some(folder => overlap(path, folder)),
  )
  const kept = holding.find(({ lasts }) => lasts === true)
  if (kept) return { is: 'lasting', words: `${kept.what} at ${kept.path}`, spot: kept.spot }
  const [lost] = holding
  if (lost) return { is: 'gone', words: `${lost.what} at ${lost.path}`, spot: lost.spot }
  const other = mounts.find(({ lasts }) => lasts === true)
  if (!other) {
    const isSet = workload.object.kind === 'StatefulSet'
    const words = isSet ? 'a StatefulSet without volumeClaimTemplates' : 'no volume for its data'
    return { is: 'gone', words, spot: at(root(workload.object), 'spec') }
  }
  // Without a known folder, a lasting volume is believed; with one, the command may name another.
  const command = [
    ...items(at(main, 'command')),
    ...items(at(main, 'args')),
    ...items(at(main, 'env')).map(one => at(one, 'value')),
  ]
  const isNamed = command.some(one => (textOf(one) ?? '').includes(other.path))
  if (folders.length === 0 || isNamed)
    return { is: 'unknown', words: `${other.what} at ${other.path}`, spot: other.spot }
  return {
    is: 'elsewhere',
    words: `${other.what} is mounted at ${other.path}, and the data is in ${folders[0]!}`,
    spot: other.spot,
  }
}

/** One folder in the other, or the same. */
const overlap = (a: string, b: string): boolean =>
  a === b || a.startsWith(`${b}/`) || b.startsWith(a === '/' ? a : `${a}/`)

const alwaysWrites =
  /^(?:postgres|mysql|mariadb|mongodb|sqlserver|oracle|cassandra|scylla|cockroachdb|couchdb|neo4j|clickhouse|etcd|minio|elasticsearch|opensearch|influxdb)(?:@|$)/

/** `persistence` of a store or cache, where the files settle it. Redis on a lasting volume may be set to write nothing. */
export function persistenceFacts(member: Member, home: Home): ImportedFact[] {
  const { part, main } = member
  if (part.kind !== 'store' && part.kind !== 'cache') return []
  const source = sourceOf(home.spot, home.words, 'derived')
  const fact = (value: string): ImportedFact[] => [{ path: ['persistence'], value, source }]
  if (home.is === 'gone' || home.is === 'elsewhere') return fact('none')
  if (home.is !== 'lasting') return []
  if (alwaysWrites.test(part.engine ?? '')) return fact('durable')
  const command = [...items(at(main, 'command')), ...items(at(main, 'args'))].map(one => textOf(one) ?? '').join(' ')
  return /--appendonly[ =]"?yes/.test(command) ? fact('appendOnly') : []
}
