/** Numbers as people write them in a manifest. Never `NaN` or `Infinity`: those are a defect of the caller. */

const trim = (value: number, digits: number): string => {
  const text = value.toFixed(digits)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** Three significant digits, thousands apart: `0.144`, `3.63`, `1 440 000`. */
export const number = (value: number): string => grouped(digitsOf(value))

function digitsOf(value: number): string {
  if (!Number.isFinite(value)) return 'no limit'
  if (Number.isInteger(value)) return String(value)
  const size = Math.abs(value)
  if (size >= 100) return trim(value, 0)
  if (size >= 10) return trim(value, 1)
  if (size >= 1) return trim(value, 2)
  return size < 1e-9 ? value.toExponential(1) : trim(value, Math.ceil(-Math.log10(size)) + 2)
}

function grouped(digits: string): string {
  return digits.length >= 5 && /^-?\d{5,}$/.test(digits) ? digits.replaceAll(/\B(?=(\d{3})+(?!\d))/g, ' ') : digits
}

interface Unit {
  readonly unit: string
  /** In milliseconds. */
  readonly factor: number
}

const milli: Unit = { unit: 'ms', factor: 1 }
const times: readonly Unit[] = [
  { unit: 'd', factor: 86_400_000 },
  { unit: 'h', factor: 3_600_000 },
  { unit: 'm', factor: 60_000 },
  { unit: 's', factor: 1000 },
  milli,
]

/** Milliseconds as `250ms`, `9.4s`, `4.32m`, `61s`, `30d`: the largest unit that loses nothing, else three digits of it. */
export function duration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return 'no limit'
  if (milliseconds === 0) return '0s'
  const size = Math.abs(milliseconds)
  let largest: Unit | undefined
  for (const time of times) {
    if (size < time.factor) continue
    if (isShort(size / time.factor))
      return time.unit === 's' && size >= 1000_000 ? compound(size) : inUnit(milliseconds, time)
    largest ??= time
  }
  return inUnit(milliseconds, largest ?? milli)
}

const inUnit = (milliseconds: number, { factor, unit }: Unit): string => digitsOf(milliseconds / factor) + unit

/** `1h3s`: whole hours, minutes and seconds, where seconds alone would be thousands. */
function compound(milliseconds: number): string {
  let text = ''
  let left = milliseconds
  for (const { factor, unit } of times.slice(0, 4)) {
    const amount = Math.floor(left / factor)
    if (amount > 0) text += `${amount}${unit}`
    left %= factor
  }
  return text
}

/** For tables: three significant digits of the largest unit that fits, `43.2m`. */
export function roughly(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return 'no limit'
  const size = Math.abs(milliseconds)
  return milliseconds === 0 ? '0s' : inUnit(milliseconds, times.find(({ factor }) => size >= factor) ?? milli)
}

/** Whether a person would write the number out: below 10 000, and three significant digits say all of it. */
const isShort = (value: number) =>
  value < 1e4 && (Number.isInteger(value) || Number(value.toPrecision(12)) === Number(digitsOf(value)))

/** `99.95%` from 0.9995, without the noise of binary fractions. */
export function percent(fraction: number): string {
  if (!Number.isFinite(fraction)) return 'no limit'
  if (fraction > 0.5 && fraction < 1) return `${cut(fraction)}%`
  const value = Number((fraction * 100).toPrecision(12))
  if (Number.isInteger(value)) return `${value}%`
  const size = Math.abs(value)
  return `${trim(value, size < 1 ? Math.min(100, Math.ceil(-Math.log10(size)) + 2) : 2)}%`
}

/** An availability of 99.9973 % must not be rounded up to what was promised: two digits after the last nine, the rest cut. */
function cut(fraction: number): string {
  const digits = Number(fraction.toPrecision(14)).toFixed(14)
  const [, whole = '99', rest = '999999999999'] = /^0\.(\d\d)(9*\d{0,2})/.exec(digits) ?? []
  return `${whole}.${rest}`.replace(/\.?0*$/, '')
}

/** `600/s`; below one a second in the largest unit that reads well, such as `10/h`. */
export function rate(perSecond: number): string {
  if (perSecond === 0 || perSecond >= 1) return `${number(perSecond)}/s`
  if (perSecond * 60 >= 1) return `${number(perSecond * 60)}/min`
  return perSecond * 3600 >= 1 ? `${number(perSecond * 3600)}/h` : `${number(perSecond * 86_400)}/d`
}

/** `800GB` from bytes: three digits of the largest unit; binary units where only they say all of it. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3))
  const binary = value < 1 ? 0 : Math.min(4, Math.floor(Math.log2(value) / 10))
  if (binary > 0 && value % 1000 !== 0 && value % 2 ** (10 * binary) === 0)
    return `${number(value / 2 ** (10 * binary))}${units[binary]!.toUpperCase().replace('B', 'iB')}`
  return `${number(value / 1000 ** step)}${units[step]!}`
}

/** `1 call`, `31 calls`. */
export const plural = (n: number, one: string, many = `${one}s`): string => `${number(n)} ${n === 1 ? one : many}`

/** `a`, `a and b`, `a, b and c`. */
export function list(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)!}`
}

/** A value at or just above `value` that a person would write: 2 significant digits, rounded up. */
export function roundUp(value: number): number {
  if (value <= 0 || !Number.isFinite(value)) return value
  const step = 10 ** (Math.floor(Math.log10(value)) - 1)
  if (step === 0) return value
  return Number((Math.ceil(Number((value / step).toPrecision(12))) * step).toPrecision(12))
}

const decimal: readonly (readonly [number, string])[] = [
  [1e12, 'TB'],
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
  [1, 'B'],
]
const binary: typeof decimal = [
  [2 ** 40, 'TiB'],
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
]

/** Bytes as `173GB`, or `2KiB` where powers of two say it and powers of ten do not. */
export function size(bytes: number): string {
  const units = bytes % 1024 === 0 && bytes % 1000 !== 0 ? binary : decimal
  const [factor, unit] = units.find(([factor]) => bytes >= factor) ?? [1, 'B']
  return `${number(bytes / factor)}${unit}`
}
