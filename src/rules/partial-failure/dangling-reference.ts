import { memo } from '../../analysis/memo.ts'
import { kindsByName, referenceKeys, referencesThat, type Kind, type Reference } from '../../analysis/references.ts'
import { formatPath } from '../../finding.ts'
import { hintAt, nearest } from '../../manifest/nearest.ts'
import { keyOf } from '../../manifest/walk-schema.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'dangling-reference',
  title: 'A name stands for nothing',
  severity: 'error',
  question: 'partial-failure',
  on: 'manifest',
  options: noOptions,
  why: 'What a journey reaches through a name that nothing has is left out of every calculation: its failures, its load and its latency. The review looks better than the system is.',
  fix: 'Correct the name, or define what it stands for.',
  sources: [{ title: 'kube-linter', id: 'dangling-service' }],
  get reads() {
    return referenceKeys()
  },

  *check(model) {
    const known = kindsByName(model)
    const namesOf = memo((kinds: Reference['kinds']) =>
      [...known.keys()].filter(other => isOneOf(known.get(other)!, kinds)),
    )
    const isDangling = (name: string, kinds: Reference['kinds']) => {
      const found = known.get(name)
      if (found && isOneOf(found, kinds)) return false
      // With the prefix the author says that it is outside of this manifest.
      return !name.startsWith('external:')
    }
    for (const reference of referencesThat(isDangling, model)) {
      const { path, name, what, kinds } = reference
      const other = known.get(name)?.[0]
      const meant = nearest(name, namesOf(kinds))
      const is = other === undefined ? 'which nothing defines' : `which is ${article(other)}`
      yield {
        at: path,
        message: `"${ownerOf(reference)}" ${verbOf(reference)} "${name}", ${is}, expected ${what}${hintAt(meant)}`,
        fix: fixFor(reference, other, meant),
        about: path,
        contradicts: [path],
      }
    }
  },

  examples: [
    {
      title: 'A name that is written in two ways',
      bad: yaml`
        journeys:
          checkout: { entry: shop }
        services:
          shop:
            calls:
              - to: paymnts # <--
          payments: {}
      `,
    },
    {
      title: 'A service that was renamed, and its SLO, alert and job that were not',
      bad: yaml`
        slos:
          order-success:
            service: order # <--
        alerts:
          order-errors:
            signal: errors
            on:
              - checkout
              - shopping-cart # <--
        services:
          checkout: {}
        jobs:
          reminders:
            hostedIn: shopping-cart # <--
      `,
    },
    {
      title: 'A message for a database, and a cache that is a store',
      bad: yaml`
        services:
          orders:
            calls:
              - to: orders-db
                cachedBy: orders-db # <--
            publishes:
              - to: orders-db # <--
        stores:
          orders-db: {}
      `,
    },
    {
      title: 'A default is wrong once, however many calls take it',
      bad: yaml`
        defaults:
          calls:
            fallback:
              to: price-cahce # <--
        services:
          shop:
            calls:
              - to: prices
              - to: discounts
          prices: {}
          discounts: {}
        caches:
          price-cache: {}
      `,
    },
    {
      title: 'Tests of the design and accepted risks name things as well',
      bad: yaml`
        journeys:
          browse: { entry: shop }
        services:
          shop: {}
        expect:
          - when:
              down: catalog-cache # <--
            journey: browse
            is: degraded
        waivers:
          - rule: call-without-timeout
            on: services.shop
            reason: replaced in spring
            owner: team-shop
            until: 2027-03-31
            decision: ADR-012 # <--
      `,
    },
    {
      title: 'What lies outside of the manifest says so; a journey may have the name of a service',
      good: yaml`
        journeys:
          checkout: { entry: checkout }
        services:
          checkout:
            calls: [{ to: 'external:tax-office', serves: [checkout] }]
            publishes: [{ to: order-events }]
            health: { readiness: { checks: [checkout-db] } }
        stores:
          checkout-db: { clients: [nightly-report] }
        queues:
          order-events: {}
        jobs:
          nightly-report: {}
        alerts:
          late-report: { signal: heartbeat, on: nightly-report }
      `,
    },
    {
      title: 'Where no journeys are stated, each entry point is one',
      good: yaml`
        services:
          web:
            calls: [{ to: orders, serves: [web] }]
          orders: {}
      `,
    },
  ],
})

/** One of the kinds of element that have a name is one of those that may be meant. */
const isOneOf = (has: readonly Kind[], kinds: readonly Kind[]): boolean => has.some(kind => kinds.includes(kind))

const verbs: Readonly<Record<string, string>> = {
  'calls.to': 'calls',
  'calls.serves': 'has a call that serves',
  'calls.cachedBy': 'has a call that is cached by',
  'calls.fallback.to': 'falls back to',
  'publishes.to': 'publishes to',
  'publishes.serves': 'has a message that serves',
  'consumes.from': 'consumes from',
  'journeys.entry': 'enters through',
  'slos.journey': 'promises something about',
  'slos.service': 'promises something about',
  'alerts.on': 'watches',
  'jobs.hostedIn': 'runs in',
  'caches.inFrontOf': 'stands in front of',
}

const verbOf = ({ path }: Reference): string => verbs[keyOf(path)] ?? 'names'

/** The element that holds the name; items of lists at the top have no name of their own. */
function ownerOf({ path }: Reference): string {
  const [section, name] = path
  return section === 'defaults' || typeof name === 'number' ? formatPath(path.slice(0, 2)) : String(name)
}

const article = (kind: Kind) => (kind === 'slo' ? 'an SLO' : `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`)

function fixFor({ name, what, kinds }: Reference, is: Kind | undefined, meant: string | undefined): string {
  if (meant !== undefined) return `Write "${meant}"`
  if (is !== undefined) return `Name ${what} instead`
  const outside = kinds.includes('external') ? `, or write "external:${name}" if it lies outside of this manifest` : ''
  return `Define "${name}" as ${what}${outside}`
}
