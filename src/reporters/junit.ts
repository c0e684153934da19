import type { Path, QuestionKey } from '../finding.ts'
import { structuralPath } from '../engine/fingerprint.ts'
import type { Report, Tally } from '../report.ts'
import { plural } from '../units.ts'
import { place } from './frame.ts'
import { issuesOf, paragraphsOf, type Issue } from './issues.ts'
import { pathOf } from './paths.ts'
import type { Reporter } from './reporter.ts'
import { nameOf } from './scoreboard.ts'
import { clip } from './text.ts'
import { uniqueNames } from './unique.ts'
import { attribute, content, xmlText, type Element } from './xml.ts'

/** Of a file or an element in the name of a test, so that the rule is seen. */
const longestName = 500

interface Test {
  /** The rule, and the element where it is about one. */
  name: string
  question?: QuestionKey
  outcome: 'error' | 'failure' | 'skipped' | 'passed'
  /** What the test case holds; nothing where a rule passed. */
  holds: Element
}

/**
 * JUnit's XML. A test is a rule, or what it found on an element. What is waived or cannot be decided is skipped; a smell passes
 * and says so, because it changes no verdict. There are no times: the same input gives the same bytes.
 */
export const junit: Reporter = ({ tool, reports }) => {
  // Some readers keep only the first of two tests of one name.
  const unique = uniqueNames()
  const suites = reports.map(report => ({ report, tests: testsOf(report) }))
  const all = suites.flatMap(({ tests }) => tests)
  return xmlText({
    testsuites: {
      '@name': tool.name,
      ...counts(all),
      testsuite: suites.map(({ report, tests }) => ({
        '@name': attribute(nameOf(report)),
        ...counts(tests),
        '@skipped': count(tests, 'skipped'),
        testcase: tests.map(({ name, question = 'manifest', holds }) => ({
          '@classname': `${tool.name}.${question}`,
          '@name': unique(attribute(`${clip(pathOf(report.file), longestName)}: ${name}`)),
          ...holds,
        })),
      })),
    },
  })
}

const count = (tests: readonly Test[], outcome: Test['outcome']) =>
  tests.filter(test => test.outcome === outcome).length

const counts = (tests: readonly Test[]): Element => ({
  '@tests': tests.length,
  '@failures': count(tests, 'failure'),
  '@errors': count(tests, 'error'),
})

function testsOf(report: Report): Test[] {
  const nameOn = (ruleId: string, element: Path) =>
    element.length === 0 ? ruleId : `${ruleId} on ${clip(structuralPath(element, report.sources), longestName)}`
  return [
    ...report.rules.flatMap(ofRule),
    ...issuesOf(report).map(issue => ofIssue(issue, nameOn(issue.ruleId, issue.element))),
    ...report.waived.map(({ finding: { ruleId, subject, question }, owner, until, reason }): Test => ({
      name: nameOn(ruleId, subject),
      question,
      outcome: 'skipped',
      holds: { skipped: { '@message': attribute(`Waived by ${owner} until ${until}: ${reason}`) } },
    })),
  ]
}

function ofIssue(issue: Issue, name: string): Test {
  const { kind, severity, location, message } = issue
  const question =
    kind === 'finding' ? issue.finding.question : kind === 'not stated' ? issue.question.questions[0] : undefined
  const where = place({ ...location, file: pathOf(location.file) })
  const text = content([where, ...paragraphsOf(issue, 'Fix: ')].join('\n'))
  const test = { name, ...(question === undefined ? {} : { question }) }
  if (severity === 'info') return { ...test, outcome: 'passed', holds: { 'system-out': { '#text': text } } }
  const outcome = kind === 'problem' ? 'error' : 'failure'
  return {
    ...test,
    outcome,
    holds: { [outcome]: { '@type': severity, '@message': attribute(message), '#text': text } },
  }
}

/** What a rule found stands for itself; where it found nothing, the rule is the test. */
function ofRule({ ruleId, question, passed, failed, open, waived }: Tally): Test[] {
  const test = { name: ruleId, question }
  if (failed > 0 || waived > 0) return []
  if (open === 0) return passed > 0 ? [{ ...test, outcome: 'passed', holds: {} }] : []
  const message = `Not decided for ${plural(open, 'element')}: facts are not stated`
  return [{ ...test, outcome: 'skipped', holds: { skipped: { '@message': message } } }]
}
