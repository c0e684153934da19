import * as z from 'zod'

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

const century = 100 * 365 * milliseconds.d

const durationText = 'a duration with a unit, such as 250ms, 2s, 15m, 1h or 30d'

/** `250ms`, `2s`, `15m`, `1h30m`, `30d` -> milliseconds. */
export const duration = () =>
  z
    .string({ error: `expected ${durationText}` })
    .regex(/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/, { error: `expected ${durationText}` })
    .transform((text, context) => {
      let sum = 0
      for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)) {
        sum += Number(amount) * milliseconds[unit as keyof typeof milliseconds]
      }
      if (sum > century) context.addIssue({ code: 'custom', message: 'expected a duration of at most 100 years' })
      return sum
    })

const positive = (name: string, schema: z.ZodType<number, string>) =>
  schema.refine(value => value > 0, { error: `expected ${name} above zero; write none if there is none` })

/** A duration above zero, where zero would mean "none" to some clients and "at once" to others. */
export const positiveDuration = () => positive('a duration', duration() as z.ZodType<number, string>)

const shareText = 'a percentage such as 99.9%, or a fraction below 1 such as 0.999'

/** `99.9%` or `0.999` -> 0.999. A bare `1` or `99.9` is refused: it could be either. */
export const share = () => {
  const error: z.core.$ZodErrorMap = issue => `expected ${shareText}${percentHint(issue.input)}`
  const fraction = z.number({ error }).min(0, { error }).lt(1, { error })
  return z.union([z.string().regex(/^\d+(?:\.\d+)?%$/, { error }), fraction], { error }).transform((value, context) => {
    // Shifting the exponent in the text keeps 99.9% exactly the double nearest to 0.999.
    const result = typeof value === 'string' ? Number(`${value.slice(0, -1)}e-2`) : value
    if (result > 1) context.addIssue({ code: 'custom', message: 'expected at most 100%' })
    return result
  })
}

const percentHint = (input: unknown) =>
  typeof input === 'number' && input >= 1 && input <= 100 ? `; did you mean ${input}%?` : ''

/** YAML has infinite and negative numbers too, and nobody means them. */
const isAmount = (input: unknown): input is number => typeof input === 'number' && input >= 0 && Number.isFinite(input)

const rateText = 'a rate such as 600/s or 36000/min'

/** `600/s`, `36000/min`, `10/h`, `1000/d` -> per second. */
export const rate = () =>
  z
    .string({
      error: issue => `expected ${rateText}${isAmount(issue.input) ? `; did you mean ${issue.input}/s?` : ''}`,
    })
    .regex(/^\d+(?:\.\d+)?\/(?:s|min|h|d)$/, { error: `expected ${rateText}` })
    .transform((text, context) => {
      const [amount, unit] = text.split('/')
      const perSecond = Number(amount) / seconds[unit as keyof typeof seconds]
      if (perSecond > 1e12) context.addIssue({ code: 'custom', message: 'expected a rate of at most 1e12 per second' })
      return perSecond
    })

/** A rate whose key already says "per second": `rps: 3000` and `rps: 3000/s` are the same. */
export const perSecond = () =>
  z.union([factor(1e12), rate()], { error: 'expected a number per second, such as 3000 or 3000/s' })

const sizeText = 'a size with a unit, such as 512MiB, 20GiB or 1.5TB'
const toBytes = (text: string, context: z.RefinementCtx) => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([A-Za-z]+)/.exec(text)!
  const value = Number(amount) * bytes[unit as keyof typeof bytes]
  if (value > 1e18) context.addIssue({ code: 'custom', message: 'expected at most 1 EB' })
  return value
}

/** `20GiB`, `512MB` -> bytes. */
export const size = () =>
  z
    .string({ error: `expected ${sizeText}` })
    .regex(/^\d+(?:\.\d+)?(?:B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$/, { error: `expected ${sizeText}` })
    .transform(toBytes)

/** `100MB/s` -> bytes per second. */
export const throughput = () =>
  z
    .string({ error: 'expected a throughput such as 100MB/s' })
    .regex(/^(?=.*[1-9])\d+(?:\.\d+)?(?:B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)\/s$/, {
      error: 'expected a throughput such as 100MB/s',
    })
    .transform(toBytes)

const coresText = 'a number of cores such as 2, 0.5 or 500m'

/** `2`, `0.5` or Kubernetes' `500m` -> cores. */
export const cores = () =>
  z
    .union([factor(), z.string().regex(/^\d+m$/, { error: `expected ${coresText}` })], {
      error: `expected ${coresText}`,
    })
    .transform(value => (typeof value === 'string' ? Number(value.slice(0, -1)) / 1000 : value))

/** A whole number from `min` to a billion. */
export const count = (min = 0) => {
  const error = `expected a whole number from ${min} to 1000000000`
  return z.int({ error }).min(min, { error }).max(1e9, { error })
}

/** A number above zero that need not be whole. */
export const factor = (max = 1e6) => {
  const error = `expected a number above 0, at most ${max}`
  return z.number({ error }).positive({ error }).max(max, { error })
}

/** A number of zero or more that need not be whole. */
export const amount = (max = 1e12) => {
  const error = `expected a number from 0 to ${max}`
  return z.number({ error }).min(0, { error }).max(max, { error })
}

/** `2026-10-02`. */
export const date = () =>
  z
    .string({ error: 'expected a date such as 2026-10-02' })
    .regex(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, { error: 'expected a date such as 2026-10-02' })

export const text = () => z.string({ error: 'expected text' })
export const flag = () => z.boolean({ error: 'expected true or false' })
export const choice = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: `expected one of ${values.join(', ')}` })
