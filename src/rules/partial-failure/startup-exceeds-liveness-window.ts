import { reaches } from '../../analysis/estimate.ts'
import { markDefaults, windowOf, type Probe } from '../../analysis/probes.ts'
import type { Path } from '../../finding.ts'
import type { Service } from '../../manifest/model.ts'
import { duration, number } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'startup-exceeds-liveness-window',
  title: 'Instances are killed before they have started',
  severity: 'error',
  question: 'partial-failure',
  on: 'service',
  options: noOptions,
  why: 'A probe that gives up before the instance serves restarts it, and the restart takes as long again. The service never comes up, and it shows when instances are added for a peak or a whole zone starts anew.',
  formula: 'startup > initialDelay + failures · interval, of the startup probe or, without one, of the liveness probe',
  fix: 'Give the instances a startup probe that waits for longer than the slowest start.',
  sources: [
    { title: 'Kubernetes documentation', id: 'Configure Liveness, Readiness and Startup Probes' },
    { title: 'kube-score', id: 'README_PROBES.md' },
  ],
  reads: [
    'services.startupTime',
    'services.health.liveness.initialDelay',
    'services.health.liveness.interval',
    'services.health.liveness.failures',
    'services.health.liveness.timeout',
    'services.health.startup.initialDelay',
    'services.health.startup.interval',
    'services.health.startup.failures',
    'services.health.startup.timeout',
  ],

  // How long a start takes is rarely known where nobody ever had to wait for one, so it is not asked for.
  appliesTo: service => service.startupTime !== undefined && guardOf(service) !== undefined,

  *check(service, { model }) {
    const { startupTime = 0, health, name, path } = service
    const { probe, kind, at } = guardOf(service)!
    const window = windowOf(probe, at, model)
    const inTime = reaches(window.time, startupTime)
    if (inTime === true) return
    if (inTime !== false) return yield* ask(inTime.slice(0, 1), `"${name}" needs ${duration(startupTime)} to start`)
    const most = window.time.low
    if (health?.startup === undefined) {
      const because = `"${name}" needs ${duration(startupTime)} to start, and its liveness probe waits for ${duration(most)}`
      return yield { unknown: [...path, 'health', 'startup'], because }
    }
    yield {
      at: probe.failures === undefined ? at : [...at, 'failures'],
      message: `"${name}" needs ${duration(startupTime)} to start, but its ${kind} probe kills it after ${duration(most)}${markDefaults(window.defaults)}; expected more time than a start takes`,
      arithmetic: `${window.words} = ${duration(most)} < ${duration(startupTime)}`,
      fix: fixFor(startupTime, kind, window),
      evidence: [{ label: `needs ${duration(startupTime)} to start`, at: [...path, 'startupTime'] }],
    }
  },

  examples: [
    {
      title: 'Killed after 40s, 15s before it would have served',
      bad: yaml`
        services:
          search:
            startupTime: 55s
            health:
              liveness:
                initialDelay: 10s
                interval: 10s
                failures: 3 # <--
              startup: none
      `,
    },
    {
      title: 'A startup probe that is too short, with an interval that is the default of Kubernetes',
      bad: yaml`
        platform: kubernetes
        services:
          search:
            startupTime: 2m
            health:
              startup:
                failures: 6 # <--
          stock:
            startupTime: 45s
            health:
              startup: {} # <--
      `,
    },
    {
      title: 'The liveness probe would give up, but a startup probe may hold it back',
      unclear: yaml`
        services:
          search:
            startupTime: 55s
            health: # ?
              liveness: { initialDelay: 0s, interval: 10s, failures: 3 }
      `,
    },
    {
      title: 'How often the probe may fail is not known, and no platform says so',
      unclear: yaml`
        services:
          search:
            startupTime: 55s
            health:
              liveness: { initialDelay: 10s, interval: 10s } # ?
              startup: none
      `,
    },
    {
      title: 'A startup probe holds back a liveness probe that is much too short',
      good: yaml`
        services:
          search:
            startupTime: 55s
            health:
              liveness: { initialDelay: 0s, interval: 5s, failures: 2 }
              startup: { initialDelay: 5s, interval: 5s, failures: 10 }
      `,
    },
    {
      title: 'Started within the defaults of Kubernetes',
      good: yaml`
        platform: kubernetes
        services:
          search:
            startupTime: 30s
            health: { liveness: {} }
      `,
    },
    {
      title: 'Nothing kills it, or nobody said how long it takes',
      good: yaml`
        platform: kubernetes
        services:
          search: { startupTime: 5m, health: { liveness: none, startup: none, readiness: { failures: 1 } } }
          stock: { health: { liveness: { failures: 1 }, startup: none } }
          prices: { startupTime: 5m }
      `,
    },
  ],
})

/** The probe that decides how long a start may take: the startup probe, which holds the liveness probe back. */
function guardOf({ health, path }: Service): { probe: Probe; kind: string; at: Path } | undefined {
  for (const kind of ['startup', 'liveness'] as const) {
    const probe = health?.[kind]
    if (probe !== undefined && probe !== 'none') return { probe, kind, at: [...path, 'health', kind] }
  }
  return undefined
}

/** Half as much again, because the slowest start is slower than the one that was measured. */
function fixFor(startupTime: number, kind: string, { time, each, delay }: ReturnType<typeof windowOf>): string {
  const failures = Math.ceil((1.5 * startupTime - (kind === 'startup' ? delay : 0)) / each)
  const wait =
    kind === 'startup'
      ? `Let the startup probe fail at least ${number(failures)} times`
      : `Give it a startup probe with an interval of ${duration(each)} and at least ${number(failures)} failures`
  return `${wait}, or start in less than ${duration(time.low)}`
}
