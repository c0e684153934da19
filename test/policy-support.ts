import { expect } from 'vitest'
import { stringify } from 'yaml'
import { formatPath } from '../src/finding.ts'
import { zodOf } from '../src/manifest/schema/to-zod.ts'
import { compilePolicy } from '../src/policies/compile.ts'
import { policySchema } from '../src/policies/schema.ts'
import { reviewText } from './support.ts'

/** Policies that say no more than what a test is about. */
const plain = { question: 'scaling', why: 'Because.', fix: 'Mend it' }
/** The manifest has no name. */
const messageOf = ({ on }: { on?: unknown }) =>
  on === 'manifest' ? 'It is not as it should be' : '"{name}" is not as it should be'

export const policy = (more: object) =>
  compilePolicy(zodOf(policySchema).parse({ id: 'our/policy', ...plain, message: messageOf(more), ...more }))
export const faults = (more: object) => {
  const { faults = [] } = { ...policy(more) }
  return faults.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

/** What a policy finds and asks in a manifest. */
export function said(more: object, manifest: object) {
  const compiled = policy(more)
  if (compiled.faults) throw new Error(compiled.faults.map(({ message }) => message).join('\n'))
  const report = reviewText(stringify(manifest), [compiled.rule])
  expect(report.problems).toEqual([])
  return {
    found: report.findings.map(({ subject }) => formatPath(subject)),
    asked: report.openQuestions.map(({ fact }) => formatPath(fact)),
    messages: report.findings.map(({ message }) => message),
    reasons: report.findings.map(({ arithmetic }) => arithmetic),
    places: report.findings.map(({ location }) => formatPath(location.path)),
    tally: report.rules[0]!,
  }
}
