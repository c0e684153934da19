import type { Location, Point, Severity } from '../finding.ts'
import type { Report } from '../report.ts'
import { issuesOf, paragraphsOf } from './issues.ts'
import { jsonText } from './json-text.ts'
import { pathOf } from './paths.ts'
import type { Reporter } from './reporter.ts'
import { visible } from './text.ts'

const severities = { error: 'ERROR', warning: 'WARNING', info: 'INFO' } as const satisfies Record<Severity, string>

/** Reviewdog's diagnostic format. Its columns count bytes of UTF-8. */
export const rdjson: Reporter = ({ tool, reports }) =>
  jsonText({ source: { name: tool.name }, diagnostics: reports.flatMap(diagnostics) })

function diagnostics(report: Report) {
  const locate = locator(report)
  return issuesOf(report).map(issue => ({
    message: visible(paragraphsOf(issue, 'Fix: ').join('\n')),
    location: locate(issue.location),
    severity: severities[issue.severity],
    code: { value: issue.ruleId },
    ...(issue.related.length === 0
      ? {}
      : {
          related_locations: issue.related.map(({ label, location }) => ({
            message: visible(label),
            location: locate(location),
          })),
        }),
  }))
}

function locator({ sources }: Report) {
  const texts = new Map(sources.map(({ file, text }) => [file, text]))
  const utf8 = new TextEncoder()
  const position = (text: string, { line, column, offset }: Point) => ({
    line,
    column: utf8.encode(text.slice(offset - column + 1, offset)).length + 1,
  })
  return ({ file, start, end }: Location) => {
    const text = texts.get(file)
    if (text === undefined) return { path: pathOf(file), range: { start: { line: start.line } } }
    // The end is exclusive; a range without one is a place.
    const isPlace = end.offset <= start.offset
    const range = { start: position(text, start), ...(isPlace ? {} : { end: position(text, end) }) }
    return { path: pathOf(file), range }
  }
}
