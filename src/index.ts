/** The public API: read a manifest, review it, write rules of your own, turn a report into text. */
export { ManifestFiles } from './manifest/files.ts'
export { Source } from './manifest/source.ts'
export { review, type ReviewOptions } from './review.ts'
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
  type Rule,
  type Subjects,
} from './rules/define.ts'
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
} from './finding.ts'
