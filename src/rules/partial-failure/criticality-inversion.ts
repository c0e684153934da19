import type { Facts } from '../../analysis/index.ts'
import { formatRoute, type Dependency } from '../../analysis/reach.ts'
import type { Path } from '../../finding.ts'
import type { Component, Journey } from '../../manifest/model.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'criticality-inversion',
  title: 'A journey cannot do without something less critical than itself',
  severity: 'warning',
  question: 'partial-failure',
  on: 'journey',
  options: noOptions,
  why: 'What is less critical is paged for later, tested less and shed first. The journey that cannot do without it is only as dependable as that.',
  fix: 'Let the caller answer without it, or treat it as critically as the journey.',
  sources: [
    {
      title:
        'AWS Well-Architected, Reliability: Implement graceful degradation to transform applicable hard dependencies into soft dependencies',
      id: 'REL05-BP01',
      revision: 'November 2024',
    },
    { title: 'Site Reliability Engineering', id: 'ch. 21 "Handling Overload", section "Criticality"' },
    { title: 'Azure Well-Architected, Reliability: Identify and rate flows', id: 'RE:02', revision: '2026-07' },
  ],
  reads: [
    'journeys.criticality',
    'services.criticality',
    'externals.criticality',
    'calls.fallback',
    'calls.optional',
    'calls.serves',
    'publishes.outbox',
    'caches.onFailure',
    'caches.staleOnError',
  ],

  appliesTo: (journey, { facts }) =>
    dependencies(journey, facts).some(({ component }) => mayBeBelow(component, journey)),

  *check(journey, { facts }) {
    for (const dependency of dependencies(journey, facts)) {
      const { component, hard, missing, route } = dependency
      if (!mayBeBelow(component, journey)) continue
      const { criticality } = component
      const without = hard === 'yes' ? 'cannot do without it' : 'may not be able to do without it'
      const because = `"${component.name}" is ${criticality!}, and ${journey.implied ? 'what enters here' : `"${journey.name}"`} ${without}`
      if (hard === 'maybe') yield* ask(missing.slice(0, 1), because)
      else if (journey.criticality === undefined) yield { unknown: criticalityOf(journey), because }
      if (journey.criticality === undefined) continue
      // One finding for each component, at the most important of the journeys that it fails.
      const failing = facts.journeys.dependingOn(component.name, 'sure').filter(one => isBelow(component, one))
      if (failing[0] !== journey) continue
      yield {
        at: placeOf(dependency),
        message: `"${journey.name}" is ${journey.criticality} and cannot do without "${component.name}", which is ${criticality!}; expected a fallback, or something as critical`,
        arithmetic:
          route.length > 0
            ? `${formatRoute(route)}, each a hard dependency`
            : `"${component.name}" is the entry of the journey`,
        fix:
          route.length > 0
            ? `Give "${route.at(-1)!.name}" a fallback, or raise "${component.name}" to ${journey.criticality}`
            : `Raise "${component.name}" to ${journey.criticality}`,
        severity: journey.criticality === 'critical' && criticality === 'best-effort' ? 'error' : 'warning',
        evidence: [
          { label: criticality!, at: [...component.path, 'criticality'] },
          { label: journey.criticality, at: [...journey.path, 'criticality'] },
        ],
        about: route.at(-1)?.path ?? component.path,
        journeys: failing,
      }
    }
  },

  examples: [
    {
      title: 'The checkout waits for recommendations, which may fail',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
          browse: { entry: shop, criticality: high }
        services:
          shop:
            criticality: critical
            calls:
              - to: recommendations
                serves: [checkout, browse]
                fallback: none # <--
          recommendations: { criticality: best-effort }
      `,
    },
    {
      title: 'A checkout that enters through a service that is only of high criticality, and behind it a normal one',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        services:
          shop:
            criticality: high # <--
            calls: [{ to: risk, fallback: none }] # <--
        externals:
          risk: { criticality: normal }
      `,
    },
    {
      title: 'Whether the call has a fallback, and how bad the loss of the wish list is',
      unclear: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
          wish-list: # ?
            entry: wishes
        services:
          shop:
            calls:
              - to: recommendations # ?
              - to: ratings
          ratings: {}
          recommendations: { criticality: best-effort }
          wishes: { criticality: normal }
      `,
    },
    {
      title: 'Where no journeys are stated, they are asked for first',
      unclear: yaml`
        services: # ?
          shop: { criticality: high }
      `,
    },
    {
      title: 'A fallback, and a service of which nothing is said: it is as critical as what it serves',
      good: yaml`
        journeys:
          checkout: { entry: shop, criticality: high }
          report: { entry: reports, criticality: best-effort }
        services:
          shop:
            criticality: critical
            calls:
              - { to: recommendations, fallback: empty }
              - { to: payments, fallback: none }
          recommendations: { criticality: best-effort }
          payments: {}
          reports: { criticality: high }
      `,
    },
    {
      title: 'A store is as critical as the most critical of those who use it',
      good: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
          browse: { entry: shop, criticality: high }
        services:
          shop:
            criticality: critical
            calls: [{ to: shop-db, fallback: none }]
            publishes: [{ to: order-events, outbox: none }]
        stores:
          shop-db: { criticality: normal }
        queues:
          order-events: { criticality: normal }
      `,
    },
  ],
})

const levels = ['critical', 'high', 'normal', 'best-effort']

const dependencies = (journey: Journey, facts: Facts): readonly Dependency[] => [
  ...facts.reach.get(journey.name)!.hard.values(),
]

/** Less critical than a journey, both by the author's word. What only keeps data is as critical as its users. */
function isBelow(component: Component, { criticality }: Journey): boolean {
  if (component.kind !== 'service' && component.kind !== 'external') return false
  if (component.criticality === undefined || criticality === undefined) return false
  return levels.indexOf(component.criticality) > levels.indexOf(criticality)
}

/** A journey of unstated criticality is taken for a critical one here. */
const mayBeBelow = (component: Component, journey: Journey): boolean =>
  isBelow(component, { ...journey, criticality: journey.criticality ?? 'critical' })

const criticalityOf = (journey: Journey): Path => [...journey.path, 'criticality']

/** Where a fallback would be, or the criticality of the entry. */
function placeOf({ component, route }: Dependency): Path {
  return route.at(-1)?.hardness ?? [...component.path, 'criticality']
}
