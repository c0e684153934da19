import { place } from '../../reporters/frame.ts'
import { visible, wrap } from '../../reporters/text.ts'
import type { Path, Problem } from '../../finding.ts'
import { formOf } from '../../interview/form.ts'
import { changeScreen, ruleScreen, type Look } from '../../interview/screens.ts'
import { metaOf, schemaAt } from '../../manifest/walk-schema.ts'
import type { AnyRule } from '../../rules/define.ts'
import { UserError, type World } from '../world.ts'
import type { Asker } from './asker.ts'
import { edited, editorOf } from './editor.ts'
import type { Given, Sitting } from './sitting.ts'
import { ChangedOnDisk } from './store.ts'

/** What everybody in the meeting sees, and how they are asked. */
export interface Room {
  readonly sitting: Sitting
  readonly asker: Asker
  readonly rules: readonly AnyRule[]
  readonly world: World
  readonly say: (text: string) => void
  /** The terminal may have been resized since the last time. */
  readonly look: () => Look
}

/** Where to go after an item. */
export type Next = 'on' | 'back' | 'overview' | 'stop'

/** Asks for an action on one item until one of them leads on. */
export type Action = Next | 'again'

export const note = ({ say, look }: Room, text: string): void => {
  say(wrap(visible(text), look().width))
}

/**
 * Saves, and says what that changed. A manifest that changed meanwhile is read again, if the team wants; what cannot be written
 * is said, and the question stays.
 */
export async function saved(room: Room, what: () => string, give: () => Promise<Given>): Promise<Action> {
  const { say, look, asker } = room
  try {
    const given = await give()
    if (given.problem !== undefined) {
      note(room, `> ${given.problem}`)
      return 'again'
    }
    say(`${look().c.green('saved')} ${wrap(visible(what()), look().width, '      ').trimStart()}`)
    say(changeScreen(given.change, look()))
    return 'on'
  } catch (error) {
    if (error instanceof ChangedOnDisk) {
      note(room, `> ${error.message}.`)
      const action = await asker.choose('What now?', [
        { value: 'read', name: 'read it again, and give the answer there' },
        { value: 'leave', name: 'read it again, and go on from what it says now' },
        { value: 'stop', name: 'stop here' },
      ])
      if (action === 'stop') return 'stop'
      if (!(await reread(room))) return 'stop'
      return action === 'read' ? await saved(room, what, give) : 'on'
    }
    if (!(error instanceof UserError)) throw error
    note(room, `> ${error.message}. Nothing was lost; the question is still here.`)
    return 'again'
  }
}

/** Reads the manifest until it can be read; false where the team stops instead. */
async function reread(room: Room): Promise<boolean> {
  for (;;) {
    const problems = await room.sitting.reload()
    if (problems.length === 0) return true
    tell(room, problems)
    const action = await room.asker.choose('The manifest cannot be read as it is now.', [
      { value: 'again', name: 'it is mended: read it again' },
      { value: 'stop', name: 'stop here' },
    ])
    if (action === 'stop') return false
  }
}

export function tell(room: Room, problems: readonly Problem[]): void {
  for (const { message, location } of problems.slice(0, 5)) note(room, `> ${place(location)}: ${message}`)
  if (problems.length > 5) note(room, `> and ${problems.length - 5} more`)
}

/** Lets the team edit the file that holds an element; what is wrong with the result is shown, and can be mended or dropped. */
export async function editFile(room: Room, id: string, file: string, line: number): Promise<Action> {
  const { sitting, asker, world } = room
  const original = sitting.files.sources.find(source => source.file === file)!.text
  let text = original
  for (;;) {
    try {
      text = await edited(text, file, line, world)
      if (text === original) {
        note(room, 'Nothing was changed.')
        return 'again'
      }
      const problems = await sitting.replace(id, file, text)
      if (problems.length === 0) {
        note(room, `saved ${file}`)
        return 'on'
      }
      tell(room, problems)
    } catch (error) {
      if (!(error instanceof UserError || error instanceof ChangedOnDisk)) throw error
      note(room, `> ${error.message}.`)
    }
    const action = await asker.choose(`${file} is as it was. What now?`, [
      { value: 'edit', name: 'edit again' },
      { value: 'drop', name: 'drop the changes' },
    ])
    if (action === 'drop') return 'again'
    // What somebody else wrote meanwhile is not overwritten: the changes are made to the new text by hand.
    const before = sitting.files.sources.find(source => source.file === file)?.text
    if (before !== original) return 'on'
  }
}

export const editorName = (world: World): string | undefined => editorOf(world)?.[0].split('/').at(-1)

/** What the fact means, then the rules that wait for it. */
export function explain(room: Room, ruleIds: readonly string[], fact?: Path): void {
  const schema = fact && schemaAt(fact)
  const doc = schema && metaOf(schema)?.doc
  if (doc) note(room, `\n${String(fact.at(-1))}: ${doc} Expected ${formOf(fact).expected}.`)
  const known = room.rules
    .filter(({ id }) => ruleIds.includes(id))
    .sort((a, b) => ruleIds.indexOf(a.id) - ruleIds.indexOf(b.id))
  const shown = known.slice(0, 2)
  for (const rule of shown) room.say(`\n${ruleScreen(rule, room.look())}`)
  const others = known.slice(shown.length).map(({ id }) => id)
  if (others.length > 0) note(room, `\nIt decides as well: ${others.join(', ')}`)
  room.say('')
}
