import { formatPath, questions, type OpenQuestion } from '../finding.ts'
import type { Report } from '../report.ts'
import { place } from '../reporters/frame.ts'
import { visible, wrap } from '../reporters/text.ts'
import type { AnyRule } from '../rules/define.ts'
import { list, plural } from '../units.ts'
import { formOf, type Form } from './form.ts'
import { code, prose } from './markdown.ts'
import { share, whyItMatters } from './screens.ts'

/** The open questions in writing, so that a meeting can be prepared and a program can answer. */
export interface Listing {
  readonly report: Report
  /** In the order in which they are asked. */
  readonly open: readonly OpenQuestion[]
  readonly rules: readonly AnyRule[]
  /** Columns of the text. */
  readonly width: number
}

export const listFormats = ['text', 'json', 'markdown', 'yaml'] as const
export type ListFormat = (typeof listFormats)[number]

export const listed: Readonly<Record<ListFormat, (listing: Listing) => string>> = {
  text: asText,
  json: asJson,
  markdown: asMarkdown,
  yaml: asTemplate,
}

function asText({ report, open, rules, width }: Listing): string {
  const items = open.map((question, i) => {
    const number = `${i + 1}. `
    const indent = ' '.repeat(number.length)
    return [
      wrap(visible(`${question.element}: ${question.ask}`), width, indent, number),
      wrap(visible(whyItMatters(question, rules)), width, indent),
      wrap(visible(`${formatPath(question.fact)} (${place(question.location)})`), width, indent),
      wrap(visible(`for example ${question.example}`), width, indent),
    ].join('\n')
  })
  return `${[...items, wrap(summary(report, open), width)].join('\n\n')}\n`
}

const summary = (report: Report, open: readonly OpenQuestion[]) =>
  `${visible(report.system ?? report.file)}: ${open.length === 0 ? 'nothing is open' : plural(open.length, 'open question')}, ${share(report.coverage)} of the checks decided, ${report.verdict}`

function asJson({ report, open, rules }: Listing): string {
  const document = {
    schemaVersion: 1,
    file: report.file,
    system: report.system ?? null,
    verdict: report.verdict,
    coverage: report.coverage,
    questions: open.map(question => {
      const { fact, key, element, ask, example, because, ruleIds, journeys, mustBeStated, location } = question
      const { choices, items, typed, expected } = formOf(fact)
      return {
        fact: { path: formatPath(fact), steps: [...fact] },
        key,
        element,
        ask,
        why: whyItMatters(question, rules),
        ...(because === undefined ? {} : { because }),
        expected,
        choices: choices.map(({ value }) => value),
        ...(items ? { items: items.map(({ value }) => value) } : {}),
        typed,
        example,
        ruleIds,
        questions: question.questions,
        journeys,
        mustBeStated,
        location: { file: location.file, line: location.start.line, column: location.start.column },
      }
    }),
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

/** A checklist to paste into a document or a ticket; each question once, under the first one that it decides. */
function asMarkdown({ report, open, rules }: Listing): string {
  const sections = report.scoreboard.flatMap(({ key, answer }) => {
    const mine = open.filter(question => question.questions[0] === key)
    if (mine.length === 0) return []
    const items = mine.map(question => {
      const { element, ask, fact, example, mustBeStated } = question
      const must = mustBeStated ? ' **Must be stated.**' : ''
      return `- [ ] ${code(element)}: ${prose(ask)}${must}  \n  ${prose(whyItMatters(question, rules))}  \n  ${code(formatPath(fact))}, for example ${code(example)}`
    })
    return [`## ${questions[key]} (${answer})`, items.join('\n')]
  })
  const head = `# Open questions of ${code(report.system ?? report.file)}`
  const end = `${open.length === 0 ? 'Nothing is open' : plural(open.length, 'open question')}; ${share(report.coverage)} of the checks decided; verdict: ${report.verdict}.`
  return `${[head, end, ...sections].join('\n\n')}\n`
}

/** A file for `--answers`, to fill in. What is left empty stays open. */
function asTemplate({ report, open, rules }: Listing): string {
  const comment = (text: string) => wrap(visible(text).replaceAll('\n', ' '), 120, '  # ')
  const entries = open.map(question => {
    const { element, ask, fact, ruleIds } = question
    return [
      comment(`${element}: ${ask}`),
      comment(whyItMatters(question, rules)),
      comment(`Expected: ${hint(formOf(fact))}. Decides ${list(ruleIds)}.`),
      `  - fact: ${JSON.stringify(formatPath(fact))}`,
      '    answer:',
    ].join('\n')
  })
  return `${[
    `# Answers for ${visible(report.file).replaceAll('\n', ' ')}. Fill in "answer", or put one of these in its place:
#   notApplicable: the reason
#   unknown: who finds out
# What is left empty stays open. Then: scaffold-review checklist --answers THIS-FILE`,
    'version: 1',
    'participants: []',
    ...(entries.length > 0 ? ['answers:', ...entries] : ['answers: []']),
    `# Findings that are accepted for now:
#   - { rule: ttl-missing, on: caches.flags, reason: removed in March, owner: team-web, until: 2027-03-31 }
accept: []`,
  ].join('\n')}\n`
}

const hint = ({ expected, example }: Form) => (example === undefined ? expected : `${expected}; for example ${example}`)
