/** Products whose behaviour rules know, from `engine: postgres@16`. */
export interface Engine {
  /** Canonical name in lower case, such as `postgres`; `undefined` where no engine is stated. */
  readonly product: string | undefined
  /** The first number of the version. */
  readonly major: number | undefined
}

const aliases: Readonly<Record<string, string>> = {
  postgresql: 'postgres',
  'aurora-postgresql': 'postgres',
  'aurora-mysql': 'mysql',
  mongo: 'mongodb',
  valkey: 'redis',
  elasticache: 'redis',
  'sqs-fifo': 'sqs-fifo',
  'sqs-standard': 'sqs',
}

export function engineOf({ engine }: { readonly engine?: string | undefined }): Engine {
  if (engine === undefined) return notStated
  const at = engine.indexOf('@')
  const name = (at < 0 ? engine : engine.slice(0, at)).toLowerCase().trim()
  const major = at < 0 ? Number.NaN : Number.parseInt(engine.slice(at + 1), 10)
  // An engine may have any name, also one that every object knows.
  return {
    product: Object.hasOwn(aliases, name) ? aliases[name] : name,
    major: Number.isNaN(major) ? undefined : major,
  }
}

const notStated: Engine = { product: undefined, major: undefined }

/** Brokers that deliver a message again when its consumer fails. */
export const deliversAtLeastOnce = (product: string | undefined): boolean =>
  product !== undefined &&
  [
    'kafka',
    'rabbitmq',
    'sqs',
    'sqs-fifo',
    'pubsub',
    'kinesis',
    'nats-jetstream',
    'redpanda',
    'activemq',
    'servicebus',
  ].includes(product)

/** Databases whose schema changes in statements that lock tables. */
export const isRelational = (product: string | undefined): boolean =>
  product !== undefined && ['postgres', 'mysql', 'mariadb', 'sqlserver', 'oracle'].includes(product)

const inMemory: readonly string[] = ['redis', 'memcached', 'dragonfly']
const searchIndices: readonly string[] = ['elasticsearch', 'opensearch', 'solr', 'meilisearch', 'typesense']

/** Products that were made for copies: they keep them in memory, or in an index to search. */
export function keptIn(component: { readonly engine?: string | undefined }): 'memory' | 'index' | undefined {
  const { product = '' } = engineOf(component)
  return inMemory.includes(product) ? 'memory' : searchIndices.includes(product) ? 'index' : undefined
}

/** Products that mostly hold what can be made again, or that are no database. */
const mostlyDerived: readonly string[] = [
  ...inMemory,
  ...searchIndices,
  'prometheus',
  'loki',
  's3',
  'gcs',
  'azure-blob',
  'minio',
]

/** Whether it looks like a database in which data lives for good, where its role is not stated. */
export const keepsDataForGood = (component: { readonly engine?: string | undefined }): boolean =>
  !mostlyDerived.includes(engineOf(component).product ?? '')
