import { inWords } from './in-words.ts'
import { unrecordedChoices } from '../analysis/costly-choices.ts'
import { formatPath, questions, type OpenQuestion, type Path } from '../finding.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import { readManifest } from '../manifest/read.ts'
import type { Report } from '../report.ts'
import { byKey } from '../reporters/page.ts'
import { list, plural } from '../units.ts'
import { whyNotApplicable, type Answer } from './answer.ts'
import { code, prose, rows } from './markdown.ts'
import { share } from './screens.ts'
import { isValues, valueAt } from '../edit/data.ts'

/** An answer that stands in the manifest, and the question or the finding that it was given to. */
export interface Entry {
  readonly answer: Answer
  readonly element: string
  readonly ask: string
}

/** A question to which nobody knew the answer. */
export interface OpenEnd {
  readonly fact: Path
  /** Who finds out; `undefined` where nobody was named. */
  readonly owner: string | undefined
}

export interface Session {
  /** ISO date. */
  readonly date: string
  readonly participants: readonly string[]
  readonly before: Report
  readonly after: Report
  readonly files: ManifestFiles
  readonly entries: readonly Entry[]
  readonly openEnds: readonly OpenEnd[]
}

/** What was decided in a review, as Markdown to keep with the design. */
export function minutes(session: Session): string {
  const { date, participants, before, after } = session
  const verdict =
    before.verdict === after.verdict ? after.verdict : `${before.verdict} before, **${after.verdict}** after`
  const known =
    share(before.coverage) === share(after.coverage)
      ? `${share(after.coverage)} of the checks decided`
      : `${share(before.coverage)} of the checks decided before, ${share(after.coverage)} after`
  const parts = [
    `# Design review of ${code(after.system ?? after.file)}, ${date}`,
    [
      `Participants: ${participants.length > 0 ? participants.map(prose).join(', ') : 'not noted'}`,
      `Manifest: ${code(after.file)}`,
      `Verdict: ${verdict}; ${known}`,
    ]
      .map(line => `- ${line}`)
      .join('\n'),
    `## The eight questions\n\n${verdicts(before, after)}`,
    `## Answers\n\n${answers(session)}`,
    `## Accepted risks\n\n${risks(session)}`,
    `## Open ends\n\n${openEnds(session)}`,
    ...stubs(session),
  ]
  return `${parts.join('\n\n')}\n`
}

function verdicts(before: Report, after: Report): string {
  return rows(
    ['question', 'before', 'after', 'findings', 'open'],
    after.scoreboard.map(score => {
      const old = before.scoreboard.find(({ key }) => key === score.key)
      const moved = (from: number | string | undefined, to: number | string) =>
        from === to || from === undefined ? String(to) : `${from} -> ${to}`
      return [
        questions[score.key],
        old?.answer ?? 'n/a',
        old?.answer === score.answer ? score.answer : `**${score.answer}**`,
        moved(old && old.errors + old.warnings + old.infos, score.errors + score.warnings + score.infos),
        moved(old?.open, score.open),
      ]
    }),
  )
}

function answers({ entries }: Session): string {
  const lines = entries.flatMap(({ answer, element, ask }) => {
    if (answer.kind === 'risk') return []
    const said = answer.kind === 'fact' ? code(inWords(answer.value)) : `not applicable: ${prose(answer.reason)}`
    return [`- ${code(element)}: ${prose(ask)} ${said} (${code(formatPath(answer.fact))})`]
  })
  return lines.length > 0 ? lines.join('\n') : 'None.'
}

function risks({ entries }: Session): string {
  const accepted = entries.flatMap(({ answer }) => (answer.kind === 'risk' ? [answer.waiver] : []))
  if (accepted.length === 0) return 'None.'
  return rows(
    ['rule', 'element', 'reason', 'accepted by', 'until'],
    accepted.map(({ rule, on, reason, owner, until }) => [code(rule), code(on), prose(reason), prose(owner), until]),
  )
}

/** All that is still open, by fact; who finds out is who was named, else who answers for the element. */
function openEnds({ after, files, openEnds }: Session): string {
  const named = new Map(openEnds.map(({ fact, owner }) => [formatPath(fact), owner]))
  const isOpen = after.openQuestions.filter(({ fact }) => whyNotApplicable(files, fact) === undefined)
  if (isOpen.length === 0) return 'None.'
  return byKey(isOpen)
    .flatMap(group => {
      const byOwner = new Map<string, OpenQuestion[]>()
      for (const question of group) {
        const owner = named.get(formatPath(question.fact)) ?? ownerOf(question.fact, files) ?? ''
        byOwner.set(owner, [...(byOwner.get(owner) ?? []), question])
      }
      return [...byOwner].map(([owner, mine]) => {
        const who = owner === '' ? 'nobody is named' : prose(owner)
        return `- [ ] ${prose(mine[0]!.ask)} ${mine.map(({ element }) => code(element)).join(', ')} (${who})`
      })
    })
    .join('\n')
}

/** The team that the manifest names for an element, or for what names none. */
function ownerOf([section, name]: Path, { value }: ManifestFiles): string | undefined {
  const owners = [
    ...(name === undefined ? [] : [valueAt(value, [section!, name, 'owner'])]),
    valueAt(value, ['defaults', section!, 'owner']),
    value['owner'],
  ]
  return owners.find(owner => typeof owner === 'string' && owner !== 'none') as string | undefined
}

/** A record to fill in for each choice that is hard to take back and that no decision in force names. */
function stubs({ after, files, date, participants }: Session): string[] {
  const { model } = readManifest(files)
  const choices = model ? unrecordedChoices(model) : []
  if (choices.length === 0) return []
  const taken = new Set(Object.keys(isValues(files.value['decisions']) ? files.value['decisions'] : {}))
  const sections = choices.map(({ component, what, at }) => {
    const id = nextId(taken)
    const value = inWords(valueAt(files.value, at) ?? 'stated by the defaults')
    const affected = after.openQuestions.filter(({ fact }) => fact[1] === component.name).length
    return [
      `### ${id}: ${what} of ${code(component.name)}`,
      [
        '- Status: proposed',
        `- Date: ${date}`,
        `- Deciders: ${participants.length > 0 ? participants.map(prose).join(', ') : 'to be named'}`,
        `- In the manifest: ${code(`${formatPath(at)}: ${value}`)}`,
      ].join('\n'),
      `**Context.** ${what} of ${code(component.name)} is hard to take back once there is data in it${affected > 0 ? `; ${plural(affected, 'question')} about it ${affected === 1 ? 'is' : 'are'} open` : ''}.`,
      '**Decision.** To be written.',
      '**Alternatives that were ruled out, and why.** To be written.',
      '**Consequences.** To be written.',
    ].join('\n\n')
  })
  const names = list(choices.map(({ component }) => code(component.name)))
  return [
    `## Decisions to write down\n\nNo decision in force names ${names}. What is written down is added to \`decisions\` of the manifest.`,
    ...sections,
  ]
}

/** `ADR-013` after `ADR-012`. */
function nextId(taken: Set<string>): string {
  const numbers = [...taken].map(id => Number(/^ADR-0*(\d{1,6})$/.exec(id)?.[1] ?? 0))
  const id = `ADR-${String(Math.max(0, ...numbers) + 1).padStart(3, '0')}`
  taken.add(id)
  return id
}
