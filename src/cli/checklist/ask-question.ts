import { formatPath, type OpenQuestion } from '../../finding.ts'
import { alike } from '../../interview/agenda.ts'
import type { Answer } from '../../interview/answer.ts'
import { formOf } from '../../interview/form.ts'
import { inWords } from '../../interview/in-words.ts'
import { statedSoFar } from '../../interview/landing.ts'
import { questionScreen } from '../../interview/screens.ts'
import { readManifest } from '../../manifest/read.ts'
import { place } from '../../reporters/frame.ts'
import { list, plural } from '../../units.ts'
import { askValue, waysOf, type Way } from './ask-value.ts'
import type { Option } from './asker.ts'
import { editFile, editorName, explain, note, saved, type Action, type Next, type Room } from './room.ts'

type Choice =
  | { readonly kind: 'answer'; readonly way: Way }
  | { readonly kind: 'unknown' | 'skip' | 'explain' | 'back' | 'more' | 'overview' | 'stop' }
  | { readonly kind: 'notApplicable' | 'several' | 'edit' }

/** Asks one open question until it is answered or left. */
export async function askQuestion(room: Room, question: OpenQuestion, owners: boolean): Promise<Next> {
  const { say, look, rules, sitting } = room
  const stated = statedSoFar(sitting.files, question.fact)
  say(`\n${questionScreen(question, stated, rules, look())}\n`)
  const asked: Asked = { question, targets: [question] }
  for (;;) {
    const action = await once(room, asked, owners)
    if (action !== 'again') return action
  }
}

interface Asked {
  readonly question: OpenQuestion
  /** The elements that the answer is given for. */
  targets: readonly OpenQuestion[]
}

async function once(room: Room, asked: Asked, owners: boolean): Promise<Action> {
  const { asker, sitting } = room
  const { question } = asked
  const { model } = readManifest(sitting.files)
  const form = formOf(question.fact, model)
  const name = String(question.fact.at(-1))
  const where = asked.targets.length > 1 ? plural(asked.targets.length, 'element') : question.element
  const choice = await asker.choose<Choice>(`${name} of ${where}?`, [
    ...waysOf(form).map(({ value, name }) => ({ value: { kind: 'answer' as const, way: value }, name })),
    { value: { kind: 'unknown' }, name: "don't know: it stays open", apart: '' },
    { value: { kind: 'skip' }, name: 'skip' },
    { value: { kind: 'explain' }, name: 'explain' },
    { value: { kind: 'back' }, name: 'go back' },
    { value: { kind: 'more' }, name: 'more...' },
  ])
  const wanted = choice.kind === 'more' ? await more(room, question) : choice
  switch (wanted.kind) {
    case 'answer': {
      const value = await askValue(wanted.way, form, asker, model)
      return give(room, asked, question => ({ kind: 'fact', fact: question.fact, value }), `${name}: ${inWords(value)}`)
    }
    case 'notApplicable': {
      const reason = await asker.type('Why is it not applicable?', text =>
        text.trim().length < 3 ? 'A reason is needed: whoever reads it next did not sit here' : undefined,
      )
      return give(
        room,
        asked,
        question => ({ kind: 'notApplicable', fact: question.fact, reason: reason.trim() }),
        `${name}: not applicable. The review still counts it as open`,
      )
    }
    case 'unknown': {
      const owner = owners ? await asker.type('Who finds out? (Enter: nobody yet)', () => undefined) : ''
      await sitting.pass(formatPath(question.fact), { fact: question.fact, owner: owner.trim() || undefined })
      return 'on'
    }
    case 'skip':
      await sitting.pass(formatPath(question.fact))
      return 'on'
    case 'explain':
      explain(room, question.ruleIds, question.fact)
      return 'again'
    case 'several': {
      const others = alike(question, sitting.report, sitting.files)
      const options: Option<OpenQuestion>[] = others.map(other => ({ value: other, name: other.element }))
      asked.targets = [question, ...(await asker.pick('The same answer for', options))]
      return 'again'
    }
    case 'edit':
      // Whether the question is answered then is for the agenda to say.
      return editFile(room, formatPath(question.fact), question.location.file, question.location.start.line)
    case 'more':
      return 'again'
    default:
      return wanted.kind
  }
}

function more(room: Room, question: OpenQuestion): Promise<Choice> {
  const { asker, sitting, world } = room
  const others = alike(question, sitting.report, sitting.files)
  const editor = editorName(world)
  return asker.choose<Choice>('What else?', [
    ...(others.length > 0
      ? [
          {
            value: { kind: 'several' as const },
            name: `the same answer for several (${plural(others.length, 'other')} of this kind)`,
          },
        ]
      : []),
    { value: { kind: 'notApplicable' }, name: 'not applicable, with a reason' },
    ...(editor === undefined
      ? []
      : [{ value: { kind: 'edit' as const }, name: `edit ${question.location.file} in ${editor}` }]),
    { value: { kind: 'overview' }, name: 'to the overview' },
    { value: { kind: 'stop' }, name: 'stop; everything is saved' },
    { value: { kind: 'more' }, name: 'back to the question' },
  ])
}

async function give(
  room: Room,
  { question, targets }: Asked,
  answer: (question: OpenQuestion) => Answer,
  what: string,
): Promise<Action> {
  const { sitting } = room
  const id = formatPath(question.fact)
  const said = () => {
    const places = [...new Set(targets.map(({ fact }) => place(sitting.files.locate(fact))))]
    return `${what} (${list(places.length > 3 ? [...places.slice(0, 3), `${places.length - 3} more`] : places)})`
  }
  const action = await saved(room, said, () => {
    // After a change on disk some may be answered already.
    const open = targets.flatMap(target => sitting.questionAt(target.fact) ?? [])
    if (open.length === 0) return Promise.resolve({ problem: `${id} is answered in the manifest by now` })
    return sitting.give(
      id,
      open.map(target => ({ answer: answer(target), entry: { element: target.element, ask: target.ask } })),
    )
  })
  if (action === 'on' && sitting.questionAt(question.fact)) {
    note(room, 'It is still open: the rules need more than that. It is not asked again now.')
    sitting.passed.add(id)
  }
  // Somebody else may have answered it meanwhile.
  return action === 'again' && !sitting.questionAt(question.fact) ? 'on' : action
}
