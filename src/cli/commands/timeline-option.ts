import { InvalidArgumentError } from 'commander'
import { readAs, refused } from '../../manifest/schema/read-as.ts'
import { duration, share } from '../../manifest/schema/scalars.ts'

/** What happens on the command line, with when: `psp=2s@60s..120s`. */
export interface Timed {
  readonly name: string
  /** What stands after `=`. */
  readonly value: string | undefined
  /** Milliseconds from the end of the warm-up. */
  readonly from: number
  /** `Infinity`: it does not end. */
  readonly to: number
}

const shape = /^([^=@]*)(?:=([^@]*))?(?:@([^.]+(?:\.\d+[a-z]+)?)(?:\.\.(.+))?)?$/

function timed(text: string, example: string): Timed {
  const [, name = '', value, at, until] = shape.exec(text.trim()) ?? []
  const from = at === undefined ? 0 : timeOf(at)
  const to = until === undefined ? Number.POSITIVE_INFINITY : timeOf(until)
  if (name.trim() === '' || from === undefined || to === undefined)
    throw new InvalidArgumentError(`Expected ${example}.`)
  if (to <= from) throw new InvalidArgumentError('It ends before it begins.')
  return { name: name.trim(), value: value?.trim(), from, to }
}

/** Milliseconds; `undefined` for what is no duration. `0s` is one. */
export function timeOf(text: string): number | undefined {
  const read = readAs(duration(), text.trim())
  return read === refused ? undefined : read
}

function shareOf(text: string): number | undefined {
  const read = readAs(share(), text)
  return read === refused ? undefined : read
}

export function downAt(text: string, before: readonly Timed[]): Timed[] {
  const one = timed(text, 'a name, and when, such as psp@60s..120s')
  if (one.value !== undefined) throw new InvalidArgumentError('Expected a name, and when, such as psp@60s..120s.')
  return [...before, one]
}

export interface TimedSlowdown extends Timed {
  readonly time: number
}

export function slowAt(text: string, before: readonly TimedSlowdown[]): TimedSlowdown[] {
  const example = 'a name, a time or none, and when, such as psp=2s@60s..120s'
  const one = timed(text, example)
  const time = one.value === undefined ? Number.POSITIVE_INFINITY : timeOf(one.value)
  if (time === undefined || time === 0) throw new InvalidArgumentError(`Expected ${example}.`)
  return [...before, { ...one, time }]
}

export interface TimedFlush extends Timed {
  readonly share: number
}

export function flushAt(text: string, before: readonly TimedFlush[]): TimedFlush[] {
  const example = 'a cache, a share or none, and when, such as catalogue-cache@60s or sessions=10%@60s'
  const one = timed(text, example)
  const part = one.value === undefined ? 1 : shareOf(one.value)
  if (part === undefined || part === 0 || Number.isFinite(one.to))
    throw new InvalidArgumentError(`Expected ${example}.`)
  return [...before, { ...one, share: part }]
}

export interface TimedLoad extends Timed {
  /** `undefined`: all journeys. */
  readonly journey: string | undefined
  /** A number, or the peak that a journey states. */
  readonly factor: number | 'peak'
}

export function loadAt(text: string, before: readonly TimedLoad[]): TimedLoad[] {
  const example = 'a factor or peak, and when, such as 3x@60s..120s, checkout=5x or peak@60s'
  const one = timed(text, example)
  const word = one.value ?? one.name
  const [, number] = /^(\d+(?:\.\d+)?)x?$/.exec(word) ?? []
  const factor = word === 'peak' ? 'peak' : Number(number)
  if (factor !== 'peak' && !(factor > 0)) throw new InvalidArgumentError(`Expected ${example}.`)
  return [...before, { ...one, journey: one.value === undefined ? undefined : one.name, factor }]
}
