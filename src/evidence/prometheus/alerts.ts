import { burnAlerts } from '../../analysis/alerts.ts'
import type { Claim, Path } from '../../finding.ts'
import type { Slo } from '../../manifest/model.ts'
import { duration, list, number, percent } from '../../units.ts'
import type { Manifest } from '../claims.ts'
import type { Rule } from './rules.ts'
import { severityOf } from './severity.ts'
import type { Tier } from './tiers.ts'

/** A way in which a rule fires, with what it says as a burn rate of its SLO. */
export interface Burn {
  readonly rule: Rule
  readonly tier: Tier
  /** `undefined` where the objective that it would follow from is not stated. */
  readonly burnRate: number | undefined
}

type Stated = NonNullable<ReturnType<typeof burnAlerts>>[number]

/** 14.4 x 0.0009999999999999432 is 14.4 x 0.1 %; and people round. */
const tolerance = 0.01
const same = (a: number, b: number) => Math.abs(a - b) <= tolerance * Math.max(a, b)

export const burnOf = (rule: Rule, tier: Tier, { objective }: Slo): Burn => ({
  rule,
  tier,
  burnRate:
    tier.unit === 'burnRate'
      ? tier.threshold
      : objective === undefined || objective >= 1
        ? undefined
        : tier.threshold / (1 - objective),
})

/** Holds the burn-rate alerts that an SLO states against those of the rule files. */
export function alertClaims(slo: Slo, burns: readonly Burn[], manifest: Manifest): Claim[] {
  const { alerts } = slo
  const at = [...slo.path, 'alerts']
  const base = { kind: 'prometheusRules', subject: slo.path, question: 'alerting' } as const
  if (alerts === 'none') {
    if (burns.length === 0)
      return [
        {
          ...base,
          state: 'evidenced',
          message: `"${slo.name}" has no alert, and no rule file holds one`,
          location: manifest.at(at),
          places: [],
        },
      ]
    const [{ rule }] = burns as [Burn]
    return [
      {
        ...base,
        state: 'contradicted',
        message: `"${slo.name}" is said to have no alert, but "${rule.name}" fires on it; expected the manifest to state it`,
        fix: `State the alerts of "${slo.name}" as the rule files have them`,
        location: manifest.at(at),
        places: placesOf(burns),
      },
    ]
  }
  if (burns.length === 0)
    return [
      {
        ...base,
        state: 'missing',
        message: `No alert of the rule files covers "${slo.name}"; expected one that fires when its error budget burns`,
        fix: `Add the burn-rate alerts of "${slo.name}" to the rule files, with a label slo: ${slo.name}`,
        location: manifest.at(at),
        places: [],
      },
    ]
  const left = new Set(burns)
  const claims = new Map<number, Claim>()
  const stated = [...(alerts ?? []).entries()]
  // Those that agree first, so that none of them is held against another.
  for (const how of [agrees, isNear]) {
    for (const [i, alert] of stated) {
      const found = claims.has(i) ? undefined : [...left].find(burn => how(alert, burn))
      if (!found) continue
      left.delete(found)
      claims.set(i, { ...base, ...compared(slo, alert, [...at, i], found, manifest), places: placesOf([found]) })
    }
  }
  for (const [i, alert] of stated) {
    if (claims.has(i)) continue
    const location = manifest.at([...at, i])
    const isVague = alert.longWindow === undefined && alert.burnRate === undefined
    claims.set(i, {
      ...base,
      ...(isVague
        ? { state: 'claimed', message: `${saidOf(slo, alert)} states neither window nor burn rate to look for` }
        : {
            state: 'missing',
            message: `${saidOf(slo, alert)} is in no rule file; expected an alert with these windows`,
            fix: 'Add the alert to the rule files, or take it out of the manifest',
          }),
      location,
      places: [],
    })
  }
  return stated.map(([i]) => claims.get(i)!)
}

const placesOf = (burns: readonly Burn[]) =>
  [...new Set(burns.map(({ rule }) => rule))].map(({ name, exprLocation }) => ({
    label: `alert "${name}"`,
    location: exprLocation,
  }))

const windowsOf = (long: number | undefined, short: number | undefined) =>
  list([long, short].flatMap(window => (window === undefined ? [] : [duration(window)])))

function saidOf({ name }: Slo, { burnRate, longWindow, shortWindow }: Stated): string {
  const rate = burnRate === undefined ? '' : ` at a burn rate of ${number(burnRate)}`
  const over = windowsOf(longWindow, shortWindow)
  return `The alert of "${name}"${rate}${over === '' ? '' : ` over ${over}`}`
}

const agrees = (stated: Stated, burn: Burn): boolean =>
  (stated.longWindow !== undefined || stated.burnRate !== undefined) && differences(stated, burn).length === 0

/** The same alert, as far as can be told, though not all of it is the same. */
const isNear = ({ burnRate, longWindow }: Stated, burn: Burn): boolean =>
  longWindow === burn.tier.longWindow ||
  (longWindow === undefined && burnRate !== undefined && burn.burnRate !== undefined && same(burnRate, burn.burnRate))

interface Difference {
  readonly key: string
  readonly words: string
  readonly fix: string
}

function differences(stated: Stated, { rule, tier, burnRate }: Burn): Difference[] {
  const found: Difference[] = []
  if (stated.longWindow !== undefined && stated.longWindow !== tier.longWindow)
    found.push({
      key: 'longWindow',
      words: `measures over ${duration(tier.longWindow)}`,
      fix: `longWindow: ${duration(tier.longWindow)}`,
    })
  if (stated.burnRate !== undefined && burnRate !== undefined && !same(stated.burnRate, burnRate))
    found.push({
      key: 'burnRate',
      words: `fires at a burn rate of ${number(burnRate)}`,
      fix: `burnRate: ${number(burnRate)}`,
    })
  if (stated.shortWindow !== undefined && stated.shortWindow !== tier.shortWindow)
    found.push(
      tier.shortWindow === undefined
        ? { key: 'shortWindow', words: 'has no short window', fix: 'no shortWindow' }
        : {
            key: 'shortWindow',
            words: `has a short window of ${duration(tier.shortWindow)}`,
            fix: `shortWindow: ${duration(tier.shortWindow)}`,
          },
    )
  const severity = severityOf(rule)
  if (stated.severity !== undefined && severity !== undefined && stated.severity !== severity)
    found.push({ key: 'severity', words: `is a ${severity}`, fix: `severity: ${severity}` })
  const written = runbookOf(rule)
  const runbook = stated.runbook === 'none' ? undefined : stated.runbook?.path
  if (runbook !== undefined && written !== undefined && fileOf(runbook) !== fileOf(written))
    found.push({ key: 'runbook', words: `links to ${written}`, fix: `runbook: ${written}` })
  return found
}

/** The runbook that a rule links to, where it is a file: a page of a wiki has no name to compare. */
function runbookOf({ annotations }: Rule): string | undefined {
  const link = annotations['runbook_url'] ?? annotations['runbook'] ?? annotations['runbookUrl']
  return link !== undefined && /\.(?:md|adoc|rst|txt|html)$/i.test(link.replace(/[#?].*$/, '')) ? link : undefined
}

const fileOf = (path: string): string =>
  path
    .replace(/[#?].*$/, '')
    .split('/')
    .at(-1)!
    .toLowerCase()

function compared(
  slo: Slo,
  stated: Stated,
  path: Path,
  burn: Burn,
  manifest: Manifest,
): Pick<Claim, 'state' | 'message' | 'location'> & Partial<Claim> {
  const found = differences(stated, burn)
  const { rule, tier, burnRate } = burn
  if (found.length === 0) {
    // Without an objective the burn rate of the rule is not known, and nothing is confirmed that was not compared.
    const isKnown = stated.burnRate === undefined || burnRate !== undefined
    return {
      state: isKnown ? 'evidenced' : 'claimed',
      message: isKnown
        ? `${saidOf(slo, stated)} is "${rule.name}"`
        : `${saidOf(slo, stated)} cannot be compared with "${rule.name}" without an objective`,
      location: manifest.at(path),
    }
  }
  const isRate = found.some(({ key }) => key === 'burnRate') && tier.unit === 'errorRatio'
  return {
    state: 'contradicted',
    message: `${saidOf(slo, stated)} is "${rule.name}" in the rule files, which ${list(found.map(({ words }) => words))}; expected both to say the same`,
    ...(isRate
      ? {
          arithmetic: `burn rate = ${number(tier.threshold)} / (1 - ${percent(slo.objective!)}) = ${number(burnRate!)}`,
        }
      : {}),
    fix: `Correct the rule, or state ${list(found.map(({ fix }) => fix))}`,
    location: manifest.at([...path, found[0]!.key]),
  }
}
