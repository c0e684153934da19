import type { Path } from '../finding.ts'
import type { Model, Slo } from '../manifest/model.ts'
import { burnAlerts, mayPage, otherPages } from './alerts.ts'
import { distinct, type Estimate } from './estimate.ts'
import { detectionTime } from './formulas/error-budget.ts'

type BurnAlert = NonNullable<ReturnType<typeof burnAlerts>>[number] & { readonly path: Path }

/** When somebody is paged for an outage. */
export interface Detection {
  /** From the first bad request to the page, in milliseconds. */
  readonly time: Estimate
  /** The alert that surely pages first. */
  readonly by: BurnAlert | undefined
}

/** `20 x (1 - 95 %)` comes out just above 1 in binary fractions. */
const rounding = 1e-9

/** Whether the errors of a share of all requests burn fast enough for an alert. */
export const canSee = (share: number, burnRate: number, objective: number): boolean =>
  burnRate * (1 - objective) <= share + rounding

export const burnAlertsOf = (slo: Slo): BurnAlert[] =>
  (burnAlerts(slo) ?? []).map((alert, i) => ({ ...alert, path: [...slo.path, 'alerts', i] }))

/**
 * Time until the fastest paging alert of an SLO fires when a share of its requests fails. An alert of which not all is stated
 * may fire at once; without any that surely pages, nothing bounds the time.
 */
export function detectionOf(slo: Slo, model: Model, share = 1): Detection {
  const { objective, path } = slo
  const candidates = burnAlertsOf(slo).filter(mayPage)
  const timed = candidates.map(alert => ({ alert, ...timeOf(alert, objective, share, path) }))
  const possible = timed.map(({ time }) => time ?? 0)
  const sure = timed.filter(({ alert, time }) => alert.severity === 'page' && time !== undefined && time < never)
  const [first] = [...sure].sort((a, b) => a.time! - b.time!)
  const unseen = slo.alerts === undefined || otherPages(slo, model).length > 0 || possible.length === 0
  const low = unseen ? 0 : Math.min(...possible)
  const missing = distinct([
    ...(slo.alerts === undefined ? [[...path, 'alerts']] : []),
    ...timed.flatMap(one => one.missing),
    ...candidates.filter(({ severity }) => severity === undefined).map(alert => [...alert.path, 'severity']),
  ])
  return {
    time: { low: low < never ? low : 0, high: first?.time, missing: first && first.time === low ? [] : missing },
    by: first?.alert,
  }
}

const never = Number.POSITIVE_INFINITY

function timeOf(
  { burnRate, longWindow, path }: BurnAlert,
  objective: number | undefined,
  share: number,
  slo: Path,
): { time: number | undefined; missing: Path[] } {
  const missing: Path[] = [
    ...(objective === undefined ? [[...slo, 'objective']] : []),
    ...(burnRate === undefined ? [[...path, 'burnRate']] : []),
    ...(longWindow === undefined ? [[...path, 'longWindow']] : []),
  ]
  if (objective === undefined || burnRate === undefined || longWindow === undefined) return { time: undefined, missing }
  if (!canSee(share, burnRate, objective)) return { time: never, missing }
  return { time: detectionTime(longWindow, burnRate, objective, share), missing }
}
