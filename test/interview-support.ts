import { stringify } from 'yaml'
import { formatPath, type OpenQuestion } from '../src/finding.ts'
import { applyAnswer, type Answer, type Applied } from '../src/interview/answer.ts'
import type { ManifestFiles } from '../src/manifest/files.ts'
import { accepts } from '../src/manifest/schema/read-as.ts'
import { schemaAt } from '../src/manifest/walk-schema.ts'
import type { Report } from '../src/report.ts'
import { review } from '../src/review.ts'
import { exampleDay } from '../src/rules/define.ts'
import { rules } from '../src/rules/index.ts'
import { valueOf, type Random } from './random-manifest.ts'

export const today = exampleDay

export const reviewOf = (files: ManifestFiles): Report => review(files, rules, { today })

/** An answer that is taken; what is wrong with it is a failure of the test. */
export function applied(files: ManifestFiles, answer: Answer): Applied {
  const outcome = applyAnswer(files, answer)
  if (outcome.problem !== undefined) throw new Error(outcome.problem)
  return outcome
}

export const textsOf = (files: ManifestFiles): string[] => files.sources.map(({ text }) => text)

/** An open question by the path of its fact. */
export function questionAt(report: Report, path: string): OpenQuestion {
  const found = report.openQuestions.find(({ fact }) => formatPath(fact) === path)
  if (!found)
    throw new Error(`${path} is not asked; asked are ${report.openQuestions.map(q => formatPath(q.fact)).join(', ')}`)
  return found
}

/** Something that the schema takes for a fact; `undefined` where chance found nothing. */
export function randomAnswer({ fact }: OpenQuestion, random: Random): unknown {
  const schema = schemaAt(fact)!
  for (let tries = 0; tries < 8; tries++) {
    const value = valueOf(schema, random, 0.7)
    if (value !== undefined && accepts(schema, value)) return value
  }
  return undefined
}

export const asText = (value: unknown): string => stringify(value, { lineWidth: 0 })
