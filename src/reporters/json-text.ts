import { commandAnywhere, unsafe } from './text.ts'

/**
 * JSON for files and for logs. What would reorder or hide text there, or be taken for a command by the CI that keeps the log, is
 * written as an escape; whoever parses it gets the same text.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, null, 2)
  // Found much sooner than that a long text has none of the others.
  const shown = beyondAscii.test(text) ? text.replaceAll(unsafe, char => char.replaceAll(/[^]/g, escape)) : text
  return `${shown.replaceAll(commandAnywhere, `#${escape('#')}`)}\n`
}

/** Anything but what is written on a keyboard, and the line feed. */
const beyondAscii = /[^\n\x20-\x7e]/

/** One UTF-16 code unit. */
const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
