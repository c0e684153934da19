import { commandAnywhere, unsafe } from './text.ts'

/**
 * JSON for files and for logs. What would reorder or hide text there, or be taken for a command by the CI that keeps the log, is
 * written as an escape; whoever parses it gets the same text.
 */
export const jsonText = (value: unknown): string =>
  `${JSON.stringify(value, null, 2)
    .replaceAll(unsafe, char => char.replaceAll(/[^]/g, escape))
    .replaceAll(commandAnywhere, `#${escape('#')}`)}\n`

/** One UTF-16 code unit. */
const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
