import type { AsyncReporter, Reporter } from './reporter.ts'

/** Each format's writer, read when it is asked for. */
const load = {
  pretty: async () => (await import('./pretty.ts')).pretty,
  json: async () => (await import('./json.ts')).json,
  sarif: async () => (await import('./sarif.ts')).sarif,
  html: async () => (await import('./html/html.tsx')).html,
} satisfies Record<string, () => Promise<Reporter | AsyncReporter>>

export type Format = keyof typeof load
export const formats = Object.keys(load) as Format[]
export const reporterFor = (format: Format): Promise<Reporter | AsyncReporter> => load[format]()
