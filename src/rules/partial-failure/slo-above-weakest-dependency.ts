import {
  availabilityKeys,
  decidingFacts,
  isBelow,
  isSure,
  partsOf,
  promisedJourney,
  type Part,
} from '../../analysis/availability.ts'
import { formatRoute } from '../../analysis/reach.ts'
import type { Journey, Slo } from '../../manifest/model.ts'
import { percent } from '../../units.ts'
import { defineRule, noOptions, yaml, type Violation } from '../define.ts'

export default defineRule({
  id: 'slo-above-weakest-dependency',
  title: 'An SLO promises more than one of the things it needs',
  severity: 'error',
  question: 'partial-failure',
  on: 'slo',
  options: noOptions,
  why: 'The journey fails whenever something fails that it cannot do without. However the failures coincide, it is not available for more of the time than the weakest of these.',
  formula: 'A <= min over hard dependencies v of 1 - s_v · (1 - a_v), with s_v the share of requests that need v',
  fix: 'Promise less, or let the journey do without the weakest dependency.',
  sources: [
    { title: 'Fréchet inequalities', id: 'P(A and B) <= min(P(A), P(B))' },
    { title: 'The Calculus of Service Availability', id: 'doi:10.1145/3096459' },
  ],
  reads: ['slos.objective', 'slos.indicator', 'slos.journey', ...availabilityKeys],

  appliesTo: (slo, { model }) => promisedJourney(slo, model) !== undefined,

  *check(slo, { model, facts }) {
    const journey = promisedJourney(slo, model)!
    const parts = partsOf(journey, model, facts)
    const { objective } = slo
    // An SLO without an objective promises as much as one likes; only something that limits it is worth the question.
    const limiting = parts.filter(part => isSure(part) && isBelow(part.ceiling, objective ?? 1))
    if (limiting.length > 0) {
      if (objective === undefined) return yield { unknown: [...slo.path, 'objective'] }
      const weakest = weakestOf(limiting)
      if (slo.indicator === undefined)
        return yield { unknown: [...slo.path, 'indicator'], because: because(weakest, objective) }
      return yield violationOf(slo, journey, weakest, objective)
    }
    if (objective === undefined) return
    for (const { fact, part } of decidingFacts(parts, objective)) {
      yield { unknown: fact, because: because(part, objective) }
    }
  },

  examples: [
    {
      title: 'A payment provider that is down more often than the checkout may be',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        slos:
          checkout-success:
            journey: checkout
            indicator: availability
            objective: 99.95% # <--
        services:
          shop:
            calls:
              - { to: orders, fallback: none }
          orders:
            availability: 99.94%
            calls:
              - { to: psp, fallback: none }
              - { to: tax, fallback: none }
        externals:
          psp: { availability: 99.9% }
          tax: { sla: 99% }
      `,
    },
    {
      title: 'What was measured counts, not what was promised',
      bad: yaml`
        journeys:
          checkout: { entry: shop }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.9% } # <--
        services:
          shop: { calls: [{ to: orders-db, fallback: none }] }
        stores:
          orders-db: { availability: 99.95%, measuredAvailability: 99.8% }
      `,
    },
    {
      title: 'One request in five needs the gift cards: 1 - 20 % x 1 % = 99.8 %',
      bad: yaml`
        journeys:
          checkout: { entry: shop }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.9% } # <--
        services:
          shop: { calls: [{ to: gift-cards, fallback: none, probability: 20% }] }
          gift-cards: { availability: 99% }
      `,
    },
    {
      title: 'A contract refunds, it does not underwrite',
      bad: yaml`
        journeys:
          checkout: { entry: shop }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.95% } # <--
        services:
          shop: { calls: [{ to: psp, fallback: none }] }
        externals:
          psp: { sla: 99.9% }
      `,
    },
    {
      title: 'What is promised, whether the call has a fallback, and how often the cache answers',
      unclear: yaml`
        journeys:
          checkout: { entry: shop }
          browse: { entry: catalogue }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.95% }
          browse-success: { journey: browse, indicator: availability, objective: 99.9% }
          some-of-browsing: # ?
            journey: browse
            objective: 99.95%
          checkout-trend: # ?
            journey: checkout
            indicator: availability
        services:
          shop:
            availability: 99.99%
            calls:
              - to: psp # ?
              - to: sms # ?
              - { to: tax, fallback: none }
          catalogue:
            calls:
              - { to: catalogue-db, fallback: none, cachedBy: catalogue-cache }
              - { to: prices, fallback: none, serves: [browse] }
          prices: { availability: 99.9% }
        stores:
          catalogue-db: { availability: 99.5% }
        caches:
          catalogue-cache: {} # ?
        externals:
          psp: { availability: 99.9% }
          sms: { sla: 99% }
          tax: {}
      `,
    },
    {
      title: 'What others run is asked for, what one runs oneself is not',
      unclear: yaml`
        journeys:
          checkout: { entry: shop }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.95% }
        services:
          shop:
            calls:
              - { to: orders, fallback: none }
              - { to: psp, fallback: none }
              - { to: adverts, fallback: empty }
              - to: maps
          orders: {}
        externals:
          psp: {} # ?
          adverts: {}
          maps: {}
      `,
    },
    {
      title: 'As available as promised; behind a cache; with a second provider; or not needed for an answer',
      good: yaml`
        journeys:
          checkout: { entry: shop }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.9% }
          checkout-latency: { journey: checkout, indicator: latency, objective: 99.99%, threshold: 800ms }
        services:
          shop:
            availability: 99.9%
            calls:
              - { to: recommendations, fallback: empty }
              - { to: catalogue-db, fallback: none, cachedBy: catalogue-cache, callsPerRequest: 5 }
              - { to: audit, fallback: none, callsPerRequest: 0.01 }
              - { to: gift-cards, fallback: none, probability: 1% }
              - { to: vouchers, probability: 1% }
              - { to: push, fallback: none }
              - { to: psp, fallback: none }
              - { to: sms, fallback: none }
              - { to: tax, fallback: none }
          recommendations: { availability: 95% }
          audit: { availability: 95% }
          gift-cards: { availability: 95% }
          vouchers: { availability: 95% }
        stores:
          catalogue-db: { availability: 99% }
        caches:
          catalogue-cache: { hitRatio: 95% }
        externals:
          psp: { availability: 99%, alternative: psp-2 }
          psp-2: { availability: 99% }
          sms: { availability: 99%, alternative: mail }
          mail: {}
          push: { alternative: mail }
          tax: { measuredAvailability: 99.95%, sla: 99% }
      `,
    },
  ],
})

/** The one that limits most; what a contract says only counts where nothing else limits. */
function weakestOf(limiting: readonly Part[]): Part {
  const firm = limiting.filter(({ basis }) => basis !== 'contract')
  return (firm.length > 0 ? firm : limiting).reduce((least, part) => (part.ceiling < least.ceiling ? part : least))
}

const because = ({ component, basis, availability }: Part, objective: number) =>
  basis === undefined
    ? `${percent(objective)} is promised, and it fails when "${component.name}" does`
    : `"${component.name}" is available ${percent(availability)}, less than the ${percent(objective)} that is promised`

function violationOf(slo: Slo, journey: Journey, part: Part, objective: number): Violation {
  const { component, basis, availability, share, ceiling, dependency, evidence } = part
  const { route } = dependency
  const contract = basis === 'contract'
  const call = route.length > 0 ? `, or give "${route.at(-1)!.name}" a fallback` : ''
  return {
    at: [...slo.path, 'objective'],
    message: contract
      ? `"${slo.name}" promises ${percent(objective)}, which is not underwritten by the ${percent(availability)} in the contract with "${component.name}"; expected a measured availability, or a journey that does without it`
      : `"${slo.name}" promises ${percent(objective)}, but "${component.name}" alone keeps "${journey.name}" at ${percent(ceiling)}; expected at most that`,
    arithmetic: [
      ...(route.length > 0 ? [`${formatRoute(route)}, each a hard dependency`] : []),
      share.low < 1
        ? `A <= 1 - ${percent(share.low)} x (1 - ${percent(availability)}) = ${percent(ceiling)} < ${percent(objective)}`
        : `A <= ${percent(availability)} < ${percent(objective)}`,
    ].join('\n'),
    fix: contract
      ? `State the availability that was measured for "${component.name}", promise at most ${percent(ceiling)}${call}`
      : `Promise at most ${percent(ceiling)}${call}`,
    severity: contract ? 'warning' : 'error',
    evidence,
    journeys: [journey],
  }
}
