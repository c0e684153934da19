import {
  CodeActionKind,
  type CodeAction,
  type Diagnostic,
  type Range,
  type WorkspaceEdit,
} from 'vscode-languageserver-types'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { EditError, difference, editText, type Change } from '../edit/edit.ts'
import { fixesFor } from '../edit/fixes.ts'
import type { DiagnosticData } from './diagnostics.ts'
import { rangeOf } from './diagnostics.ts'
import type { Known } from './known.ts'

export interface ActionContext {
  /** What the editor shows where actions are asked for. */
  readonly diagnostics: readonly Diagnostic[]
  /** The file, and the place in it. */
  readonly uri: string
  readonly range: Range
  /** ISO date. */
  readonly today: string
  readonly uriOf: (file: string) => string
}

/** Days that a waiver holds which nobody gave a date. */
const waiverDays = 90

/** What can be done at a place: faults that a program may mend, and waivers for what is shown there. */
export function actionsFor(known: Known, context: ActionContext): CodeAction[] {
  return [...fixesAt(known, context), ...waiversFor(known, context)]
}

function fixesAt({ files }: Known, context: ActionContext): CodeAction[] {
  const { diagnostics, uri, range, today } = context
  return fixesFor(files, { today })
    .filter(({ file, location }) => context.uriOf(file) === uri && touches(rangeOf(location), range))
    .flatMap(({ title, file, changes, location }) => {
      const source = files.sources.find(one => one.file === file)!
      const edit = editOf(context.uriOf(file), source.text, changes)
      const mended = diagnostics.filter(one => one.source === 'scaffold-review' && startsWith(one, rangeOf(location)))
      return edit ? [{ title, kind: CodeActionKind.QuickFix, diagnostics: mended, isPreferred: true, edit }] : []
    })
}

const startsWith = ({ range: { start } }: Diagnostic, other: Range) =>
  start.line === other.start.line && start.character === other.start.character

const touches = (a: Range, b: Range) => !isBefore(a.end, b.start) && !isBefore(b.end, a.start)

const isBefore = (a: Range['start'], b: Range['start']) =>
  a.line < b.line || (a.line === b.line && a.character < b.character)

function waiversFor(known: Known, { diagnostics, today, uriOf }: ActionContext): CodeAction[] {
  const [main] = known.files.sources
  if (!known.model) return []
  const given = (main!.value as { waivers?: unknown }).waivers
  const at = ['waivers', Array.isArray(given) ? given.length : 0]
  return diagnostics.flatMap(diagnostic => {
    const { ruleId, subject = '' } = (diagnostic.data ?? {}) as Partial<DiagnosticData>
    if (ruleId === undefined || subject === '') return []
    const until = later(today, waiverDays)
    const reason = 'accepted for now, because ...'
    const value = { rule: ruleId, on: subject, reason, owner: ownerOf(subject, known) ?? 'team-...', until }
    const edit = editOf(uriOf(main!.file), main!.text, [{ path: at, value }])
    const title = `Accept ${ruleId} on ${subject} until ${until}`
    return edit ? [{ title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], edit }] : []
  })
}

/** The changes as the one piece of the text that they replace; `undefined` where they cannot be made in the text. */
function editOf(uri: string, text: string, changes: readonly Change[]): WorkspaceEdit | undefined {
  try {
    const change = difference(text, editText(text, changes))
    if (!change) return undefined
    const document = TextDocument.create(uri, 'yaml', 0, text)
    const range = { start: document.positionAt(change.start), end: document.positionAt(change.end) }
    return { changes: { [uri]: [{ range, newText: change.text }] } }
  } catch (error) {
    if (error instanceof EditError) return undefined
    throw error
  }
}

/** The team that answers for an element, or for all of the manifest. */
function ownerOf(subject: string, { model }: Known): string | undefined {
  if (!model) return undefined
  const name = /^\w+\.(?:\["(.+)"\]|([^.[]+))/.exec(subject)
  const element = model.components.get(name?.[1] ?? name?.[2] ?? '')
  const owner = element && 'owner' in element ? element.owner : undefined
  return owner === undefined || owner === 'none' ? model.raw.owner : owner
}

const later = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10)
