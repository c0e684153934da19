import { held, oneOf, reading } from './fact.ts'
import type { Bound, Type, Words } from './type.ts'

/**
 * Values with units. Read as one number in one unit: durations in milliseconds, rates per second, sizes in bytes,
 * shares as a fraction from 0 to 1. A bare number is refused where it could be read in two ways.
 */

const milliseconds = { ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86400e3, w: 604800e3 }
const seconds = { s: 1, min: 60, h: 3600, d: 86400 }
const bytes = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

const durationPart = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g
const century = 100 * 365 * milliseconds.d

const durationText = 'a duration with a unit, such as 250ms, 2s, 15m, 1h or 30d'

const pattern = (is: RegExp, error: Words, otherwise: Words = error): Type<string> => ({
  kind: 'text',
  error: otherwise,
  pattern: { is, error },
})

/** `250ms`, `2s`, `15m`, `1h30m`, `30d` -> milliseconds. */
export const duration = (): Type<number> =>
  reading(pattern(/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/, `expected ${durationText}`), (text, refuse) => {
    let sum = 0
    // A loop of its own, as there are a hundred in a small manifest and `matchAll` copies the expression.
    durationPart.lastIndex = 0
    for (let part = durationPart.exec(text); part; part = durationPart.exec(text))
      sum += Number(part[1]) * milliseconds[part[2] as keyof typeof milliseconds]
    if (sum > century) refuse('expected a duration of at most 100 years')
    return sum
  })

/** A duration above zero, where zero would mean "none" to some clients and "at once" to others. */
export const positiveDuration = (): Type<number> =>
  held(duration(), value => value > 0, 'expected a duration above zero; write none if there is none')

const shareText = 'a percentage such as 99.9%, or a fraction below 1 such as 0.999'

/** `99.9%` or `0.999` -> 0.999. A bare `1` or `99.9` is refused: it could be either. */
export const share = (): Type<number> =>
  reading<string | number, number>(eitherShare, (value, refuse) => {
    // Shifting the exponent in the text keeps 99.9% exactly the double nearest to 0.999.
    const result = typeof value === 'string' ? Number(`${value.slice(0, -1)}e-2`) : value
    if (result > 1) refuse('expected at most 100%')
    return result
  })

const shareError = (written: unknown) => `expected ${shareText}${percentHint(written)}`

const eitherShare: Type<string | number> = {
  kind: 'either',
  options: [
    { kind: 'text', pattern: { is: /^\d+(?:\.\d+)?%$/, error: shareError } },
    {
      kind: 'number',
      error: shareError,
      bounds: [
        { is: 'least', than: 0, error: shareError },
        { is: 'below', than: 1, error: shareError },
      ],
    },
  ],
  error: shareError,
}

const percentHint = (input: unknown) =>
  typeof input === 'number' && input >= 1 && input <= 100 ? `; did you mean ${input}%?` : ''

/** YAML has infinite and negative numbers too, and nobody means them. */
const isAmount = (input: unknown): input is number => typeof input === 'number' && input >= 0 && Number.isFinite(input)

const rateText = 'a rate such as 600/s or 36000/min'

/** `600/s`, `36000/min`, `10/h`, `1000/d` -> per second. */
export const rate = (): Type<number> =>
  reading(
    pattern(
      /^\d+(?:\.\d+)?\/(?:s|min|h|d)$/,
      `expected ${rateText}`,
      written => `expected ${rateText}${isAmount(written) ? `; did you mean ${written}/s?` : ''}`,
    ),
    (text, refuse) => {
      const [amount, unit] = text.split('/')
      const perSecond = Number(amount) / seconds[unit as keyof typeof seconds]
      if (perSecond > 1e12) refuse('expected a rate of at most 1e12 per second')
      return perSecond
    },
  )

/** A rate whose key already says "per second": `rps: 3000` and `rps: 3000/s` are the same. */
export const perSecond = (): Type<number> =>
  oneOf([factor(1e12), rate()], 'a number per second, such as 3000 or 3000/s')

const sizeText = 'a size with a unit, such as 512MiB, 20GiB or 1.5TB'
const toBytes = (text: string, refuse: (message: string) => void) => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([A-Za-z]+)/.exec(text)!
  const value = Number(amount) * bytes[unit as keyof typeof bytes]
  if (value > 1e18) refuse('expected at most 1 EB')
  return value
}

/** `20GiB`, `512MB` -> bytes. */
export const size = (): Type<number> =>
  reading(pattern(/^\d+(?:\.\d+)?(?:B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$/, `expected ${sizeText}`), toBytes)

/** `100MB/s` -> bytes per second. */
export const throughput = (): Type<number> =>
  reading(
    pattern(/^(?=.*[1-9])\d+(?:\.\d+)?(?:B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)\/s$/, 'expected a throughput such as 100MB/s'),
    toBytes,
  )

const coresText = 'a number of cores such as 2, 0.5 or 500m'

/** `2`, `0.5` or Kubernetes' `500m` -> cores. */
export const cores = (): Type<number> =>
  reading(oneOf([factor(), millicores], coresText), value =>
    typeof value === 'string' ? Number(value.slice(0, -1)) / 1000 : value,
  )

const millicores: Type<string> = { kind: 'text', pattern: { is: /^\d+m$/, error: `expected ${coresText}` } }

/** A number within bounds; what it breaks is told in zod's words. */
export const number = ({ isWhole = false, ...bounds }: Bounds = {}): Type<number> => ({
  kind: 'number',
  isWhole,
  bounds: Object.entries(bounds).map(([is, than]) => ({ is: is as Bound['is'], than })),
})

export type Bounds = { readonly [K in Bound['is']]?: number } & { readonly isWhole?: boolean }

const within = (error: string, bounds: readonly Bound[], isWhole = false): Type<number> => ({
  kind: 'number',
  isWhole,
  error,
  bounds: bounds.map(bound => ({ error, ...bound })),
})

/** A whole number from `min` to a billion. */
export const count = (min = 0, ...more: readonly Bound[]): Type<number> =>
  within(
    `expected a whole number from ${min} to 1000000000`,
    [{ is: 'least', than: min }, { is: 'most', than: 1e9 }, ...more],
    true,
  )

/** A number above zero that need not be whole. */
export const factor = (max = 1e6): Type<number> =>
  within(`expected a number above 0, at most ${max}`, [
    { is: 'above', than: 0 },
    { is: 'most', than: max },
  ])

/** A number of zero or more that need not be whole. */
export const amount = (max = 1e12): Type<number> =>
  within(`expected a number from 0 to ${max}`, [
    { is: 'least', than: 0 },
    { is: 'most', than: max },
  ])

/** `2026-10-02`. */
export const date = (): Type<string> =>
  pattern(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, 'expected a date such as 2026-10-02')

/** Text of a form. */
export const textLike = (is: RegExp, expected: string): Type<string> => pattern(is, `expected ${expected}`)

/** Text of at least some length. */
export const longText = (length: number, expected: string): Type<string> => ({
  kind: 'text',
  error: 'expected text',
  least: { length, error: `expected ${expected}` },
})

export const text = (): Type<string> => ({ kind: 'text', error: 'expected text' })
export const flag = (): Type<boolean> => ({ kind: 'flag', error: 'expected true or false' })
export const choice = <const T extends readonly [string, ...string[]]>(...values: T): Type<T[number]> => ({
  kind: 'choice',
  values,
  error: `expected one of ${values.join(', ')}`,
})
