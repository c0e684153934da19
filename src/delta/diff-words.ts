import type { Report } from '../report.ts'
import { notStated } from '../report.ts'
import { number, percent, plural, roughly } from '../units.ts'
import { isEmpty, type Diff } from './diff.ts'
import type { JourneyChange, Measure, Value } from './journeys.ts'

/** What the text and the Markdown of a diff both say. */

export const nameOf = ({ after }: Diff): string => after.system ?? after.file

const bounds = { exact: '', least: '>=', most: '<=' } as const

export function valueText(value: Value | undefined, { unit }: Pick<Measure, 'unit'>): string {
  if (!value) return 'not known'
  if (value.value === null) return 'for ever'
  const amount =
    unit === 'duration' ? roughly(value.value) : unit === 'share' ? percent(value.value) : `${number(value.value)}x`
  return `${bounds[value.bound]}${amount}`
}

/** Measures that a reader needs: what moved, and of a journey that is new or gone all that is known. */
export const shownMeasures = ({ change, measures }: JourneyChange): Measure[] =>
  measures.filter(({ move, before, after }) => (change === 'kept' ? move !== 'none' : Boolean(before ?? after)))

/** `at psp`, or `at psp, before at shop-db`. */
export function whereText({ before, after }: Measure): string {
  if (after?.where === undefined) return before?.where === undefined ? '' : `at ${before.where} before`
  return before?.where === undefined || before.where === after.where
    ? `at ${after.where}`
    : `at ${after.where}, before at ${before.where}`
}

/** `2 findings introduced (1 error, 1 warning), 1 fixed`. */
export function summary(diff: Diff): string {
  if (isEmpty(diff)) return 'nothing that is stated means anything else'
  const { elements, findings } = diff
  const { introduced, worsened, fixed, waived } = findings
  const count = (severity: string) => introduced.filter(found => found.severity === severity).length
  const kinds = [
    ...(count('error') > 0 ? [plural(count('error'), 'error')] : []),
    ...(count('warning') > 0 ? [plural(count('warning'), 'warning')] : []),
    ...(count('info') > 0 ? [plural(count('info'), 'note')] : []),
  ]
  const { added, removed, changed } = elements
  const touched = added.length + removed.length + changed.length
  return [
    touched === 0 ? 'no element changed' : `${plural(touched, 'element')} changed`,
    `${plural(introduced.length, 'finding')} introduced${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}`,
    ...(worsened.length > 0 ? [`${worsened.length} worse`] : []),
    `${fixed.length} fixed`,
    ...(waived.length > 0 ? [`${waived.length} waived`] : []),
  ].join(', ')
}

/** `not ready (5 errors, 2 facts not stated)`. */
export function standing(report: Report): string {
  const count = (severity: string) => report.findings.filter(finding => finding.severity === severity).length
  const unstated = notStated(report).length
  const parts = [
    ...(count('error') > 0 ? [plural(count('error'), 'error')] : []),
    ...(count('warning') > 0 ? [plural(count('warning'), 'warning')] : []),
    ...(unstated > 0 ? [`${plural(unstated, 'fact')} not stated`] : []),
  ]
  return `${report.verdict}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`
}

/** `timeout: 3s -> 800ms`. */
export function factText(fact: string, before: string | undefined, after: string | undefined): string {
  const change = `${before ?? 'not stated'} -> ${after ?? 'not stated'}`
  return fact === '' ? change : `${fact}: ${change}`
}
