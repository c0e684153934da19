import { ageAt } from '../../analysis/dates.ts'
import type { Facts } from '../../analysis/index.ts'
import type { Component, Journey } from '../../manifest/model.ts'
import { duration, list, number } from '../../units.ts'
import { defineRule, numberOption, optionMap, yaml } from '../define.ts'

const day = 86_400_000

export default defineRule({
  id: 'runbook-missing-or-stale',
  title: 'What to do when it breaks is not written down, or nobody has followed it for long',
  severity: 'info',
  question: 'alerting',
  on: 'component',
  options: optionMap({
    maxAgeDays: numberOption(180, 'Age in days from which a runbook counts as stale.', { above: 0 }),
  }),
  why: 'At night people follow what is written. Steps that name a host of last year, or are not there at all, cost the minutes that the error budget does not have.',
  formula: 'today - last time it was followed > 180 days',
  fix: 'Write down how to see that it is broken, how to stop the damage and whom to call, and follow it once every half year.',
  sources: [
    {
      title: 'AWS Well-Architected, Reliability: Use playbooks to investigate failures',
      id: 'REL12-BP01',
      revision: 'November 2024',
    },
    { title: 'Site Reliability Engineering', id: 'ch. 11 "Being On-Call"' },
  ],
  reads: [
    'services.runbook',
    'stores.runbook',
    'queues.runbook',
    'caches.runbook',
    'externals.runbook',
    'services.criticality',
    'stores.criticality',
    'queues.criticality',
    'caches.criticality',
    'externals.criticality',
    'journeys.criticality',
    'calls.fallback',
    'calls.serves',
  ],

  // Who has written nothing of a component that nothing critical needs is not asked.
  appliesTo: (component, { facts }) =>
    component.runbook !== undefined || (component.kind !== 'external' && isCritical(component, facts)),

  *check(component, { facts, today, options }) {
    const { name, path, runbook } = component
    const journeys = criticalFor(component, facts)
    const isCriticalHere = isCritical(component, facts)
    const at = [...path, 'runbook']
    const whose =
      journeys.length > 0
        ? `, and the critical ${list(journeys.map(({ name }) => `"${name}"`))} ${journeys.length === 1 ? 'fails' : 'fail'} without it`
        : ''
    const because = `"${name}" is critical${whose}`
    if (runbook === undefined) return yield { unknown: at, because }
    const limit = options.maxAgeDays * day
    const common = { at, severity: isCriticalHere ? ('warning' as const) : ('info' as const), journeys }
    if (runbook === 'none')
      return yield { ...common, message: `"${name}" has no runbook${whose}; expected steps for the night it breaks` }
    const { verified } = runbook
    if (verified === undefined) {
      if (isCriticalHere) yield { unknown: [...at, 'verified'], because }
      return
    }
    const age = ageAt(today, verified)
    if (age === undefined || age <= limit) return
    yield {
      ...common,
      message: `The runbook of "${name}" was last followed ${duration(age)} ago${whose}; expected at most ${duration(limit)}`,
      arithmetic: `${today!} - ${verified} = ${number(age / day)} days > ${number(options.maxAgeDays)}`,
      fix: `Follow the runbook of "${name}" once, mend what no longer fits, and note the date`,
    }
  },

  examples: [
    {
      title: 'Payments whose runbook is four years old, and a database without one',
      bad: yaml`
        journeys: { checkout: { entry: shop, criticality: critical } }
        services:
          shop:
            runbook: { path: docs/shop.md, verified: 2026-05-27 }
            calls: [{ to: payments, fallback: none }]
          payments:
            runbook: { path: docs/payments.md, verified: 2022-11-01 } # <--
            calls: [{ to: payments-db, fallback: none }]
        stores:
          payments-db:
            runbook: none # <--
          reports-db:
            runbook: none # <--
      `,
    },
    {
      title: 'What is critical by its own word, or by its journeys, and says nothing, or not when it was followed',
      unclear: yaml`
        journeys: { checkout: { entry: shop, criticality: critical } }
        services:
          shop: # ?
            calls: [{ to: payments, fallback: none }]
          payments:
            runbook: docs/payments.md # ?
        queues:
          events: # ?
            criticality: critical
      `,
    },
    {
      title: 'Followed within half a year, or not critical, or run by others',
      good: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
          browse: { entry: news, criticality: high }
        services:
          shop:
            runbook: { path: docs/shop.md, verified: 2026-05-27 }
            calls: [{ to: reviews, fallback: empty }, { to: psp, fallback: none }]
          reviews: {}
          news: { runbook: docs/news.md }
        externals: { psp: {} }
      `,
    },
  ],
})

/** Critical journeys that surely fail without it. */
const criticalFor = ({ name }: Component, { journeys }: Facts): Journey[] =>
  journeys.dependingOn(name, 'sure').filter(({ criticality }) => criticality === 'critical')

const isCritical = (component: Component, facts: Facts): boolean =>
  component.criticality === 'critical' || criticalFor(component, facts).length > 0
