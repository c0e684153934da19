import type { Severity } from '../finding.ts'
import { list, plural } from '../units.ts'
import { place } from './frame.ts'
import { issuesOf, paragraphsOf, worstFirst, type Issue } from './issues.ts'
import { pathOf } from './paths.ts'
import type { Reporter } from './reporter.ts'
import { plainVerdict } from './scoreboard.ts'
import { clip, visible } from './text.ts'

type Level = 'error' | 'warning' | 'notice'

const levels = { error: 'error', warning: 'warning', info: 'notice' } as const satisfies Record<Severity, Level>

/** GitHub makes annotations of so many errors, warnings and notices of a step; the rest stay in the log alone. */
const mostOfALevel = 10

/** The runner cuts longer messages. */
const longestMessage = 4000

/**
 * Workflow commands, which GitHub Actions turns into annotations of the pull request. The worst come first, because the first
 * are the ones that are shown.
 */
export const github: Reporter = ({ reports }) => {
  const issues = worstFirst(reports.flatMap(issuesOf))
  const lines = [...hidden(issues), ...issues.map(annotation), ...reports.map(plainVerdict)]
  return lines.map(line => `${line}\n`).join('')
}

function annotation(issue: Issue): string {
  const { severity, ruleId, location } = issue
  const { file, start, end } = location
  // The log shows no more than the message.
  const [message, ...more] = paragraphsOf(issue, 'Fix: ')
  const text = [`${place({ ...location, file: pathOf(file) })}: ${ruleId}: ${message}`, ...more].join('\n')
  const isOneLine = end.line === start.line
  return command(levels[severity], text, {
    title: ruleId,
    file: pathOf(file),
    line: start.line,
    // Columns are taken only where the end is on the same line.
    ...(isOneLine ? { col: start.column } : { endLine: end.line }),
    ...(isOneLine && end.column > start.column ? { endColumn: end.column } : {}),
  })
}

/** Says what will not be shown; itself a notice, and before all others so that it is. */
function hidden(issues: readonly Issue[]): string[] {
  const over = (level: Level, room: number) =>
    Math.max(0, issues.filter(({ severity }) => levels[severity] === level).length - room)
  const beyond = (room: number) => [over('error', mostOfALevel), over('warning', mostOfALevel), over('notice', room)]
  if (beyond(mostOfALevel).every(count => count === 0)) return []
  const [errors = 0, warnings = 0, notices = 0] = beyond(mostOfALevel - 1)
  const parts = [
    ...(errors > 0 ? [plural(errors, 'error')] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
    ...(notices > 0 ? [plural(notices, 'notice')] : []),
  ]
  const text = `Not shown as annotations: ${list(parts)}. GitHub shows the first ${mostOfALevel} of each kind of a step; all of them stand in its log`
  return [command('notice', text, { title: 'scaffold-review' })]
}

function command(level: Level, message: string, properties: Record<string, string | number>): string {
  const given = Object.entries(properties).map(([key, value]) => `${key}=${property(String(value))}`)
  return `::${level} ${given.join(',')}::${data(clip(visible(message), longestMessage))}`
}

const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const property = (text: string) => data(visible(text)).replaceAll(':', '%3A').replaceAll(',', '%2C')
