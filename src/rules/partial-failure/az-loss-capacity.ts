import type { Facts } from '../../analysis/index.ts'
import type { LoadKind } from '../../analysis/load.ts'
import { firstOf } from '../../analysis/questions.ts'
import { isImportant } from '../../analysis/reach.ts'
import { losesZones, zoneLossOf, type ZoneLoss } from '../../analysis/zone-loss.ts'
import type { Journey, Service } from '../../manifest/model.ts'
import { number, percent, plural } from '../../units.ts'
import { ask, defineRule, noOptions, yaml, type Violation } from '../define.ts'

export default defineRule({
  id: 'az-loss-capacity',
  title: 'The loss of a zone leaves too few instances',
  severity: 'error',
  question: 'partial-failure',
  on: 'service',
  options: noOptions,
  why: 'When a zone goes, the others get its load at once, while new instances take minutes and a control plane that everybody asks at the same time. What does not run already does not help, and the loss of a third becomes an outage of all.',
  formula: 'n - ⌈n / z⌉ ≥ n_need, so n ≥ n_need · z / (z - 1): twice with two zones, 1.5 times with three',
  fix: 'Run enough instances before: the needed number times z / (z - 1).',
  sources: [
    { title: "Amazon Builders' Library: Static stability using Availability Zones" },
    { title: 'AWS Fault Isolation Boundaries', id: 'Static stability' },
    { title: "Little's law", id: 'L = λW' },
  ],
  reads: [
    'services.zones',
    'services.replicas',
    'services.autoscaling',
    'services.concurrency',
    'services.capacity.rps',
    'services.serviceTime',
    'services.criticality',
    'journeys.load',
    'journeys.criticality',
  ],
  impliedBy: ['capacity-below-peak', 'single-instance-on-critical-path'],

  appliesTo: (service, { facts }) =>
    service.standby !== true &&
    (service.criticality === undefined || service.criticality === 'critical' || service.criticality === 'high') &&
    losesZones(service, 'peak', facts) &&
    importantJourneys(service, facts).length > 0,

  *check(service, { facts }) {
    for (const kind of ['steady', 'peak'] as const) {
      const loss = zoneLossOf(service, kind, facts)!
      if (loss.shortfall === 0) {
        if (loss.missing.length === 0) continue
        return yield* ask(
          firstOf(loss.missing, ['zones', 'replicas', 'min', 'autoscaling', 'concurrency', 'load', kind]).slice(0, 1),
        )
      }
      const journeys = importantJourneys(service, facts)
      const affected =
        service.criticality === undefined ? journeys.filter(({ criticality }) => criticality !== undefined) : journeys
      if (affected.length === 0) {
        const because = `the loss of a zone leaves ${number(loss.survivors ?? 0)} of the ${number(loss.needed.low)} instances that "${service.name}" needs`
        return yield* ask(
          journeys.map(({ path }) => [...path, 'criticality']),
          because,
        )
      }
      return yield describe(service, kind, loss, affected)
    }
  },

  examples: [
    {
      title: 'Twelve instances are needed at the steady load, and eight remain',
      bad: yaml`
        journeys:
          checkout: { entry: orders, criticality: critical, load: { steady: 600/s, peak: 600/s } }
        services:
          orders:
            zones: 3
            replicas: 12 # <--
            concurrency: 10
            serviceTime: { mean: 200ms }
      `,
    },
    {
      title: 'An autoscaler that fills its instances to 80% leaves no room for a third more',
      bad: yaml`
        journeys:
          checkout: { entry: orders, criticality: high, load: { steady: 6/s, peak: 600/s } }
        services:
          orders:
            zones: 3
            replicas: { min: 3, max: 30 } # <--
            autoscaling: { metric: concurrency, target: 80% }
            concurrency: 10
            serviceTime: { mean: 200ms }
      `,
    },
    {
      title: 'How many zones, and what keeps how many instances running, is not stated',
      unclear: yaml`
        defaults: { services: { concurrency: 10, serviceTime: { mean: 200ms } } }
        journeys:
          checkout: { entry: orders, criticality: critical, load: 600/s }
          search: { entry: search, criticality: critical, load: 600/s }
          browse: { entry: shop, criticality: critical, load: 600/s }
          track: { entry: tracking, criticality: critical, load: 600/s }
        services:
          orders: # ?
            replicas: 12
          search: # ?
            zones: 3
            replicas: { min: 12, max: 30 }
          shop:
            zones: 3
            replicas: { min: 12, max: 30 }
            autoscaling: # ?
              metric: concurrency
          tracking: # ?
            zones: 3
      `,
    },
    {
      title: 'How bad the loss is, or how much load there is, is not stated',
      unclear: yaml`
        journeys:
          checkout: # ?
            entry: orders
            load: 600/s
          search: # ?
            entry: search
            criticality: critical
        services:
          orders: { zones: 3, replicas: 12, concurrency: 10, serviceTime: { mean: 200ms } }
          search: { zones: 3, replicas: 12, concurrency: 10, serviceTime: { mean: 200ms } }
      `,
    },
    {
      title: 'Half as many again over three zones, and an autoscaler that leaves a third free',
      good: yaml`
        defaults: { services: { zones: 3, concurrency: 10, serviceTime: { mean: 200ms } } }
        journeys:
          checkout: { entry: orders, criticality: critical, load: { steady: 600/s, peak: 600/s } }
          search: { entry: search, criticality: critical, load: { steady: 60/s, peak: 600/s } }
        services:
          orders: { replicas: 18 }
          search: { replicas: { min: 4, max: 30 }, autoscaling: { metric: concurrency, target: 65% } }
      `,
    },
    {
      title: 'Enough for two zones, so for more as well',
      good: yaml`
        journeys:
          checkout: { entry: orders, criticality: critical, load: { steady: 600/s, peak: 600/s } }
        services:
          orders: { replicas: 24, concurrency: 10, serviceTime: { mean: 200ms } }
      `,
    },
    {
      title: 'One zone, a leader with a standby, a function, and reports that may be slow',
      good: yaml`
        defaults: { services: { serviceTime: { mean: 200ms } } }
        journeys:
          checkout: { entry: orders, criticality: critical, load: { steady: 600/s, peak: 600/s } }
          upload: { entry: resize, criticality: critical, load: { steady: 600/s, peak: 600/s } }
          lead: { entry: leader, criticality: critical, load: { steady: 600/s, peak: 600/s } }
          report: { entry: reports, criticality: normal, load: { steady: 600/s, peak: 600/s } }
        services:
          orders: { zones: 1, replicas: 12, concurrency: 10 }
          leader: { zones: 3, replicas: 1, concurrency: 10, standby: true }
          resize: { zones: 3, runtime: serverless }
          reports: { zones: 3, replicas: 12, concurrency: 10 }
      `,
    },
  ],
})

const importantJourneys = (service: Service, facts: Facts): readonly Journey[] =>
  facts.journeys.through(service.name, 'sure').filter(isImportant)

function describe(service: Service, kind: LoadKind, loss: ZoneLoss, journeys: readonly Journey[]): Violation {
  const { name, path, autoscaling } = service
  const { zones = 0, survivors = 0, enough = 0 } = loss
  const [instances, needed] = [loss.instances.high ?? 0, loss.needed.low]
  const when = kind === 'steady' ? 'steady load' : 'peak'
  const target =
    typeof autoscaling === 'object' && autoscaling.target !== undefined && instances > (service.replicas?.min ?? 0)
  return {
    at: [...path, 'replicas'],
    severity: kind === 'steady' ? 'error' : 'warning',
    message: `The loss of one of ${number(zones)} zones leaves ${number(survivors)} of ${plural(instances, 'instance')} of "${name}", but its ${when} needs ${number(needed)}; expected ${number(enough)} before the loss`,
    arithmetic: [
      `left = ${number(instances)} - ${number(instances)} / ${number(zones)} rounded up = ${number(survivors)} < ${number(needed)}`,
      `n = ${number(needed)} x ${number(zones)} / ${number(zones - 1)} = ${number(enough)}`,
    ].join('\n'),
    fix: `Keep at least ${plural(enough, 'instance')} running${target ? `, or let the autoscaler aim at ${percent(Math.floor(((zones - 1) / zones) * 100) / 100)} at most` : ''}`,
    evidence: [{ label: `over ${plural(zones, 'zone')}`, at: [...path, 'zones'] }],
    journeys,
  }
}
