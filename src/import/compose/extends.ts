import { folderOf, joined } from '../paths.ts'
import type { ImportNote } from '../system.ts'
import { canonical, merged } from './merge.ts'
import { textOf, under, type Node } from './node.ts'

/** Where the services are that another one may extend. */
export interface Extending {
  readonly folder: string
  readonly services: ReadonlyMap<string, Node>
  /** The services of another file; `undefined` where it cannot be read. */
  readonly read: (name: string) => Promise<ReadonlyMap<string, Node> | undefined>
  readonly say: (note: ImportNote) => void
}

/** The service with what it extends below it. What cannot be found is told and left out. */
export async function extended(
  name: string,
  service: Node,
  from: Extending,
  chain: readonly string[] = [`${from.folder}#${name}`],
): Promise<Node> {
  const link = under(service, 'extends')
  if (service.is !== 'map' || !link) return service
  const target = textOf(link) ?? textOf(under(link, 'service'))
  const path = textOf(under(link, 'file'))
  const own = new Map(service.entries)
  own.delete('extends')
  const alone: Node = { ...service, entries: own }
  const fail = (why: string): Node => {
    from.say({ kind: 'unreadable', message: `"${name}" extends ${why}; read without it`, ...link.at })
    return alone
  }
  if (target === undefined) return fail('a service that has no name')
  const file = path === undefined ? undefined : joined(from.folder, path)
  const id = `${file ?? from.folder}#${target}`
  if (chain.includes(id) || chain.length > 50) return fail(`"${target}", which leads back to itself`)
  const services = file === undefined ? from.services : await from.read(file)
  if (!services) return fail(`"${target}" of "${file!}", which is not there or cannot be read`)
  const base = services.get(target)
  if (!base) return fail(`"${target}", which is not ${file === undefined ? 'in this file' : `in "${file}"`}`)
  const there = file === undefined ? from : { ...from, folder: folderOf(file), services }
  const whole = await extended(target, base, there, [...chain, id])
  return merged(name, canonical(whole), canonical(alone)) ?? alone
}
