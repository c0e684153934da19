import { promisedJourney } from '../../analysis/availability.ts'
import { errorBudget } from '../../analysis/formulas/error-budget.ts'
import type { Component, Model, Slo } from '../../manifest/model.ts'
import { duration, list, percent } from '../../units.ts'
import { defineRule, numberOption, optionMap, yaml, type Violation } from '../define.ts'

const hour = 3_600_000

export default defineRule({
  id: 'owner-missing',
  title: 'Nobody answers for a component, or nobody does at night',
  severity: 'warning',
  question: 'alerting',
  on: 'component',
  options: optionMap({
    unattendedHours: numberOption(16, 'Hours from the end of one business day to the next.', { above: 0 }),
  }),
  why: 'When it breaks, nobody knows that it is theirs: the page goes round, and what is broken stays broken. A team that sleeps at night owns an outage until the morning.',
  formula: 'an outage that starts in the evening lasts until the morning: 16 h > B = (1 - SLO) · window',
  fix: 'Name the team that answers for it, and let somebody answer whenever the objective counts.',
  sources: [
    { title: 'kube-linter', id: 'required-label-owner' },
    { title: 'Mercari production readiness checklist', id: 'on-call' },
  ],
  reads: [
    'owner',
    'services.owner',
    'stores.owner',
    'queues.owner',
    'caches.owner',
    'externals.owner',
    'onCall',
    'slos.objective',
    'slos.window',
    'slos.journey',
    'slos.indicator',
    'journeys.entry',
  ],

  *check(component, { model, facts, options }) {
    const { name, path, owner } = component
    const journeys = facts.journeys.through(name, 'sure')
    if (owner === 'none') {
      const whose = journeys.length > 0 ? `, though ${list(journeys.map(({ name }) => `"${name}"`))} go through it` : ''
      yield {
        at: [...path, 'owner'],
        message: `"${name}" has no owner${whose}; expected a team that answers for it`,
        fix: `Name the team that answers for "${name}"`,
        journeys,
      }
    } else if (owner === undefined && model.raw.owner === undefined) {
      yield { unknown: ['owner'], because: `"${name}" names no team of its own` }
    }
    const slo = strictestAt(component, model)
    if (slo && model.raw.onCall?.coverage === 'businessHours')
      yield* atNight(slo, options.unattendedHours * hour, model)
  },

  examples: [
    {
      title: 'The promotions that nobody took over when the teams were cut anew',
      bad: yaml`
        owner: team-shop
        journeys: { checkout: { entry: shop, criticality: critical } }
        services:
          shop: { calls: [{ to: promotions }] }
          promotions:
            owner: none # <--
        externals:
          psp: { owner: none } # <--
      `,
    },
    {
      title: 'A team that works from nine to five owns 99.95 % around the clock',
      bad: yaml`
        owner: team-shop
        onCall:
          coverage: businessHours # <--
        journeys: { checkout: { entry: shop }, browse: { entry: shop }, search: { entry: search } }
        slos:
          checkout: { journey: checkout, indicator: availability, objective: 99.95%, window: 30d }
          browse: { journey: browse, indicator: availability, objective: 99.9%, window: 30d }
          search: { journey: search, indicator: availability, objective: 99%, window: 30d }
        services: { shop: {}, search: {} }
      `,
    },
    {
      title: 'No team is named anywhere: one question, however many components',
      unclear: yaml`
        services: # ?
          shop: {}
          search: {}
        stores: { orders-db: { owner: team-data } }
      `,
    },
    {
      title: 'The team of the system answers for what names no other',
      good: yaml`
        owner: team-shop
        onCall: { coverage: always }
        journeys: { checkout: { entry: shop } }
        slos: { checkout: { journey: checkout, indicator: availability, objective: 99.95%, window: 30d } }
        services: { shop: {} }
        stores: { orders-db: { owner: team-data } }
      `,
    },
    {
      title: 'An objective that a night of outage does not break, and one that is about latency',
      good: yaml`
        owner: team-shop
        onCall: { coverage: businessHours }
        journeys: { report: { entry: reports } }
        slos:
          report: { journey: report, indicator: availability, objective: 97.5%, window: 30d }
          latency: { journey: report, indicator: latency, objective: 99.9%, window: 30d }
        services: { reports: {} }
      `,
    },
  ],
})

const budgetOf = ({ objective, window }: Slo): number =>
  objective === undefined || window === undefined ? Number.POSITIVE_INFINITY : errorBudget(objective, window)

/** The SLO with the least budget of all, at the service where its journey enters; it stands for the others. */
function strictestAt({ name }: Component, model: Model): Slo | undefined {
  const promises = [...model.slos.values()].filter(slo => {
    const entry = promisedJourney(slo, model)?.entry
    return slo.indicator === 'availability' && entry !== undefined && model.services.has(entry)
  })
  const [strictest] = promises.sort((a, b) => budgetOf(a) - budgetOf(b) || (a.name < b.name ? -1 : 1))
  return strictest && promisedJourney(strictest, model)?.entry === name ? strictest : undefined
}

function* atNight(slo: Slo, night: number, model: Model): Generator<Violation, void, undefined> {
  const budget = budgetOf(slo)
  if (night <= budget) return
  const journey = promisedJourney(slo, model)!
  yield {
    at: ['onCall', 'coverage'],
    about: ['onCall'],
    message: `"${slo.name}" promises ${percent(slo.objective!)} around the clock, but people answer in business hours only; expected somebody to answer at night`,
    arithmetic: `B = (1 - ${percent(slo.objective!)}) x ${duration(slo.window!)} = ${duration(budget)} < ${duration(night)} from evening to morning`,
    fix: `Let somebody answer at all hours, or promise an outage of ${duration(night)} within ${duration(slo.window!)}`,
    evidence: [{ label: `${duration(budget)} of error budget`, at: [...slo.path, 'objective'] }],
    journeys: [journey],
  }
}
