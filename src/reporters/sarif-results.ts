import {
  formatPath,
  type Evidence,
  type Finding,
  type Location,
  type OpenQuestion,
  type Path,
  type Problem,
} from '../finding.ts'
import { notStated, type Report } from '../report.ts'
import { fingerprint, fingerprints } from '../engine/fingerprint.ts'
import { notStatedRule } from './pseudo-rules.ts'
import { Places, type alertIdentities } from './sarif-places.ts'
import { levels, sentence } from './sarif-rules.ts'

/** GitHub shows no more related places of one result. */
const mostRelated = 100

interface Draft {
  ruleId: string
  level: (typeof levels)[keyof typeof levels]
  /** The first sentence has to make sense alone: lists of findings show no more. */
  paragraphs: string[]
  location: Location
  related: readonly Evidence[]
  element?: Path
  fingerprint: string
  properties: Record<string, unknown>
}

/** All that a report says, but for what is waived: GitHub ignores suppressions and would open an alert for each. */
export function resultsOf(
  report: Report,
  indexOf: (ruleId: string) => number | undefined,
  identityOf: ReturnType<typeof alertIdentities>,
) {
  const places = new Places(report.sources)
  const identities = fingerprints(report)
  const drafts = [
    ...report.problems.map(problem => ofProblem(problem, report)),
    ...report.findings.map(finding => ofFinding(finding, identities.get(finding)!)),
    ...notStated(report).map(open => ofQuestion(open, fingerprint(notStatedRule.id, open.fact, report.sources))),
  ]
  return drafts.map(draft => {
    const { ruleId, location } = draft
    const lineHash = places.lineHash(location)
    return {
      ruleId,
      ruleIndex: indexOf(ruleId),
      ...toResult(draft, places),
      partialFingerprints: {
        ...(lineHash === undefined
          ? {}
          : { primaryLocationLineHash: identityOf(ruleId, location.file, lineHash, draft.fingerprint) }),
        'scaffoldReview/v1': draft.fingerprint,
      },
    }
  })
}

const ofProblem = ({ ruleId, message, location, related }: Problem, { sources }: Report): Draft => ({
  ruleId,
  level: 'error',
  paragraphs: [message],
  location,
  related,
  // Problems come and go within minutes; the message is all the identity that text without a shape has.
  fingerprint: fingerprint(ruleId, location.path, sources, [message]),
  properties: {},
})

function ofFinding(finding: Finding, identity: string): Draft {
  const { ruleId, question, severity, message, arithmetic, fix, location, subject, evidence } = finding
  const { journeys, alsoImplies, note } = finding
  return {
    ruleId,
    level: levels[severity],
    paragraphs: [
      message,
      ...(arithmetic === undefined ? [] : [arithmetic]),
      fix,
      ...alsoImplies.map(implied => `Also: ${implied.message}`),
      ...(note === undefined ? [] : [note]),
    ],
    location,
    related: evidence,
    element: subject,
    fingerprint: identity,
    properties: {
      question,
      journeys,
      ...(arithmetic === undefined ? {} : { arithmetic }),
      fix,
      ...(alsoImplies.length === 0
        ? {}
        : { alsoImplies: alsoImplies.map(implied => ({ ruleId: implied.ruleId, message: implied.message })) }),
      ...(note === undefined ? {} : { note }),
    },
  }
}

function ofQuestion(open: OpenQuestion, identity: string): Draft {
  const { key, element, ask, because, example, fact, location, ruleIds, questions, journeys } = open
  return {
    ruleId: notStatedRule.id,
    level: levels[notStatedRule.severity],
    paragraphs: [
      `"${element}" does not state ${key.replace(/^[^.]*\./, '')}`,
      ask,
      ...(because === undefined ? [] : [because]),
      `State it in the manifest, for example as "${example}"`,
    ],
    location,
    related: [],
    element: fact,
    fingerprint: identity,
    properties: { key, questions, ruleIds, journeys, example },
  }
}

function toResult(draft: Draft, places: Places) {
  const { level, paragraphs, location, element, properties } = draft
  const related = draft.related.slice(0, mostRelated)
  return {
    level,
    message: {
      // A consumer reads the text; the id is for those that translate.
      text: [...paragraphs.map(plain), ...links(related)].map(sentence).join('\n\n'),
      id: 'default',
      arguments: [plain(paragraphs[0]!)],
    },
    locations: [
      {
        physicalLocation: places.physical(location),
        ...(element === undefined || element.length === 0
          ? {}
          : {
              logicalLocations: [
                { name: String(element.at(-1)), fullyQualifiedName: formatPath(element), kind: 'element' },
              ],
            }),
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
    properties,
  }
}

/** Related places are shown only where the message links to them, `[text](id)`. */
function links(related: readonly Evidence[]): string[] {
  if (related.length === 0) return []
  return [`See ${related.map(({ label }, i) => `[${label.replaceAll(/[[\]\\]/g, '\\$&')}](${i + 1})`).join(', ')}`]
}

/** Text out of a manifest must not turn into a link. */
const plain = (text: string): string => text.replaceAll('](', '] (')
