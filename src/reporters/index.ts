import type { AsyncReporter, Reporter } from './reporter.ts'

/** Each format's writer, read when it is asked for. */
const load = {
  pretty: async () => (await import('./pretty.ts')).pretty,
  json: async () => (await import('./json.ts')).json,
  sarif: async () => (await import('./sarif.ts')).sarif,
  github: async () => (await import('./github.ts')).github,
  gitlab: async () => (await import('./gitlab.ts')).gitlab,
  junit: async () => (await import('./junit.ts')).junit,
  checkstyle: async () => (await import('./checkstyle.ts')).checkstyle,
  rdjson: async () => (await import('./rdjson.ts')).rdjson,
  markdown: async () => (await import('./markdown.ts')).markdown,
  csv: async () => (await import('./csv.ts')).csv,
  html: async () => (await import('./html/html.tsx')).html,
} satisfies Record<string, () => Promise<Reporter | AsyncReporter>>

export type Format = keyof typeof load
export const formats = Object.keys(load) as Format[]

/** What writes a format. Some wait for something, so all are waited for. */
export async function reporterFor(format: Format): Promise<AsyncReporter> {
  const reporter = await load[format]()
  return async (run, style) => reporter(run, style)
}
