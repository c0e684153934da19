import type { Claim, Location, Path } from '../finding.ts'
import type { Model } from '../manifest/model.ts'
import { nothing, type Manifest, type Told } from './claims.ts'
import type { EvidenceFile } from './yaml.ts'

/** Runbooks and decision records: the file is there, names what it is about, and is dated and decided as the manifest says. */

/** The files that were found, and whether a path is one that the globs would find. */
export interface Shelf {
  readonly files: ReadonlyMap<string, EvidenceFile>
  readonly covers: (path: string) => boolean
}

export function proseEvidence(shelf: Shelf, manifest: Manifest): Told {
  const { model } = manifest
  const claims = [
    ...runbooksOf(model).map(one => runbookClaim(one, shelf, manifest)),
    ...[...model.decisions.values()].flatMap(decision => {
      const { document, name, path } = decision
      if (document === undefined || isLink(document)) return []
      const at = [...path, 'document']
      return lookedUp(document, `The decision "${name}"`, at, path, shelf, manifest, file =>
        decisionClaims(decision, file, at, manifest),
      )
    }),
  ]
  return { ...nothing(), claims }
}

interface Runbook {
  readonly element: string
  readonly names: readonly string[]
  readonly path: string
  readonly verified: string | undefined
  readonly at: Path
  readonly subject: Path
}

/** A page of a wiki is no file of the repository. */
const isLink = (path: string) => /^[a-z][a-z0-9+.-]*:/i.test(path)

function runbooksOf(model: Model): Runbook[] {
  const found: Runbook[] = []
  const add = (
    element: string,
    names: readonly (string | undefined)[],
    runbook: { path?: string | undefined; verified?: string | undefined } | 'none' | undefined,
    subject: Path,
    at: Path = [...subject, 'runbook'],
  ) => {
    if (runbook === undefined || runbook === 'none' || runbook.path === undefined || isLink(runbook.path)) return
    const known = names.filter(name => name !== undefined)
    found.push({ element, names: known, path: runbook.path, verified: runbook.verified, at, subject })
  }
  for (const one of [...model.components.values(), ...model.jobs.values(), ...model.alerts.values()])
    if ('runbook' in one)
      add(one.name, [one.name, ...('on' in one ? [one.on ?? []].flat() : [])], one.runbook, one.path)
  for (const slo of model.slos.values())
    for (const [i, { runbook }] of (slo.alerts === 'none' ? [] : (slo.alerts ?? [])).entries())
      add(slo.name, [slo.name, slo.journey, slo.service], runbook, slo.path, [...slo.path, 'alerts', i, 'runbook'])
  return found
}

const normal = (path: string) => path.replace(/^(?:\.\/)+/, '').replace(/[#?].*$/, '')

function lookedUp(
  path: string,
  whose: string,
  at: Path,
  subject: Path,
  { files, covers }: Shelf,
  manifest: Manifest,
  judge: (file: EvidenceFile) => Claim,
): Claim {
  const file = files.get(normal(path))
  if (file) return judge(file)
  const base = {
    kind: 'documents' as const,
    subject,
    question: 'alerting' as const,
    location: manifest.at(at),
    places: [],
  }
  return covers(normal(path))
    ? {
        ...base,
        state: 'missing',
        message: `${whose} is written in "${path}", but there is no such file; expected one`,
        fix: `Write "${path}", or correct the path`,
      }
    : { ...base, state: 'claimed', message: `${whose} is written in "${path}", which documents does not cover` }
}

function runbookClaim(runbook: Runbook, shelf: Shelf, manifest: Manifest): Claim {
  const { element, names, path, verified, at, subject } = runbook
  return lookedUp(path, `What to do for "${element}"`, at, subject, shelf, manifest, file => {
    const told = said(file, /\b(?:verified|tested|rehearsed|followed|exercised)\b/i)
    const whole = placeOf(file, 0)
    const base = { kind: 'documents' as const, subject, question: 'alerting' as const, places: [whole] }
    if (verified !== undefined && told && told.date < verified)
      return {
        ...base,
        state: 'contradicted',
        message: `The runbook of "${element}" was last followed on ${verified} by the manifest and on ${told.date} by "${path}"; expected both to say the same`,
        fix: `Write the date of the last time into "${path}", or state verified: ${told.date}`,
        location: manifest.at([...at, 'verified']),
        places: [placeOf(file, told.line)],
      }
    const isNamed = names.some(name => mentions(file, name))
    const dated = told ? `, followed on ${told.date}` : ', which is not dated'
    return {
      ...base,
      state: isNamed ? 'evidenced' : 'claimed',
      message: isNamed
        ? `The runbook of "${element}" is "${path}"${dated}`
        : `The runbook of "${element}" is "${path}", which does not name it`,
      location: manifest.at(at),
    }
  })
}

const statuses = ['proposed', 'accepted', 'superseded', 'rejected'] as const

function decisionClaims(
  {
    name,
    status,
    date,
    concerns,
    path,
  }: {
    name: string
    status?: string | undefined
    date?: string | undefined
    concerns?: readonly string[] | undefined
    path: Path
  },
  file: EvidenceFile,
  at: Path,
  manifest: Manifest,
): Claim {
  const told = { status: statusIn(file), date: said(file, /\bdate\b/i) }
  const base = { kind: 'documents', subject: path, question: 'alerting' } as const
  const differs = (key: 'status' | 'date', mine: string, theirs: string, line: number): Claim => ({
    ...base,
    state: 'contradicted',
    message: `The decision "${name}" has the ${key} ${mine} in the manifest and ${theirs} in its document; expected both to say the same`,
    fix: `Correct the document, or state ${key}: ${theirs}`,
    location: manifest.at([...path, key]),
    places: [placeOf(file, line)],
  })
  if (status !== undefined && told.status && told.status.value !== status)
    return differs('status', status, told.status.value, told.status.line)
  if (date !== undefined && told.date && told.date.date !== date)
    return differs('date', date, told.date.date, told.date.line)
  const unnamed = (concerns ?? []).filter(one => !mentions(file, one))
  return {
    ...base,
    state: unnamed.length === 0 ? 'evidenced' : 'claimed',
    message:
      unnamed.length === 0
        ? `The decision "${name}" is "${file.name}"`
        : `The decision "${name}" is "${file.name}", which does not name "${unnamed[0]!}"`,
    location: manifest.at(at),
    places: [placeOf(file, 0)],
  }
}

/** The latest date of a line that has the word, or that follows a heading with it. */
function said({ text }: EvidenceFile, word: RegExp): { date: string; line: number } | undefined {
  const lines = text.split('\n')
  const found = lines.flatMap((line, i) => {
    const own = /\b(\d{4}-\d{2}-\d{2})\b/.exec(line)?.[1]
    return own !== undefined && word.test(`${line} ${headingOf(lines, i)}`) ? [{ date: own, line: i }] : []
  })
  return found.toSorted((a, b) => (a.date < b.date ? 1 : -1))[0]
}

/** `Status: accepted`, or a heading "Status" and the word below it. */
function statusIn({ text }: EvidenceFile): { value: string; line: number } | undefined {
  const lines = text.split('\n')
  for (const [i, line] of lines.entries()) {
    const own =
      /^[\s*|#-]*\**status\**\s*[:|]\s*\**\s*(\w+)/i.exec(line)?.[1] ??
      (/\bstatus\b/i.test(headingOf(lines, i)) ? /^\W*(\w+)/.exec(line)?.[1] : undefined)
    const value = statuses.find(status => status === own?.toLowerCase())
    if (value) return { value, line: i }
  }
  return undefined
}

/** The heading right above a line, blank lines between them. */
function headingOf(lines: readonly string[], line: number): string {
  let above = line - 1
  while (above >= 0 && lines[above]!.trim() === '') above--
  return lines[above]?.startsWith('#') ? lines[above]! : ''
}

const words = (text: string) =>
  ` ${text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .join(' ')} `

/** A runbook is asked for each of the elements that name it. */
const known = new WeakMap<EvidenceFile, string>()

/** `orders-db`, `orders db` and `Orders DB` name the same thing. */
function mentions(file: EvidenceFile, name: string): boolean {
  let text = known.get(file)
  if (text === undefined) known.set(file, (text = words(file.text)))
  return text.includes(words(name))
}

function placeOf(file: EvidenceFile, line: number): Claim['places'][number] {
  const lines = file.text.split('\n')
  const offset = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0)
  const length = (lines[line] ?? '').length
  const start = { line: line + 1, column: 1, offset }
  const location: Location = {
    file: file.name,
    path: [],
    start,
    end: { line: line + 1, column: length + 1, offset: offset + length },
  }
  return { label: 'the document', location }
}
