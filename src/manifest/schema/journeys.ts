import { element, fact, listOf, oneOf, orNone, reading, reference, required } from './fact.ts'
import {
  choice,
  count,
  duration,
  factor,
  flag,
  number,
  positiveDuration,
  rate,
  share,
  text,
  textLike,
} from './scalars.ts'
import { criticality, runbook } from './shared.ts'
import type { Output } from './type.ts'

/** What users do, what they are promised, and who is told when the promise breaks. */

const loadDetails = element(
  {
    steady: fact(rate(), 'Requests in an ordinary busy hour.', {
      ask: 'How many requests arrive in an ordinary busy hour?',
      example: '120/s',
    }),
    peak: fact(rate(), 'Requests at the highest expected load.', {
      ask: 'How many requests arrive at the expected peak?',
      example: '600/s',
    }),
    offPeak: fact(rate(), 'Requests in the quietest hour.', { example: '5/s' }),
    coincident: fact(flag(), "Whether this peak falls together with the other journeys' peaks.", {
      ask: "Does this peak fall together with the other journeys' peaks?",
      example: 'true',
    }),
    peakWindow: fact(
      textLike(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, 'hours such as 11:30-13:30'),
      'Hours of the peak, in the time zone of the schedules.',
      { ask: 'At which hours is the peak?', example: '11:30-13:30' },
    ),
    spike: fact(
      element(
        {
          from: fact(rate(), 'Load before the spike.', { example: '50/s' }),
          to: fact(rate(), 'Load after the spike.', { example: '600/s' }),
          over: fact(duration(), 'How fast it rises.', { example: '20s' }),
        },
        'a map with from, to, over',
      ),
      'The fastest rise that is expected.',
      { example: '{ from: 50/s, to: 600/s, over: 20s }' },
    ),
  },
  'a rate such as 120/s, or a map with steady and peak',
)

const load = oneOf(
  [reading(rate(), steady => ({ steady }) as Output<typeof loadDetails>), loadDetails],
  'a rate such as 120/s, or a map with steady and peak',
)

const step = element(
  {
    name: fact(text(), 'What the user does.', { example: 'save address' }),
    service: required(reference('a service'), 'The service that does it.'),
    reads: fact(reference('a store or cache'), 'What it reads.', { example: 'profile-db' }),
    writes: fact(reference('a store or cache'), 'What it writes.', { example: 'profile-db' }),
    waitsFor: fact(reference('a queue'), 'Reply queue that it waits for.', { example: 'replies' }),
  },
  'a map with service, reads, writes',
)

export const journeySchema = element(
  {
    entry: fact(reference('a service'), 'Where it enters; the rest follows from the calls.', {
      ask: 'Which service does the journey enter through?',
      example: 'web',
    }),
    criticality: fact(criticality(), 'How bad it is when it fails.', {
      ask: 'How bad is it when the journey fails?',
      example: 'critical',
      must: true,
    }),
    description: fact(text(), 'What the user wants.', { example: 'buy what is in the cart' }),
    load: fact(load, 'How many requests enter.', {
      ask: 'How many requests arrive, steady and at peak?',
      example: '{ steady: 120/s, peak: 600/s }',
    }),
    latency: fact(
      element(
        {
          p50: fact(positiveDuration(), 'Median.', { example: '200ms' }),
          p90: fact(positiveDuration(), '90th percentile.', { example: '400ms' }),
          p95: fact(positiveDuration(), '95th percentile.', { example: '500ms' }),
          p99: fact(positiveDuration(), '99th percentile.', { example: '800ms' }),
          p999: fact(positiveDuration(), '99.9th percentile.', { example: '2s' }),
        },
        'a map such as { p99: 800ms }',
      ),
      'How fast the answer must be.',
      { example: '{ p99: 800ms }' },
    ),
    movesMoney: fact(flag(), 'Whether money, stock or a booking changes hands.', { example: 'true' }),
    data: fact(choice('public', 'personal', 'financial'), 'What kind of data it handles.', { example: 'personal' }),
    consistency: fact(
      choice('strong', 'readYourWrites', 'bounded', 'eventual'),
      'What the user needs to see after a write.',
      { ask: 'Must the user see an own write at once?', example: 'readYourWrites' },
    ),
    steps: fact(listOf(step, 'steps, each with `service`'), 'What happens in which order, where the order matters.', {
      example: '[{ service: profile, writes: profile-db }, { service: orders, reads: profile-db }]',
    }),
    compensation: fact(
      orNone(text(), 'what undoes a half-done journey'),
      'What undoes a journey that stopped half-way.',
      { example: 'release the reserved stock' },
    ),
    reconciliation: fact(orNone(text(), 'the name of a job'), 'Job that finds and mends what does not match.', {
      example: 'reconcile-payments',
    }),
    degradedMode: fact(orNone(text(), 'what still works'), 'What still works when a part is down.', {
      ask: 'What can the user still do when a part of it is down?',
      example: 'orders are taken, receipts come later',
    }),
  },
  'a map with entry and what is known of the journey',
)

const burnRateAlert = element(
  {
    burnRate: fact(factor(), 'How many times faster than allowed the budget is spent.', {
      ask: 'At which burn rate does it fire?',
      example: '14.4',
    }),
    longWindow: fact(positiveDuration(), 'Time over which the burn rate is measured.', { example: '1h' }),
    shortWindow: fact(
      positiveDuration(),
      'Shorter time that must burn as well, so that the alert ends soon after the cause.',
      { example: '5m' },
    ),
    severity: fact(choice('page', 'ticket', 'info'), 'Whether somebody is woken.', { example: 'page' }),
    runbook: fact(runbook(), 'What to do.', {
      ask: 'Where is it written what to do when this alert fires?',
      example: 'docs/runbooks/checkout.md',
    }),
    owner: fact(orNone(text(), 'a team'), 'Who is told.', {
      ask: 'Which team does the alert reach?',
      example: 'team-orders',
    }),
  },
  'a map with burnRate, longWindow, shortWindow, severity',
)

export const sloSchema = element(
  {
    journey: fact(reference('a journey'), 'The journey it promises something about.', {
      ask: 'Which journey is it about?',
      example: 'checkout',
    }),
    service: fact(reference('a service'), 'The service, where it is not about a whole journey.', { example: 'orders' }),
    indicator: fact(choice('availability', 'latency', 'freshness', 'correctness', 'throughput'), 'What is measured.', {
      ask: 'What is measured?',
      example: 'availability',
    }),
    objective: fact(share(), 'Share of good events.', { ask: 'Which share of events must be good?', example: '99.9%' }),
    threshold: fact(positiveDuration(), 'For latency and freshness: what still counts as good.', { example: '800ms' }),
    statistic: fact(choice('proportion', 'mean'), 'Whether events are counted or averaged.', { example: 'proportion' }),
    window: fact(positiveDuration(), 'Time over which it holds.', {
      ask: 'Over which time does it hold?',
      example: '30d',
    }),
    sla: fact(share(), 'What customers are promised by contract.', { example: '99.5%' }),
    syntheticRate: fact(orNone(rate(), 'a rate such as 1/s'), 'Requests of probes that count.', {
      ask: 'Do probes send requests that count, and how many?',
      example: '1/s',
    }),
    alerts: fact(orNone(listOf(burnRateAlert, 'burn-rate alerts'), 'a list of burn-rate alerts'), 'Burn-rate alerts.', {
      ask: 'Who is told when the error budget burns, and how fast must it burn?',
      example: '[{ burnRate: 14.4, longWindow: 1h, shortWindow: 5m, severity: page }]',
      must: true,
    }),
  },
  'a map with journey, indicator, objective, window, alerts',
)

export const alertSchema = element(
  {
    signal: fact(
      choice(
        'queueAge',
        'queueDepth',
        'deadLetters',
        'heartbeat',
        'resource',
        'saturation',
        'errors',
        'latency',
        'freshness',
        'sloBurn',
      ),
      'What it watches.',
      { ask: 'What does the alert watch: the burn rate of an SLO, errors, latency, a queue?', example: 'queueAge' },
    ),
    on: fact(
      oneOf([reference('an element'), listOf(reference('an element'), 'names')], 'a name or a list of names'),
      'Components, queues, jobs or SLOs that it watches.',
      { ask: 'Which components, jobs or SLOs does the alert watch?', example: 'order-events' },
    ),
    threshold: fact(oneOf([number(), text()], 'a number or text'), 'When it fires.', { example: '5m' }),
    severity: fact(choice('page', 'ticket', 'info'), 'Whether somebody is woken.', { example: 'page' }),
    hardLimit: fact(
      flag(),
      'Whether the resource is gone when the limit is reached, as a full disk or an expired certificate.',
      { example: 'true' },
    ),
    runbook: fact(runbook(), 'What to do.', {
      ask: 'Where is it written what to do when this alert fires?',
      example: 'docs/runbooks/order-events.md',
    }),
    owner: fact(orNone(text(), 'a team'), 'Who is told.', {
      ask: 'Which team does the alert reach?',
      example: 'team-orders',
    }),
    minimum: fact(count(), 'Least number below which it fires, such as consumers.', { example: '1' }),
  },
  'a map with signal, on, severity, runbook',
)
