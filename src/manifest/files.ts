import type { Location, Path, Problem } from '../finding.ts'
import { namedSections } from './schema/manifest.ts'
import type { Place, Source } from './source.ts'

type Values = Record<string, unknown>

const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)
const isNamedSection = (key: string) => (namedSections as readonly string[]).includes(key)

/** Lists of the top level, whose items are appended in the order of the files. */
const lists = ['waivers', 'expect']

/** A manifest as it was written: a file and those it includes, read as one map that knows where each part stands. */
export class ManifestFiles {
  readonly sources: readonly Source[]
  readonly problems: Problem[] = []
  /** All files as one map, keys that start with `x-` taken out. Meaningless where there are problems. */
  readonly value: Values = Object.create(null) as Values
  /** Which file holds a key, a named element (`services/web`) or an item of a list (`waivers/3`), and at which path. */
  readonly #owner = new Map<string, { source: Source; path: Path }>()

  /**
   * @param sources the file that was asked for, then those it includes, in order
   * @param problems found while the files were gathered, such as a file that cannot be read
   */
  constructor(sources: readonly [Source, ...Source[]], problems: readonly Problem[] = []) {
    this.sources = sources
    this.problems.push(...problems)
    for (const source of sources) {
      this.problems.push(...source.problems)
      // A file that could not be read is not empty as well.
      if (
        source.problems.length > 0 ||
        problems.some(({ ruleId, location }) => ruleId === 'unreadable' && location.file === source.file)
      )
        continue
      if (isMap(source.value)) this.#merge(source, withoutOwnKeys(source.value, deepest(source.text)) as Values)
      else this.#notAMap(source)
    }
  }

  /** Where `path` is, or the nearest of its ancestors that is there. */
  locate(path: Path): Location {
    return this.#place(path).location
  }

  /** Where the fact that holds at `path` is written: on its element, or among the defaults. */
  locateFact(path: Path): Location {
    const { location, byDefault } = this.locateBoth(path)
    return byDefault ?? location
  }

  /** Where `path` is, as `locate` says, and where the defaults state it, if only they do. */
  locateBoth(path: Path): { location: Location; byDefault: Location | undefined } {
    const { location, isStated } = this.#place(path)
    const inDefaults = isStated || !Object.hasOwn(this.value, 'defaults') ? undefined : defaultFor(path)
    const place = inDefaults && this.#place(inDefaults, path)
    return { location, byDefault: place?.isStated ? place.location : undefined }
  }

  /** Whether a file holds exactly this path, defaults not counted. */
  states(path: Path): boolean {
    return this.#place(path).isStated
  }

  #place(path: Path, called = path): Place {
    // A file that stands alone holds everything at the path that the manifest has for it.
    if (this.sources.length === 1) return this.sources[0]!.place(path, called)
    const { source, path: inFile, rest } = this.#resolve(path)
    return source.place([...inFile, ...rest], called)
  }

  /** The file that holds `path`, or that would hold it, and its path in that file. */
  home(path: Path): { source: Source; path: Path } {
    const { source, path: inFile, rest } = this.#resolve(path)
    const [list] = path
    const items = inFile.length === 1 && (source.value as Values)[list!]
    // An item that is not there yet comes behind those of its own file.
    if (Array.isArray(items) && lists.includes(String(list)) && typeof rest[0] === 'number')
      return { source, path: [...inFile, items.length, ...rest.slice(1)] }
    return { source, path: [...inFile, ...rest] }
  }

  #resolve(path: Path): { source: Source; path: Path; rest: Path } {
    const two = this.#owner.get(path.slice(0, 2).join('/'))
    if (two) return { source: two.source, path: two.path, rest: path.slice(2) }
    const one = this.#owner.get(String(path[0]))
    return one
      ? { source: one.source, path: one.path, rest: path.slice(1) }
      : { source: this.sources[0]!, path: [], rest: path }
  }

  #notAMap(source: Source): void {
    const is =
      source.value === null || source.value === undefined
        ? 'is empty'
        : `holds ${Array.isArray(source.value) ? 'a list' : 'a single value'}`
    const message = `The manifest ${is}; expected a map with services, calls between them, stores, journeys and so on`
    this.problems.push({ ruleId: 'manifest-shape', message, location: source.locate([]), related: [] })
  }

  #merge(source: Source, value: Values): void {
    for (const [key, content] of Object.entries(value)) {
      if (isNamedSection(key) && isMap(content)) this.#mergeNames(source, key, content)
      else if (lists.includes(key) && Array.isArray(content)) this.#append(source, key, content)
      else if (key !== 'include' || source === this.sources[0]) this.#setOnce(source, key, content)
    }
  }

  #mergeNames(source: Source, section: string, content: Values): void {
    if (!this.#owner.has(section)) this.#owner.set(section, { source, path: [section] })
    const into: unknown = (this.value[section] ??= Object.create(null) as Values)
    // Another file holds something that is no map here, which validation reports.
    if (!isMap(into)) return
    // In a file that stands alone nobody else can have the name, and all of a section is where the section is.
    const isAlone = this.sources.length === 1
    for (const name of Object.keys(content)) {
      if (isAlone || this.#claim(`${section}/${name}`, source, [section, name], name)) into[name] = content[name]
    }
  }

  #append(source: Source, key: string, content: unknown[]): void {
    if (!this.#owner.has(key)) this.#owner.set(key, { source, path: [key] })
    const into = (this.value[key] ??= [])
    if (!Array.isArray(into)) return
    for (const [i, item] of content.entries()) {
      this.#owner.set(`${key}/${into.length}`, { source, path: [key, i] })
      into.push(item)
    }
  }

  #setOnce(source: Source, key: string, content: unknown): void {
    if (key === 'version' && this.value[key] === content) return
    if (this.#claim(key, source, [key], key)) this.value[key] = content
  }

  /** Notes who defines a name; the second to do so is a problem that names both places. */
  #claim(id: string, source: Source, path: Path, name: string): boolean {
    const first = this.#owner.get(id)
    if (!first) {
      this.#owner.set(id, { source, path })
      return true
    }
    this.problems.push({
      ruleId: 'duplicate-name',
      message: `"${name}" is defined twice`,
      location: source.locate(path),
      related: [{ label: 'first defined', location: first.source.locate(first.path) }],
    })
    return false
  }
}

/** `services.web.calls[0].timeout` -> `defaults.calls.timeout`; `services.web.zones` -> `defaults.services.zones`. */
function defaultFor(path: Path): Path | undefined {
  const [section, , list, index, ...rest] = path
  if (typeof list === 'string' && typeof index === 'number') return ['defaults', list, ...rest]
  return typeof section === 'string' && path.length > 2 ? ['defaults', section, ...path.slice(2)] : undefined
}

/** Steps from the top beyond which nothing can differ: hardly any text has a key that starts with `x-`. */
const deepest = (text: string): number => (text.includes('x-') || text.includes('\\') ? Infinity : 2)

/**
 * Takes out keys that start with `x-`, except where keys are names that the author chose, and reads a section or a named
 * element with nothing under it as one of which nothing is known. What holds nothing of the kind is not copied.
 * @param levels how far down to look
 * @param depth steps from the top
 * @param section the first of them
 * @param key the last of them
 */
function withoutOwnKeys(value: unknown, levels: number, depth = 0, section = '', key = ''): unknown {
  if (value === null) return depth > 0 && depth <= 2 && isNamedSection(section) ? {} : value
  if (typeof value !== 'object' || depth >= levels) return value
  if (Array.isArray(value)) return itemsWithoutOwnKeys(value, levels, depth, section)
  const areNames = key === 'invariants' || (depth === 1 && isNamedSection(section))
  const map = value as Values
  let copy: Values | undefined
  for (const name of Object.keys(map)) {
    const isOwn = !areNames && name.startsWith('x-')
    const stated = map[name]
    const inner = isOwn ? undefined : withoutOwnKeys(stated, levels, depth + 1, depth === 0 ? name : section, name)
    if (inner !== stated) copy ??= before(map, name)
    if (copy && !isOwn) copy[name] = inner
  }
  return copy ?? map
}

/** The part of a map above a key. */
function before(map: Values, key: string): Values {
  const entries = Object.entries(map)
  return Object.fromEntries(
    entries.slice(
      0,
      entries.findIndex(([name]) => name === key),
    ),
  )
}

function itemsWithoutOwnKeys(
  list: readonly unknown[],
  levels: number,
  depth: number,
  section: string,
): readonly unknown[] {
  let copy: unknown[] | undefined
  for (const [i, item] of list.entries()) {
    const inner = withoutOwnKeys(item, levels, depth + 1, section)
    if (inner !== item) copy ??= list.slice(0, i)
    copy?.push(inner)
  }
  return copy ?? list
}
