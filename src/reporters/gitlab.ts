import type { Severity } from '../finding.ts'
import { issuesOf, sentence, type Issue } from './issues.ts'
import { jsonText } from './json-text.ts'
import { pathOf } from './paths.ts'
import type { Reporter } from './reporter.ts'
import { visibleLine } from './text.ts'
import { unique } from './unique.ts'

const severities = { error: 'critical', warning: 'major', info: 'info' } as const satisfies Record<Severity, string>

/** A report of GitLab Code Quality, which shows in a merge request what it adds and what it mends. */
export const gitlab: Reporter = ({ reports }) => {
  // Equal fingerprints are shown once, and two manifests can have the same fault in elements of the same name.
  const identity = unique()
  return jsonText(
    reports.flatMap(report =>
      issuesOf(report).map(issue => ({
        description: descriptionOf(issue),
        check_name: issue.ruleId,
        fingerprint: identity(pathOf(report.file), issue.fingerprint),
        severity: issue.kind === 'problem' ? 'blocker' : severities[issue.severity],
        location: {
          path: pathOf(issue.location.file),
          lines: { begin: issue.location.start.line, end: issue.location.end.line },
        },
      })),
    ),
  )
}

/** The list of the merge request shows a line of plain text. */
const descriptionOf = ({ message, fix }: Issue): string =>
  [message, ...(fix === undefined ? [] : [fix])].map(text => sentence(visibleLine(text))).join(' ')
