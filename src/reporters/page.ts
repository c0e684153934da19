import type { ChalkInstance } from 'chalk'
import type { Finding, OpenQuestion, Problem, Severity } from '../finding.ts'
import { notStated, textsOf, type Report } from '../report.ts'
import { list, plural } from '../units.ts'
import { evidenceLine, placesOf, wordOf } from './evidence-words.ts'
import { frame, place } from './frame.ts'
import type { Style } from './reporter.ts'
import { visible, visibleLine, wrap } from './text.ts'

export const paints = { error: 'red', warning: 'yellow', info: 'blue' } as const satisfies Record<Severity, string>

/** Most open questions and elements that are listed without `--verbose`. */
const most = { questions: 5, elements: 3, evidence: 4 }

/** The blocks of a report, each as lines of text. */
export class Page {
  readonly #report: Report
  readonly #style: Style
  readonly #c: ChalkInstance

  constructor(report: Report, style: Style, chalk: ChalkInstance) {
    this.#report = report
    this.#style = style
    this.#c = chalk
  }

  #head(severity: Severity, ruleId: string, message: string): string {
    // Wrapped before it is painted, so that colours do not count as columns.
    const label = `${severity}[${ruleId}]`
    const lines = wrap(`${label} ${visible(message)}`, this.#style.width, '  ', '').split('\n')
    const first = lines[0]!.slice(label.length)
    return [
      this.#c.bold[paints[severity]](label) + this.#c.bold(first),
      ...lines.slice(1).map(line => this.#c.bold(line)),
    ].join('\n')
  }

  #frame(location: Finding['location'], severity: Severity): string[] {
    const pad = ' '.repeat(String(location.start.line).length)
    const paint = { dim: this.#c.dim, mark: this.#c[paints[severity]] }
    return [
      `${pad}${this.#c.dim('-->')} ${visibleLine(place(location))}`,
      ...frame(textsOf(this.#report), location, this.#style.width, paint),
    ]
  }

  #note(label: string, text: string): string {
    const lines = wrap(visible(label ? `${label}: ${text}` : text), this.#style.width, '     ', '   = ')
    return this.#c.dim('   = ') + lines.slice(5)
  }

  problem({ ruleId, message, location, related }: Problem): string {
    return [
      this.#head('error', ruleId, message),
      ...this.#frame(location, 'error'),
      ...related.map(({ label, location: at }) => this.#note('', `${label} at ${place(at)}`)),
    ].join('\n')
  }

  finding(finding: Finding): string {
    const { severity, ruleId, message, location, arithmetic, fix, evidence, alsoImplies, journeys, note } = finding
    const shown = this.#style.verbose ? evidence : evidence.slice(0, most.evidence)
    return [
      this.#head(severity, ruleId, message),
      ...this.#frame(location, severity),
      ...(arithmetic ?? '').split('\n').flatMap(line => (line ? [this.#note('', line)] : [])),
      ...shown.map(({ label, location: at }) =>
        this.#note('', `${label} (line ${at.start.line}${at.file === location.file ? '' : ` of ${at.file}`})`),
      ),
      ...(shown.length < evidence.length ? [this.#note('', `and ${evidence.length - shown.length} more places`)] : []),
      ...(journeys.length > 1 ? [this.#note('journeys', list(journeys))] : []),
      ...alsoImplies.map(implied => this.#note(`also ${implied.ruleId}`, implied.message)),
      ...(note === undefined ? [] : [this.#note('note', note)]),
      this.#note('fix', fix),
    ].join('\n')
  }

  /** One block per fact, with the elements that lack it: thirty missing timeouts are one thing to do. */
  unstated(): string[] {
    return byKey(notStated(this.#report)).map(group => {
      const [first] = group
      const what = first.key.split('.').slice(1).join('.') || first.key
      return [
        this.#head('warning', 'not-stated', `${what} is not stated for ${this.#elements(group)}`),
        ...this.#frame(first.location, 'warning'),
        this.#note('', first.ask),
        ...(first.because === undefined ? [] : [this.#note('', first.because)]),
        this.#note('add, for example', first.example),
      ].join('\n')
    })
  }

  #elements(group: readonly OpenQuestion[]): string {
    const names = group.map(({ element }) => `"${element}"`)
    const shown = this.#style.verbose ? names : names.slice(0, most.elements)
    const others = names.length - shown.length
    return list([...shown, ...(others > 0 ? [`${others} more`] : [])])
  }

  waived(): string[] {
    const { waived } = this.#report
    if (waived.length === 0) return []
    const lines = waived.map(({ finding, owner, until, reason }) => {
      const text = `${finding.ruleId} at ${place(finding.location)}: ${reason} (${owner}, until ${until})`
      return wrap(visible(text), this.#style.width, '    ', '  ')
    })
    return [[this.#c.bold('Waived'), ...lines].join('\n')]
  }

  baselined(): string[] {
    const { findings, notStated: unstated } = this.#report.baselined
    const count = (severity: Severity) => findings.filter(finding => finding.severity === severity).length
    const parts = [
      ...(count('error') > 0 ? [plural(count('error'), 'error')] : []),
      ...(count('warning') > 0 ? [plural(count('warning'), 'warning')] : []),
      ...(count('info') > 0 ? [plural(count('info'), 'note')] : []),
      ...(unstated.length > 0 ? [`${plural(unstated.length, 'fact')} not stated`] : []),
    ]
    if (parts.length === 0) return []
    const text = `Baseline: ${parts.join(', ')}; --no-baseline shows them`
    return [this.#c.dim(wrap(text, this.#style.width, '  ', ''))]
  }

  /** One line; every claim with both places where all is asked for. */
  evidence(): string[] {
    const line = evidenceLine(this.#report)
    if (line === undefined) return []
    const { width, verbose } = this.#style
    const claims = verbose ? this.#report.evidence!.claims : []
    const lines = claims.flatMap(claim => [
      wrap(visible(`${wordOf(claim.state)}: ${claim.message}`), width, '    ', '  '),
      this.#c.dim(wrap(visible(placesOf(claim)), width, '    ')),
    ])
    return [[this.#c.bold(wrap(line, width, '  ', '')), ...lines].join('\n')]
  }

  questions(): string[] {
    const groups = byKey(this.#report.openQuestions.filter(({ mustBeStated }) => !mustBeStated))
    if (groups.length === 0) return []
    const shown = this.#style.verbose ? groups : groups.slice(0, most.questions)
    const blocks = shown.map(group => {
      const { ask, because, example, location } = group[0]
      const rules = [...new Set(group.flatMap(({ ruleIds }) => ruleIds))]
      const decides = `line ${location.start.line}; decides ${rules.length > 2 ? plural(rules.length, 'rule') : list(rules)}`
      return [
        wrap(visible(`${ask} (${this.#elements(group)})`), this.#style.width, '    ', '  '),
        ...(because === undefined ? [] : [wrap(visible(because), this.#style.width, '    ')]),
        this.#c.cyan(wrap(visible(example), this.#style.width, '    ')),
        this.#c.dim(wrap(decides, this.#style.width, '    ')),
      ].join('\n')
    })
    const some =
      shown.length < groups.length
        ? `, the ${shown.length} of ${groups.length} kinds that decide most (all with --verbose)`
        : ''
    return [[this.#c.bold(`Open questions${some}`), ...blocks].join('\n')]
  }
}

export type Group = [OpenQuestion, ...OpenQuestion[]]

/** Questions about the same key, in the order of the first of each. */
export function byKey(questions: readonly OpenQuestion[]): Group[] {
  const groups = new Map<string, Group>()
  for (const question of questions) {
    const group = groups.get(question.key)
    if (group) group.push(question)
    else groups.set(question.key, [question])
  }
  return [...groups.values()]
}
