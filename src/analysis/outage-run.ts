import type { Path } from '../finding.ts'
import type { Call, Component, Journey } from '../manifest/model.ts'
import type { Fault } from './faults.ts'
import type { Edge } from './graph.ts'
import type { How, Reason } from './outage.ts'
import type { OutageEdges } from './outage-edges.ts'
import type { Lateness } from './outage-time.ts'
import type { Facts } from './index.ts'
import type { Hazard, Level } from './spread.ts'
import { Worklist } from './worklist.ts'

/** What comes to the entry of a journey, and why. */
export interface End {
  readonly level: Level
  readonly reason: Reason | undefined
}

interface State {
  level: Level
  hangs: boolean
  /** Milliseconds until it answers; 0 where it is no slower than usual. */
  time: number
  why: Reason | undefined
  whySlow: Reason | undefined
}

/**
 * One scenario for one journey, with every unstated fact in the author's favour (`least`) or against (`most`). States only get
 * worse, and each change is handed on to whoever leans on the component, until nothing changes.
 */
export class OutageRun {
  readonly #states = new Map<string, State>()
  readonly #lost = new Map<Edge, Reason>()
  /** Lost edges by what answers instead. */
  readonly #leaners = new Map<Component, Edge[]>()
  readonly #changed: Worklist
  readonly #journey: Journey
  readonly #bound: 'least' | 'most'
  readonly #edges: OutageEdges
  readonly #lateness: Lateness

  constructor(
    journey: Journey,
    bound: 'least' | 'most',
    faults: readonly Fault[],
    facts: Facts,
    edges: OutageEdges,
    lateness: Lateness,
  ) {
    this.#journey = journey
    this.#bound = bound
    this.#edges = edges
    this.#lateness = lateness
    this.#changed = new Worklist(edges.order)
    for (const fault of faults) if (bound === 'most' || fault.missing.length === 0) this.#begin(fault)
    for (let next = this.#changed.next(); next !== undefined; next = this.#changed.next()) {
      for (const edge of facts.graph.in.get(next)!) this.#cross(edge)
      for (const edge of edges.leaningOn(next)) this.#cross(edge)
    }
  }

  end(): End {
    const { entry, latency } = this.#journey
    const state = entry === undefined ? undefined : this.#states.get(entry)
    if (!state) return { level: 0, reason: undefined }
    // Slower than any percentile of the target is slower than promised.
    const target = Math.max(...Object.values(latency ?? {}).filter(value => value !== undefined))
    const isLate = Number.isFinite(target) && state.time > target
    if (isLate && state.level < 2) return { level: 2, reason: { ...state.whySlow!, level: 2 } }
    return { level: state.level, reason: state.why ?? state.whySlow }
  }

  #begin(fault: Fault): void {
    const { component, level, time } = fault
    const reason: Reason = {
      component,
      how: 'fault',
      level: time === Number.POSITIVE_INFINITY ? 3 : level,
      fault,
      missing: [],
      ...(time === undefined ? {} : { time }),
    }
    if (time === Number.POSITIVE_INFINITY) this.#hang(component, reason)
    else if (time !== undefined) this.#slow(component, time, reason)
    if (level > 0) this.#worsen(component, level, reason)
  }

  #state({ name }: Component): State {
    const known = this.#states.get(name) ?? { level: 0, hangs: false, time: 0, why: undefined, whySlow: undefined }
    this.#states.set(name, known)
    return known
  }

  #worsen(component: Component, level: Level, why: Reason): void {
    const state = this.#state(component)
    if (level <= state.level) return
    Object.assign(state, { level, why })
    this.#changed.add(component.name)
  }

  #hang(component: Component, why: Reason): void {
    const state = this.#state(component)
    if (state.hangs) return
    Object.assign(state, { hangs: true, time: Number.POSITIVE_INFINITY, whySlow: why })
    this.#changed.add(component.name)
    this.#worsen(component, 3, why)
  }

  #slow(component: Component, time: number, why: Reason): void {
    const state = this.#state(component)
    if (time <= state.time) return
    Object.assign(state, { time, whySlow: { ...why, time } })
    this.#changed.add(component.name)
  }

  #holds = ({ surely, possibly }: Hazard): boolean => (this.#bound === 'least' ? surely : possibly)

  /** What the end of an edge does to its start. */
  #cross(edge: Edge): void {
    const callee = this.#states.get(edge.to.name)
    if (!callee) return
    const takes = this.#edges.takes(edge, this.#journey)
    const comes = takes === 'yes' || (takes === 'maybe' && this.#bound === 'most')
    const doubts: Path[] = takes === 'maybe' ? [[...edge.path, 'serves']] : []
    const step = (
      how: How,
      level: Level,
      from: Reason,
      missing: readonly Path[] = [],
      more: Partial<Reason> = {},
    ): Reason => ({
      component: edge.from,
      how,
      level,
      edge,
      from,
      missing: [...doubts, ...missing],
      ...more,
    })
    if (callee.time > 0) this.#wait(edge, callee, comes, step)
    if (callee.level === 3) this.#lose(edge, callee.why!)
    const lost = this.#lost.get(edge)
    if (lost) this.#miss(edge, lost, comes, step)
    else if (comes && callee.level > 0) {
      const passes = this.#edges.passes(edge, false)
      const level = Math.min(callee.level, passes[this.#bound]) as Level
      this.#worsen(edge.from, level, step('fails', level, callee.why!, passes.missing))
    }
  }

  /** A callee that answers late, or never. */
  #wait(edge: Edge, { hangs, time, whySlow }: State, comes: boolean, step: StepMaker): void {
    if (edge.kind !== 'call' && edge.kind !== 'miss') return
    const from = whySlow!
    const gone = hangs ? undefined : this.#edges.givesUp(edge, time)
    const isOpen = gone !== undefined && gone.possibly && !gone.surely
    // Whoever may give up may be better off with its fallback, or with a wait that is cut short.
    if (isOpen && this.#bound === 'least' && this.#edges.passes(edge, false).least < 3) return
    const isGone = gone === undefined || this.#holds(gone)
    if (hangs && comes) {
      const ever = this.#edges.waitsForEver(edge)
      if (this.#holds(ever)) this.#hang(edge.from, step('hangs', 3, from, ever.missing))
    }
    // A single attempt lasts no longer than until the answer comes, whenever the caller gives up.
    const lasts = isGone && !(isOpen && (edge.via as Call).retries?.max === 0) ? undefined : time
    const isCut = isOpen && this.#bound === 'least'
    const exhaustion = lasts === undefined ? this.#edges.exhaustion(edge) : this.#edges.lateExhaustion(edge, lasts)
    if (exhaustion && !isCut && this.#holds(exhaustion)) {
      // Its other journeys wait as well, whichever calls they make.
      const missing = [...(isOpen ? gone.missing : []), ...exhaustion.missing]
      this.#hang(edge.from, { ...step('slots', 3, from, [], { exhaustion }), missing })
    }
    if (gone && isGone) this.#lose(edge, step('gives up', 3, from, gone.missing))
    else if (!isGone && !isCut && this.#edges.refuses(edge, time)) this.#lose(edge, step('refused', 3, from))
    this.#delay(edge, lasts, comes, step('waits', 0, from, isOpen ? gone.missing : []))
  }

  /** @param time milliseconds that the caller waits; `undefined`: until it gives up */
  #delay(edge: Edge, time: number | undefined, comes: boolean, step: Reason): void {
    // How long a service takes that is none of the journey's own matters to whoever shares its caller.
    const isOfOthers = this.#edges.isTakenByOthers(edge, this.#journey)
    if (!comes && !isOfOthers) return
    const lasts =
      time === undefined
        ? this.#lateness.untilGivenUp(edge)
        : this.#lateness.untilAnswered(edge, time, other => this.#edges.takes(other, this.#journey))
    const longer = this.#bound === 'least' ? lasts.low : (lasts.high ?? Number.MAX_VALUE)
    const doubts =
      isOfOthers && step.missing.length > 0 ? step.missing.filter(fact => fact.at(-1) !== 'serves') : step.missing
    this.#slow(edge.from, longer, { ...step, missing: [...doubts, ...lasts.missing] })
  }

  #lose(edge: Edge, why: Reason): void {
    if (this.#lost.has(edge)) return
    this.#lost.set(edge, why)
    const standIn = this.#edges.standIn(edge)
    if (!standIn) return
    const together = [...(this.#leaners.get(standIn) ?? []), edge]
    this.#leaners.set(standIn, together)
    const overload = this.#edges.overload(standIn, together)
    if (this.#holds(overload))
      this.#worsen(standIn, 3, {
        component: standIn,
        how: 'overload',
        level: 3,
        edge,
        from: why,
        missing: overload.missing,
      })
  }

  /** A call that gets no answer. */
  #miss(edge: Edge, lost: Reason, comes: boolean, step: StepMaker): void {
    if (!comes) return
    const { to, via } = edge
    const isAlone = to.kind === 'external' && this.#states.get(to.alternative ?? '')?.level === 3
    const passes = this.#edges.passes(edge, isAlone)
    const level = passes[this.#bound]
    // Where the caller gave up, the step stands for itself.
    const how = lost.component === edge.from && lost.edge === edge ? lost.how : 'fails'
    const from = how === 'fails' ? lost : lost.from!
    this.#worsen(
      edge.from,
      level,
      step(how, level, from, [...(how === 'fails' ? [] : lost.missing), ...passes.missing]),
    )
    const standIn = this.#edges.standIn(edge)
    const other = standIn && this.#states.get(standIn.name)
    const leans = via.kind === 'call' && via.mode !== 'async' && via.optional !== true && edge.hard === 'no'
    if (leans && other?.level === 3) this.#worsen(edge.from, 3, step('both', 3, from, [], { other: other.why! }))
  }
}

type StepMaker = (how: How, level: Level, from: Reason, missing?: readonly Path[], more?: Partial<Reason>) => Reason
