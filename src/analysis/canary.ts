import type { Path } from '../finding.ts'
import type { Call, Model, Service, Slo } from '../manifest/model.ts'
import { burnAlerts, mayPage, otherPages } from './alerts.ts'
import { burnAlertsOf, canSee } from './detection.ts'
import { detectionTime } from './formulas/error-budget.ts'
import type { Facts } from './index.ts'
import type { Stake } from './stakes.ts'

/** The steps of a canary that are not yet all requests; `undefined` where none are stated. */
export function canarySteps({ deploy }: Service): { largest: number; together: number } | undefined {
  const steps = deploy?.steps?.filter(step => step < 1)
  if (!steps || steps.length === 0) return undefined
  return { largest: Math.max(...steps), together: steps.reduce((a, b) => a + b, 0) }
}

/** SLOs of which a request that the canary fails is bad, or may be; a request in time may have failed as well. */
export const watchersOf = ({ name }: Service, facts: Facts): Stake[] =>
  facts.stakesIn(name).filter(({ slo }) => slo.indicator !== 'freshness' && slo.indicator !== 'throughput')

/** The alert that a broken canary comes closest to. */
export interface Sight {
  readonly slo: Slo
  readonly burnRate: number
  readonly objective: number
  /** Share of the counted requests that it fails. */
  readonly share: number
  readonly seen: boolean
  /** Time to the page at this share; `undefined` where no window is stated. */
  readonly after: number | undefined
}

/** What every alert that may page sees of a broken canary, and facts of which nothing can be said. */
export function sightsOf(
  service: Service,
  largest: number,
  model: Model,
  facts: Facts,
): { sights: Sight[]; missing: Path[]; other: boolean } {
  const stakes = watchersOf(service, facts)
  const missing: Path[] = []
  const sights = stakes.flatMap(stake => {
    const { slo } = stake
    if (burnAlerts(slo) === undefined) missing.push([...slo.path, 'alerts'])
    return burnAlertsOf(slo)
      .filter(mayPage)
      .flatMap(({ burnRate, longWindow, path }): Sight[] => {
        if (burnRate === undefined) missing.push([...path, 'burnRate'])
        else if (slo.objective === undefined) missing.push([...slo.path, 'objective'])
        if (burnRate === undefined || slo.objective === undefined) return []
        const share = met(largest, stake)
        const after = longWindow === undefined ? undefined : detectionTime(longWindow, burnRate, slo.objective, share)
        return [{ slo, burnRate, objective: slo.objective, share, seen: canSee(share, burnRate, slo.objective), after }]
      })
  })
  return {
    sights,
    missing,
    other: stakes.some(({ slo }) => otherPages(slo, model).length > 0) || watchesItself(service, model),
  }
}

/** A request that calls the service five times meets a canary of 5 % more often than once in twenty: 1 - (1 - f)^k. */
function met(fraction: number, { route, share }: Stake): number {
  const visits = route.reduce((times, { via }) => times * Math.max(1, (via as Call).callsPerRequest ?? 1), 1)
  return (1 - (1 - fraction) ** visits) * (share.high ?? 1)
}

/** Alerts on the errors of the service, or that do not say what they watch, may see what no SLO sees. */
const watchesItself = ({ name }: Service, model: Model): boolean =>
  [...model.alerts.values()].some(
    alert =>
      mayPage(alert) &&
      ['errors', 'latency', 'sloBurn', undefined].includes(alert.signal) &&
      (alert.on === undefined || [alert.on].flat().includes(name)),
  )
