import type { Alert, Model, Slo } from '../manifest/model.ts'

/** Signals that are what users notice, when they are watched for an SLO. */
const symptoms = ['sloBurn', 'errors', 'latency', 'freshness']

/** Whether an alert watches an SLO, or the fact that would say so. A burn rate may be watched by journey or service. */
export function watches({ signal, on }: Alert, slo: Slo): boolean | 'signal' | 'on' {
  if (on === undefined) return signal === undefined || signal === 'sloBurn' ? 'on' : false
  const watched = [on].flat()
  const itself = watched.includes(slo.name)
  const subject = slo.journey ?? slo.service
  if (!itself && (subject === undefined || !watched.includes(subject))) return false
  if (signal === undefined) return 'signal'
  return itself ? symptoms.includes(signal) : signal === 'sloBurn'
}

/** Whether an alert may wake somebody: it says so, or does not say what it does. */
export const mayPage = ({ severity }: { readonly severity?: string | undefined }): boolean =>
  severity === undefined || severity === 'page'

/** Alerts other than burn rates of the SLO itself that may page for what users notice, and of which no time is known. */
export const otherPages = (slo: Slo, model: Model): Alert[] =>
  [...model.alerts.values()].filter(alert => {
    const { signal, on } = alert
    const isSymptom = signal === undefined || symptoms.includes(signal)
    const names = [on ?? []].flat()
    const near = [slo.name, slo.journey, slo.service].some(name => name !== undefined && names.includes(name))
    return mayPage(alert) && isSymptom && (on === undefined || near)
  })

/** The burn-rate alerts of an SLO; `undefined` where nothing is said of them. */
export const burnAlerts = ({ alerts }: Slo) => (alerts === 'none' ? [] : alerts)
