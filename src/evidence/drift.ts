import { driftStates, type DriftItem, type DriftState } from '../delta/drift.ts'
import type { Location } from '../finding.ts'
import { isKnown, type ImportedEdge, type ImportNote } from '../import/system.ts'
import type { Component, Job, Model } from '../manifest/model.ts'
import type { Manifest, Told } from './claims.ts'
import { factClaims, type ReadSystem } from './system/facts.ts'
import { edgesBetween, matched, type Matched } from './system/match.ts'

/** What a manifest and the files of its evidence do not have in common, each item once. */
export function driftItems(told: Told, systems: readonly ReadSystem[], manifest: Manifest): DriftItem[] {
  const read = systems.map(one => ({ ...one, found: matched(one.system, manifest.model) }))
  const items = [
    ...claimItems(told),
    ...read.flatMap(one => unstatedItems(one, manifest)),
    ...componentItems(read, manifest),
    ...edgeItems(read, manifest),
  ]
  const seen = new Set<string>()
  return items
    .filter(({ state, kind, name, message }) => {
      const key = JSON.stringify(kind === 'fact' ? [state, message] : [state, kind, name])
      return !seen.has(key) && seen.add(key)
    })
    .sort(
      (a, b) =>
        driftStates.indexOf(a.state) - driftStates.indexOf(b.state) ||
        compare(a.location.file, b.location.file) ||
        a.location.start.offset - b.location.start.offset ||
        compare(a.name, b.name) ||
        compare(a.message, b.message),
    )
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

type Read = ReadSystem & { readonly found: Matched }

const claimItems = ({ claims }: Told): DriftItem[] =>
  claims.flatMap(({ state, subject, message, fix, location, places }): DriftItem[] => {
    if (state !== 'contradicted' && state !== 'missing') return []
    return [
      {
        state: state === 'contradicted' ? 'different' : 'onlyInManifest',
        kind: 'fact',
        name: String(subject[1] ?? subject[0] ?? ''),
        message,
        ...(fix === undefined ? {} : { fix }),
        location,
        places,
      },
    ]
  })

const unstatedItems = (read: Read, manifest: Manifest): DriftItem[] =>
  factClaims(read, manifest).unstated.map(({ at, element, said, place }) => ({
    state: 'onlyInFiles',
    kind: 'fact',
    name: element,
    message: `"${element}" has ${said} in the files, which the manifest does not state`,
    fact: said,
    fix: `State ${said}`,
    location: manifest.at(at),
    places: [{ label: 'the files', location: place }],
  }))

/** Externals are run by others, and no file of ours deploys them. */
const deployed = ({ components, jobs }: Model): (Component | Job)[] =>
  [...components.values(), ...jobs.values()].filter(({ kind }) => kind !== 'external')

function componentItems(read: readonly Read[], manifest: Manifest): DriftItem[] {
  if (read.length === 0) return []
  const { model, at } = manifest
  const paired = new Set(read.flatMap(({ found }) => [...found.pairs.values()]))
  const lost = deployed(model)
    .filter(one => !paired.has(one))
    .map((one): DriftItem => {
      const message = `The ${one.kind} "${one.name}" is in no file`
      return { state: 'onlyInManifest', kind: 'component', name: one.name, message, location: at(one.path), places: [] }
    })
  const added = read.flatMap(({ system, found, placeOf }) =>
    system.elements
      .filter(one => !found.pairs.has(one))
      .map(({ kind, name, source }): DriftItem => {
        const where: Location = at([`${kind}s`])
        return {
          state: !isKnown(source) ? 'perhaps' : 'onlyInFiles',
          kind: 'component',
          name,
          message: `The ${kind} "${name}" is not in the manifest`,
          location: { ...where, path: [`${kind}s`, name] },
          places: [{ label: source.signal, location: placeOf(source) }],
        }
      }),
  )
  return [...lost, ...added]
}

function edgeItems(read: readonly Read[], { model, at }: Manifest): DriftItem[] {
  const items: DriftItem[] = []
  const wired = new Set<string>()
  const key = (a: { name: string }, b: { name: string }) => JSON.stringify([a.name, b.name].sort())
  for (const { system, found, placeOf } of read) {
    for (const edge of system.edges) {
      const ends = endsOf(edge, found)
      if (!ends) continue
      const [from, to] = ends
      wired.add(key(from, to))
      if (
        from === to ||
        edgesBetween(from, to, model).length > 0 ||
        edgesBetween(to, from, model).some(({ kind }) => kind !== 'call')
      )
        continue
      items.push({
        state: stateOf(edge),
        kind: 'edge',
        name: `${from.name} -> ${to.name}`,
        message: `"${from.name}" reaches for "${to.name}" in the files, and not in the manifest`,
        location: at(from.path),
        places: [{ label: edge.source.signal, location: placeOf(edge.source) }],
      })
    }
  }
  // Where the files hold no wiring at all nothing follows from what they do not hold.
  const withWiring = read.filter(({ system }) => system.edges.some(({ source }) => isKnown(source)))
  const there = new Set(withWiring.flatMap(({ found }) => [...found.pairs.values()]))
  const ownEdges = [
    ...model.calls.map(({ from, target, name, path }) => ({ from, to: target, name, path })),
    ...model.publishes.map(({ from, target, name, path }) => ({ from, to: target, name, path })),
    ...model.consumes.map(({ by, source, name, path }) => ({ from: by, to: source, name, path })),
  ]
  for (const { from, to, name, path } of ownEdges) {
    if (!to || !there.has(from) || !there.has(to) || wired.has(key(from, to))) continue
    const message = `"${name}" is in the manifest, and no file shows how "${from.name}" reaches "${to.name}"`
    items.push({ state: 'onlyInManifest', kind: 'edge', name, message, location: at(path), places: [] })
  }
  return items
}

function endsOf(
  { from, to }: ImportedEdge,
  { byName, pairs }: Matched,
): [Component | Job, Component | Job] | undefined {
  const [a, b] = [from, to].map(name => {
    const element = byName.get(name)
    return element && pairs.get(element)
  })
  return a && b ? [a, b] : undefined
}

/** What is guessed, or behind a profile that is off, is nothing that anybody should be accused of. */
const stateOf = ({ source, optional }: ImportedEdge): DriftState =>
  !isKnown(source) || optional === true ? 'perhaps' : 'onlyInFiles'

/** What an importer finds fault with, or says of itself, is for those who import. */
const told = new Set<ImportNote['kind']>(['dangling', 'unwired', 'unreadable', 'skipped'])

/** What the readers have to say of addresses that lead nowhere and files that they left out. */
export const notesOf = (systems: readonly ReadSystem[]): string[] => [
  ...new Set(
    systems.flatMap(({ system, placeOf }) =>
      system.notes
        .filter(({ kind }) => told.has(kind))
        .map(({ message, file, line = 1 }) => {
          const where = file === undefined ? undefined : placeOf({ file, line, signal: '', confidence: 'stated' })
          return where ? `${where.file}:${line}: ${message}` : message
        }),
    ),
  ),
]
