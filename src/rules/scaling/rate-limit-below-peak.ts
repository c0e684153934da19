import { attemptsOf } from '../../analysis/amplification.ts'
import { between, exceeds, exactly, product, type Estimate } from '../../analysis/estimate.ts'
import { admissionOf, type Admission } from '../../analysis/limits.ts'
import type { Path } from '../../finding.ts'
import type { Service } from '../../manifest/model.ts'
import { number, percent, rate, roundUp } from '../../units.ts'
import { defineRule, noOptions, yaml, type Context, type Outcome } from '../define.ts'

export default defineRule({
  id: 'rate-limit-below-peak',
  title: 'A rate limit refuses the peak that is expected',
  severity: 'error',
  question: 'scaling',
  on: 'service',
  options: noOptions,
  why: 'A limit below the peak is an outage that was planned: at the best hour of the day it refuses users for whom there is room. Those who try again come on top, so it refuses more than what is missing.',
  formula: 'λ_peak > limit, for a limit per instance λ_peak > limit · n_max',
  fix: 'Raise the limit above the peak, as far as what is behind it carries that.',
  sources: [
    { title: 'AWS Well-Architected, Reliability: Throttle requests', id: 'REL05-BP02', revision: 'November 2024' },
    { title: 'Site Reliability Engineering', id: 'ch. 21 "Handling Overload"' },
  ],
  reads: [
    'services.rateLimit',
    'services.routes.rateLimit',
    'services.routes.share',
    'services.replicas',
    'journeys.load',
    'calls.retries',
    'calls.serves',
  ],

  appliesTo: service => limitsOf(service).length > 0,

  *check(service, context) {
    for (const limit of limitsOf(service)) yield* judge(limit, service, context)
  },

  examples: [
    {
      title: 'A search for 1000 requests per second, and 1400 that are expected',
      bad: yaml`
        journeys:
          search: { entry: search, load: { steady: 400/s, peak: 1400/s } }
        services:
          search:
            rateLimit:
              limit: 1000/s # <--
              scope: global
      `,
    },
    {
      title: 'Ten instances let in 100/s each, and a route has 30 % of the requests but 20 % of the room',
      bad: yaml`
        journeys:
          browse: { entry: shop, load: { steady: 400/s, peak: 1400/s } }
        services:
          shop:
            replicas: { min: 4, max: 10 }
            rateLimit:
              limit: 100/s # <--
              scope: perInstance
            routes:
              - path: /search
                share: 30%
                rateLimit:
                  limit: 280/s # <--
                  scope: global
      `,
    },
    {
      title: 'How many arrive, how many instances count, what the limit counts, and the share of a route',
      unclear: yaml`
        journeys:
          browse: # ?
            entry: shop
          search: { entry: search, load: { steady: 400/s, peak: 1400/s } }
          order: { entry: orders, load: { steady: 400/s, peak: 1400/s } }
          pay: { entry: payments, load: { steady: 400/s, peak: 1400/s } }
          track: { entry: tracking, load: { steady: 400/s, peak: 1400/s } }
        services:
          shop: { rateLimit: { limit: 1000/s, scope: global } }
          search: # ?
            rateLimit: { limit: 100/s, scope: perInstance }
          orders:
            rateLimit: { limit: 1000/s } # ?
          payments:
            rateLimit: true # ?
          tracking:
            routes:
              - rateLimit: { limit: 1000/s, scope: global } # ?
      `,
    },
    {
      title: 'Room for the peak, for each client, for what waits in a queue anyway, and for a small route',
      good: yaml`
        journeys:
          browse: { entry: shop, load: { steady: 400/s, peak: 1400/s } }
        services:
          shop:
            replicas: { min: 4, max: 14 }
            rateLimit: { limit: 100/s, scope: perInstance }
            routes:
              - { path: /search, share: 20%, rateLimit: { limit: 280/s, scope: global } }
              - { path: /help, rateLimit: { limit: 1400/s, scope: global } }
            publishes: [{ to: orders }]
            calls: [{ to: pages }]
          pages: { rateLimit: { limit: 5/s, scope: perClient, clients: 20 } }
          billing:
            rateLimit: { limit: 500/s, scope: global }
            consumes: [{ from: orders }]
          help: { rateLimit: none }
        queues: { orders: {} }
      `,
    },
  ],
})

interface Limited {
  readonly admission: Admission
  /** The route that it is for, where it is not for the whole service. */
  readonly route: { readonly path: string; readonly share: Estimate } | undefined
}

/** Limits on all clients together. One per client is for fairness: it says nothing of the sum. */
function limitsOf(service: Service): Limited[] {
  const routes = (service.routes ?? []).map((route, i) => {
    const at: Path = [...service.path, 'routes', i]
    const share = route.share === undefined ? between(0, 1, [...at, 'share']) : exactly(route.share)
    const named = { path: route.path ?? `route ${number(i + 1)}`, share }
    return { admission: admissionOf(route.rateLimit, at, service), route: named }
  })
  return [{ admission: admissionOf(service.rateLimit, service.path, service), route: undefined }, ...routes].flatMap(
    ({ admission, route }) => (admission && admission.scope !== 'perClient' ? [{ admission, route }] : []),
  )
}

function* judge(
  { admission, route }: Limited,
  service: Service,
  { facts }: Context<Record<string, never>>,
): Generator<Outcome, void, undefined> {
  const all = facts.load.requestsAt(service, 'peak')
  const load = route ? product(all, route.share) : all
  const over = exceeds(load, admission.most)
  if (over === false) return
  if (over !== true) {
    // What arrives is asked for first, but for what is over the limit already.
    const [first] = load.low > admission.most.low && admission.most.missing.length > 0 ? admission.most.missing : over
    if (first) yield { unknown: first, ...(load.low > 0 ? { because: `${rate(load.low)} arrive at the peak` } : {}) }
    return
  }
  const most = admission.most.low
  const tries = Math.max(1, ...facts.callsTo(service.name).map(call => (call.retries ? attemptsOf(call).low : 1)))
  yield {
    at: admission.at,
    message: `"${service.name}" gets ${rate(load.low)} ${route ? `for ${route.path} ` : ''}at the peak, but lets in ${rate(most)}; expected a limit above the peak`,
    arithmetic: [
      ...(route ? [`peak = ${rate(all.low)} x ${percent(route.share.low)} = ${rate(load.low)}`] : []),
      `limit = ${admission.text}${admission.scope === 'global' ? '' : ` = ${rate(most)}`}`,
      `refused = 1 - ${rate(most)} / ${rate(load.low)} = ${percent(1 - most / load.low)}`,
      ...(tries > 1
        ? [`with callers that try again up to ${number(tries)} x ${rate(load.low)} = ${rate(tries * load.low)} arrive`]
        : []),
    ].join('\n'),
    fix: `Raise the limit to at least ${rate(roundUp(most > 0 ? (load.low * admission.each) / most : load.low))}${admission.scope === 'perInstance' ? ' per instance' : ''}, as far as what is behind it carries that`,
    journeys: facts.journeys.through(service.name, 'sure'),
  }
}
