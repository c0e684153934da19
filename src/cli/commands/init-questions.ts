import {
  componentKinds,
  likelyKind,
  type ComponentKind,
  type Draft,
  type DraftComponent,
  type DraftJourney,
} from '../../edit/draft.ts'
import { manifestSchema } from '../../manifest/schema/manifest.ts'
import { accepts } from '../../manifest/schema/read-as.ts'
import { problemsWith } from '../../manifest/shape-problems.ts'
import type { World } from '../world.ts'

type Terminal = NonNullable<World['terminal']>
type Asked = Pick<Draft, 'system' | 'journeys' | 'components'>

/** Most journeys of a first manifest; others are added to the file. */
const mostJourneys = 3

const criticalities = {
  critical: 'the business stands still',
  high: 'many users notice at once',
  normal: 'it can wait for some hours',
  'best-effort': 'nobody is promised anything',
}

const kinds: Record<ComponentKind, string> = {
  service: 'your team or company runs it',
  store: 'it keeps data: a database, an index, a bucket',
  queue: 'it keeps messages: a queue, a topic, a stream',
  cache: 'it keeps copies: a cache, a CDN',
  external: 'others run it: a payment provider, a mail service',
}

/** Asks for what a first manifest needs. Rejects with an ExitPromptError on Ctrl-C; nothing is written here. */
export async function askForDraft(folder: string, terminal: Terminal): Promise<Asked> {
  const { input, select } = await import('@inquirer/prompts')
  const names = async (
    message: string,
    { most = Infinity, ...more }: { most?: number; default?: string; optional?: boolean } = {},
  ) => {
    const { optional = false, ...rest } = more
    const answer = await input(
      { message, ...rest, validate: text => whyNotNames(text, most, optional) ?? true },
      terminal,
    )
    return namesIn(answer)
  }

  const system = await input(
    {
      message: 'What is the system called?',
      default: folder,
      validate: text => text.trim() !== '' || 'Expected a name',
    },
    terminal,
  )
  const journeys: DraftJourney[] = []
  for (const name of await names('What do users do, the most important first (checkout, browse, ...)?', {
    most: mostJourneys,
  })) {
    const criticality = await select(
      {
        message: `What if "${name}" does not work?`,
        choices: Object.entries(criticalities).map(([value, description]) => ({
          value,
          name: `${value}: ${description}`,
          short: value,
        })),
        default: journeys.length === 0 ? 'critical' : 'high',
      },
      terminal,
    )
    const [first] = journeys
    const through = await names(`Services that "${name}" goes through, in order (web, orders, ...):`, {
      ...(first ? { default: first.through[0]! } : {}),
    })
    journeys.push({ name, criticality, through })
  }
  return { system: system.trim(), journeys, components: await components() }

  async function components(): Promise<DraftComponent[]> {
    const found = new Map<string, DraftComponent>()
    const services = new Set<string>()
    for (const name of new Set(journeys.flatMap(({ through }) => through))) {
      const isService = !['store', 'queue', 'cache'].includes(likelyKind(name))
      if (isService) services.add(name)
      found.set(name, isService ? newService(name) : await component(name, services))
    }
    // Services that are named on the way are asked about as well: the set grows while it is walked.
    for (const service of services) {
      const message = `Databases, queues, caches, others that "${service}" uses (Enter: none):`
      const uses = await names(message, { optional: true })
      found.set(service, { ...found.get(service)!, uses })
      for (const name of uses) if (!found.has(name)) found.set(name, await component(name, services))
    }
    return [...found.values()]

    async function component(name: string, known: Set<string>): Promise<DraftComponent> {
      const kind = await select(
        {
          message: `What is "${name}"?`,
          choices: componentKinds.map(value => ({ value, name: `${value}: ${kinds[value]}`, short: value })),
          default: likelyKind(name),
        },
        terminal,
      )
      if (kind === 'service') known.add(name)
      if (kind !== 'queue') return { name, kind, uses: [], readers: [] }
      const readers = await names(`Services that read from "${name}" (Enter: not known):`, { optional: true })
      for (const reader of readers) {
        if (!found.has(reader)) found.set(reader, newService(reader))
        known.add(reader)
      }
      return { name, kind, uses: [], readers }
    }
  }
}

const newService = (name: string): DraftComponent => ({ name, kind: 'service', uses: [], readers: [] })

const namesIn = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map(name => name.trim())
      .filter(name => name !== ''),
  ),
]

/** What is wrong with names typed with commas, in the words of the schema. */
function whyNotNames(text: string, most: number, optional: boolean): string | undefined {
  const names = namesIn(text)
  if (names.length === 0) return optional ? undefined : 'Expected a name, or several with commas'
  if (names.length > most) return `Expected at most ${most}; add the others to the file later`
  for (const name of names) {
    const value = { services: { [name]: {} } }
    if (!accepts(manifestSchema, value)) return problemsWith(manifestSchema, value)[0]!.message
  }
  return undefined
}
