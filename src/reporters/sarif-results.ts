import { formatPath, type Evidence, type Path } from '../finding.ts'
import { textsOf, type Report } from '../report.ts'
import { issuesOf, paragraphsOf, sentence, type Issue } from './issues.ts'
import { Places, type alertIdentities } from './sarif-places.ts'
import { levels } from './sarif-rules.ts'

/** GitHub shows no more related places of one result. */
const mostRelated = 100

/** All that a report says, but for what is waived: GitHub ignores suppressions and would open an alert for each. */
export function resultsOf(
  report: Report,
  indexOf: (ruleId: string) => number | undefined,
  identityOf: ReturnType<typeof alertIdentities>,
) {
  const places = new Places(textsOf(report))
  return issuesOf(report).map(issue => {
    const { ruleId, location, fingerprint } = issue
    const lineHash = places.lineHash(location)
    return {
      ruleId,
      ruleIndex: indexOf(ruleId),
      ...toResult(issue, places),
      partialFingerprints: {
        ...(lineHash === undefined
          ? {}
          : { primaryLocationLineHash: identityOf(ruleId, location.file, lineHash, fingerprint) }),
        'scaffoldReview/v1': fingerprint,
      },
    }
  })
}

function propertiesOf(issue: Issue): Record<string, unknown> {
  if (issue.kind === 'problem') return {}
  if (issue.kind === 'not stated') {
    const { key, questions, ruleIds, journeys, example } = issue.question
    return { key, questions, ruleIds, journeys, example }
  }
  const { question, journeys, arithmetic, fix, alsoImplies, note } = issue.finding
  return {
    question,
    journeys,
    ...(arithmetic === undefined ? {} : { arithmetic }),
    fix,
    ...(alsoImplies.length === 0
      ? {}
      : { alsoImplies: alsoImplies.map(({ ruleId, message }) => ({ ruleId, message })) }),
    ...(note === undefined ? {} : { note }),
  }
}

function toResult(issue: Issue, places: Places) {
  const { severity, message, location, element } = issue
  const related = issue.related.slice(0, mostRelated)
  return {
    level: levels[severity],
    message: {
      // A consumer reads the text; the id is for those that translate.
      text: [...paragraphsOf(issue).map(plain), ...links(related)].map(sentence).join('\n\n'),
      id: 'default',
      arguments: [plain(message)],
    },
    locations: [
      {
        physicalLocation: places.physical(location),
        ...logicalOf(element),
      },
    ],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map(({ label, location: at }, i) => ({
            id: i + 1,
            message: { text: sentence(plain(label)) },
            physicalLocation: places.physical(at),
          })),
        }),
    properties: propertiesOf(issue),
  }
}

const logicalOf = (element: Path) =>
  element.length === 0
    ? {}
    : {
        logicalLocations: [{ name: String(element.at(-1)), fullyQualifiedName: formatPath(element), kind: 'element' }],
      }

/** Related places are shown only where the message links to them, `[text](id)`. */
function links(related: readonly Evidence[]): string[] {
  if (related.length === 0) return []
  return [`See ${related.map(({ label }, i) => `[${label.replaceAll(/[[\]\\]/g, '\\$&')}](${i + 1})`).join(', ')}`]
}

/** Text out of a manifest must not turn into a link. */
const plain = (text: string): string => text.replaceAll('](', '] (')
