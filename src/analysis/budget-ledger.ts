import type { Path } from '../finding.ts'
import type { Model, Service, Slo } from '../manifest/model.ts'
import { detectionOf, type Detection } from './detection.ts'
import { between, exactly, largest, product, scale, stated, sum, unknown, withLow, type Estimate } from './estimate.ts'
import { failoverOf, respondOf, type Failover } from './failovers.ts'
import { errorBudget } from './formulas/error-budget.ts'
import type { Facts } from './index.ts'
import { countedJourneys, type Stake } from './stakes.ts'

/** The error budget of one SLO and what expected events take of it. Times in milliseconds of total outage. */
export interface BudgetLedger {
  readonly slo: Slo
  /** (1 - objective) · window. */
  readonly budget: Estimate
  /** (1 - objective) · λ · window: requests that may fail. */
  readonly events: Estimate
  /** When somebody is paged while everything fails. */
  readonly page: Detection
  /** From the page until somebody begins to mend. */
  readonly respond: number
  /** One failover of each component that the SLO needs, the costliest first. */
  readonly failovers: readonly Failover[]
  /** One release of each service that fails every request, the costliest first. */
  readonly badDeploys: readonly BadDeploy[]
  /** One zone is lost: its share of the requests until its instances get no more of them. */
  readonly zoneLoss: Estimate
  /** Deploys that go as planned, in one window of the SLO. */
  readonly plannedDeploys: Estimate
  /** One of each event and all planned deploys. */
  readonly spent: Estimate
}

export interface BadDeploy {
  readonly stake: Stake
  readonly service: Service
  /** From the first bad request until the old version answers again. */
  readonly time: Estimate
  /** Share of the counted requests that meet the new version meanwhile. */
  readonly share: Estimate
  readonly loss: Estimate
}

const month = 30 * 86_400_000

export function budgetLedgerOf(slo: Slo, stakes: readonly Stake[], model: Model, facts: Facts): BudgetLedger {
  const page = detectionOf(slo, model)
  const services = stakes.flatMap(stake =>
    stake.component.kind === 'service' ? [{ stake, service: stake.component }] : [],
  )
  const failovers = stakes
    .flatMap(stake => failoverOf(stake, page, model, facts) ?? [])
    .map(failover => ({
      ...failover,
      loss: doubted(failover.stake, failover.loss),
      waitForPeople: doubted(failover.stake, failover.waitForPeople),
    }))
    .sort(costliestFirst)
  const badDeploys = services.map(({ stake, service }) => badDeployOf(stake, service, model)).sort(costliestFirst)
  const zoneLoss = largest([
    ...services.map(({ stake, service }) => zoneLossOf(stake, service)),
    // Whether the lost zone holds the primary is for chance to say.
    ...failovers.map(({ loss }) => withLow(loss, 0)),
  ])
  const plannedDeploys = sum(
    services.map(({ stake, service }) => doubted(stake, product(stake.share, downtimeOf(service, slo)))),
  )
  return {
    slo,
    ...allowanceOf(slo, model, facts),
    page,
    respond: respondOf(model),
    failovers,
    badDeploys,
    zoneLoss,
    plannedDeploys,
    spent: sum([
      ...[failovers, badDeploys].map(events => largest(events.map(({ loss }) => loss))),
      zoneLoss,
      plannedDeploys,
    ]),
  }
}

const costliestFirst = (a: { loss: Estimate }, b: { loss: Estimate }) => b.loss.low - a.loss.low

/** What may do without the component may lose nothing. */
const doubted = ({ hard, missing }: Stake, loss: Estimate): Estimate =>
  hard === 'yes' ? loss : { low: 0, high: loss.high, missing: [...missing, ...loss.missing] }

/** The budget in time and in requests. */
export function allowanceOf(slo: Slo, model: Model, facts: Facts): { budget: Estimate; events: Estimate } {
  const { objective, window, path } = slo
  const absent: Path[] = [
    ...(objective === undefined ? [[...path, 'objective']] : []),
    ...(window === undefined ? [[...path, 'window']] : []),
  ]
  const budget =
    objective === undefined || window === undefined ? unknown(absent) : exactly(errorBudget(objective, window))
  return { budget, events: scale(product(budget, arrivalsOf(slo, model, facts)), 1 / 1000) }
}

/** Requests per second that an SLO counts in an ordinary busy hour. */
export function arrivalsOf(slo: Slo, model: Model, facts: Facts): Estimate {
  const journeys = countedJourneys(slo, model)
  if (slo.journey === undefined && slo.service !== undefined) return facts.load.at(slo.service, 'steady')
  return sum(
    journeys.map(({ load, path }) =>
      stated(load?.steady, [...path, 'load', ...(load === undefined ? [] : ['steady'])]),
    ),
  )
}

/** @param rollback what brings the old version back, where it is not to be taken as stated */
export function badDeployOf(
  stake: Stake,
  service: Service,
  model: Model,
  rollback = service.deploy?.rollback,
): BadDeploy {
  const share = product(stake.share, exposureOf(service))
  const page = detectionOf(stake.slo, model, share.low > 0 ? share.low : 1).time
  const people = sum([page, exactly(respondOf(model)), rollbackTime(service, model)])
  const at: Path = [...service.path, 'deploy', 'rollback']
  const time =
    rollback === 'manual' || rollback === 'none'
      ? people
      : { low: 0, high: people.high, missing: [...people.missing, ...(rollback === undefined ? [at] : [])] }
  return { stake, service, time, share, loss: doubted(stake, product(time, share)) }
}

/** Share of the requests that meet a new version before it is judged: the first step of a canary, else all. */
export function exposureOf({ deploy, path }: Service): Estimate {
  const at = (key: string): Path => [...path, 'deploy', key]
  if (deploy?.strategy === undefined)
    return between(0, 1, deploy === undefined ? [[...path, 'deploy']] : at('strategy'))
  if (deploy.strategy !== 'canary') return exactly(1)
  const [first] = deploy.steps ?? []
  return first === undefined ? between(0, 1, at('steps')) : exactly(first)
}

/** As it was last measured in a drill. */
function rollbackTime({ name }: Service, model: Model): Estimate {
  const drills = [...model.drills.values()].filter(
    ({ on, measured }) => on === name && measured?.rollback !== undefined,
  )
  const [last] = drills.sort((a, b) => ((a.date ?? '') < (b.date ?? '') ? 1 : -1))
  return last?.measured?.rollback === undefined ? unknown([['drills']]) : exactly(last.measured.rollback)
}

/** Requests still go to the lost instances until so many probes in a row have failed. */
function zoneLossOf(stake: Stake, { health, zones, path }: Service): Estimate {
  const at: Path = [...path, 'health', 'readiness']
  const readiness = health?.readiness
  const { interval, failures, timeout } = readiness === undefined || readiness === 'none' ? {} : readiness
  const noticed =
    interval === undefined || failures === undefined ? unknown([at]) : exactly(interval * failures + (timeout ?? 0))
  const hit = zones === undefined ? between(0, 1, [...path, 'zones']) : exactly(1 / zones)
  return doubted(stake, product(product(stake.share, hit), zones === 1 ? unknown([]) : noticed))
}

/** Startup time · deploys: only a service that stops before it starts anew is down for a deploy that goes as planned. */
export function downtimeOf({ deploy, startupTime, path }: Service, { window, path: slo }: Slo): Estimate {
  const at = (key: string): Path => [...path, 'deploy', key]
  if (deploy?.strategy === undefined) return unknown(deploy === undefined ? [[...path, 'deploy']] : [at('strategy')])
  if (deploy.strategy !== 'recreate') return exactly(0)
  const deploys = scale(stated(window, [...slo, 'window']), 1 / month)
  return product(
    product(stated(startupTime, [...path, 'startupTime']), stated(deploy.perMonth, at('perMonth'))),
    deploys,
  )
}
