import { CodeActionKind, type CodeAction, type Diagnostic, type Range } from 'vscode-languageserver-types'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { DiagnosticData } from './diagnostics.ts'
import type { Reviewed } from './reviewed.ts'
import { waiverInsertion } from './waiver.ts'

export interface ActionContext {
  /** What the editor shows where actions are asked for. */
  readonly diagnostics: readonly Diagnostic[]
  readonly uri: string
  readonly range: Range
  /** ISO date. */
  readonly today: string
  uriOf(file: string): string
  /** The text of a file that is open. */
  textOf(file: string): string | undefined
}

/** Days that a waiver holds which nobody gave a date. */
const waiverDays = 90

/** What can be done about the diagnostics of a place. */
export function actionsFor(known: Reviewed, context: ActionContext): CodeAction[] {
  return context.diagnostics.flatMap(diagnostic => {
    const waiver = waiverFor(diagnostic, known, context)
    return waiver ? [waiver] : []
  })
}

function waiverFor(diagnostic: Diagnostic, known: Reviewed, context: ActionContext): CodeAction | undefined {
  const { ruleId, subject } = (diagnostic.data ?? {}) as Partial<DiagnosticData>
  if (ruleId === undefined || subject === undefined || subject === '') return undefined
  const [main] = known.files.sources
  const text = context.textOf(main!.file) ?? main!.text
  const owner = ownerOf(subject, known) ?? 'team-...'
  const until = later(context.today, waiverDays)
  const insertion = waiverInsertion(text, { rule: ruleId, on: subject, owner, until })
  if (!insertion) return undefined
  const uri = context.uriOf(main!.file)
  const at = TextDocument.create(uri, 'yaml', 0, text).positionAt(insertion.offset)
  return {
    title: `Accept ${ruleId} on ${subject} until ${until}`,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    edit: { changes: { [uri]: [{ range: { start: at, end: at }, newText: insertion.text }] } },
  }
}

/** The team that answers for an element, or for all of the manifest. */
function ownerOf(subject: string, { model }: Reviewed): string | undefined {
  if (!model) return undefined
  const name = /^\w+\.(?:\["(.+)"\]|([^.[]+))/.exec(subject)
  const element = model.components.get(name?.[1] ?? name?.[2] ?? '')
  const owner = element && 'owner' in element ? element.owner : undefined
  return owner === 'none' ? model.raw.owner : (owner ?? model.raw.owner)
}

const later = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10)
