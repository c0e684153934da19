import type { Path } from '../finding.ts'
import type { Source } from '../manifest/source.ts'
import { presets } from './presets.ts'
import type { Config } from './schema.ts'

/** One configuration among those that hold together; later ones win over earlier ones. */
export interface Layer {
  readonly config: Config
  /** The file that it was read from; a preset and the command line have none. */
  readonly source?: Source
  /** Absolute path of the folder that its globs and plugins start from; only files have one. */
  readonly folder?: string
  /** What people call it: `preset strict`, `command line`, or the file. */
  readonly name: string
}

/** A value, and where it was said. */
export interface Told<T> {
  readonly value: T
  readonly from: string
}

export const presetLayers: ReadonlyMap<string, Layer> = new Map(
  presets.map(({ name, config }, i) => [name, { config, name: i === 0 ? 'built in' : `preset ${name}` }]),
)

/** What holds unless a layer says otherwise. */
export const builtIn: Layer = presetLayers.get(presets[0].name)!

/** `.scaffold-review.yaml:3`, or the name of a layer without lines. */
export const placeIn = ({ source, name }: Layer, path: Path): string =>
  source ? `${source.file}:${source.locate(path).start.line}` : name

/** The last layer that says something, and what. */
export function lastTold<T>(layers: readonly Layer[], path: Path): (Told<T> & { layer: Layer }) | undefined {
  for (const layer of layers.toReversed()) {
    const value = valueAt(layer.config, path)
    if (value !== undefined) return { value: value as T, from: placeIn(layer, path), layer }
  }
  return undefined
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}
