import { kindsIn, type Kind } from '../analysis/references.ts'
import type { Path } from '../finding.ts'
import { componentSections, namedSections } from '../manifest/schema/manifest.ts'
import { itemOf, namesAt, schemaAt } from '../manifest/walk-schema.ts'
import { recover, spotsOf } from './spots.ts'

type Section = (typeof namedSections)[number]

const sectionOfKind: Readonly<Record<Kind, Section>> = {
  service: 'services',
  store: 'stores',
  queue: 'queues',
  cache: 'caches',
  external: 'externals',
  journey: 'journeys',
  slo: 'slos',
  alert: 'alerts',
  job: 'jobs',
  drill: 'drills',
  decision: 'decisions',
  flag: 'flags',
}

/** An element of the manifest that others can name. */
export interface Target {
  readonly section: string
  readonly name: string
}

/** Sections whose elements a value at this path may name; `undefined` where it names nothing. */
export function namedAt(path: Path): readonly string[] | undefined {
  const schema = schemaAt(path)
  if (!schema) return undefined
  const item = itemOf(schema)
  // A single name may stand where a list of names may.
  const what = namesAt(schema) ?? (item && namesAt(item))
  return what === undefined ? undefined : kindsIn(what).map(kind => sectionOfKind[kind])
}

export const sectionOf = (kind: Kind): string => sectionOfKind[kind]

/** Whether a path is that of a named element, such as `services.web`. */
export const isElement = (path: Path): boolean =>
  path.length === 2 && (namedSections as readonly string[]).includes(String(path[0]))

/** The elements of a text by section, as far as it can be read. */
export function elementsIn(text: string): Target[] {
  return [...spotsOf(recover(text).contents)]
    .filter(({ role, path }) => role === 'key' && isElement(path))
    .map(({ path }) => ({ section: String(path[0]), name: String(path[1]) }))
}

/** The elements that a name at a path may mean, those of a call's kind first. */
export function targetsOf(name: string, sections: readonly string[], elements: readonly Target[]): Target[] {
  return elements.filter(one => one.name === name && sections.includes(one.section))
}

export const isComponent = ({ section }: Target): boolean => (componentSections as readonly string[]).includes(section)
