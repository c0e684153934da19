import { formatPath, type Finding, type Location, type Path } from '../finding.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import type { Model } from '../manifest/model.ts'
import { waiverComments, type MalformedComment } from './waiver-comments.ts'

/** A waiver, wherever it is written. */
export interface Waiver {
  readonly rule: string
  /** The path that it names; a comment is about the line it stands on or above instead. */
  readonly on?: string
  readonly reason: string
  readonly owner: string
  readonly until: string
  /** Its place in the manifest's list; a comment has none. */
  readonly path: Path
  readonly location: Location
  covers(finding: Finding): boolean
}

/** All waivers of a manifest: those of its list, then the comments of its files. */
export function waiversOf(
  model: Model,
  files: ManifestFiles,
  comments: boolean,
): { waivers: Waiver[]; malformed: MalformedComment[] } {
  const listed = (model.raw.waivers ?? []).map(({ rule, on, reason, owner, until }, i): Waiver => {
    const path = ['waivers', i]
    const covers = (finding: Finding) => isOn(on, finding.subject)
    return { rule, on, reason, owner, until, path, location: files.locate(path), covers }
  })
  const places = linesOfFindings(files)
  const malformed: MalformedComment[] = []
  const commented = files.sources.flatMap(source => {
    const found = waiverComments(source)
    malformed.push(...found.malformed)
    if (!comments) {
      const fault = 'waivers in comments are turned off by the configuration; expected it in the list "waivers"'
      malformed.push(
        ...found.comments.map(({ rules, location }) => ({ text: `ignore[${rules.join()}]`, fault, location })),
      )
      return []
    }
    return found.comments.flatMap(({ rules, line, ...rest }) => {
      const key = `${source.file}\u0000${line}`
      return rules.map((rule): Waiver => ({ rule, ...rest, path: [], covers: finding => places(finding).has(key) }))
    })
  })
  return { waivers: [...listed, ...commented], malformed }
}

/** `services.a.b` is how people write it, also where the name of the service is `a.b`. */
export const isOn = (on: string, subject: Path): boolean =>
  prefixes(subject).some(element => formatPath(element) === on || element.join('.') === on)

/** The path, and those of all that holds it. */
export const prefixes = (path: Path): Path[] => path.map((_, i) => path.slice(0, i + 1))

/** The lines that a comment about a finding can stand on or above: its own, and those of its element and what holds that. */
function linesOfFindings(files: ManifestFiles): (finding: Finding) => ReadonlySet<string> {
  const known = new Map<Finding, ReadonlySet<string>>()
  const key = ({ file, start }: Location) => `${file}\u0000${start.line}`
  return finding => {
    let lines = known.get(finding)
    if (!lines) {
      const elements = prefixes(finding.subject).filter(path => files.states(path))
      lines = new Set([key(finding.location), ...elements.map(path => key(files.locate(path)))])
      known.set(finding, lines)
    }
    return lines
  }
}
