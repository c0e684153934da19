import * as z from 'zod'
import type { Estimate } from '../analysis/estimate.ts'
import { outcomeNames } from '../analysis/outcomes.ts'
import { formatPath } from '../finding.ts'
import type { Numbers as JourneyNumbers } from '../whatif/numbers.ts'
import type { SingleFaults } from '../whatif/single-faults.ts'
import type { JourneyOutcome, WhatIf } from '../whatif/what-if.ts'

/** The contract of `whatif --format json`; the same promise as that of the report. */

const outcome = z.enum([...outcomeNames, 'unknown']).describe('unknown: facts decide that are not stated.')
const bound = z.enum(outcomeNames)
const bounds = z
  .strictObject({
    least: z.number().nullable().describe("With every unstated fact in the author's favour; null: without end."),
    most: z.number().nullable().describe('With every one against it; null where nothing bounds it.'),
  })
  .meta({ id: 'Bounds', description: 'A number of which the manifest may state only a part.' })
const numbers = z
  .strictObject({
    availability: z.number().nullable().describe('Fraction of 1, at most: what is not stated counts as always there.'),
    p99: z
      .number()
      .nullable()
      .describe('Estimate in milliseconds; null where the journey does not succeed, or no time is stated.'),
    p99IsLeast: z.boolean().describe('Whether facts are missing that could only add to it.'),
    bottleneck: z
      .strictObject({
        component: z.string(),
        resource: z.string(),
        times: z.number().describe('How many times this load it carries, at most.'),
      })
      .nullable()
      .describe('What runs out first of what the journey comes through.'),
  })
  .meta({ id: 'Numbers', description: 'Numbers of a journey at one time.' })
const journey = z
  .strictObject({
    journey: z.string(),
    outcome,
    least: bound.describe("With every unstated fact in the author's favour."),
    most: bound.describe('With every unstated fact against it.'),
    path: z.string().describe('From the entry of the journey to the fault; empty where it is not reached.'),
    by: z.string().nullable().describe('How a degraded journey gets along.'),
    steps: z.array(z.string()).describe('From the fault to the user, one sentence each.'),
    also: z.array(z.string()).describe('What would do as much alone, besides what the steps tell.'),
    containedBy: z.array(z.string()).describe('Changes of which each would contain a part of it.'),
    missing: z
      .array(z.strictObject({ fact: z.string(), ask: z.string(), example: z.string() }))
      .describe('Facts that decide and are not stated.'),
    before: numbers,
    after: numbers,
    worst: bounds.nullable().describe('Longest time until an answer in milliseconds, by the timeouts.'),
  })
  .meta({ id: 'Journey', description: 'What happens to one journey.' })
const scenario = z
  .strictObject({
    down: z.array(z.string()),
    slow: z.array(
      z.strictObject({
        component: z.string(),
        time: z.number().nullable().describe('Milliseconds; null: it does not answer.'),
      }),
    ),
    dataLoss: z.array(z.string()),
    cacheFlush: z.array(z.string()),
    deploy: z.array(z.string()),
    zoneLoss: z.boolean(),
    load: z
      .record(z.string(), z.number())
      .nullable()
      .describe('Factors by journey; null where the load was not asked about.'),
  })
  .meta({ id: 'Scenario', description: 'What was asked.' })
const waiting = z.strictObject({
  call: z.string(),
  waiting: bounds.describe('Requests that wait at one time.'),
  slots: bounds,
  full: z.number().nullable().describe('Milliseconds until all slots are taken; null where they are not.'),
  isContained: z.boolean(),
})
const backlog = z.strictObject({
  queue: z.string(),
  afterAnHour: bounds.describe('Messages.'),
  drain: bounds.describe('Milliseconds until they are handled once the consumers are back; least null: never.'),
  isKept: z.boolean().nullable().describe('Whether the oldest is still there.'),
})
const single = z.strictObject({
  component: z.string(),
  down: z.record(z.string(), outcome).describe('By the name of the journey.'),
  slow: z.record(z.string(), outcome).describe('By the name of the journey.'),
})
const cuts = z.strictObject({
  journey: z.string(),
  singles: z.array(z.string()).describe('Each breaks it alone.'),
  pairs: z.array(z.array(z.string()).length(2)).describe('Both together break it, neither does alone.'),
})
const document = z.strictObject({
  schemaVersion: z.literal(1).describe('Raised when a key goes away or changes its meaning.'),
  file: z.string().describe('The manifest.'),
  scenario: scenario.optional(),
  faults: z
    .array(z.strictObject({ component: z.string(), message: z.string(), isSure: z.boolean() }))
    .optional()
    .describe('What the scenario begins with.'),
  journeys: z.array(journey).optional().describe('The most important first.'),
  waiting: z.array(waiting).optional().describe('Callers of what is slow.'),
  backlogs: z.array(backlog).optional().describe('Queues whose consumers are away.'),
  singleFaults: z
    .array(single)
    .optional()
    .describe('With --all-single-faults: each component lost alone, the most harmful first.'),
  cutSets: z
    .array(cuts)
    .optional()
    .describe('With --all-single-faults: what surely breaks the most important journeys.'),
})

type Document = z.input<typeof document>

export const whatIfJsonSchema = (): unknown => ({
  ...z.toJSONSchema(document, { target: 'draft-7' }),
  title: 'scaffold-review what-if',
})

export function whatIfJson({ scenario, faults, journeys, waiting, backlogs }: WhatIf, file: string): string {
  const { slow, load, down, dataLoss, cacheFlush, deploy, zoneLoss } = scenario
  return text({
    schemaVersion: 1,
    file,
    scenario: {
      down: [...down],
      slow: slow.map(({ component, time }) => ({ component, time: finite(time) })),
      dataLoss: [...dataLoss],
      cacheFlush: [...cacheFlush],
      deploy: [...deploy],
      zoneLoss,
      load: load ?? null,
    },
    faults: faults.map(({ component, message, missing }) => ({
      component: component.name,
      message,
      isSure: missing.length === 0,
    })),
    journeys: journeys.map(toJourney),
    waiting: waiting.map(({ call, waiting, slots, full, isContained }) => ({
      call,
      waiting: toBounds(waiting),
      slots: toBounds(slots),
      full: full === undefined ? null : Math.max(0, full),
      isContained,
    })),
    backlogs: backlogs.map(({ queue, afterAnHour, drain, isKept }) => ({
      queue: queue.name,
      afterAnHour: toBounds(afterAnHour),
      drain: toBounds(drain),
      isKept: isKept ?? null,
    })),
  })
}

export function singleFaultsJson({ rows, cutSets }: SingleFaults, file: string): string {
  return text({
    schemaVersion: 1,
    file,
    singleFaults: rows.map(({ component, down, slow }) => ({
      component: component.name,
      down: Object.fromEntries(down),
      slow: Object.fromEntries(slow),
    })),
    cutSets: cutSets.map(({ journey, singles, pairs }) => ({
      journey: journey.name,
      singles: [...singles],
      pairs: pairs.map(pair => [...pair]),
    })),
  })
}

const toJourney = (one: JourneyOutcome): z.input<typeof journey> => ({
  journey: one.journey.name,
  outcome: one.outcome,
  least: one.least,
  most: one.most,
  path: one.path,
  by: one.by ?? null,
  steps: [...one.steps],
  also: [...one.also],
  containedBy: [...one.containedBy],
  missing: one.missing.map(({ fact, ask, example }) => ({ fact: formatPath(fact), ask, example })),
  before: toNumbers(one.before),
  after: toNumbers(one.after),
  worst: one.worst ? toBounds(one.worst) : null,
})

const toNumbers = ({ availability, latency, bottleneck }: JourneyNumbers): z.input<typeof numbers> => ({
  availability: availability ?? null,
  p99: latency?.p99 ?? null,
  p99IsLeast: latency?.isLeast ?? false,
  bottleneck: bottleneck
    ? { component: bottleneck.component, resource: bottleneck.resource, times: bottleneck.times }
    : null,
})

const toBounds = ({ low, high }: Estimate) => ({ least: finite(low), most: high === undefined ? null : finite(high) })
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

const text = (data: Document): string => `${JSON.stringify(data, undefined, 2)}\n`
