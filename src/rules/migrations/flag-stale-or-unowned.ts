import { ageAt } from '../../analysis/dates.ts'
import type { Facts } from '../../analysis/index.ts'
import type { Flag, Journey } from '../../manifest/model.ts'
import { duration, list, plural } from '../../units.ts'
import { defineRule, numberOption, optionMap, yaml, type Context, type OptionValues, type Outcome } from '../define.ts'

const day = 86_400_000

const options = optionMap({
  maxAgeDays: numberOption(
    180,
    'Age in days from which a flag for a release or an experiment has to say when it is gone.',
    { above: 0 },
  ),
})

export default defineRule({
  id: 'flag-stale-or-unowned',
  title: 'A feature flag outlives its purpose, belongs to nobody, or has no value without its provider',
  severity: 'info',
  question: 'migrations',
  on: 'flag',
  options,
  why: 'Every flag is a second system that somebody has to test. One that nobody removes is switched years later by accident, back to code that no longer fits the data. And a kill switch that needs its provider is gone in the outage for which it was made.',
  formula: 'today - expires > 0',
  fix: 'Give the flag a team and a date, remove it with the path that is no longer taken, and give it a value that holds without the provider.',
  sources: [
    { title: 'Hodgson: Feature Toggles (aka Feature Flags)', id: 'martinfowler.com', revision: '2017' },
    { title: 'OpenFeature specification: Flag Evaluation API', id: 'default value' },
  ],
  reads: [
    'owner',
    'flags.type',
    'flags.owner',
    'flags.created',
    'flags.expires',
    'flags.default',
    'flags.guards',
    'journeys.criticality',
    'journeys.entry',
    'calls.serves',
  ],

  *check(flag, context) {
    const { name, path, owner } = flag
    if (owner === 'none') {
      yield {
        at: [...path, 'owner'],
        message: `The flag "${name}" has no owner; expected a team that removes it`,
        fix: `Name the team that removes "${name}"`,
      }
    } else if (owner === undefined && context.model.raw.owner === undefined) {
      yield { unknown: ['owner'], because: `the flag "${name}" names no team of its own` }
    }
    yield* staleness(flag, context)
    yield* withoutProvider(flag, context.facts)
  },

  examples: [
    {
      title: 'A new price for everybody since 14 months, an experiment that is over, and kill switches without a value',
      bad: yaml`
        owner: team-shop
        journeys: { checkout: { entry: shop, criticality: critical }, browse: { entry: shop, criticality: high } }
        services:
          shop: {}
          reports: {}
        flags:
          new-pricing:
            type: release
            owner: none # <--
            created: 2025-09-20
            expires: none # <--
          blue-button:
            type: experiment
            expires: 2026-11-22 # <--
          stop-charging:
            type: ops
            default: none # <--
            guards: [reports, shop]
          stop-reports:
            type: ops
            default: none # <--
            guards: [reports]
      `,
    },
    {
      title: 'Whose it is, what it is for, when it goes, and what it is without its provider is not stated',
      unclear: yaml`
        journeys: # ?
          checkout: { entry: shop, criticality: critical }
        services: { shop: {} }
        flags:
          new-pricing: # ?
            created: 2025-09-20
          blue-button: # ?
            type: experiment
            owner: team-web
          old-button: # ?
            type: release
            owner: team-web
            created: 2026-05-26
          next-button: # ?
            owner: team-web
            expires: none
          stop-charging: # ?
            type: ops
            owner: team-payments
            guards: [shop]
      `,
    },
    {
      title: 'Kill switches and permissions stay, false is a value, and an end that is agreed may be far away',
      good: yaml`
        owner: team-shop
        journeys: { checkout: { entry: shop, criticality: critical }, browse: { entry: news, criticality: high } }
        services:
          shop: {}
          news: {}
        flags:
          stop-charging: { type: ops, created: 2021-03-01, expires: none, default: false, guards: [shop] }
          stop-news: { type: ops, guards: [news] }
          beta-users: { type: permission, created: 2021-03-01, expires: none, guards: [shop] }
          new-pricing: { type: release, owner: team-payments, created: 2025-09-20, expires: 2026-11-23 }
          new-search: { type: release, created: 2026-05-27 }
          new-menu: { created: 2026-11-01 }
          new-cart: { expires: 2027-02-01 }
      `,
    },
  ],
})

/** Kill switches and permissions are part of the product; what is for a release or an experiment has an end. */
function* staleness(
  flag: Flag,
  { today, options: { maxAgeDays } }: Context<OptionValues<typeof options>>,
): Generator<Outcome, void, undefined> {
  const { name, path, type, created, expires } = flag
  if (type === 'ops' || type === 'permission') return
  const overdue = typeof expires === 'string' && expires !== 'none' ? ageAt(today, expires) : undefined
  const age = created === undefined ? undefined : ageAt(today, created)
  const isYoung = created !== undefined && (age === undefined || age <= maxAgeDays * day)
  if (expires === undefined ? isYoung : expires !== 'none' && (overdue === undefined || overdue <= 0)) return
  const because = age === undefined ? `"${name}" says nothing of its end` : `"${name}" is ${duration(age)} old`
  if (type === undefined) return yield { unknown: [...path, 'type'], because }
  if (expires === undefined) return yield { unknown: [...path, 'expires'], because }
  const at = [...path, 'expires']
  if (overdue === undefined) {
    const since = age === undefined ? '' : ` is ${duration(age)} old and`
    return yield {
      at,
      message: `The ${type} flag "${name}"${since} never expires; expected a day on which it is gone`,
      fix: `Remove "${name}" and the path that is no longer taken, or agree on the day`,
      ...(age === undefined ? {} : { arithmetic: `${today!} - ${created!} = ${plural(age / day, 'day')}` }),
    }
  }
  yield {
    at,
    message: `The ${type} flag "${name}" was to be gone ${duration(overdue)} ago; expected it to be removed`,
    arithmetic: `${today!} - ${expires} = ${plural(overdue / day, 'day')}`,
    fix: `Remove "${name}" and the path that is no longer taken, or agree on a new day`,
  }
}

/** Who asks the provider for a value gets none while it is down; only of a kill switch that matters nobody may be silent. */
function* withoutProvider(flag: Flag, { journeys }: Facts): Generator<Outcome, void, undefined> {
  const { name, path, type, default: value, guards = [] } = flag
  const critical = new Set<Journey>()
  for (const service of type === 'ops' ? guards : []) {
    for (const journey of journeys.through(service, 'sure'))
      if (journey.criticality === 'critical') critical.add(journey)
  }
  const at = [...path, 'default']
  const names = list([...critical].map(({ name }) => `"${name}"`))
  if (value === undefined && critical.size > 0)
    yield { unknown: at, because: `"${name}" is a kill switch on the way of the critical ${names}` }
  if (value !== 'none') return
  const whose = critical.size > 0 ? `, a kill switch on the way of the critical ${names},` : ''
  yield {
    at,
    message: `The flag "${name}"${whose} has no value while its provider is down; expected one that holds without it`,
    fix: `Give "${name}" a value in the code that is safe while its provider is down`,
    severity: critical.size > 0 ? 'warning' : 'info',
    journeys: [...critical],
  }
}
