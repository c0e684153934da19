import type { Claim, Path } from '../../finding.ts'
import type { Alert, Slo } from '../../manifest/model.ts'
import { duration, percent } from '../../units.ts'
import { nothing, unreadableFile, unreadablePart, type Manifest, type Told } from '../claims.ts'
import type { EvidenceFile } from '../yaml.ts'
import { constantOf } from '../promql/conditions.ts'
import { alertClaims, burnOf, type Burn } from './alerts.ts'
import { plain, sloFinder, type SloFinder } from './covers.ts'
import { faultsOf } from './faults.ts'
import { readRules, type Rule } from './rules.ts'
import { severityOf } from './severity.ts'
import { recordingsOf, waysOf } from './tiers.ts'

/**
 * Prometheus rule files against the SLOs and alerts of a manifest.
 * @param areAll false where some of the files could not be read, so that nothing can be missing
 */
export function prometheusEvidence(files: readonly EvidenceFile[], manifest: Manifest, areAll = true): Told {
  const told = nothing()
  const rules: Rule[] = []
  let isWhole = areAll
  for (const file of files) {
    const read = readRules(file)
    rules.push(...read.rules)
    isWhole &&= read.faults.length === 0
    for (const { message, location } of read.faults) {
      if (read.rules.length === 0)
        told.problems.push(
          unreadableFile('prometheusRules', `${location.file}:${location.start.line}: ${message}`, location, manifest),
        )
      else
        told.questions.push(unreadablePart('prometheusRules', 'alerting', location.file, message, location, manifest))
    }
  }
  const alerts = rules.filter(({ kind }) => kind === 'alert')
  const recordings = recordingsOf(rules)
  const sloOf = sloFinder(manifest.model)
  const meta = metaOf(rules, sloOf)
  const burns = new Map<Slo, Burn[]>()
  for (const rule of alerts) {
    const ways = waysOf(rule, recordings)
    const slo = sloOf(rule)
    const own = slo ? ways.flatMap(({ tier }) => (tier ? [burnOf(rule, tier, slo)] : [])) : []
    if (slo) burns.set(slo, [...(burns.get(slo) ?? []), ...own])
    told.findings.push(...faultsOf(rule, ways, slo, own, manifest))
  }
  for (const slo of manifest.model.slos.values()) {
    const found = alertClaims(slo, burns.get(slo) ?? [], manifest)
    // What is not found may stand in the part that cannot be read.
    told.claims.push(...found.map(claim => (isWhole || claim.state !== 'missing' ? claim : unsure(claim))))
    told.claims.push(...metaClaims(slo, meta.get(slo) ?? new Map(), manifest))
  }
  for (const alert of manifest.model.alerts.values()) told.claims.push(namedAlert(alert, alerts, manifest))
  return told
}

function unsure(claim: Claim): Claim {
  const { fix, ...rest } = claim
  return fix === undefined ? { ...claim, state: 'claimed' } : { ...rest, state: 'claimed' }
}

const day = 86_400_000

type Meta = ReadonlyMap<string, Rule>

/** Sloth records the objective and the window of each SLO beside its alerts. */
function metaOf(rules: readonly Rule[], sloOf: SloFinder): ReadonlyMap<Slo, Meta> {
  const found = new Map<Slo, Map<string, Rule>>()
  for (const rule of rules) {
    if (rule.kind !== 'record' || !['slo:objective:ratio', 'slo:time_period:days'].includes(rule.name)) continue
    const slo = sloOf(rule)
    if (slo) found.set(slo, (found.get(slo) ?? new Map<string, Rule>()).set(rule.name, rule))
  }
  return found
}

function metaClaims(slo: Slo, meta: Meta, manifest: Manifest): Claim[] {
  const [objective, days] = [meta.get('slo:objective:ratio'), meta.get('slo:time_period:days')]
  const compared = (
    key: 'objective' | 'window',
    rule: Rule | undefined,
    value: number | undefined,
    said: (value: number) => string,
  ) => {
    const stated = slo[key]
    if (!rule || value === undefined || stated === undefined) return []
    const isSame = Math.abs(stated - value) <= 1e-9 * Math.max(1, value)
    return [
      claim(
        [...slo.path, key],
        slo.path,
        isSame ? 'evidenced' : 'contradicted',
        isSame
          ? `"${slo.name}" has ${key === 'objective' ? 'an' : 'a'} ${key} of ${said(stated)}, as its rules do`
          : `"${slo.name}" has ${key === 'objective' ? 'an' : 'a'} ${key} of ${said(stated)}, but its rules were made for ${said(value)}; expected both to be the same`,
        rule,
        manifest,
        `Make the rules for ${said(stated)}, or state ${said(value)}`,
      ),
    ]
  }
  const number = (rule: Rule | undefined) => rule && constantOf(rule.expr)
  const window = number(days)
  return [
    ...compared('objective', objective, number(objective), percent),
    ...compared('window', days, window === undefined ? undefined : window * day, duration),
  ]
}

/** An alert of the manifest that is no burn rate is recognised by its name. */
function namedAlert(alert: Alert, rules: readonly Rule[], manifest: Manifest): Claim {
  const rule = rules.find(({ name }) => plain(name) === plain(alert.name))
  if (!rule)
    return claim(
      alert.path,
      alert.path,
      'claimed',
      `No rule is called like the alert "${alert.name}"`,
      undefined,
      manifest,
    )
  const severity = severityOf(rule)
  if (alert.severity === undefined || severity === undefined || alert.severity === severity)
    return claim(alert.path, alert.path, 'evidenced', `The alert "${alert.name}" is "${rule.name}"`, rule, manifest)
  return claim(
    [...alert.path, 'severity'],
    alert.path,
    'contradicted',
    `The alert "${alert.name}" is a ${alert.severity} here and a ${severity} in the rule files; expected both to say the same`,
    rule,
    manifest,
    `Correct the rule, or state severity: ${severity}`,
  )
}

function claim(
  at: Path,
  subject: Path,
  state: Claim['state'],
  message: string,
  rule: Rule | undefined,
  manifest: Manifest,
  fix?: string,
): Claim {
  return {
    state,
    kind: 'prometheusRules',
    subject,
    question: 'alerting',
    message,
    ...(fix === undefined || state === 'evidenced' ? {} : { fix }),
    location: manifest.at(at),
    places: rule ? [{ label: `${rule.kind} "${rule.name}"`, location: rule.location }] : [],
  }
}
