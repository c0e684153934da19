import { callSchema } from './call.ts'
import { element, fact, listOf, oneOf, orNone, reading, reference, required } from './fact.ts'
import { publishSchema } from './messages.ts'
import { amount, choice, count, date, duration, flag, longText, positiveDuration, text } from './scalars.ts'
import { runbook } from './shared.ts'

/** What runs on a schedule, what was rehearsed, what was decided, and what is accepted for now. */

export const jobSchema = element(
  {
    owner: fact(orNone(text(), 'a team'), 'The team that answers for it.', {
      ask: 'Which team answers for it when it breaks?',
      example: 'team-billing',
    }),
    purpose: fact(choice('product', 'analytics', 'maintenance', 'reconciliation', 'export'), 'What it is for.', {
      ask: 'What is the job for?',
      example: 'analytics',
    }),
    critical: fact(flag(), 'Whether users are harmed when it does not run.', {
      ask: 'Are users harmed when the job does not run?',
      example: 'true',
    }),
    schedule: fact(text(), 'Cron expression with five fields, in the time zone of the peak windows.', {
      ask: 'When does it run?',
      example: '0 3 * * *',
    }),
    interval: fact(positiveDuration(), 'Time between runs, where there is no schedule.', { example: '5m' }),
    duration: fact(positiveDuration(), 'How long a run takes, 95th percentile.', {
      ask: 'How long does a run take?',
      example: '9m',
    }),
    deadline: fact(orNone(positiveDuration(), 'a duration'), 'A run is stopped after this long.', { example: '1h' }),
    concurrencyPolicy: fact(choice('allow', 'forbid', 'replace'), 'What happens when a run is still going.', {
      example: 'forbid',
    }),
    hostedIn: fact(reference('a service'), 'Service whose instances run it.', { example: 'billing' }),
    leaderElection: fact(flag(), 'Whether only one instance runs it.', { example: 'true' }),
    idempotent: fact(flag(), 'Whether running it twice is the same as once.', { example: 'true' }),
    lossTolerated: fact(flag(), 'Whether missing a run does no harm.', { default: '`false`', example: 'true' }),
    freshness: fact(orNone(positiveDuration(), 'a duration'), 'How old its result may be.', { example: '1d' }),
    processes: fact(count(1), 'Processes that run at the same time.', { default: '1' }),
    runbook: fact(runbook(), 'What to do when it breaks.', {
      ask: 'Where is it written what to do when it breaks, and when was that last followed?',
      example: 'docs/runbooks/report.md',
    }),
    calls: fact(listOf(callSchema, 'calls, each with `to`'), 'What it calls.', {
      example: '[{ to: orders-db, access: read, readFrom: replica }]',
    }),
    publishes: fact(listOf(publishSchema, 'publications, each with `to`'), 'Messages it sends.', {
      example: '[{ to: invoices, outbox: true }]',
    }),
  },
  'a map of what is known of the job',
)

export const drillSchema = element(
  {
    scenario: fact(
      choice('down', 'slow', 'failover', 'restore', 'zoneLoss', 'rollback', 'loadTest', 'dataLoss'),
      'What was rehearsed.',
      { example: 'failover' },
    ),
    on: fact(reference('a component'), 'What it was done to.', { example: 'orders-db' }),
    date: fact(date(), 'When.', { example: '2026-09-14' }),
    measured: fact(
      element(
        {
          rto: fact(duration(), 'Time until it was back.', { example: '25m' }),
          rpo: fact(duration(), 'Data that was lost.', { example: '2m' }),
          failover: fact(duration(), 'Time of the failover.', { example: '35s' }),
          rollback: fact(duration(), 'Time of the rollback.', { example: '4m' }),
        },
        'a map with rto, rpo, failover, rollback',
      ),
      'What was measured.',
      { example: '{ rto: 25m, rpo: 2m }' },
    ),
    passed: fact(flag(), 'Whether it went as planned.', { example: 'true' }),
  },
  'a map with scenario, on, date, measured',
)

export const decisionSchema = element(
  {
    title: fact(text(), 'What was decided.', { example: 'Shard orders by tenant' }),
    status: fact(choice('proposed', 'accepted', 'superseded', 'rejected'), 'Where it stands.', {
      ask: 'Is the decision proposed, accepted, superseded or rejected?',
      example: 'accepted',
    }),
    supersededBy: fact(reference('a decision'), 'The decision that replaces it.', {
      ask: 'Which decision replaces it?',
      example: 'ADR-019',
    }),
    date: fact(date(), 'When.', { example: '2026-05-04' }),
    document: fact(text(), 'Where it is written.', { example: 'docs/adr/007.md' }),
    concerns: fact(listOf(reference('an element'), 'names'), 'Components it is about.', {
      ask: 'Which components is the decision about?',
      example: '[orders-db]',
    }),
  },
  'a map with title, status, date',
)

export const flagSchema = element(
  {
    type: fact(
      choice('release', 'experiment', 'ops', 'permission'),
      'What it is for; `ops`: a kill switch, which stays.',
      {
        ask: 'Is the flag there for a release, an experiment, as a kill switch or for permissions?',
        example: 'release',
      },
    ),
    owner: fact(orNone(text(), 'a team'), 'Who removes it.', {
      ask: 'Which team removes the flag when it has done its work?',
      example: 'team-web',
    }),
    created: fact(date(), 'When it was made.', { example: '2026-08-01' }),
    expires: fact(orNone(date(), 'a date'), 'When it must be gone.', {
      ask: 'By when is the flag gone?',
      example: '2026-12-01',
    }),
    // `false` is a value here, the usual one, and does not deny it.
    default: fact(
      oneOf([flag(), text()], 'true, false or text, or none'),
      'Value while the provider is down; `none` if there is none.',
      { ask: 'Which value does the flag have while its provider is down?', example: 'false' },
    ),
    provider: fact(reference('a component'), 'What answers for it.', { example: 'flagd' }),
    guards: fact(listOf(reference('a service'), 'services'), 'What it switches.', { example: '[checkout]' }),
  },
  'a map with type, owner, created, expires',
)

export const waiverSchema = element(
  {
    rule: required(text(), 'Rule whose finding is accepted.'),
    on: required(text(), 'Path of the element, such as `services.web` or `services.web.calls[0]`.'),
    reason: required(longText(3, 'a reason'), 'Why the risk is accepted.'),
    owner: required(text(), 'Who accepted it.'),
    until: required(date(), 'Last day on which it holds.'),
    decision: fact(reference('a decision'), 'Decision that records it.', { example: 'ADR-012' }),
  },
  'a map with rule, on, reason, owner, until',
)

const globs = () => oneOf([reading(text(), one => [one]), listOf(text(), 'globs')], 'a glob or a list of globs')

export const evidenceSchema = element(
  {
    kubernetes: fact(globs(), 'Kubernetes manifests.', { example: '[deploy/k8s/**/*.yaml]' }),
    compose: fact(globs(), 'Compose files.', { example: '[compose.yaml]' }),
    prometheusRules: fact(globs(), 'Prometheus rule files.', { example: '[ops/alerts/*.yaml]' }),
    openapi: fact(globs(), 'OpenAPI documents.', { example: '[api/*.yaml]' }),
    migrations: fact(globs(), 'SQL migrations.', { example: '[db/**/*.sql]' }),
  },
  'a map with kubernetes, compose, prometheusRules, openapi, migrations',
)

export const onCallSchema = element(
  {
    acknowledge: fact(duration(), 'Time until a page is acknowledged.', { example: '5m' }),
    respond: fact(duration(), 'Time until mitigation begins.', { default: '15m' }),
    coverage: fact(choice('always', 'businessHours'), 'When somebody answers.', { example: 'always' }),
  },
  'a map with acknowledge, respond, coverage',
)

export const budgetSchema = element(
  {
    perMonth: fact(amount(), 'Money per month.', { example: '4000' }),
    currency: fact(text(), 'Currency.', { example: 'EUR' }),
  },
  'a map with perMonth, currency',
)
