import { errorBudget, maxBurnRate } from '../../analysis/formulas/error-budget.ts'
import { evidenceRules, type EvidenceRuleId } from '../../engine/evidence-rules.ts'
import type { Finding } from '../../finding.ts'
import type { Slo } from '../../manifest/model.ts'
import { duration, number, percent, plural } from '../../units.ts'
import type { Manifest } from '../claims.ts'
import type { Burn } from './alerts.ts'
import type { Rule } from './rules.ts'
import { severityOf } from './severity.ts'
import type { Way } from './tiers.ts'

/** Faults of an alert rule by itself: ways of firing that never come, and one that comes when the budget is gone. */
export function faultsOf(
  rule: Rule,
  ways: readonly Way[],
  slo: Slo | undefined,
  burns: readonly Burn[],
  manifest: Manifest,
): Finding[] {
  const late = slo && lateness(rule, slo, burns)
  return [...neverFires(rule, ways, slo, burns), ...(late ? [late] : [])].map(finding => ({
    ...finding,
    evidence: slo ? [{ label: `the SLO "${slo.name}"`, location: manifest.at(slo.path) }] : [],
  }))
}

function neverFires(rule: Rule, ways: readonly Way[], slo: Slo | undefined, burns: readonly Burn[]): Finding[] {
  const unreachable = slo?.objective === undefined || slo.objective >= 1 ? undefined : maxBurnRate(slo.objective)
  const tooFast = (way: Way) => {
    const burn = burns.find(one => one.rule === rule && one.tier === way.tier)
    return burn?.burnRate !== undefined && unreachable !== undefined && burn.burnRate > unreachable * (1 + 1e-9)
      ? burn.burnRate
      : undefined
  }
  const dead = ways.flatMap(way => {
    const rate = tooFast(way)
    if (rate !== undefined)
      return [
        `waits for a burn rate of ${number(rate)}, and at an objective of ${percent(slo!.objective!)} there is none above ${number(unreachable!)}`,
      ]
    return way.dead ? [way.dead.because] : []
  })
  if (dead.length === 0) return []
  const message =
    dead.length === ways.length
      ? `"${rule.name}" can never fire: it ${dead[0]!}`
      : `${dead.length} of the ${plural(ways.length, 'way')} in which "${rule.name}" fires never ${dead.length === 1 ? 'comes' : 'come'}: one ${dead[0]!}`
  const fix = unreachable === undefined ? undefined : `Lower the burn rate below ${number(unreachable)}`
  // What still fires in another way is a fault, and not the loss of the alert.
  const severity = dead.length === ways.length ? 'error' : 'warning'
  return [finding('alert-never-fires', message, rule, slo, { severity, ...(fix === undefined ? {} : { fix }) })]
}

function lateness(rule: Rule, slo: Slo, burns: readonly Burn[]): Finding | undefined {
  const { objective, window } = slo
  const { pending } = rule
  if (pending === 0 || objective === undefined || objective >= 1 || window === undefined) return undefined
  const own = burns.filter(burn => burn.rule === rule)
  const budget = errorBudget(objective, window)
  if (severityOf(rule) === 'page' && pending >= budget)
    return finding(
      'alert-after-budget',
      `"${rule.name}" waits ${duration(pending)} before it fires, but an outage spends the budget of "${slo.name}" in ${duration(budget)}; expected less`,
      rule,
      slo,
      {
        arithmetic: `budget = (1 - ${percent(objective)}) x ${duration(window)} = ${duration(budget)}`,
        fix: `Set for below ${duration(budget)}, best to 0s: the windows keep noise out`,
      },
    )
  const fastest = Math.max(...own.map(({ burnRate }) => burnRate ?? 0))
  if (fastest <= 1 || pending < window / fastest) return undefined
  return finding(
    'alert-after-budget',
    `"${rule.name}" waits ${duration(pending)} before it fires, but at its burn rate of ${number(fastest)} the budget of "${slo.name}" is gone after ${duration(window / fastest)}; expected less`,
    rule,
    slo,
    {
      arithmetic: `${duration(window)} / ${number(fastest)} = ${duration(window / fastest)}`,
      fix: `Set for below ${duration(window / fastest)}`,
    },
  )
}

function finding(
  ruleId: EvidenceRuleId,
  message: string,
  rule: Rule,
  slo: Slo | undefined,
  more: Partial<Pick<Finding, 'fix' | 'arithmetic' | 'severity'>>,
): Finding {
  const preset = evidenceRules.find(({ id }) => id === ruleId)!
  return {
    ruleId,
    question: 'alerting',
    severity: preset.severity,
    message,
    fix: preset.fix,
    ...more,
    // Recognised in the next run by the name of the alert, whatever its file is called.
    location: { ...rule.exprLocation, path: ['evidence', 'prometheusRules', rule.name] },
    subject: slo?.path ?? ['evidence', 'prometheusRules'],
    evidence: [],
    journeys: slo?.journey === undefined ? [] : [slo.journey],
    alsoImplies: [],
  }
}
