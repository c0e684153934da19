import type { Location } from '../finding.ts'
import type { Text } from '../report.ts'
import { lineHashes } from './line-hash.ts'
import { pathOf } from './paths.ts'

/** Where things are, as SARIF says it: relative URIs, and regions with the text around them. */

export const sourceRoot = '%SRCROOT%'

/** Longer ones are not shown anyway, and a manifest in a single line would be repeated with every finding. */
const longestSnippet = 2000

/** What regions need to know of the files; split and hashed once, and only where something was found. */
export class Places {
  readonly #sources: ReadonlyMap<string, Text>
  readonly #lines = new Map<string, string[]>()
  readonly #hashes = new Map<string, string[]>()

  constructor(sources: readonly Text[]) {
    this.#sources = new Map(sources.map(source => [source.file, source]))
  }

  physical(location: Location) {
    const { start, end } = location
    const snippet = this.#sources.get(location.file)?.text.slice(start.offset, end.offset)
    const region = {
      startLine: start.line,
      startColumn: start.column,
      endLine: end.line,
      endColumn: end.column,
      ...(snippet ? { snippet: { text: snippet.slice(0, longestSnippet) } } : {}),
    }
    return { artifactLocation: artifactOf(location.file), region, ...this.#context(location, snippet ?? '') }
  }

  /** `undefined` where the text is not known, such as that of a file which cannot be read. */
  lineHash({ file, start }: Location): string | undefined {
    const source = this.#sources.get(file)
    if (!source) return undefined
    let hashes = this.#hashes.get(file)
    if (!hashes) this.#hashes.set(file, (hashes = lineHashes(source.text)))
    return hashes[start.line - 1]
  }

  /** The lines around it. It has to hold more than the region does. */
  #context({ file, start, end }: Location, snippet: string) {
    const source = this.#sources.get(file)
    let lines = this.#lines.get(file)
    if (!lines) this.#lines.set(file, (lines = source?.text.split('\n') ?? []))
    const count = lines.length - (lines.at(-1) === '' ? 1 : 0)
    const [first, last] = [Math.max(1, start.line - 1), Math.max(end.line, Math.min(count, end.line + 1))]
    const text = lines.slice(first - 1, last).join('\n')
    if (text.length <= snippet.length || text.length > longestSnippet) return {}
    return { contextRegion: { startLine: first, endLine: last, snippet: { text } } }
  }
}

/** A URI relative to where the review was started; an absolute path becomes a URI of its own. */
export function artifactOf(file: string): { uri: string; uriBaseId?: string } {
  const path = pathOf(file)
  const drive = /^[A-Za-z]:(?=\/)/.exec(path)?.[0] ?? ''
  const uri = path.slice(drive.length).split('/').map(encodeSegment).join('/')
  return uri.startsWith('/') ? { uri: `file://${drive && `/${drive}`}${uri}` } : { uri, uriBaseId: sourceRoot }
}

/** Half a surrogate pair has no encoding; file systems and hostile names can hold one. */
const encodeSegment = (segment: string): string => encodeURIComponent(segment.replaceAll(/\p{Surrogate}/gu, '\ufffd'))

/**
 * GitHub tells alerts apart by rule, file and hash of the line: of two results of one rule on one line it would show one.
 * The first keeps the line's hash, as GitHub computes it, and others get one of their own. What two manifests that share a
 * file both report is one alert.
 */
export function alertIdentities(): (ruleId: string, file: string, lineHash: string, own: string) => string {
  const first = new Map<string, string>()
  return (ruleId, file, lineHash, own) => {
    const key = JSON.stringify([ruleId, file, lineHash])
    const owner = first.get(key)
    if (owner === undefined) first.set(key, own)
    return owner === undefined || owner === own ? lineHash : `${lineHash}:${own.slice(0, 8)}`
  }
}
