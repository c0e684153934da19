import {
  availabilityKeys,
  ceilingOf,
  decidingFacts,
  isBelow,
  isSure,
  partsOf,
  promisedJourney,
  type Part,
} from '../../analysis/availability.ts'
import { frechet, logShares, series } from '../../analysis/formulas/availability.ts'
import { errorBudget } from '../../analysis/formulas/error-budget.ts'
import type { Journey, Slo } from '../../manifest/model.ts'
import { duration, list, number, percent } from '../../units.ts'
import { defineRule, noOptions, yaml, type Violation } from '../define.ts'

export default defineRule({
  id: 'composite-availability-below-slo',
  title: 'What a journey needs is together less available than promised',
  severity: 'warning',
  question: 'partial-failure',
  on: 'slo',
  options: noOptions,
  why: 'Each dependency keeps its own promise, and their failures still add up to more than the journey may fail. The budget is spent before the first mistake of the team itself.',
  formula: 'A = product over unique hard dependencies v of 1 - s_v · (1 - a_v) < objective, if they fail independently',
  fix: 'Promise less, or let the journey do without what contributes most.',
  sources: [
    { title: 'The Calculus of Service Availability', id: 'doi:10.1145/3096459' },
    { title: 'Azure Well-Architected, Reliability: Metrics, composite SLO', id: 'RE:04', revision: '2026-07' },
    { title: 'Fréchet inequalities', id: '1 - sum(1 - P(A)) <= P(all) <= min(P(A))' },
  ],
  reads: ['slos.objective', 'slos.indicator', 'slos.journey', 'slos.window', ...availabilityKeys],
  impliedBy: ['slo-above-weakest-dependency'],

  appliesTo: (slo, { model }) => promisedJourney(slo, model) !== undefined,

  *check(slo, { model, facts }) {
    const journey = promisedJourney(slo, model)!
    const all = partsOf(journey, model, facts)
    // A contract says what is refunded, not what is delivered; it counts as unknown here.
    const parts = all.map(part => (part.basis === 'contract' ? { ...part, availability: 1, ceiling: 1 } : part))
    const sure = parts.filter(isSure)
    const together = series(sure.map(({ ceiling }) => ceiling))
    const { objective } = slo
    if (isBelow(together, objective ?? 1)) {
      if (objective === undefined) return yield { unknown: [...slo.path, 'objective'] }
      if (slo.indicator === undefined) return yield { unknown: [...slo.path, 'indicator'] }
      return yield violationOf(slo, journey, sure, together, objective)
    }
    if (objective === undefined) return
    const worst = series(parts.map(({ share, availability }) => ceilingOf(share.high ?? 1, availability)))
    const because = `what "${journey.name}" needs may be available ${percent(worst)} together, and ${percent(objective)} is promised`
    if (isBelow(worst, objective)) yield* doubts(parts).map(unknown => ({ unknown, because }))
    else for (const { fact } of decidingFacts(parts, objective)) yield { unknown: fact }
  },

  examples: [
    {
      title: 'Three parts, each at least as good as the promise: 99.95 % x 99.9 % x 99.99 % = 99.84 %',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        slos:
          checkout-success:
            journey: checkout
            indicator: availability
            objective: 99.9% # <--
            window: 30d
        services:
          shop:
            availability: 99.95%
            calls:
              - { to: orders, fallback: none }
              - { to: stock, fallback: none }
          orders:
            availability: 99.9%
            calls: [{ to: shop-db, fallback: none }]
          stock:
            calls: [{ to: shop-db, fallback: none }]
        stores:
          shop-db: { availability: 99.99% }
      `,
    },
    {
      title: 'Without a window there is a share of bad requests, but no minutes',
      bad: yaml`
        journeys:
          checkout: { entry: shop }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.9% } # <--
        services:
          shop:
            measuredAvailability: 99.9%
            calls: [{ to: gift-cards, fallback: none, probability: 20% }]
          gift-cards: { availability: 99.9% }
      `,
    },
    {
      title: 'Whether it is below depends on a fallback, on a hit ratio, or on what is promised',
      unclear: yaml`
        journeys:
          checkout: { entry: shop }
          browse: { entry: catalogue }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.9% }
          browse-success: { journey: browse, indicator: availability, objective: 99.9% }
          browse-trend: # ?
            journey: browse
            indicator: availability
          browse-quality: # ?
            journey: browse
            objective: 99.99%
        services:
          shop:
            availability: 99.95%
            calls:
              - to: orders # ?
              - to: stock
          stock: {}
          orders: { availability: 99.92% }
          catalogue:
            availability: 99.95%
            calls: [{ to: catalogue-db, fallback: none, cachedBy: catalogue-cache }]
        stores:
          catalogue-db: { availability: 99.92% }
        caches:
          catalogue-cache: {} # ?
      `,
    },
    {
      title: 'The availability of what others run is not stated',
      unclear: yaml`
        journeys:
          checkout: { entry: shop }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.9% }
        services:
          shop: { availability: 99.95%, calls: [{ to: psp, fallback: none }] }
        externals:
          psp: {} # ?
      `,
    },
    {
      title:
        'A database that two services share counts once, what has a fallback not at all, and a refund proves nothing',
      good: yaml`
        journeys:
          checkout: { entry: shop }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.9% }
          checkout-latency: { journey: checkout, indicator: latency, objective: 99.99%, threshold: 800ms }
        services:
          shop:
            calls:
              - { to: orders, fallback: none }
              - { to: stock, fallback: none }
              - { to: recommendations, fallback: empty }
              - { to: psp, fallback: none }
              - to: sms
              - { to: prices-cache, fallback: none }
            publishes: [{ to: order-events, outbox: none, perRequest: 0.001 }]
          orders: { calls: [{ to: shop-db, fallback: none }] }
          stock: { calls: [{ to: shop-db, fallback: none }] }
          recommendations: { availability: 99.92% }
        stores:
          shop-db: { availability: 99.94% }
          prices-db: { availability: 99.5% }
        caches:
          prices-cache: { inFrontOf: prices-db, hitRatio: 99%, staleOnError: none }
        queues:
          order-events: { availability: 99.9% }
        externals:
          psp: { sla: 99.9% }
          sms: { sla: 99% }
      `,
    },
    {
      title: 'Two parts that make just what is promised: 98 % x 95 % = 93.1 %',
      good: yaml`
        journeys:
          checkout: { entry: shop }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 93.1% }
        services:
          shop: { availability: 98%, calls: [{ to: orders, fallback: none }] }
          orders: { availability: 95% }
      `,
    },
  ],
})

/** Facts that keep the best and the worst case apart. */
const doubts = (parts: readonly Part[]) =>
  parts
    .filter(({ availability }) => availability < 1)
    .flatMap(({ dependency, share }) => [...dependency.missing, ...share.missing].slice(0, 1))

function violationOf(
  slo: Slo,
  journey: Journey,
  parts: readonly Part[],
  together: number,
  objective: number,
): Violation {
  const limiting = parts.filter(({ ceiling }) => ceiling < 1)
  const unknown = parts.filter(({ ceiling, basis }) => ceiling === 1 && basis !== 'measured' && basis !== 'promised')
  const ceilings = limiting.map(({ ceiling }) => ceiling)
  const shares = logShares(ceilings)
  const ranked = limiting.map((part, i) => ({ ...part, blame: shares[i]! })).sort((a, b) => b.blame - a.blame)
  const [most] = ranked
  const { lower, upper } = frechet(ceilings)
  const without = percent(together / most!.ceiling)
  return {
    at: [...slo.path, 'objective'],
    message: `"${slo.name}" promises ${percent(objective)}, but what "${journey.name}" cannot do without is ${unknown.length > 0 ? 'at most ' : ''}${percent(together)} available together; expected at least ${percent(objective)}`,
    arithmetic: [
      `A ${unknown.length > 0 ? '<=' : '='} ${ceilings.map(percent).join(' x ')} = ${percent(together)}, if they fail independently`,
      `between ${percent(lower)} (never at the same time) and ${percent(upper)} (always)`,
      spending(slo, together, objective),
      `most of it from ${list(ranked.slice(0, 3).map(({ component, blame }) => `"${component.name}" (${percent(Math.round(blame * 100) / 100)})`))}`,
      ...(unknown.length > 0 ? [`taken for 100%, as nothing is stated: ${namesOf(unknown)}`] : []),
    ].join('\n'),
    fix: `Promise at most ${percent(together)}, or let "${journey.name}" do without "${most!.component.name}" (${without}), or make that more available`,
    evidence: ranked.flatMap(({ evidence }) => evidence),
    journeys: [journey],
  }
}

/** What is bad against what may be; in time where the window is stated. */
function spending({ window }: Slo, together: number, objective: number): string {
  return window === undefined
    ? `${percent(1 - together)} of requests bad, of ${percent(1 - objective)} that may be`
    : `${minutes(errorBudget(together, window))} bad in ${duration(window)}, of ${minutes(errorBudget(objective, window))} that may be`
}

/** One unit for both, so that they can be compared at a glance. */
const minutes = (milliseconds: number) => `${number(milliseconds / 60_000)} min`

function namesOf(parts: readonly Part[]): string {
  const names = parts.map(({ component }) => `"${component.name}"`)
  return list(names.length > 5 ? [...names.slice(0, 4), `${names.length - 4} others`] : names)
}
