import { migrationsOf } from '../../analysis/migrations.ts'
import { servicesOf } from '../../analysis/migration-order.ts'
import type { Path } from '../../finding.ts'
import type { Model, Service, Store } from '../../manifest/model.ts'
import { duration, list, number } from '../../units.ts'
import { ask, defineRule, noOptions, yaml, type Outcome } from '../define.ts'

/** Tools that take a lock before they migrate, unless somebody turns it off. */
const locking: readonly string[] = ['flyway', 'liquibase', 'prisma']

export default defineRule({
  id: 'migration-at-startup-race',
  title: 'Every instance migrates the database when it starts',
  severity: 'warning',
  question: 'migrations',
  on: 'store',
  options: noOptions,
  why: 'Instances that start together run the same migration against each other. One that takes longer than a probe waits is killed in the middle of it, and every scale-out and restart runs it again.',
  formula:
    'races where replicas > 1 without a lock; killed where the migration takes longer than delay + interval · failures',
  fix: 'Run migrations once for each deploy, as a step before new instances start.',
  sources: [
    { title: 'Kubernetes documentation: Configure Liveness, Readiness and Startup Probes', id: 'startup probes' },
    { title: 'Flyway documentation', id: 'concurrent migrations' },
  ],
  reads: [
    'stores.migrations.runOn',
    'stores.migrations.advisoryLock',
    'stores.migrations.tool',
    'stores.migrations.duration',
    'services.replicas',
    'services.health',
    'services.runtime',
  ],

  appliesTo: (store, { model }) => migrationsOf(store)?.runOn === 'startup' && runners(store, model).length > 0,

  *check(store, { model, facts }) {
    const services = runners(store, model)
    const journeys = facts.journeys.through(store.name, 'sure')
    for (const outcome of [...race(store, services), ...kill(store, services, model.raw.platform === 'kubernetes')])
      yield 'at' in outcome ? { ...outcome, journeys } : outcome
  },

  examples: [
    {
      title: 'Twelve instances start and migrate, without a lock',
      bad: yaml`
        services:
          orders: { replicas: 12, calls: [{ to: orders-db }] }
        stores:
          orders-db:
            migrations:
              tool: scripts
              runOn: startup
              advisoryLock: false # <--
      `,
    },
    {
      title: 'The probe gives up before the migration ends',
      bad: yaml`
        services:
          orders:
            replicas: 1
            health: { startup: { interval: 5s, failures: 6, initialDelay: 10s } }
            calls: [{ to: orders-db }]
          stock:
            replicas: 12
            health: { startup: none, liveness: { initialDelay: 0s, interval: 10s, failures: 3 } }
            calls: [{ to: stock-db }]
        stores:
          orders-db:
            migrations:
              runOn: startup
              duration: 2m # <--
          stock-db:
            migrations:
              tool: Flyway
              runOn: startup
              duration: 2m # <--
      `,
    },
    {
      title: 'How many start, whether there is a lock, and how long a probe waits are not stated',
      unclear: yaml`
        services:
          orders: { replicas: 12, calls: [{ to: orders-db }] }
          stock: # ?
            calls: [{ to: stock-db }]
          carts:
            replicas: 2
            health: # ?
              liveness: { interval: 10s, failures: 3 }
            calls: [{ to: carts-db }]
          users:
            health:
              startup: # ?
                { interval: 5s, failures: 6 }
            calls: [{ to: users-db }]
        stores:
          orders-db:
            migrations: # ?
              { tool: scripts, runOn: startup }
          stock-db: { migrations: { runOn: startup, advisoryLock: false } }
          carts-db: { migrations: { tool: flyway, runOn: startup, duration: 2m } }
          users-db: { migrations: { runOn: startup, advisoryLock: true, duration: 2m } }
      `,
    },
    {
      title: 'One instance, a lock, a tool that locks, time enough, or once for each deploy',
      good: yaml`
        services:
          orders: { replicas: 1, calls: [{ to: orders-db }] }
          stock: { replicas: 12, calls: [{ to: stock-db }] }
          carts:
            replicas: 12
            health: { startup: { interval: 5s, failures: 24 }, liveness: { interval: 5s, failures: 3 } }
            calls: [{ to: carts-db }]
          worker: { replicas: 3, calls: [{ to: orders-db }, { to: users-db }] }
          upload: { runtime: serverless, calls: [{ to: files-db }] }
          users: { replicas: 3, health: { startup: none, liveness: none }, calls: [{ to: pages-db }] }
          calm: { replicas: 3, health: { liveness: { interval: 60s, failures: 3 } }, calls: [{ to: calm-db }] }
        stores:
          orders-db: { migrations: { runOn: startup, advisoryLock: false } }
          stock-db: { migrations: { runOn: startup, advisoryLock: true } }
          carts-db: { migrations: { tool: flyway, runOn: startup, duration: 2m } }
          users-db: { migrations: { runOn: deploy, advisoryLock: false, duration: 2m } }
          files-db: { migrations: { runOn: startup, advisoryLock: false } }
          pages-db: { migrations: { runOn: startup, advisoryLock: true, duration: 2m } }
          calm-db: { migrations: { runOn: startup, advisoryLock: true, duration: 2m } }
          rest-db: { migrations: none }
      `,
    },
  ],
})

/** Instances that may run the migrations; functions have no number of them. */
const runners = (store: Store, model: Model): Service[] =>
  servicesOf(store, model).filter(({ runtime }) => runtime !== 'serverless')

/** Which of several services migrates is nobody's fact, so what holds must hold for each of them. */
function race(store: Store, services: readonly Service[]): Outcome[] {
  const { advisoryLock, tool } = migrationsOf(store)!
  if (advisoryLock ?? locking.includes(tool?.toLowerCase() ?? '')) return []
  if (services.some(({ replicas }) => replicas?.max === 1)) return []
  const open = services.filter(({ replicas }) => replicas?.max === undefined)
  if (open.length > 0)
    return [...ask(open.map(({ path, replicas }) => [...path, 'replicas', ...(replicas ? ['max'] : [])]))]
  const most = Math.min(...services.map(({ replicas }) => replicas!.max!))
  const names = list(services.map(({ name }) => `"${name}"`))
  const at = [...store.path, 'migrations', 'advisoryLock']
  if (advisoryLock === undefined)
    return [{ unknown: at, because: `Without a lock, up to ${number(most)} instances migrate at the same time` }]
  return [
    {
      at,
      message: `"${store.name}" is migrated by every instance of ${names} that starts, up to ${number(most)} at the same time; expected one`,
      arithmetic: `migrations at the same time = replicas = ${number(most)}`,
      fix: 'Run migrations once for each deploy, or take an advisory lock before them',
      evidence: [{ label: 'runs at startup', at: [...store.path, 'migrations', 'runOn'] }],
    },
  ]
}

function kill(store: Store, services: readonly Service[], onKubernetes: boolean): Outcome[] {
  const { duration: length } = migrationsOf(store)!
  if (length === undefined) return []
  const patience = services.map(service => patienceOf(service, onKubernetes))
  // In the author's favour the one migrates that is given the most time.
  if (patience.some(one => one === undefined || one.time >= length)) return []
  const most = patience.reduce((a, b) => (a!.time >= b!.time ? a : b))!
  const because = `The probe gives up after ${duration(most.time)}, and migrating takes ${duration(length)}`
  const open = patience.flatMap(one => (one?.open ? [one.open] : []))
  if (open.length > 0) return [...ask(open, because)]
  return [
    {
      at: [...store.path, 'migrations', 'duration'],
      message: `"${store.name}" takes ${duration(length)} to migrate while "${most.service.name}" starts, and its ${most.probe} probe has it killed after ${duration(most.time)}; expected at least as long`,
      arithmetic: `${most.words} = ${duration(most.time)} < ${duration(length)}`,
      fix: `Migrate before instances start, or give the startup probe more than ${duration(length)}`,
      evidence: [
        { label: `${most.probe} probe of "${most.service.name}"`, at: [...most.service.path, 'health', most.probe] },
      ],
    },
  ]
}

interface Patience {
  readonly service: Service
  readonly probe: 'startup' | 'liveness'
  readonly time: number
  readonly words: string
  /** A fact that may give it more time. */
  readonly open: Path | undefined
}

/** How long a start may take before a probe ends it; `undefined` where nothing does, as far as it is stated. */
function patienceOf(service: Service, onKubernetes: boolean): Patience | undefined {
  const { startup, liveness } = service.health ?? {}
  const name = startup === undefined || startup === 'none' ? 'liveness' : 'startup'
  const probe = startup === undefined || startup === 'none' ? liveness : startup
  if (probe === undefined || probe === 'none' || probe.interval === undefined || probe.failures === undefined)
    return undefined
  const { initialDelay, interval, failures } = probe
  const health: Path = [...service.path, 'health']
  // Kubernetes does not wait unless it is told to. A startup probe holds the liveness probe back.
  const delay = initialDelay === undefined && !onKubernetes ? [...health, name, 'initialDelay'] : undefined
  return {
    service,
    probe: name,
    time: (initialDelay ?? 0) + interval * failures,
    words: `${duration(initialDelay ?? 0)} + ${number(failures)} x ${duration(interval)}`,
    open: startup === undefined ? [...health, 'startup'] : delay,
  }
}
