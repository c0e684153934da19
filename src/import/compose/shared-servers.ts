import { isKnown, type ImportedEdge, type ImportNote } from '../system.ts'
import { isData, listed, nameOf, type Component } from './component.ts'

/** Several services on one store: one note for all of them, with the databases within a server and the user where all share it. */
export function sharedServers({
  components,
  edges,
}: {
  readonly components: readonly Component[]
  readonly edges: readonly ImportedEdge[]
}): ImportNote[] {
  const speaks = new Set(edges.filter(({ source }) => isKnown(source)).map(({ from }) => from))
  const shared = components.flatMap(one => {
    if (!isData(one) || one.part.kind === 'queue') return []
    // A guess about a service whose addresses are known says little: it would have this one too.
    const users = edges.filter(({ to, from, source }) => to === nameOf(one) && (isKnown(source) || !speaks.has(from)))
    const solid = users.filter(({ source }) => isKnown(source))
    const told = solid.length > 1 ? solid : users
    return told.length < 2 ? [] : [{ one, users: told, isGuess: told !== solid }]
  })
  const [first] = shared
  if (!first) return []
  const texts = shared.map(({ one, users, isGuess }) => {
    const schemas = new Set(
      users.flatMap(({ facts = [] }) => facts.filter(({ path }) => path[0] === 'schema').map(({ value }) => value)),
    )
    const user = sharedUser(users, components)
    const details = [
      ...(schemas.size > 1 ? [`${schemas.size} databases`] : []),
      ...(user === undefined ? [] : [`all as "${user}"`]),
      ...(isGuess ? ['inferred from depends_on'] : []),
    ]
    return `"${nameOf(one)}" by ${listed(
      users.map(({ from }) => from),
      6,
    )}${details.length > 0 ? ` (${details.join(', ')})` : ''}`
  })
  const { file, line } = first.one.service.at
  return [{ kind: 'observed', message: `One server is used by several services: ${texts.join('; ')}`, file, line }]
}

/** The user under whom all connect, where connection strings say so and it is the one that may do everything. */
function sharedUser(users: readonly ImportedEdge[], components: readonly Component[]): string | undefined {
  const names = users.map(({ from, source }) => {
    const env = components.find(one => nameOf(one) === from)?.service.env ?? []
    const value = env.find(({ key }) => source.signal === `env ${key}`)?.value ?? ''
    return (
      /(?:user id|uid|user|username)\s*=\s*([\w.-]+)/i.exec(value)?.[1] ??
      /:\/\/([\w.-]+)(?::[^@/]*)?@/.exec(value)?.[1]
    )
  })
  const [first] = names
  const isAll = first !== undefined && names.every(name => name === first)
  return isAll && /^(?:sa|root|postgres|admin)$/i.test(first) ? first : undefined
}
