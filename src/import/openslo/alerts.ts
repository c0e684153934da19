import { at, factOf, items, textOf, type Spot } from '../spot.ts'
import type { ImportedFact } from '../system.ts'
import type { Find } from './read-openslo.ts'

const severities: Readonly<Record<string, string>> = {
  page: 'page',
  critical: 'page',
  high: 'page',
  ticket: 'ticket',
  warning: 'ticket',
  medium: 'ticket',
  low: 'ticket',
  info: 'info',
}

/** Burn-rate alerts of an SLO's policies. A policy that is in another file is known by its name only, and then nothing is stated. */
export function alertsOf(policies: Spot, find: Find): ImportedFact[] {
  const found = items(policies).map(policy => {
    const ref = textOf(policy) ?? textOf(at(policy, 'alertPolicyRef'))
    return ref === undefined ? policy : find('AlertPolicy', ref)
  })
  // One that is not known could be any alert, and a list without it would say that there is none.
  if (found.length === 0 || found.includes(undefined)) return []
  const alerts = found.flatMap(policy =>
    items(at(policy!, 'spec', 'conditions')).map(one => {
      const ref = textOf(at(one, 'conditionRef'))
      const condition = ref === undefined ? one : find('AlertCondition', ref)
      return condition && alertOf(condition)
    }),
  )
  if (alerts.length === 0 || alerts.includes(undefined)) return []
  return [factOf(['alerts'], alerts, policies, 'alertPolicies', 'stated')]
}

function alertOf(condition: Spot): Record<string, unknown> | undefined {
  const spec = at(condition, 'spec')
  const inner = at(spec, 'condition')
  if (textOf(at(inner, 'kind'))?.toLowerCase() !== 'burnrate') return undefined
  const burnRate = Number(textOf(at(inner, 'threshold')))
  const longWindow = textOf(at(inner, 'lookbackWindow'))
  const severity = severities[textOf(at(spec, 'severity'))?.toLowerCase() ?? '']
  return {
    ...(burnRate > 0 && burnRate <= 1e6 ? { burnRate } : {}),
    ...(longWindow !== undefined && /^[1-9]\d{0,4}[mhdw]$/.test(longWindow) ? { longWindow } : {}),
    ...(severity === undefined ? {} : { severity }),
  }
}
