import type { Model, Slo } from '../../manifest/model.ts'
import { selectorsOf } from '../promql/tree.ts'
import type { Rule } from './rules.ts'

/** Labels that generators put on the rules of an SLO: Sloth, Pyrra, OpenSLO and those who write them by hand. */
const sloLabels = ['slo', 'slo_name', 'sloth_slo', 'sloth_id', 'openslo_name']
const subjectLabels = ['journey', 'service', 'sloth_service', 'job', 'app']

/** Finds the SLO that a rule is about. */
export type SloFinder = (rule: Rule) => Slo | undefined

/**
 * The SLO that a rule is about: by a label with its name, by its name within that of the alert, or by the journey or service
 * in a label where only one SLO is about that. `undefined` where it is about none, or could be about several.
 */
export function sloFinder({ slos }: Model): SloFinder {
  // Between spaces, so that one name holds another only word by word.
  const said = (name: string) => ` ${words(name).join(' ')} `
  const all = [...slos.values()].map(slo => ({ slo, name: plain(slo.name), said: said(slo.name) }))
  const bySubject = (subjects: ReadonlySet<string>) =>
    all.filter(({ slo: { journey, service } }) =>
      [journey, service].some(one => one !== undefined && subjects.has(plain(one))),
    )
  return rule => {
    const labels = labelsOf(rule)
    const valuesOf = (keys: readonly string[]) => new Set(keys.flatMap(key => labels.get(key) ?? []).map(plain))
    const named = valuesOf(sloLabels)
    const byLabel = all.filter(({ name }) => named.has(name))
    if (byLabel.length > 0) return only(byLabel)?.slo
    const names = [rule.name, ...selectorsOf(rule.expr).map(({ name }) => name ?? '')].map(said)
    const byName = all.filter(one => names.some(name => name.includes(one.said)))
    // `checkout-success-mobile` is about that SLO, and not about `checkout-success` as well.
    const longest = Math.max(...byName.map(one => one.said.length))
    if (byName.length > 0) return only(byName.filter(one => one.said.length === longest))?.slo
    return only(bySubject(valuesOf(subjectLabels)))?.slo
  }
}

const only = <T>(found: readonly T[]): T | undefined => (found.length === 1 ? found[0] : undefined)

/** What labels a rule sets, and which its expression selects by. */
function labelsOf({ labels, expr }: Rule): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  const selected = selectorsOf(expr).flatMap(({ matchers }) => matchers.filter(({ op }) => op === '='))
  for (const [label, value] of [...Object.entries(labels), ...selected.map(one => [one.label, one.value] as const)])
    found.set(label, [...(found.get(label) ?? []), value])
  return found
}

/** `CheckoutSuccess`, `checkout-success` and `checkout_success` are one name. */
export const plain = (name: string): string => words(name).join('')

/** `CheckoutSuccessBurn` -> checkout, success, burn. */
function words(name: string): string[] {
  const apart = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
  return apart
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
}
