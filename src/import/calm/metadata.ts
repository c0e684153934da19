import { at, entries, items, textOf, type Spot } from '../spot.ts'

/** Metadata is a map, a list of maps, or a list of `{ key, value }`. */
export function metadataOf(spot: Spot): [string, Spot][] {
  const metadata = at(spot, 'metadata')
  const lists = items(metadata).flatMap(item => {
    const key = textOf(at(item, 'key'))
    return key === undefined ? entries(item) : [[key, at(item, 'value')] as [string, Spot]]
  })
  return [...entries(metadata), ...lists]
}
