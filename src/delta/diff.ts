import type { ManifestFiles } from '../manifest/files.ts'
import type { Model } from '../manifest/model.ts'
import type { Report } from '../report.ts'
import { compareFindings, type FindingChanges } from './changed-findings.ts'
import { compareElements, type ElementChanges } from './elements.ts'
import { compareJourneys, type JourneyChange } from './journeys.ts'

/** One version of a design: what was read, what it means, and what is found in it. */
export interface Version {
  readonly files: ManifestFiles
  readonly model: Model
  readonly report: Report
}

export interface Diff {
  readonly before: Report
  readonly after: Report
  readonly elements: ElementChanges
  readonly findings: FindingChanges
  readonly journeys: JourneyChange[]
}

/** What a change of a design changes: its elements, what is found in it, and what users get. */
export function diff(before: Version, after: Version, today: string | undefined): Diff {
  const stated = ({ files, model: { raw } }: Version) => ({ files, raw })
  return {
    before: before.report,
    after: after.report,
    elements: compareElements(stated(before), stated(after)),
    findings: compareFindings(before.report, after.report),
    journeys: compareJourneys(before, after, today),
  }
}

export const isEmpty = ({ elements, findings, journeys }: Diff): boolean =>
  [elements, findings].every(lists => Object.values(lists).every((list: readonly unknown[]) => list.length === 0)) &&
  journeys.every(({ change, measures }) => change === 'kept' && measures.every(({ move }) => move === 'none'))
