import { formatPath, type Finding, type OpenQuestion, type Path } from '../finding.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import type { Report } from '../report.ts'
import type { Misfit, Plan, Planned } from './answers-file.ts'
import { applyAnswer, whyNotApplicable } from './answer.ts'
import type { Entry, OpenEnd } from './minutes.ts'
import { inWords } from './in-words.ts'
import { isSame, isValues, valueAt } from '../edit/data.ts'
import { statedSoFar } from './landing.ts'
import { longForm } from './long-form.ts'

/** A manifest with all answers of a file in it. Nothing is written here, so that it is all of them or none. */
export interface Played {
  readonly files: ManifestFiles
  readonly report: Report
  readonly entries: readonly Entry[]
  readonly openEnds: readonly OpenEnd[]
  /** Answers that were left out because nothing asks for them, with the reason. */
  readonly left: readonly Misfit[]
}

/**
 * Gives the answers as the questions come up: one answer may be what makes another be asked, as the deadline of a retry is
 * asked for when it is known that there are retries.
 */
export function playAnswers(
  start: ManifestFiles,
  plan: Plan,
  reviewOf: (files: ManifestFiles) => Report,
): { played: Played; misfits?: undefined } | { played?: undefined; misfits: Misfit[] } {
  let files = start
  let report = reviewOf(files)
  const entries: Entry[] = []
  const openEnds: OpenEnd[] = []
  let waiting = [...plan.answers]
  for (let progress = true; progress && waiting.length > 0;) {
    progress = false
    const open = new Map(report.openQuestions.map(question => [formatPath(question.fact), question]))
    const later: Planned[] = []
    for (const planned of waiting) {
      const { answer, location } = planned
      const question = open.get(formatPath(answer.fact))
      if (!question || !isNews(files, answer)) {
        later.push(planned)
        continue
      }
      progress = true
      if (answer.kind === 'unknown') {
        openEnds.push({ fact: answer.fact, owner: answer.owner })
        continue
      }
      const outcome = applyAnswer(files, answer)
      if (outcome.problem !== undefined) return { misfits: [{ message: outcome.problem, location }] }
      files = outcome.files
      entries.push(entryOf(question, answer))
    }
    waiting = later
    if (progress) report = reviewOf(files)
  }
  const left = waiting.map(({ answer, location }) => ({ message: whyLeft(files, answer), location }))
  for (const { waiver, location } of plan.risks) {
    const outcome = applyAnswer(files, { kind: 'risk', waiver })
    if (outcome.problem !== undefined) return { misfits: [{ message: outcome.problem, location }] }
    const reviewed = reviewOf(outcome.files)
    const [accepted] = newIn(
      report.waived.map(({ finding }) => finding),
      reviewed.waived.map(({ finding }) => finding),
    )
    if (!accepted) {
      // A waiver that lasts too long, say, is no waiver, and the finding tells why.
      const [refused] = newIn(report.findings, reviewed.findings).filter(({ ruleId }) => ruleId === waiver.rule)
      if (refused?.note !== undefined) return { misfits: [{ message: refused.note, location }] }
      left.push({ message: `${waiver.rule} finds nothing at "${waiver.on}", so there is nothing to accept`, location })
      continue
    }
    ;[files, report] = [outcome.files, reviewed]
    entries.push({ answer: { kind: 'risk', waiver }, element: waiver.on, ask: accepted.message })
  }
  return { played: { files, report, entries, openEnds, left } }
}

/** Findings of a review that were not there before, or of which something else is said. */
function newIn(before: readonly Finding[], after: readonly Finding[]): Finding[] {
  const key = ({ ruleId, subject, message, note = '' }: Finding) =>
    [ruleId, formatPath(subject), message, note].join('\n')
  const known = new Set(before.map(key))
  return after.filter(finding => !known.has(key(finding)))
}

export const entryOf = ({ element, ask }: OpenQuestion, answer: Entry['answer']): Entry => ({ element, ask, answer })

/** What the manifest says about a fact already: its value, or the reason for which it is not applicable. */
const alreadySaid = (files: ManifestFiles, fact: Path): unknown =>
  valueAt(files.value, fact) ?? whyNotApplicable(files, fact)

/** Whether an answer says more than the manifest does: what is stated is not overwritten, a map may be added to. */
function isNews(files: ManifestFiles, answer: Planned['answer']): boolean {
  const { fact } = answer
  if (answer.kind !== 'fact') return alreadySaid(files, fact) === undefined
  if (whyNotApplicable(files, fact) !== undefined) return false
  const stated = statedSoFar(files, fact)
  if (stated === undefined) return true
  if (!isValues(stated) || !isValues(answer.value)) return false
  const keys = Object.keys(answer.value)
  const isKept = (key: string) =>
    !Object.hasOwn(stated, key) || isSame(valueAt(stated, [key]), valueAt(answer.value, [key]))
  return keys.every(isKept) && keys.some(key => !Object.hasOwn(stated, key))
}

/** Whether a value says all that another says; later answers may have added to it. */
function holds(value: unknown, part: unknown): boolean {
  if (Array.isArray(value) && Array.isArray(part))
    return value.length === part.length && part.every((item, i) => holds(value[i], item))
  if (!isValues(value) || !isValues(part)) return isSame(value, part)
  return Object.keys(part).every(key => holds(valueAt(value, [key]), part[key]))
}

function whyLeft(files: ManifestFiles, answer: Planned['answer']): string {
  const path = formatPath(answer.fact)
  const said = alreadySaid(files, answer.fact)
  if (said === undefined) return `${path} is not asked for by any rule as things stand; left out`
  const mine = answer.kind === 'fact' ? answer.value : answer.kind === 'notApplicable' ? answer.reason : undefined
  return holds(said, mine) || holds(said, longForm(answer.fact, mine))
    ? `${path} is answered already, and the same`
    : `${path} is answered already, with ${inWords(said)}; left as it is`
}
