import type { Path } from '../finding.ts'
import type { Alert, Component, Job, Journey, Model, Slo } from '../manifest/model.ts'
import { burnAlerts, watches } from './alerts.ts'
import type { Answer } from './estimate.ts'
import type { Facts } from './index.ts'
import { countedJourneys } from './stakes.ts'

/** An alert, of an SLO or by itself, that wakes somebody or may. */
export interface Page {
  /** As it is said in a sentence, after the name. */
  readonly what: string
  readonly name: string
  readonly path: Path
  readonly alert: Pick<Alert, 'severity' | 'runbook' | 'owner'>
  /** `undefined` for the burn rate of an SLO. */
  readonly own: Alert | undefined
  /** What it watches, as far as that has an owner and a runbook of its own. */
  readonly watched: readonly (Component | Job)[]
  readonly journeys: readonly Journey[]
}

/** Every alert of the manifest, those of SLOs first. */
export function alertsIn(model: Model, facts: Facts): Page[] {
  const ofSlos = [...model.slos.values()].flatMap(slo =>
    (burnAlerts(slo) ?? []).map((alert, i) => ({
      what: 'burn-rate alert',
      name: slo.name,
      path: [...slo.path, 'alerts', i],
      alert,
      own: undefined,
      watched: elements([slo.service ?? ''], model),
      journeys: countedJourneys(slo, model),
    })),
  )
  const others = [...model.alerts.values()].map(alert => {
    const watched = elements([alert.on ?? []].flat(), model)
    const journeys = new Set(watched.flatMap(({ name }) => facts.journeys.through(name)))
    return { what: 'alert', name: alert.name, path: alert.path, alert, own: alert, watched, journeys: [...journeys] }
  })
  return [...ofSlos, ...others]
}

const elements = (names: readonly string[], model: Model) =>
  names.flatMap(name => model.components.get(name) ?? model.jobs.get(name) ?? [])

/** Whether the users of a component are watched: some SLO that counts their requests has an alert. */
export function usersAreWatched({ name }: Component | Job, model: Model, facts: Facts): Answer {
  const journeys = facts.journeys.through(name)
  const missing: Path[] = []
  for (const slo of model.slos.values()) {
    const counts = slo.service === name || countedJourneys(slo, model).some(journey => journeys.includes(journey))
    const answer = counts && hasAlert(slo, model)
    if (answer === true) return true
    if (answer === undefined) missing.push([...slo.path, 'alerts'])
  }
  return missing.length > 0 && missing
}

function hasAlert(slo: Slo, model: Model): boolean | undefined {
  const known = burnAlerts(slo)
  if (known !== undefined && known.length > 0) return true
  // An alert that does not say what it watches may watch this one.
  if ([...model.alerts.values()].some(alert => watches(alert, slo) !== false)) return true
  return known && false
}
