import { bytes, duration, number, percent, rate } from '../units.ts'
import { Shape, valueAt, type Kind } from './view.ts'

const inBraces = /\{([A-Za-z][\w.]*)\}/g

/** The keys that a message wants filled in. */
export const placeholders = (message: string): string[] => [...message.matchAll(inBraces)].map(([, key]) => key!)

/** The message with its keys filled in. */
export const fill = (message: string, view: unknown, kind: Kind): string =>
  message.replaceAll(inBraces, (_, key: string) => {
    const path = key.split('.')
    return show(valueAt(view, path), path, kind)
  })

/** A value as people write it in the manifest. */
export function show(value: unknown, path: readonly string[], kind: Kind): string {
  if (value === undefined) return 'not stated'
  if (typeof value === 'string') return value
  if (typeof value !== 'number') return JSON.stringify(value)
  const shape = path.reduce<Shape>(
    (shape, key) => (/^\d+$/.test(key) || shape.hasNames ? shape.item : shape.child(key)),
    Shape.of(kind),
  )
  const unit = units.find(({ probe }) => typeof shape.read(probe)?.value === 'number')
  return unit ? unit.show(value) : number(value)
}

/** What a key measures is seen by what it accepts. */
const units: readonly { probe: string; show: (value: number) => string }[] = [
  { probe: '1s', show: duration },
  { probe: '1%', show: percent },
  { probe: '1/s', show: rate },
  { probe: '1B/s', show: value => `${bytes(value)}/s` },
  { probe: '1B', show: bytes },
]
