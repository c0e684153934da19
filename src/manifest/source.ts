import type { Location, Path, Problem } from '../finding.ts'
import { quickRead } from './quick-read.ts'
import { whyNotRead, type Fault } from './refusal.ts'
import { thoroughRead } from './thorough-read.ts'
import type { Range, Reading, Tree, Unreadable } from './tree.ts'

export interface Place {
  readonly location: Location
  /** Whether the path itself is there, or only an ancestor. */
  readonly isStated: boolean
}

const nowhere = { range: [0, 0], complete: false } as const

/** A parsed file that can say where any path in it was written. */
export class Source {
  readonly file: string
  readonly text: string
  /** Plain data, or `undefined` where there are problems; then no path has a place but the start of the text. */
  readonly value: unknown
  readonly problems: Problem[]
  readonly #tree: Tree | undefined
  #split: string[] | undefined
  #lineStarts: Int32Array | undefined

  /** @param reading what was read of the text already */
  constructor(file: string, text: string, reading: Reading | Unreadable = readQuickly(text) ?? thoroughRead(text)) {
    this.file = file
    this.text = text
    const { value, tree, faults = [] } = reading
    this.value = value
    this.#tree = tree
    this.problems = faults.map(fault => this.#problem(fault))
  }

  /** `undefined` where it takes the thorough reader to say what the text holds, or what is wrong with it. */
  static quickly(file: string, text: string): Source | undefined {
    const reading = readQuickly(text)
    return reading && new Source(file, text, reading)
  }

  /** The text by lines, for code frames. */
  get lines(): readonly string[] {
    return (this.#split ??= this.text.split(/\r\n|\n|\r/))
  }

  /** Where `path` is. A path that is not there resolves to the key of its nearest ancestor that is. */
  locate(path: Path): Location {
    return this.place(path).location
  }

  /** Whether the text itself holds `path`, by whatever anchor or merge key. */
  states(path: Path): boolean {
    return this.#tree?.find(path).complete ?? false
  }

  /**
   * Both at once.
   * @param called the path of the location, where the manifest as a whole has another for the same place
   */
  place(path: Path, called: Path = path): Place {
    const { range, complete } = this.#tree?.find(path) ?? nowhere
    return { location: this.#location(called, range), isStated: complete }
  }

  #problem({ ruleId, message, at, first }: Fault): Problem {
    const related = first ? [{ label: 'first defined', location: this.#location([], first) }] : []
    return { ruleId, message, location: this.#location([], at), related }
  }

  #location(path: Path, [start, end]: Range): Location {
    const starts = (this.#lineStarts ??= lineStartsOf(this.text))
    // A parser may put what is missing at the end behind the end.
    const from = Math.min(start, this.text.length)
    const to = Math.min(Math.max(start, end), this.text.length)
    const first = lineAt(starts, from)
    // Nearly every place ends in the line in which it begins.
    const last = first + 1 < starts.length && starts[first + 1]! <= to ? lineAt(starts, to) : first
    return {
      file: this.file,
      path,
      start: { line: first + 1, column: from - starts[first]! + 1, offset: from },
      end: { line: last + 1, column: to - starts[last]! + 1, offset: to },
    }
  }
}

function readQuickly(text: string): Reading | Unreadable | undefined {
  const refusal = whyNotRead(text)
  return refusal ? { faults: [refusal] } : quickRead(text)
}

function lineStartsOf(text: string): Int32Array {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return Int32Array.from(starts)
}

/** The last line that starts at `offset` or before. */
function lineAt(starts: Int32Array, offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle]! <= offset) low = middle
    else high = middle - 1
  }
  return low
}
