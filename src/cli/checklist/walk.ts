import { Chalk } from 'chalk'
import { questionKeys, questions, type QuestionKey } from '../../finding.ts'
import { agenda, evidenceOf, type Item } from '../../interview/agenda.ts'
import { evidenceScreen } from '../../interview/screens.ts'
import { scoreHead, scoreRow, verdictLine } from '../../reporters/scoreboard.ts'
import { wrap } from '../../reporters/text.ts'
import { plural } from '../../units.ts'
import { UserError } from '../world.ts'
import { askFinding } from './ask-finding.ts'
import { askQuestion } from './ask-question.ts'
import { note, type Next, type Room } from './room.ts'
import { ChangedOnDisk } from './store.ts'

/** Columns that the marks of a list take. */
const marks = 2

/**
 * Leads a team through the eight questions until it stops.
 * @param start a question to begin with, instead of the overview
 * @param owners whether to ask who finds out what nobody knows
 */
export async function walk(room: Room, start: QuestionKey | undefined, owners: boolean): Promise<void> {
  let scope: QuestionKey | 'all' | 'stop' = start ?? (await overview(room))
  while (scope !== 'stop') {
    const next: Next =
      scope === 'all' ? await through(room, undefined, () => true, owners) : await one(room, scope, owners)
    scope = next === 'stop' ? 'stop' : await overview(room)
  }
}

async function overview({ asker, sitting, say, look }: Room): Promise<QuestionKey | 'all' | 'stop'> {
  const { width, c } = look()
  const { report, files } = sitting
  const plain = new Chalk({ level: 0 })
  say(`\n${wrap(verdictLine(report, c), width)}\n`)
  const items = agenda(report, files)
  return asker.choose<QuestionKey | 'all' | 'stop'>('Where to?', [
    {
      value: 'all',
      name: items.length > 0 ? `what matters most first (${counted(items)})` : 'nothing is left to ask',
      short: 'what matters most first',
    },
    ...report.scoreboard.map((score, i) => ({
      value: score.key,
      name: scoreRow(score, report, width - marks, plain),
      short: score.question,
      ...(i === 0 ? { apart: ` ${scoreHead(report, width - marks, plain)}` } : {}),
    })),
    { value: 'stop', name: 'stop', apart: '' },
  ])
}

function counted(items: readonly Item[]): string {
  const open = items.filter(({ kind }) => kind === 'question').length
  const findings = items.length - open
  return [
    ...(open > 0 ? [plural(open, 'open question')] : []),
    ...(findings > 0 ? [plural(findings, 'finding')] : []),
  ].join(', ')
}

/** One of the eight questions: what has passed, what is open, what is found. */
async function one(room: Room, scope: QuestionKey, owners: boolean): Promise<Next> {
  const { sitting, asker, say, look, rules } = room
  for (;;) {
    const { report, files } = sitting
    const { answer, passed } = report.scoreboard.find(({ key }) => key === scope)!
    const items = agenda(report, files, scope)
    const open = items.filter(({ kind }) => kind === 'question').length
    say(`\n${look().c.bold(questions[scope])} ${answer}`)
    const chosen = await asker.choose<'question' | 'finding' | 'evidence' | Next>(
      `Question ${questionKeys.indexOf(scope) + 1} of ${questionKeys.length}`,
      [
        ...(open > 0 ? [{ value: 'question' as const, name: `answer what is open (${open})` }] : []),
        ...(items.length > open
          ? [{ value: 'finding' as const, name: `look at the findings (${items.length - open})` }]
          : []),
        ...(passed > 0
          ? [{ value: 'evidence' as const, name: `what has passed, and on which facts (${plural(passed, 'check')})` }]
          : []),
        { value: 'overview', name: 'to the overview' },
        { value: 'stop', name: 'stop; everything is saved' },
      ],
    )
    if (chosen === 'evidence') say(`\n${evidenceScreen(evidenceOf(scope, report, files, rules), look())}`)
    else if (chosen === 'question' || chosen === 'finding') {
      const next = await through(room, scope, ({ kind }) => kind === chosen, owners)
      if (next === 'stop') return 'stop'
    } else return chosen
  }
}

/** Item after item until none is left that was not passed over. */
async function through(
  room: Room,
  scope: QuestionKey | undefined,
  isWanted: (item: Item) => boolean,
  owners: boolean,
): Promise<Next> {
  const { sitting } = room
  let first: string | undefined
  for (;;) {
    const items = agenda(sitting.report, sitting.files, scope)
    const open = items.filter(item => isWanted(item) && !sitting.passed.has(item.id))
    // What was taken back comes first, whatever was gone through when it was answered.
    const item = items.find(({ id }) => id === first) ?? open[0]
    if (!item) {
      const passed = items.filter(item => isWanted(item)).length
      note(room, passed > 0 ? `\nNothing else is left here; ${passed} passed over.` : '\nNothing is left to ask here.')
      return 'overview'
    }
    first = undefined
    if (open.length > 1) room.say(room.look().c.dim(`\n${counted(open)} to go`))
    const next =
      item.kind === 'question' ? await askQuestion(room, item.question, owners) : await askFinding(room, item)
    if (next === 'overview' || next === 'stop') return next
    if (next === 'back') {
      const undone = await takenBack(room)
      if (undone === undefined) return 'overview'
      first = undone
    }
  }
}

async function takenBack(room: Room): Promise<string | undefined> {
  try {
    const undone = await room.sitting.back()
    if (undone !== undefined) note(room, `taken back: ${undone}`)
    return undone
  } catch (error) {
    if (!(error instanceof UserError || error instanceof ChangedOnDisk)) throw error
    note(room, `> ${error.message}. It was not taken back.`)
    return undefined
  }
}
