import { formatPath, type Finding } from '../../finding.ts'
import type { Item } from '../../interview/agenda.ts'
import { elementOf } from '../../interview/landing.ts'
import { problemWith } from '../../interview/form.ts'
import { findingScreen } from '../../interview/screens.ts'
import { valueAt } from '../../edit/data.ts'
import { editFile, editorName, explain, note, saved, type Action, type Next, type Room } from './room.ts'

type Choice = 'leave' | 'accept' | 'explain' | 'edit' | 'back' | 'overview' | 'stop'

/** Shows a finding until the team goes on: to change the design, to accept the risk for now, or to leave it standing. */
export async function askFinding(room: Room, { id, finding }: Extract<Item, { kind: 'finding' }>): Promise<Next> {
  room.say(`\n${findingScreen(finding, room.look())}\n`)
  for (;;) {
    const action = await once(room, id, finding)
    if (action !== 'again') return action
  }
}

async function once(room: Room, id: string, finding: Finding): Promise<Action> {
  const { asker, sitting, world } = room
  const editor = editorName(world)
  const choice = await asker.choose<Choice>('What about it?', [
    { value: 'leave', name: 'leave it standing' },
    { value: 'accept', name: 'accept the risk for now' },
    ...(editor === undefined
      ? []
      : [{ value: 'edit' as const, name: `change it: edit ${finding.location.file} in ${editor}` }]),
    { value: 'explain', name: 'explain', apart: '' },
    { value: 'back', name: 'go back' },
    { value: 'overview', name: 'to the overview' },
    { value: 'stop', name: 'stop; everything is saved' },
  ])
  switch (choice) {
    case 'leave':
      await sitting.pass(id)
      return 'on'
    case 'accept':
      return accept(room, id, finding)
    case 'edit':
      return editFile(room, id, finding.location.file, finding.location.start.line)
    case 'explain':
      explain(room, [finding.ruleId])
      return 'again'
    default:
      return choice
  }
}

/** Days that a risk is accepted for unless the team says otherwise: until about the next quarter. */
const usualDays = 90

async function accept(room: Room, id: string, finding: Finding): Promise<Action> {
  const { asker, sitting, world } = room
  if (finding.subject.length === 0) {
    note(room, '> This finding is about the manifest as a whole, and a waiver names an element. It cannot be accepted.')
    return 'again'
  }
  const check = (key: string) => (text: string) =>
    text.trim() === '' ? 'There is no answer' : problemWith(['waivers', 0, key], text.trim())
  const stated = valueAt(sitting.files.value, [...elementOf([...finding.subject, '']), 'owner'])
  const reason = await asker.type('Why is the risk accepted?', check('reason'))
  const owner = await asker.type('Who accepts it?', check('owner'), typeof stated === 'string' ? stated : undefined)
  const until = await asker.type(
    'Until when? The finding is back on the day after.',
    text =>
      check('until')(text) ??
      (text.trim() < world.today ? `"${text.trim()}" is over, expected a day to come` : undefined),
    daysAfter(world.today, usualDays),
  )
  const waiver = {
    rule: finding.ruleId,
    on: formatPath(finding.subject),
    reason: reason.trim(),
    owner: owner.trim(),
    until: until.trim(),
  }
  return saved(
    room,
    () => `waiver of ${waiver.rule} until ${waiver.until}`,
    () => sitting.give(id, [{ answer: { kind: 'risk', waiver }, entry: { element: waiver.on, ask: finding.message } }]),
  )
}

const daysAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 24 * 3600 * 1000).toISOString().slice(0, 10)
