import { distinct, type Estimate } from '../analysis/estimate.ts'
import type { Fault } from '../analysis/faults.ts'
import { buildGraph } from '../analysis/graph.ts'
import type { Facts } from '../analysis/index.ts'
import { chainOf, culpritsOf, outagesOf, type Ending, type Outages } from '../analysis/outage.ts'
import { reachOf } from '../analysis/reach.ts'
import { saturationOf } from '../analysis/saturation.ts'
import type { Scenario } from '../analysis/scenario.ts'
import { situationOf } from '../analysis/situation.ts'
import { slowedModel } from '../analysis/slowed.ts'
import type { Path } from '../finding.ts'
import type { Journey, Model } from '../manifest/model.ts'
import { metaOf, schemaAt } from '../manifest/walk-schema.ts'
import { containedBy } from '../analysis/containment.ts'
import {
  backlogsOf,
  numbersOf,
  waitingFor,
  worstOf,
  type Backlog,
  type Moment,
  type Numbers,
  type Waiting,
} from './numbers.ts'
import { outcomes, type Outcome } from '../analysis/outcomes.ts'
import { instead, pathOf, tell } from '../analysis/outage-words.ts'

/** What a scenario does to one journey, with all that is to say about it. */
export interface JourneyOutcome {
  readonly journey: Journey
  readonly outcome: Outcome | 'unknown'
  /** With every unstated fact in the author's favour, and with every one against it. */
  readonly least: Outcome
  readonly most: Outcome
  /** `web -> orders -> psp`; empty where nothing reaches the journey. */
  readonly path: string
  /** How a degraded journey gets along: the fallback in words. */
  readonly by: string | undefined
  /** What happens, from the fault to the user, one sentence each. */
  readonly steps: readonly string[]
  /** What would do as much alone, besides what the steps tell: the first to run out first. */
  readonly also: readonly string[]
  /** What would contain what is surely broken. */
  readonly containedBy: readonly string[]
  readonly missing: readonly Missing[]
  readonly before: Numbers
  readonly after: Numbers
  /** Longest time until an answer, by the timeouts; `undefined` without an entry that is a service. */
  readonly worst: Estimate | undefined
}

/** A fact that decides and is not stated, and how to state it. */
export interface Missing {
  readonly fact: Path
  readonly ask: string
  readonly example: string
}

export interface WhatIf {
  readonly scenario: Scenario
  readonly faults: readonly Fault[]
  readonly journeys: readonly JourneyOutcome[]
  readonly waiting: readonly Waiting[]
  readonly backlogs: readonly Backlog[]
}

/** @param only names of journeys; all where it is empty */
export function whatIf(scenario: Scenario, model: Model, facts: Facts, only: readonly string[] = []): WhatIf {
  const situation = situationOf(scenario, model, facts)
  const outages = outagesOf(situation.model, situation.facts)
  const endings = outages
    .all(situation.faults)
    .filter(({ journey }) => only.length === 0 || only.includes(journey.name))
  const lost = situation.faults.filter(({ missing, level, time }) => {
    return missing.length === 0 && (level === 3 || time === Number.POSITIVE_INFINITY)
  })
  const [before, after] = [
    calmMoment(model, facts),
    momentOf(scenario, situation, new Set(lost.map(({ component }) => component.name))),
  ]
  return {
    scenario,
    faults: situation.faults,
    journeys: endings.map(ending => outcomeOf(ending, situation.faults, outages, before, after)),
    waiting: scenario.slow.flatMap(({ component, time }) =>
      model.components.has(component) ? waitingFor(component, time, situation.facts) : [],
    ),
    backlogs: backlogsOf(endings, situation.facts),
  }
}

const calmMoment = (model: Model, facts: Facts): Moment => ({
  model,
  facts,
  slowed: { model, facts },
  saturation: saturationOf(model, facts),
  lost: new Set(),
  isCold: false,
})

function momentOf(
  scenario: Scenario,
  { model, facts }: { model: Model; facts: Facts },
  lost: ReadonlySet<string>,
): Moment {
  const isCold = [...scenario.cacheFlush, ...scenario.down].some(name => model.caches.has(name))
  const isSlower = isCold || scenario.slow.length > 0
  const slowed = isSlower ? slowedModel(scenario, model, facts.graph) : model
  const graph = isSlower ? buildGraph(slowed) : facts.graph
  return {
    model,
    facts,
    slowed: { model: slowed, facts: isSlower ? { graph, reach: reachOf(slowed, graph) } : facts },
    saturation: saturationOf(model, facts),
    lost,
    isCold,
  }
}

function outcomeOf(
  whole: Ending,
  faults: readonly Fault[],
  outages: Outages,
  before: Moment,
  after: Moment,
): JourneyOutcome {
  const { journey, effect, least, most, missing } = whole
  const [first, ...others] = culpritsOf(whole, faults, outages)
  const reason = first?.ending.reason ?? whole.reason
  const chain = chainOf(reason)
  const { model, facts } = after
  const isOpen = effect === 'unknown'
  const contained = [chain, ...others.map(({ ending }) => chainOf(ending.reason))]
  let [calm, now]: (Numbers | undefined)[] = []
  return {
    journey,
    outcome: effect === 'unknown' ? effect : outcomes[effect],
    least: outcomes[least],
    most: outcomes[most],
    path: pathOf(chain),
    by: effect === 'degraded' ? fallbackIn(chain, model) : undefined,
    steps: reason ? tell(chain, model) : [],
    also: isOpen ? [] : others.map(({ fault, ending }) => `${fault.message}: ${pathOf(chainOf(ending.reason))}`),
    containedBy: least === 'fails' ? [...new Set(contained.flatMap(one => containedBy(one, model, facts)))] : [],
    // Any of them may be what it comes to, so all that decide are asked for.
    missing: isOpen ? distinct([...missing, ...others.flatMap(({ ending }) => ending.missing)]).map(howToState) : [],
    // The draws of a latency take longer than all the rest.
    get before() {
      return (calm ??= numbersOf(journey, before))
    },
    get after() {
      return (now ??= thenOf(whole, this.before, numbersOf(journey, after)))
    },
    worst: worstOf(journey, model, facts),
  }
}

/** What fails is not available, and nobody waits for it. */
const thenOf = ({ least, most }: Ending, before: Numbers, after: Numbers): Numbers => ({
  ...after,
  availability: least === 'fails' ? 0 : after.availability,
  latency: most === 'fails' ? undefined : slower(before.latency, after.latency),
})

/** Nothing that fails makes anything faster: parts that are not stated take no time in one estimate, and some in the other. */
const slower = (before: Numbers['latency'], after: Numbers['latency']): Numbers['latency'] =>
  before && after && before.p99 > after.p99 ? { ...after, p99: before.p99 } : after

/** The place nearest to the fault where less than the whole is handed on. */
function fallbackIn(chain: ReturnType<typeof chainOf>, model: Model): string | undefined {
  const edge = [...chain].reverse().find(({ edge, level }) => edge && level === 2)?.edge
  return edge && edge.kind !== 'publish' && edge.kind !== 'consume'
    ? `"${edge.from.name}" ${instead(edge, model)}`
    : undefined
}

function howToState(fact: Path): Missing {
  const schema = schemaAt(fact)
  const meta = schema && metaOf(schema)
  const name = String(fact.at(-1))
  return {
    fact,
    ask: meta?.ask ?? `What is ${name}? ${meta?.doc ?? ''}`.trim(),
    example: `${name}: ${meta?.example ?? '...'}`,
  }
}
