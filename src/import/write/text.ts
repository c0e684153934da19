import { isKnown } from '../system.ts'
import { indented, inline, itemLines, keyText, pairLines } from '../../edit/render.ts'
import { visibleLine } from '../../reporters/text.ts'
import { entryValue, lineValue, lists, type Draft, type Entry, type Line, type ListName } from './manifest-of.ts'

/** A new manifest of what was imported, for a person to go on with. */

export interface Heading {
  /** The command and what it read, for the first line. */
  readonly by: string
  readonly system: string
  readonly platform: string | undefined
}

const comments: Readonly<Record<string, string>> = {
  journeys: 'what users do; every judgement starts here',
  slos: 'what users are promised',
  services: 'what you run, and what each of them calls',
  stores: 'what keeps data',
  queues: 'what keeps messages until they are read',
  caches: 'copies that may be old or lost',
  externals: 'what others run',
  jobs: 'what runs on a schedule',
}

const order = Object.keys(comments)

/** @param notes what the person has to look at, one line each */
export function draftText({ entries }: Draft, { by, system, platform }: Heading, notes: readonly string[]): string {
  const sections = [...new Set(entries.map(({ section }) => section))].sort((a, b) => rank(a) - rank(b))
  const hasInferred = entries.some(({ lines }) => lines['x-inferred'].length > 0)
  const head = [
    `# A draft by ${by}. What the files do not say is not stated here: the review asks for it.`,
    '# x-source: where it was read, and how sure that is. stated: the file says so; derived: it follows; likely, guessed: to be confirmed.',
    ...(hasInferred
      ? [
          '# x-inferred: edges that are likely, or whose direction is not known. No rule reads them. Move a line to calls, publishes or',
          '# consumes when it is true.',
        ]
      : []),
    'version: 1',
    `system: ${inline(system, false)}`,
    ...(platform === undefined ? [] : [`platform: ${platform}`]),
  ]
  const blocks = [
    head,
    ...sections.map(section => [
      `${section}:${comments[section] === undefined ? '' : ` # ${comments[section]}`}`,
      ...entries.filter(one => one.section === section).flatMap(one => indented(elementLines(one), 2)),
    ]),
    ...(notes.length === 0 ? [] : [['# To look at:', ...notes.map(note => visibleLine(`# - ${note}`))]]),
  ]
  return `${blocks.map(lines => lines.join('\n')).join('\n\n')}\n`
}

const rank = (section: string) => (order.indexOf(section) + order.length + 1) % (order.length + 1)

/** The lines of one element; a value that does not stand in the file in so many words says in a comment what it follows from. */
function elementLines(entry: Entry): string[] {
  const { name, facts, lines, source } = entry
  const body = Object.entries(entryValue(entry)).flatMap(([key, value]) => {
    const place = { depth: 3, step: 2 }
    if (key === 'x-source') return [`${key}: ${inline(value, false)}`]
    if (isListName(key))
      return [
        `${key}:`,
        ...indented(
          lines[key].flatMap(line => edgeLines(line, key)),
          2,
        ),
      ]
    const [first, ...rest] = pairLines(key, value, place)
    const why = facts.find(
      ({ path, source: own }) =>
        path[2] === key && own.confidence !== 'stated' && own.signal !== source.signal && path.length <= 4,
    )
    return [rest.length === 0 && why ? `${first!} # ${visibleLine(why.source.signal)}` : first!, ...rest]
  })
  return [`${keyText(name)}:`, ...indented(body, 2)]
}

const isListName = (key: string): key is ListName => (lists as readonly string[]).includes(key)

/** What is known of an edge in one line, and its source in the next: it is there to be looked up, and not to be read. */
function edgeLines(line: Line, list: ListName): string[] {
  const { 'x-source': source, ...known } = lineValue(line)
  const [first, ...rest] = itemLines(known, { depth: 5, step: 2 }, true)
  const why = list === 'x-inferred' ? ` # ${doubtOf(line)}` : ''
  return [first! + why, ...rest, `  x-source: ${inline(source, false)}`]
}

const doubtOf = ({ source: { confidence, signal } }: Line): string =>
  isKnown({ confidence })
    ? 'publishes or consumes?'
    : signal === 'depends_on'
      ? `${confidence}: an order of starting is no call`
      : confidence
