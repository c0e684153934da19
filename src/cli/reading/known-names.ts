import type { Component, Model } from '../../manifest/model.ts'
import { didYouMean } from '../../manifest/nearest.ts'
import { UserError } from '../world.ts'

export type Named = 'component' | 'store' | 'cache' | 'service' | 'journey'

const sections: Readonly<Record<Named, (model: Model) => ReadonlyMap<string, unknown>>> = {
  component: ({ components }) => components,
  store: ({ stores }) => stores,
  cache: ({ caches }) => caches,
  service: ({ services }) => services,
  journey: ({ journeys }) => journeys,
}

/** Refuses a name that the manifest does not have, and says which it may have meant. */
export function known(name: string, kind: Named, model: Model): void {
  const names = [...sections[kind](model).keys()]
  if (names.includes(name)) return
  const other: Component | undefined = model.components.get(name)
  const is =
    other && kind !== 'journey' ? `"${name}" is ${article(other.kind)}, not a ${kind}` : `There is no ${kind} "${name}"`
  const meant = didYouMean(name, names)
  throw new UserError(`${is}${meant || '.'} The manifest has ${shortList(names)}`)
}

const article = (kind: string) => `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`
const shortList = (names: readonly string[]) =>
  names.length === 0
    ? 'none'
    : `${names.slice(0, 12).join(', ')}${names.length > 12 ? ` and ${names.length - 12} more` : ''}`
