/** The public API: read a manifest, review it, write rules of your own and test them, turn a report into text. */
export { ManifestFiles } from './manifest/files.ts'
export { Source } from './manifest/source.ts'
export { review, type ReviewOptions, type WaiverOptions } from './review.ts'
export { rules } from './rules/index.ts'
export {
  ask,
  defineRule,
  noOptions,
  yaml,
  type AnyRule,
  type Context,
  type Example,
  type Outcome,
  type Reference,
  type Rule,
  type Subjects,
  type Unknown,
  type Violation,
} from './rules/define.ts'
export { checkExamples, type ExampleFault } from './policies/examples.ts'
export { formats, reporterFor, type Format } from './reporters/index.ts'
export type { Reporter, Run, Style } from './reporters/reporter.ts'
export type { Report, Verdict } from './report.ts'
export {
  questions,
  type Finding,
  type OpenQuestion,
  type Path,
  type Problem,
  type QuestionKey,
  type Severity,
  type Waived,
} from './finding.ts'
