import { inline, keyText } from './render.ts'

/** A first manifest as text: short, with a comment at each section, and nothing in it that its author did not say. */

export const componentKinds = ['service', 'store', 'queue', 'cache', 'external'] as const
export type ComponentKind = (typeof componentKinds)[number]

export interface Draft {
  /** Where editors find the JSON Schema, from the folder of the manifest. */
  readonly schema: string | undefined
  readonly note: string
  readonly system: string
  readonly journeys: readonly DraftJourney[]
  readonly components: readonly DraftComponent[]
}

export interface DraftJourney {
  readonly name: string
  readonly criticality: string
  /** Services that a request goes through, from the first to the last. */
  readonly through: readonly string[]
  readonly facts?: Facts
}

export interface DraftComponent {
  readonly name: string
  readonly kind: ComponentKind
  /** For services: what it uses besides the next service of a journey. */
  readonly uses: readonly string[]
  /** For queues: services that read from it. */
  readonly readers: readonly string[]
  readonly facts?: Facts
  /** By the name of what is called. */
  readonly callFacts?: Readonly<Record<string, Facts>>
}

type Facts = Readonly<Record<string, unknown>>

/** What a first look takes in. */
const mostLines = 29

const sections = {
  service: ['services', 'what you run, and what each of them calls'],
  store: ['stores', 'what keeps data'],
  queue: ['queues', 'what keeps messages until they are read'],
  cache: ['caches', 'copies that may be old or lost'],
  external: ['externals', 'what others run'],
} as const satisfies Record<ComponentKind, readonly [string, string]>

export function draftText(draft: Draft): string {
  const layouts = layoutsByRoom.map(layout => textOf(draft, layout))
  return layouts.find(text => text.trimEnd().split('\n').length <= mostLines) ?? layouts.at(-1)!
}

/** From the one that takes most room to the one that takes least. */
const layoutsByRoom = [
  { apart: true, elements: 'spread' },
  { apart: true, elements: 'short' },
  { apart: false, elements: 'short' },
  { apart: false, elements: 'dense' },
] as const

interface Layout {
  /** A blank line between sections. */
  readonly apart: boolean
  /** A line for each call, for each list of them, or for each service. */
  readonly elements: 'spread' | 'short' | 'dense'
}

function textOf(draft: Draft, layout: Layout): string {
  const { schema, note, system, journeys, components } = draft
  const blocks = [
    [
      ...(schema === undefined ? [] : [`# yaml-language-server: $schema=${schema}`]),
      `# ${note}`,
      '# Every key: scaffold-review explain manifest',
      'version: 1',
      `system: ${inline(system, false)}`,
    ],
    [
      'journeys: # what users do; every judgement starts here',
      ...journeys.map(({ name, criticality, through, facts }) => {
        return `  ${keyText(name)}: ${inline({ entry: through[0], criticality, ...facts })}`
      }),
    ],
    ...componentKinds.flatMap(kind => {
      const mine = components.filter(component => component.kind === kind)
      const [section, comment] = sections[kind]
      const lines = mine.flatMap(component => elementLines(component, draft, layout))
      return mine.length === 0 ? [] : [[`${section}: # ${comment}`, ...lines.map(line => `  ${line}`)]]
    }),
  ]
  return `${blocks.map(lines => lines.join('\n')).join(layout.apart ? '\n\n' : '\n')}\n`
}

function elementLines(component: DraftComponent, draft: Draft, layout: Layout): string[] {
  const key = keyText(component.name)
  const facts = { ...component.facts, ...edgesOf(component, draft) }
  if (layout.elements === 'dense' || component.kind !== 'service' || Object.keys(facts).length === 0)
    return [`${key}: ${inline(facts)}`]
  const lines = Object.entries(facts).flatMap(([name, value]) =>
    layout.elements === 'spread' && Array.isArray(value) && value.length > 1
      ? [`${name}:`, ...value.map(item => `  - ${inline(item)}`)]
      : [`${name}: ${inline(value, false)}`],
  )
  return [`${key}:`, ...lines.map(line => `  ${line}`)]
}

/** What a service calls, publishes and consumes. */
function edgesOf({ name, uses, callFacts }: DraftComponent, { journeys, components }: Draft): Facts {
  const kindOf = (other: string) => components.find(component => component.name === other)?.kind
  const next = journeys.flatMap(({ through }) =>
    through.flatMap((one, i) => (one === name ? through.slice(i + 1, i + 2) : [])),
  )
  const targets = [...new Set([...next, ...uses])].filter(target => target !== name)
  const calls = targets
    .filter(target => kindOf(target) !== 'queue')
    .map(to => ({ to, ...servesOf(name, to, journeys), ...callFacts?.[to] }))
  const publishes = targets
    .filter(target => kindOf(target) === 'queue')
    .map(to => ({ to, ...servesOf(name, to, journeys) }))
  const consumes = components.filter(({ readers }) => readers.includes(name)).map(queue => ({ from: queue.name }))
  const lists = { calls, publishes, consumes }
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0))
}

/** Which journeys take a call or a message, where not all of those that come through its caller do. */
function servesOf(from: string, to: string, journeys: readonly DraftJourney[]): { serves?: string[] } {
  const here = journeys.filter(({ through }) => through.includes(from))
  const taking = here.filter(({ through }) => through.some((one, i) => one === from && through[i + 1] === to))
  return taking.length === 0 || taking.length === here.length ? {} : { serves: taking.map(({ name }) => name) }
}

/** A kind that a name often has; only a suggestion to the one who is asked. */
export function likelyKind(name: string): ComponentKind {
  if (/(?:^|[^a-z])(?:db|database|postgres|mysql|mongo|dynamo|s3|bucket|index|store)/i.test(name)) return 'store'
  if (/queue|events?$|topic|kafka|stream|rabbit|sqs/i.test(name)) return 'queue'
  if (/cache|redis|memcache|cdn/i.test(name)) return 'cache'
  return /(?:service|api|worker)$/i.test(name) ? 'service' : 'external'
}
