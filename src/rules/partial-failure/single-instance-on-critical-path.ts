import { formatRoute } from '../../analysis/reach.ts'
import type { Path } from '../../finding.ts'
import type { Component, Journey, Service } from '../../manifest/model.ts'
import { list } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'single-instance-on-critical-path',
  title: 'A critical journey needs a component that runs once',
  severity: 'error',
  question: 'partial-failure',
  on: 'component',
  options: noOptions,
  why: 'Every crash, deploy and node drain of the only instance is an outage of the journey. No timeout or retry of its callers can help.',
  fix: 'Run at least two instances in different zones, or give the callers a fallback.',
  sources: [
    {
      title: 'AWS Well-Architected, Reliability: Deploy the workload to multiple locations',
      id: 'REL10-BP01',
      revision: 'November 2024',
    },
    { title: 'kube-linter', id: 'minimum-three-replicas' },
    { title: 'Azure Well-Architected, Reliability: Add redundancy', id: 'RE:05', revision: '2026-07' },
  ],
  reads: [
    'services.replicas',
    'services.standby',
    'services.runtime',
    'stores.replicas',
    'stores.managedStandby',
    'queues.replicas',
    'caches.replicas',
    'calls.fallback',
    'calls.optional',
    'journeys.criticality',
    'services.criticality',
  ],

  appliesTo: (component, { facts }) =>
    component.kind !== 'external' &&
    !(component.kind === 'service' && component.runtime === 'serverless') &&
    (component.criticality === 'critical' ||
      facts.journeys
        .dependingOn(component.name)
        .some(({ criticality }) => criticality === undefined || criticality === 'critical')),

  *check(component, { facts }) {
    if (hasStandby(component)) return
    const at = [...component.path, 'replicas']
    const instances = instancesOf(component)
    if (instances === undefined) return yield { unknown: at }
    if (instances > 1) return

    const doubts: Path[] = []
    const failing: Journey[] = []
    for (const journey of facts.journeys.dependingOn(component.name)) {
      const { hard, missing } = facts.reach.get(journey.name)!.hard.get(component.name)!
      if (journey.criticality === 'critical' && hard === 'yes') failing.push(journey)
      else if (journey.criticality === undefined) doubts.push([...journey.path, 'criticality'])
      else if (journey.criticality === 'critical') doubts.push(...missing)
    }
    const [first] = failing
    if (!first && component.criticality !== 'critical') {
      return yield* ask(doubts, `"${component.name}" runs as a single instance`)
    }
    const route = first ? facts.reach.get(first.name)!.hard.get(component.name)!.route : []
    const why = first
      ? `the critical ${list(failing.map(({ name }) => `"${name}"`))} cannot do without it`
      : 'it is stated to be critical'
    yield {
      at,
      message: `"${component.name}" runs as a single instance, but ${why}; expected at least 2`,
      ...(route.length > 0 ? { arithmetic: `${formatRoute(route)}: each fails when the next does` } : {}),
      evidence: route.map(edge => ({ label: `"${edge.name}" has no fallback`, at: edge.path })),
      journeys: failing,
    }
  },

  examples: [
    {
      title: 'One instance of the price service',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        services:
          shop:
            replicas: 3
            calls: [{ to: prices, timeout: 1s, fallback: none }]
          prices:
            replicas: 1 # <--
      `,
    },
    {
      title: 'An autoscaler that may go down to one, and a database without a standby',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        services:
          shop:
            replicas: { min: 1, max: 8 } # <--
            calls: [{ to: orders-db, timeout: 1s, fallback: none }]
        stores:
          orders-db:
            replicas: 1 # <--
      `,
    },
    {
      title: 'The team itself says that the service is critical',
      bad: yaml`
        services:
          tax:
            criticality: critical
            replicas: 1 # <--
      `,
    },
    {
      title: 'One instance, and nobody said how bad its loss is',
      unclear: yaml`
        journeys:
          checkout: # ?
            entry: shop
        services:
          shop: { replicas: 1 }
      `,
    },
    {
      title: 'How many run is not stated',
      unclear: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        services:
          shop: {} # ?
      `,
    },
    {
      title: 'One instance, and nobody said whether the caller can do without it',
      unclear: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        services:
          shop:
            replicas: 3
            calls:
              - to: prices # ?
          prices:
            replicas: 1
      `,
    },
    {
      title: 'One instance is enough where the caller has a fallback, or where the provider keeps a standby',
      good: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        services:
          shop:
            replicas: 3
            calls:
              - { to: prices, timeout: 1s, fallback: static }
              - { to: orders-db, timeout: 1s, fallback: none }
          prices:
            replicas: 1
        stores:
          orders-db: { engine: postgres@16, replicas: 1, managedStandby: true }
      `,
    },
    {
      title: 'A function has no instances to count, a leader has a standby, and reports may be down',
      good: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
          report: { entry: reports, criticality: normal }
        services:
          shop:
            runtime: serverless
            calls: [{ to: scheduler, timeout: 1s, fallback: none }]
          scheduler: { replicas: 1, standby: true }
          reports: { replicas: 1 }
      `,
    },
  ],
})

const hasStandby = (component: Component): boolean =>
  component.kind === 'service'
    ? component.standby === true
    : component.kind !== 'external' && component.managedStandby === true

/** Instances that run when least is going on. */
function instancesOf(component: Component): number | undefined {
  if (component.kind === 'service') return (component as Service).replicas?.min
  return component.kind === 'external' ? undefined : component.replicas
}
