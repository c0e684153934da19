/** What a plain scalar means in YAML 1.2's core schema. `yes`, `1_000` and dates are text. */
export function coreValue(text: string): string | number | boolean | null {
  // Most values are words, and few characters begin anything else.
  if (!/^[-+.\d~ntfNTF]|^$/.test(text)) return text
  if (/^(?:~|[Nn]ull|NULL)?$/.test(text)) return null
  if (/^(?:[Tt]rue|TRUE)$/.test(text)) return true
  if (/^(?:[Ff]alse|FALSE)$/.test(text)) return false
  if (/^[-+]?\d+$/.test(text)) return parseInt(text, 10)
  if (/^[-+]?(?:\.\d+|\d+\.\d*|(?:\.\d+|\d+(?:\.\d*)?)[eE][-+]?\d+)$/.test(text)) return parseFloat(text)
  if (/^0o[0-7]+$/.test(text)) return parseInt(text.slice(2), 8)
  if (/^0x[\da-fA-F]+$/.test(text)) return parseInt(text.slice(2), 16)
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return /^\.(?:nan|NaN|NAN)$/.test(text) ? NaN : text
}
