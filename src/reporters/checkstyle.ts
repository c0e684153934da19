import { issuesOf, paragraphsOf, sentence, steps, type Issue } from './issues.ts'
import { pathOf } from './paths.ts'
import type { Reporter } from './reporter.ts'
import { attribute, xmlText, type Element } from './xml.ts'

/** Checkstyle's XML, which Jenkins and many review bots read: results by file, each with its line and column. */
export const checkstyle: Reporter = ({ tool, reports }) => {
  const byFile = new Map<string, Issue[]>()
  for (const issue of reports.flatMap(issuesOf)) {
    const file = pathOf(issue.location.file)
    byFile.set(file, [...(byFile.get(file) ?? []), issue])
  }
  const files = [...byFile].map(([name, issues]): Element => ({ '@name': attribute(name), error: issues.map(toError) }))
  // The version is that of the format.
  return xmlText({ checkstyle: { '@version': '4.3', file: files } })

  function toError(issue: Issue): Element {
    const { location, severity, ruleId } = issue
    return {
      '@line': location.start.line,
      '@column': location.start.column,
      '@severity': severity,
      '@message': attribute(
        paragraphsOf(issue, 'Fix: ')
          .map(text => sentence(steps(text)))
          .join(' '),
      ),
      '@source': `${tool.name}.${ruleId}`,
    }
  }
}
