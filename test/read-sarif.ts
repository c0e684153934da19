import type { Report } from '../src/report.ts'
import type { Run } from '../src/reporters/reporter.ts'
import { sarif } from '../src/reporters/sarif.ts'
import { runOf, write } from './reporter-runs.ts'

/** As much of SARIF as the tests look at. */

interface Physical {
  artifactLocation: { uri: string; uriBaseId?: string }
  region: { startLine: number; startColumn: number; endLine: number; endColumn: number; snippet?: { text: string } }
  contextRegion?: { startLine: number; endLine: number; snippet: { text: string } }
}

export interface Result {
  ruleId: string
  ruleIndex: number
  level: string
  message: { text: string; id: string; arguments: string[] }
  locations: { physicalLocation: Physical; logicalLocations?: { fullyQualifiedName: string }[] }[]
  relatedLocations?: { id: number; message: { text: string }; physicalLocation: Physical }[]
  partialFingerprints: Record<string, string>
  properties: Record<string, unknown>
}

interface SarifRun {
  tool: { driver: { name: string; rules: { id: string; name: string; defaultConfiguration: { level: string } }[] } }
  invocations: { executionSuccessful: boolean; toolExecutionNotifications?: { message: { text: string } }[] }[]
  results: Result[]
}

export const read = (run: Run) => (JSON.parse(write(sarif, run)) as { runs: [SarifRun] }).runs[0]
export const resultsOf = (...reports: Report[]) => read(runOf(...reports)).results
export const physicalOf = ({ locations }: Result) => locations[0]!.physicalLocation
