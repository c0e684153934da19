const words = new Map<string, boolean | null>([
  ...['', '~', 'null', 'Null', 'NULL'].map(word => [word, null] as const),
  ...['true', 'True', 'TRUE'].map(word => [word, true] as const),
  ...['false', 'False', 'FALSE'].map(word => [word, false] as const),
])

/** Every number, and little else: most values are words or have a unit, and need not be held against each kind of number. */
const likeNumber = /^[-+.\d][\d.]*(?:[oxeE][-+\da-fA-F]+|\.?(?:inf|Inf|INF|nan|NaN|NAN))?$/

/** What a plain scalar means in YAML 1.2's core schema. `yes`, `1_000` and dates are text. */
export function coreValue(text: string): string | number | boolean | null {
  const word = words.get(text)
  if (word !== undefined) return word
  if (!likeNumber.test(text)) return text
  if (/^[-+]?\d+$/.test(text)) return parseInt(text, 10)
  if (/^[-+]?(?:\.\d+|\d+\.\d*|(?:\.\d+|\d+(?:\.\d*)?)[eE][-+]?\d+)$/.test(text)) return parseFloat(text)
  if (/^0o[0-7]+$/.test(text)) return parseInt(text.slice(2), 8)
  if (/^0x[\da-fA-F]+$/.test(text)) return parseInt(text.slice(2), 16)
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return /^\.(?:nan|NaN|NAN)$/.test(text) ? NaN : text
}
