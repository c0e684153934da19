import { alertsIn, usersAreWatched, type Page } from '../../analysis/pages.ts'
import type { Facts } from '../../analysis/index.ts'
import type { Path } from '../../finding.ts'
import type { Model } from '../../manifest/model.ts'
import { list } from '../../units.ts'
import { defineRule, noOptions, yaml, type Outcome } from '../define.ts'

export default defineRule({
  id: 'page-not-actionable',
  title: 'A page that nobody can act on',
  severity: 'warning',
  question: 'alerting',
  on: 'manifest',
  options: noOptions,
  why: 'Whoever is woken must know what users suffer and what to do. A page for a busy CPU, without a runbook or without an owner, teaches people to go back to sleep, also on the night that matters.',
  fix: 'Give the page a runbook and an owner, and page for what users notice.',
  sources: [
    { title: 'Site Reliability Engineering', id: 'ch. 6 "Monitoring Distributed Systems", "Symptoms Versus Causes"' },
    { title: 'Mercari Production Readiness Checklist', id: 'Actionable alert' },
  ],
  reads: [
    'alerts.severity',
    'alerts.signal',
    'alerts.on',
    'alerts.hardLimit',
    'alerts.runbook',
    'alerts.owner',
    'slos.alerts',
    'slos.alerts.severity',
    'slos.alerts.runbook',
    'slos.alerts.owner',
    'owner',
    'services.runbook',
    'services.owner',
    'stores.runbook',
    'stores.owner',
    'queues.runbook',
    'queues.owner',
    'caches.runbook',
    'caches.owner',
    'jobs.runbook',
    'jobs.owner',
  ],

  appliesTo: (model, { facts }) => alertsIn(model, facts).length > 0,

  *check(model, { facts }) {
    for (const page of alertsIn(model, facts)) yield* judge(page, model, facts)
  },

  examples: [
    {
      title: 'Half the fleet is busy, nobody knows whether users notice; and a burn without a runbook',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        slos:
          checkout-success:
            journey: checkout
            alerts:
              - { burnRate: 14.4, severity: page, owner: team-shop, runbook: docs/checkout.md }
              - { burnRate: 6, severity: page, owner: team-shop, runbook: none } # <--
        services:
          shop: {}
          search: {}
        alerts:
          search-cpu:
            signal: resource # <--
            on: search
            threshold: CPU above 80% for 5 minutes
            severity: page
            hardLimit: false
            owner: team-search
            runbook: none
          nobody:
            signal: queueAge
            on: order-events
            severity: page
            owner: none # <--
            runbook: docs/events.md
          restarts:
            signal: resource
            severity: page
            on: shop
            owner: none # <--
            runbook: docs/shop.md
      `,
    },
    {
      title: 'What to do, who does it, and whether anybody is woken at all',
      unclear: yaml`
        slos:
          checkout-success:
            service: shop
            alerts:
              - burnRate: 14.4 # ?
                severity: page
              - burnRate: 6 # ?
                runbook: none
          search-success: # ?
            service: search
        services:
          shop: {}
          search: {}
          stock: { runbook: docs/stock.md }
        alerts:
          stock-errors: # ?
            signal: errors
            on: stock
            severity: page
          search-memory:
            { signal: resource, on: search, severity: page, hardLimit: false, owner: team-search, runbook: docs/s.md }
          stock-disk: # ?
            { signal: resource, on: stock, severity: page, owner: team-stock, runbook: docs/s.md }
          restarts: # ?
            { signal: resource, severity: page, hardLimit: false, owner: team-stock, runbook: docs/s.md }
      `,
    },
    {
      title: 'A full disk stops the service, a busy CPU is watched next to its users, and tickets can wait',
      good: yaml`
        owner: team-shop
        journeys:
          checkout: { entry: shop, criticality: critical }
          search: { entry: search }
        slos:
          checkout-success:
            journey: checkout
            alerts: [{ burnRate: 14.4, severity: page, runbook: docs/checkout.md }]
          stock-success:
            service: stock
            alerts: [{ burnRate: 14.4, severity: page }, { burnRate: 1, severity: ticket, runbook: none }]
          search-success: { journey: search, alerts: none }
        services:
          shop: { calls: [{ to: orders }] }
          orders: { runbook: docs/orders.md }
          stock: { runbook: docs/stock.md }
          search: { runbook: docs/search.md }
        stores:
          orders-db: { runbook: { path: docs/orders-db.md, verified: 2026-09-04 } }
        alerts:
          orders-disk: { signal: resource, on: orders-db, severity: page, hardLimit: true }
          orders-cpu: { signal: resource, on: orders, severity: page, hardLimit: false }
          search-burn: { signal: sloBurn, on: search, severity: page }
          search-cpu: { signal: resource, on: search, severity: page, hardLimit: false }
          search-restarts: { signal: resource, on: search, severity: ticket, runbook: none }
      `,
    },
    {
      title: 'Nobody is woken without an alert, which is another matter',
      good: yaml`
        slos:
          shop-success: { service: shop, alerts: none }
        services:
          shop: {}
      `,
    },
  ],
})

function* judge(page: Page, model: Model, facts: Facts): Generator<Outcome, void, undefined> {
  const { alert, path, watched, own } = page
  if (alert.severity !== undefined && alert.severity !== 'page') return
  const at = (key: string): Path => [...path, key]
  const cause = causeOf(page, model, facts)
  const faults: readonly { at: Path; words: string; fix: string }[] = [
    ...(cause === true
      ? [
          {
            at: at('signal'),
            words: `watches a resource of ${namesOf(page)} instead of its users`,
            fix: 'page for the burn rate of an SLO instead',
          },
        ]
      : []),
    ...(alert.runbook === 'none' ? [{ at: at('runbook'), words: 'has no runbook', fix: 'write down what to do' }] : []),
    ...(alert.owner === 'none' ? [{ at: at('owner'), words: 'has no owner', fix: 'name the team that is woken' }] : []),
  ]
  const [first] = faults
  if (first && alert.severity === undefined) return yield { unknown: at('severity') }
  if (first) {
    const fixes = list(faults.map(({ fix }) => fix))
    return yield {
      at: first.at,
      message: `"${page.name}" pages somebody, but its ${page.what} ${list(faults.map(({ words }) => words))}; expected a page that says what to do`,
      fix: fixes.charAt(0).toUpperCase() + fixes.slice(1),
      about: path,
      journeys: page.journeys,
    }
  }
  // Who is not surely woken needs neither of the two yet.
  if (alert.severity === undefined) return
  if (Array.isArray(cause)) return yield { unknown: cause as Path }
  const isKnown = (fact: unknown) => fact !== undefined && fact !== 'none'
  if (alert.runbook === undefined && !watched.some(({ runbook }) => isKnown(runbook))) yield { unknown: at('runbook') }
  else if (alert.owner === undefined && model.raw.owner === undefined && !watched.some(one => isKnown(one.owner)))
    yield {
      unknown: at('owner'),
      because: own ? 'no owner is stated for what it watches' : 'no owner is stated for the whole system',
    }
}

const namesOf = ({ watched }: Page): string => list(watched.map(({ name }) => `"${name}"`))

/** Whether it watches a cause that no user may notice, or the fact that would say so. */
function causeOf({ own, watched }: Page, model: Model, facts: Facts): boolean | Path {
  if (own?.signal !== 'resource' || own.hardLimit === true) return false
  if (own.on === undefined) return [...own.path, 'on']
  const answers = watched.map(one => usersAreWatched(one, model, facts))
  if (answers.length === 0 || answers.includes(true)) return false
  if (own.hardLimit === undefined) return [...own.path, 'hardLimit']
  return answers.find(answer => typeof answer === 'object')?.[0] ?? true
}
