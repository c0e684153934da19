import { evidenceDocument } from './evidence-json.ts'
import { jsonText } from './json-text.ts'
import type { Reporter, Run } from './reporter.ts'
import { alertIdentities, sourceRoot } from './sarif-places.ts'
import { resultsOf } from './sarif-results.ts'
import { descriptors } from './sarif-rules.ts'

/** GitHub refuses a file with more. */
const mostResults = 25_000

/** SARIF 2.1.0, as GitHub code scanning reads it. */
export const sarif: Reporter = run => jsonText(toLog(run))

function toLog({ tool, reports, rules }: Run) {
  const described = descriptors(rules)
  const indices = new Map(described.map(({ id }, i) => [id, i]))
  const identityOf = alertIdentities()
  const all = reports.flatMap(report => resultsOf(report, ruleId => indices.get(ruleId), identityOf))
  const results = worst(all, mostResults)
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: tool.name,
            version: tool.version,
            semanticVersion: tool.version,
            // A package URL: it names the tool exactly and depends on no host.
            informationUri: `pkg:npm/${tool.name}@${encodeURIComponent(tool.version)}`,
            rules: described,
          },
        },
        // Everything before the last slash is the category by which uploads replace each other.
        automationDetails: { id: 'scaffold-review/' },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [sourceRoot]: { description: { text: 'The folder in which the review was started.' } } },
        invocations: [
          {
            executionSuccessful: reports.every(({ problems }) => problems.length === 0),
            ...(results.length === all.length ? {} : { toolExecutionNotifications: [leftOut(all.length)] }),
          },
        ],
        results,
        ...claimsOf(reports),
      },
    ],
  }
}

/** What was confirmed is no result: code scanning would open an alert for it. */
function claimsOf(reports: Run['reports']): object {
  const claims = reports.flatMap(({ evidence }) => (evidence ? evidenceDocument(evidence).claims : []))
  return claims.length === 0 ? {} : { properties: { claims } }
}

const ranks = ['error', 'warning', 'note']

function worst<R extends { level: string }>(results: R[], limit: number): R[] {
  if (results.length <= limit) return results
  return results.toSorted((a, b) => ranks.indexOf(a.level) - ranks.indexOf(b.level)).slice(0, limit)
}

const leftOut = (all: number) => ({
  level: 'warning',
  message: { text: `The worst ${mostResults} of ${all} results are listed, because code scanning takes no more.` },
})
