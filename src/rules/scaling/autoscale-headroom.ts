import { exceeds, product, reaches, scale, stated, type Estimate } from '../../analysis/estimate.ts'
import { instancesFor } from '../../analysis/formulas/capacity.ts'
import type { Facts } from '../../analysis/index.ts'
import { atTarget, eachOf, partWay, risen, scaleTime, spikeOf, type Scaling, type Spike } from '../../analysis/spike.ts'
import { instancesAt } from '../../analysis/zone-loss.ts'
import type { Service } from '../../manifest/model.ts'
import { duration, number, percent, plural, rate } from '../../units.ts'
import { defineRule, noOptions, yaml, type Context, type Outcome, type Violation } from '../define.ts'

type Here = Context<Record<string, never>>

export default defineRule({
  id: 'autoscale-headroom',
  title: 'Load rises faster than instances are added',
  severity: 'warning',
  question: 'scaling',
  on: 'service',
  options: noOptions,
  why: 'An autoscaler sees a rise when it has happened, and a new instance serves a minute or two later. Until then those that run take all of it, and a queue that built up in the meantime is still there afterwards.',
  formula:
    'T = metric window + sync + provisioning + startup; λ(t0 + T) · H ≥ n(t0) · c; or n = ceil(λ_peak · H / (c · target)) > n_max',
  fix: 'Keep enough instances for what comes before new ones serve, or add them ahead of it.',
  sources: [
    {
      title: 'Kubernetes documentation: Horizontal Pod Autoscaling',
      id: 'Algorithm details, sync period of 15 seconds',
    },
    { title: "Little's law", id: 'L = λW' },
  ],
  reads: [
    'platform',
    'journeys.load',
    'services.autoscaling',
    'services.replicas',
    'services.startupTime',
    'services.concurrency',
    'services.serviceTime',
    'services.capacity.rps',
    'services.cpu.request',
    'services.cpu.perRequest',
  ],
  impliedBy: ['capacity-below-peak'],

  // Instances that are there before the load is need not be added while it rises.
  appliesTo: (service, { facts }) => {
    const scaling = scalingOf(service)
    return (
      scaling !== undefined && (spikesAt(service, facts).length > 0 || atTarget(service, scaling, facts) !== undefined)
    )
  },

  *check(service, { model, facts }) {
    const scaling = scalingOf(service)!
    for (const outcome of [spiking(service, { model, facts }), pegged(service, scaling, facts)]) {
      if (outcome && 'at' in outcome && scaling.scheduled === undefined)
        yield { unknown: [...service.path, 'autoscaling', 'scheduled'], because: outcome.message }
      else if (outcome) yield outcome
      if (outcome) return
    }
  },

  examples: [
    {
      title: 'A push message: 600/s within 20s, new instances after 90s',
      bad: yaml`
        platform: kubernetes
        journeys:
          search: { entry: search, load: { steady: 50/s, peak: 600/s, spike: { from: 50/s, to: 600/s, over: 20s } } }
        services:
          search:
            replicas:
              min: 3 # <--
              max: 20
            concurrency: 10
            serviceTime: { mean: 120ms }
            startupTime: 45s
            autoscaling: { metric: cpu, target: 65%, window: 30s, provisioning: 0s, scheduled: false }
      `,
    },
    {
      title: 'At the peak the autoscaler wants more than it may have',
      bad: yaml`
        journeys:
          search: { entry: search, load: { steady: 200/s, peak: 600/s } }
          list: { entry: lists, load: { steady: 200/s, peak: 600/s } }
          rate: { entry: ratings, load: { steady: 200/s, peak: 600/s } }
        services:
          search:
            replicas: { min: 3, max: 11 } # <--
            concurrency: 10
            serviceTime: { mean: 120ms }
            autoscaling: { metric: concurrency, target: 65%, scheduled: false }
          lists:
            replicas: { min: 3, max: 9 } # <--
            capacity: { rps: 100 }
            autoscaling: { metric: rps, target: 65%, scheduled: false }
          ratings:
            replicas: { min: 3, max: 4 } # <--
            cpu: { request: 500m, perRequest: 2ms }
            autoscaling: { metric: cpu, target: 50%, scheduled: false }
      `,
    },
    {
      title: 'Whether instances are there in time is not stated',
      unclear: yaml`
        journeys:
          search: { entry: search, load: { steady: 50/s, spike: { from: 50/s, to: 600/s, over: 20s } } }
          suggest: { entry: suggest, load: { steady: 50/s, spike: { from: 50/s, to: 600/s, over: 20s } } }
          list:
            entry: lists
            load:
              spike: # ?
                from: 50/s
                to: 600/s
          vote: { entry: votes, load: { steady: 200/s, peak: 600/s } }
        services:
          search:
            replicas: { min: 3, max: 20 }
            concurrency: 10
            serviceTime: { mean: 120ms }
            startupTime: 45s
            autoscaling: # ?
              { metric: cpu, target: 65%, window: 30s, provisioning: 0s }
          suggest: # ?
            replicas: { min: 3, max: 20 }
            concurrency: 10
            serviceTime: { mean: 120ms }
            autoscaling: { metric: cpu, target: 65%, window: 5s, provisioning: 0s }
          lists: { replicas: { min: 3, max: 20 }, autoscaling: { metric: cpu } }
          votes: # ?
            concurrency: 20
            serviceTime: { mean: 120ms }
            autoscaling: { metric: concurrency, target: 65% }
      `,
    },
    {
      title: 'Enough run already, the rise is slow, it is known in advance, or it is none',
      good: yaml`
        platform: kubernetes
        journeys:
          search: { entry: search, load: { steady: 50/s, peak: 600/s, spike: { from: 50/s, to: 600/s, over: 20s } } }
          suggest: { entry: suggest, load: { steady: 50/s, peak: 600/s, spike: { from: 50/s, to: 600/s, over: 10m } } }
          list: { entry: lists, load: { steady: 50/s, peak: 600/s, spike: { from: 50/s, to: 600/s, over: 20s } } }
          rate: { entry: ratings, load: { steady: 50/s, peak: 600/s, spike: { from: 50/s, to: 50/s } } }
        defaults:
          services: { concurrency: 10, startupTime: 45s, serviceTime: { mean: 120ms } }
        services:
          search:
            replicas: { min: 8, max: 20 }
            autoscaling: { metric: concurrency, target: 65%, window: 30s, provisioning: 0s, scheduled: false }
          suggest:
            replicas: { min: 3, max: 20 }
            autoscaling: { metric: concurrency, target: 65%, window: 30s, provisioning: 0s, scheduled: false }
          lists:
            replicas: { min: 3, max: 11 }
            autoscaling: { metric: concurrency, target: 65%, window: 30s, provisioning: 0s, scheduled: true }
          ratings: { replicas: { min: 3, max: 12 }, autoscaling: { metric: concurrency, target: 65%, scheduled: false } }
          mails: { replicas: 3, autoscaling: none }
      `,
    },
  ],
})

const scalingOf = ({ autoscaling, runtime }: Service): Scaling | undefined =>
  typeof autoscaling === 'object' && autoscaling.scheduled !== true && runtime !== 'serverless'
    ? autoscaling
    : undefined

const spikesAt = (service: Service, facts: Facts) =>
  facts.waiting.at(service.name, 'sure').filter(({ load }) => load?.spike !== undefined)

/** Whether the instances that run before a spike carry what has come when the first new one serves. */
function spiking(service: Service, { model, facts }: Pick<Here, 'model' | 'facts'>): Outcome | undefined {
  for (const journey of spikesAt(service, facts)) {
    const spike = spikeOf(journey, facts)
    if (spike === undefined) continue
    if ('missing' in spike) return { unknown: spike.missing }
    const time = scaleTime(service, model)
    const share = risen(spike, time.total)
    const needs = (at: Facts) => at.utilisation(service, 'steady')!.needed
    const needed = partWay(needs(spike.before), needs(spike.after), share)
    const running = instancesAt(service, 'steady', spike.before)!
    const late = reaches(needed, product(running, eachOf(service)))
    if (late === false || needed.high === 0) continue
    if (late !== true) return late[0] && { unknown: late[0] }
    return tooLate(service, spike, { share: share.low, needed: needed.low, running: running.high!, ...time })
  }
  return undefined
}

interface Rise {
  readonly share: number
  readonly needed: number
  readonly running: number
  readonly total: Estimate
  readonly words: string
}

function tooLate(service: Service, spike: Spike, { share, needed, running, total, words }: Rise): Violation {
  const { from, to, over, journey } = spike
  const one = eachOf(service).low
  const unit = service.capacity?.rps === undefined ? (n: number) => plural(n, 'slot') : rate
  const enough = Math.floor(needed / one) + 1
  const load = from + (to - from) * share
  return {
    at: [...service.path, 'replicas', 'min'],
    message: `"${service.name}" needs ${unit(needed)} ${duration(total.low)} into a spike of "${journey.name}", when the first new instance serves; the ${number(running)} that run before have ${unit(running * one)}`,
    arithmetic: [
      ...(words === '' ? [] : [`T = ${words} = ${duration(total.low)}`]),
      `load after ${duration(Math.min(total.low, over))} = ${rate(from)} + (${rate(to)} - ${rate(from)}) x ${percent(share)} = ${rate(load)}`,
      `rho = ${number(needed)} / (${number(running)} x ${number(one)}) = ${number(needed / (running * one))}`,
    ].join('\n'),
    fix: `Keep at least ${plural(enough, 'replica')}, or add instances ahead of the spike`,
    evidence: [{ label: `rises within ${duration(over)}`, at: [...journey.path, 'load', 'spike'] }],
    journeys: [journey],
  }
}

/** Whether the autoscaler may have as many instances as its target asks for at the peak. */
function pegged(service: Service, scaling: Scaling, facts: Facts): Outcome | undefined {
  const found = atTarget(service, scaling, facts)
  if (!found) return undefined
  const { needed, one, what, target } = found
  const { replicas, path } = service
  const at = [...path, 'replicas', ...(replicas ? ['max'] : [])]
  if (needed.high === 0) return undefined
  const over = exceeds(needed, product(stated(replicas?.max, at), scale(one, target)))
  if (over === false) return undefined
  if (over !== true) return over[0] && { unknown: over[0] }
  const most = replicas!.max!
  const enough = instancesFor(needed.low, one.low, target)
  return {
    at,
    message: `"${service.name}" needs ${plural(enough, 'replica')} to stay at ${percent(target)} of its ${what} at the peak, but has ${number(most)} at full scale`,
    arithmetic: `n = ceil(${number(needed.low)} / (${number(one.low)} x ${percent(target)})) = ${number(enough)} > ${number(most)}`,
    fix: `Raise the maximum to at least ${plural(enough, 'replica')}, or raise the target if nobody waits then`,
    evidence: [{ label: `target of ${percent(target)}`, at: [...path, 'autoscaling', 'target'] }],
    journeys: facts.journeys.through(service.name, 'sure'),
  }
}
