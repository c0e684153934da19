import { highestTarget } from '../../analysis/formulas/capacity.ts'
import type { Path } from '../../finding.ts'
import type { Service } from '../../manifest/model.ts'
import { number, percent } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'autoscale-target-unreachable',
  title: 'The autoscaler never sees its target exceeded',
  severity: 'error',
  question: 'scaling',
  on: 'service',
  options: noOptions,
  why: 'A horizontal pod autoscaler does nothing while the metric is within its tolerance of the target. CPU cannot rise above the limit, so with a high target it stays within that tolerance when every core is busy, and no instance is ever added.',
  formula: 'the autoscaler acts only if u / target > 1 + tolerance, and u ≤ limit / request',
  fix: 'Lower the target, so that full CPU is well above it.',
  sources: [
    { title: 'Kubernetes documentation: Horizontal Pod Autoscaling', id: 'Algorithm details' },
    { title: 'Kubernetes Enhancement Proposal: HPA configurable tolerance', id: 'KEP-4951' },
  ],
  reads: [
    'platform',
    'services.autoscaling.metric',
    'services.autoscaling.target',
    'services.autoscaling.tolerance',
    'services.cpu.request',
    'services.cpu.limit',
  ],

  // Other platforms, and other metrics, know no such end.
  appliesTo: (service, { model }) =>
    model.raw.platform === 'kubernetes' &&
    cpuTarget(service) !== undefined &&
    (service.cpu === undefined || service.cpu.limit !== 'none'),

  *check(service, { facts }) {
    const { name, path, cpu, autoscaling } = service
    const target = cpuTarget(service)!
    const { tolerance = 0.1 } = autoscaling as { tolerance?: number }
    // A limit is at least the request, so one such as 65% is reached whatever they are.
    if (target <= highestTarget(1, tolerance) && (cpu?.limit === undefined || cpu.request === undefined)) return
    const at = (key: 'limit' | 'request'): Path => [...path, 'cpu', key]
    if (cpu?.limit === undefined) {
      const because = `With a limit equal to the request the autoscaler acts above ${percent(1 + tolerance)} of ${percent(target)} only, which is more than there is`
      return yield { unknown: at('limit'), because }
    }
    if (cpu.request === undefined) return yield { unknown: at('request') }
    const limit = cpu.limit as number
    const most = limit / cpu.request
    const highest = highestTarget(most, tolerance)
    if (target <= highest) return
    yield {
      at: [...path, 'autoscaling', 'target'],
      message: `"${name}" is never scaled out: its CPU reaches ${percent(most)} of the request at most, and the autoscaler acts above ${percent(target * (1 + tolerance))}; expected a target of at most ${percent(wholePercent(highest))}`,
      arithmetic: `u_max = ${number(limit)} / ${number(cpu.request)} = ${percent(most)}\nu_max / target = ${percent(most)} / ${percent(target)} = ${number(most / target)} <= ${number(1 + tolerance)}`,
      fix: `Lower the target below ${percent(wholePercent(highest))}; 50% to 75% leaves room while instances start`,
      evidence: [
        { label: `request ${number(cpu.request)}`, at: at('request') },
        { label: `limit ${number(limit)}`, at: at('limit') },
      ],
      journeys: facts.journeys.through(name, 'sure'),
    }
  },

  examples: [
    {
      title: 'A target of 95%, where 100% is all there is',
      bad: yaml`
        platform: kubernetes
        services:
          web:
            replicas: { min: 3, max: 12 }
            cpu: { request: 1, limit: 1 }
            autoscaling:
              metric: cpu
              target: 95% # <--
      `,
    },
    {
      title: 'A tolerance of its own makes it worse',
      bad: yaml`
        platform: kubernetes
        services:
          web:
            cpu: { request: 500m, limit: 500m }
            autoscaling:
              metric: cpu
              target: 85% # <--
              tolerance: 20%
      `,
    },
    {
      title: 'Request and limit are not stated',
      unclear: yaml`
        platform: kubernetes
        services:
          web: # ?
            autoscaling: { metric: cpu, target: 95% }
          api:
            cpu: # ?
              { limit: 1 }
            autoscaling: { metric: cpu, target: 95% }
      `,
    },
    {
      title: 'Low enough, a small tolerance, room above the request, no limit, another metric',
      good: yaml`
        platform: kubernetes
        services:
          web: { autoscaling: { metric: cpu, target: 65% } }
          api: { cpu: { request: 1, limit: 1 }, autoscaling: { metric: cpu, target: 90% } }
          orders: { cpu: { request: 1, limit: 1 }, autoscaling: { metric: cpu, target: 95%, tolerance: 5% } }
          stock: { cpu: { request: 1, limit: 2 }, autoscaling: { metric: cpu, target: 95% } }
          carts: { cpu: { request: 1, limit: none }, autoscaling: { metric: cpu, target: 95% } }
          mails: { cpu: { request: 1, limit: 1 }, autoscaling: { metric: concurrency, target: 95% } }
          users: { cpu: { request: 1, limit: 1 }, autoscaling: { metric: cpu } }
          files: { cpu: { request: 1, limit: 1 }, autoscaling: none }
      `,
    },
    {
      title: 'Another platform has another autoscaler',
      good: yaml`
        platform: ecs
        services:
          web: { cpu: { request: 1, limit: 1 }, autoscaling: { metric: cpu, target: 95% } }
      `,
    },
  ],
})

function cpuTarget({ autoscaling }: Service): number | undefined {
  return autoscaling !== undefined && autoscaling !== 'none' && autoscaling.metric === 'cpu'
    ? autoscaling.target
    : undefined
}

/** Nobody writes a target with digits after the point; rounded down, so that it is still reached. */
const wholePercent = (share: number): number => Math.floor(share * 100) / 100
