import type { ChalkInstance } from 'chalk'
import { formatPath, type Finding, type OpenQuestion } from '../finding.ts'
import { place } from '../reporters/frame.ts'
import { paints } from '../reporters/page.ts'
import { visible, wrap } from '../reporters/text.ts'
import { inWords } from './in-words.ts'
import type { AnyRule } from '../rules/define.ts'
import { list, plural } from '../units.ts'
import type { Evidence } from './agenda.ts'
import type { Change } from './change.ts'

/** What a terminal shows between prompts. Short and calm: a screen is read by several people at once. */
export interface Look {
  /** Columns of the terminal. */
  readonly width: number
  readonly c: ChalkInstance
}

const most = { journeys: 3, findings: 3, rules: 3, evidence: 8, elements: 3 }

/** The first few, and how many more there are. */
function few(items: readonly string[], limit: number): string {
  const others = items.length - limit
  return list(others > 0 ? [...items.slice(0, limit), `${others} more`] : items)
}

const paragraph = (text: string, { width }: Look, indent = '') => wrap(visible(text), width, indent)

/**
 * The element, what is asked, and why it matters on which journey.
 * @param stated what the manifest says about the fact already, where that is too little
 */
export function questionScreen(question: OpenQuestion, stated: unknown, rules: readonly AnyRule[], look: Look): string {
  const { c } = look
  const { element, ask, location, fact, mustBeStated } = question
  return [
    c.bold(paragraph(element === 'the manifest' ? 'The whole system' : element, look)),
    paragraph(ask, look),
    ...(stated === undefined ? [] : [paragraph(`Stated so far: ${inWords(stated)}. The rules need more.`, look)]),
    paragraph(whyItMatters(question, rules), look),
    c.dim(paragraph(`For example ${question.example}`, look)),
    c.dim(paragraph(`${formatPath(fact)}, ${place(location)}${mustBeStated ? '; must be stated' : ''}`, look)),
  ].join('\n')
}

/** One sentence. */
export function whyItMatters({ journeys, because, ruleIds }: OpenQuestion, rules: readonly AnyRule[]): string {
  const where = journeys.length > 0 ? `On ${few(journeys, most.journeys)}` : 'Here'
  const first = rules.find(({ id }) => id === ruleIds[0])
  const others = ruleIds.length - 1
  const decides = `it decides whether "${first?.title ?? ruleIds[0]!}"${others > 0 ? ` and ${plural(others, 'more rule', 'more rules')}` : ''}`
  return because === undefined ? `${where} ${decides}.` : `${where} ${decides}: ${because}.`
}

export function findingScreen({ severity, ruleId, message, fix, location, journeys }: Finding, look: Look): string {
  const { c } = look
  const head = `${severity}[${ruleId}]`
  const lines = paragraph(`${head} ${message}`, look).split('\n')
  return [
    [c.bold[paints[severity]](head) + lines[0]!.slice(head.length), ...lines.slice(1)].join('\n'),
    paragraph(`Fix: ${fix}`, look),
    ...(journeys.length > 0 ? [paragraph(`Journeys: ${few(journeys, most.journeys)}`, look)] : []),
    c.dim(paragraph(place(location), look)),
  ].join('\n')
}

/** What an answer changed, in a few lines. */
export function changeScreen(change: Change, look: Look): string {
  const { c, width } = look
  const { decided, appeared, gone, asked, coverage, verdict, answers } = change
  const note = (label: string, text: string, paint: (text: string) => string = c.dim) => {
    const lines = wrap(visible(text), width, '            ', `  ${label.padEnd(10)}`)
    return `  ${paint(label.padEnd(10))}${lines.slice(12)}`
  }
  const named = (finding: Finding) => `${finding.severity} ${finding.ruleId}: ${finding.message}`
  const [knownBefore, knownAfter] = coverage.map(share)
  const lines = [
    ...(decided.length > 0 ? [note('decided', few(decided, most.rules))] : []),
    ...appeared.slice(0, most.findings).map(finding => note('new', named(finding), c[paints[finding.severity]])),
    ...(appeared.length > most.findings ? [note('new', `${appeared.length - most.findings} more findings`)] : []),
    ...gone.slice(0, most.findings).map(finding => note('gone', named(finding), c.green)),
    ...(gone.length > most.findings ? [note('gone', `${gone.length - most.findings} more findings`)] : []),
    ...(asked.length > 0
      ? [
          note(
            'asked now',
            few(
              asked.map(({ element, fact }) => `${String(fact.at(-1))} of ${element}`),
              most.elements,
            ),
          ),
        ]
      : []),
    ...(answers.length > 0
      ? [note('questions', answers.map(({ key, before, after }) => `${key} ${before} -> ${after}`).join(', '))]
      : []),
    ...(knownBefore === knownAfter ? [] : [note('known', `${knownBefore} -> ${knownAfter} of the checks decided`)]),
    ...(verdict[0] === verdict[1] ? [] : [note('verdict', `${verdict[0]} -> ${verdict[1]}`, c.bold)]),
  ]
  return lines.length > 0 ? lines.join('\n') : c.dim('  changes nothing in the review')
}

/** Never "100%" while something is open. */
export const share = (coverage: number | null): string => (coverage === null ? '-' : `${Math.floor(coverage * 100)}%`)

export function evidenceScreen(evidence: readonly Evidence[], look: Look, all = false): string {
  if (evidence.length === 0) return look.c.dim('  Nothing has passed yet.')
  const shown = all ? evidence : evidence.slice(0, most.evidence)
  const others = evidence.length - shown.length
  return [
    ...shown.map(({ ruleId, passed, facts }) => {
      const stated = facts.map(({ key, times }) => (times > 1 ? `${key} (${times})` : key))
      const on = stated.length > 0 ? `; stated: ${stated.join(', ')}` : ''
      const lines = wrap(visible(`${ruleId} passed ${plural(passed, 'time')}${on}`), look.width, '    ', '  ')
      return lines.replace(ruleId, look.c.green(ruleId))
    }),
    ...(others > 0 ? [look.c.dim(`  and ${plural(others, 'more rule', 'more rules')}`)] : []),
  ].join('\n')
}

/** Why a rule exists, its formula, and what to do; the whole page is behind `explain`. */
export function ruleScreen({ id, title, why, formula, fix }: AnyRule, look: Look): string {
  return [
    look.c.bold(paragraph(`${id}: ${title}`, look)),
    paragraph(why, look),
    ...(formula === undefined ? [] : [look.c.cyan(paragraph(formula, look, '  '))]),
    paragraph(fix, look),
    look.c.dim(paragraph(`With examples: scaffold-review explain ${id}`, look)),
  ].join('\n\n')
}
