import { surgeEstimate } from '../../analysis/connections.ts'
import { exceeds, stated, sum } from '../../analysis/estimate.ts'
import type { Service } from '../../manifest/model.ts'
import { number, percent } from '../../units.ts'
import { ask, defineRule, noOptions, yaml, type Context, type Violation } from '../define.ts'

export default defineRule({
  id: 'local-state-with-replicas',
  title: 'Instances keep state of their own',
  severity: 'error',
  question: 'scaling',
  on: 'service',
  options: noOptions,
  why: 'A request that reaches another instance than the last one finds nothing: carts are empty, users are logged out. What sticky sessions hide comes back with every scale-in, crash and deploy, when the instance goes and takes the state with it.',
  formula: 'share of requests that miss their state = 1 - 1/n, over n instances without stickiness',
  fix: 'Keep the state in a store that all instances share, or in what the client sends.',
  sources: [
    {
      title: 'AWS Well-Architected, Reliability: Make systems stateless where possible',
      id: 'REL05-BP06',
      revision: 'November 2024',
    },
    { title: 'The Twelve-Factor App', id: 'VI. Processes' },
  ],
  reads: [
    'services.state',
    'services.replicas',
    'services.sticky',
    'services.standby',
    'services.runtime',
    'services.deploy.strategy',
    'services.deploy.maxSurge',
  ],

  *check(service, context) {
    const { state, replicas, runtime, path } = service
    if (state !== 'local' && state !== undefined) return
    const most = stated(replicas?.max, [...path, 'replicas', ...(replicas ? ['max'] : [])], replicas?.min)
    // The first question is how many run; what a rollout adds matters only where that is one.
    const several = runtime === 'serverless' ? true : exceeds(most, 1)
    if (state === undefined) {
      if (several !== false || exceeds(inRollout(service, context), 1) === true)
        yield { unknown: [...path, 'state'], because: `"${service.name}" may run more than once` }
    } else if (several === true) yield alwaysSeveral(service, most.low, context)
    else if (several !== false) yield* ask(several, 'Its state is local')
    else {
      const during = exceeds(inRollout(service, context), 1)
      if (during === true) yield duringRollouts(service, context)
      else if (during !== false) yield* ask(during, 'Its state is local, and a second instance would have none of it')
    }
  },

  examples: [
    {
      title: 'Sessions in memory, and a balancer that picks any instance',
      bad: yaml`
        services:
          shop:
            state: local # <--
            replicas: { min: 2, max: 10 }
            sticky: false
      `,
    },
    {
      title: 'Sticky sessions end with their instance, and so does the state of a leader',
      bad: yaml`
        services:
          shop:
            state: local # <--
            replicas: { min: 2, max: 10 }
            sticky: true
          scheduler:
            state: local # <--
            replicas: 2
            standby: true
      `,
    },
    {
      title: 'Two always run, whatever the maximum is, and functions are as many as there are requests',
      bad: yaml`
        services:
          carts:
            state: local # <--
            replicas: { min: 2 }
          thumbnails:
            state: local # <--
            runtime: serverless
      `,
    },
    {
      title: 'A rollout runs the only instance twice',
      bad: yaml`
        platform: kubernetes
        services:
          carts:
            state: local # <--
            replicas: 1
            deploy: { strategy: rolling }
      `,
    },
    {
      title: 'Where state lives is not stated',
      unclear: yaml`
        services:
          shop: # ?
            replicas: { min: 2, max: 10 }
          search: {} # ?
          carts: # ?
            replicas: 1
            deploy: { strategy: blueGreen }
          quotes: # ?
            runtime: serverless
      `,
    },
    {
      title: 'Local state, and nobody said how many instances there are or how they are replaced',
      unclear: yaml`
        services:
          shop: # ?
            state: local
          carts: # ?
            state: local
            replicas: 1
      `,
    },
    {
      title: 'State that is elsewhere, that can be rebuilt, or of which each instance owns a part',
      good: yaml`
        services:
          shop: { state: external, replicas: { min: 2, max: 10 } }
          prices: { state: none, replicas: 3 }
          catalogue: { state: rebuildable, replicas: 3 }
          matching: { state: sharded, replicas: 3 }
      `,
    },
    {
      title: 'One instance whose successor starts after it has stopped',
      good: yaml`
        services:
          ledger:
            state: local
            replicas: 1
            deploy: { strategy: recreate }
          printer:
            replicas: 1
            deploy: { strategy: rolling, maxSurge: 0 }
      `,
    },
  ],
})

type Here = Context<Record<string, never>>

/** Instances at the same time while a new version arrives. */
function inRollout(service: Service, { model }: Here) {
  const { replicas, path } = service
  return sum([stated(replicas?.max, [...path, 'replicas']), surgeEstimate(service, model)])
}

function alwaysSeveral(service: Service, instances: number, { facts }: Here): Violation {
  const { name, path, sticky, standby, replicas } = service
  const counted = instances > 1
  const many = counted ? `${number(instances)} instances` : 'as many instances as there are requests at once'
  const scattered = sticky === false && standby !== true
  return {
    at: [...path, 'state'],
    message: scattered
      ? `"${name}" keeps state in its instances, but a client may reach any of ${many}; expected shared state`
      : `"${name}" keeps state in ${many}, which is lost when one of them goes; expected shared state`,
    // Without a word on stickiness it may be there, and then only deploys and failures lose state.
    severity: scattered ? 'error' : 'warning',
    ...(scattered && counted ? { arithmetic: missShare(instances) } : {}),
    evidence: [
      ...(replicas ? [{ label: many, at: [...path, 'replicas'] }] : []),
      ...(sticky === undefined ? [] : [{ label: sticky ? 'sticky' : 'not sticky', at: [...path, 'sticky'] }]),
    ],
    journeys: facts.journeys.through(name, 'sure'),
  }
}

const missShare = (instances: number): string =>
  `requests that miss their state = 1 - 1/${number(instances)} = ${percent(1 - 1 / instances)}`

function duringRollouts({ name, path }: Service, { facts }: Here): Violation {
  return {
    at: [...path, 'state'],
    message: `"${name}" keeps state in its only instance, but a rollout starts a second one beside it; expected shared state or a recreate`,
    severity: 'warning',
    fix: 'Keep the state in a store that both instances share, or stop the old instance before the new one starts',
    evidence: [{ label: 'how instances are replaced', at: [...path, 'deploy'] }],
    journeys: facts.journeys.through(name, 'sure'),
  }
}
