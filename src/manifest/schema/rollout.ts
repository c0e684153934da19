import { element, fact, listOf, oneOf, orNone, reading, reference } from './fact.ts'
import { amount, choice, count, duration, flag, positiveDuration, share, text } from './scalars.ts'

/** How instances are checked and replaced. */

const probe = {
  checks: fact(listOf(reference('a component'), 'component names'), 'Components that the probe asks.', {
    ask: 'Which other components does the probe ask?',
    example: '[]',
  }),
  initialDelay: fact(duration(), 'Wait before the first probe.', { example: '10s' }),
  interval: fact(positiveDuration(), 'Time between probes.', { example: '10s' }),
  timeout: fact(positiveDuration(), 'Time for an answer.', { example: '1s' }),
  failures: fact(count(1), 'Failures in a row that count.', { example: '3' }),
}

const probeText = 'a map with checks, interval, timeout, failures'

export const healthSchema = element(
  {
    liveness: fact(orNone(element(probe, probeText), probeText), 'Decides whether an instance is restarted.', {
      example: '{ checks: [] }',
    }),
    readiness: fact(
      orNone(
        element(
          {
            ...probe,
            failOpen: fact(flag(), 'Whether the balancer keeps sending when all instances fail.', { example: 'true' }),
          },
          probeText,
        ),
        probeText,
      ),
      'Decides whether an instance gets requests.',
      { example: '{ checks: [orders-db] }' },
    ),
    startup: fact(
      orNone(element(probe, probeText), probeText),
      'Holds the other probes back until the instance has started.',
      { example: '{ interval: 5s, failures: 30 }' },
    ),
  },
  'a map with liveness, readiness, startup',
)

export type Portion = { readonly instances: number } | { readonly share: number }

/** `25%` or a number of instances. */
const portion = () =>
  oneOf(
    [reading(count(), (instances): Portion => ({ instances })), reading(share(), (part): Portion => ({ share: part }))],
    'a number of instances or a percentage such as 25%',
  )

export const deploySchema = element(
  {
    strategy: fact(
      choice('rolling', 'blueGreen', 'canary', 'recreate', 'allAtOnce'),
      'How old instances are replaced.',
      {
        ask: 'How are old instances replaced?',
        example: 'rolling',
      },
    ),
    maxSurge: fact(portion(), 'Extra instances during a rollout.', {
      ask: 'How many extra instances run during a rollout?',
      example: '25%',
    }),
    maxUnavailable: fact(portion(), 'Missing instances during a rollout.', {
      ask: 'How many instances may be missing during a rollout?',
      example: '0',
    }),
    steps: fact(listOf(share(), 'shares such as 5%'), 'Share of requests on the new version, step by step.', {
      example: '[5%, 25%]',
    }),
    bake: fact(duration(), 'Time spent on each step.', {
      ask: 'How long does each step of the canary last?',
      example: '50m',
    }),
    analysis: fact(
      orNone(choice('perVersion', 'aggregate'), 'perVersion, aggregate'),
      'Which metrics judge the new version.',
      { example: 'perVersion' },
    ),
    rollback: fact(orNone(choice('automatic', 'manual'), 'automatic, manual'), 'What brings the old version back.', {
      example: 'automatic',
    }),
    rollbackWindow: fact(duration(), 'How long the old version may still return.', { example: '24h' }),
    window: fact(
      orNone(text(), 'hours such as weekdays 9:00-16:00'),
      'When deploys happen; none where they happen at any time, also at the peak.',
      { ask: 'At which hours do deploys happen?', example: 'weekdays 9:00-16:00' },
    ),
    perMonth: fact(amount(1e6), 'Deploys per 30 days.', { example: '30' }),
  },
  'a map with strategy, maxSurge, maxUnavailable, steps, bake, rollback',
)
