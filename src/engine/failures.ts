import type { Problem } from '../finding.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import { plural } from '../units.ts'
import type { Failure } from './decide.ts'

/** One problem for each rule that threw: a rule that fails on every call of a manifest has one fault, not a thousand. */
export function failureProblems(failures: readonly Failure[], files: ManifestFiles): Problem[] {
  const byRule = new Map<string, [Failure, ...Failure[]]>()
  for (const failure of failures) {
    const group = byRule.get(failure.rule.id)
    if (group) group.push(failure)
    else byRule.set(failure.rule.id, [failure])
  }
  return [...byRule.values()].map(([first, ...others]) => {
    const { rule, subject, message } = first
    const name = 'name' in subject ? `"${subject.name}"` : 'the manifest'
    const more = others.length > 0 ? ` and on ${plural(others.length, 'other element')}` : ''
    return {
      ruleId: 'rule-failed',
      message: `The rule "${rule.id}" failed on ${name}${more}: ${firstLine(message)}; ${remedy(rule.id)}`,
      location: files.locate(subject.path),
      related: [],
    }
  })
}

const firstLine = (text: string) => text.split('\n', 1)[0]!.slice(0, 300).replace(/\.$/, '')

/** Only rules of one's own have a slash in their id. */
const remedy = (id: string) =>
  id.includes('/') ? 'correct the rule' : 'this is a defect of the program, please report it'
