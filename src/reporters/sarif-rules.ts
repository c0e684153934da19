import type { Severity } from '../finding.ts'
import type { AnyRule, Reference } from '../rules/define.ts'
import { sentence } from './issues.ts'
import { pseudoRules, type PseudoRule } from './pseudo-rules.ts'

/** Rules as SARIF describes them: what a finding of GitHub code scanning shows when it is opened. */

export const levels = { error: 'error', warning: 'warning', info: 'note' } as const satisfies Record<Severity, string>

type Described = PseudoRule & Partial<Pick<AnyRule, 'question' | 'formula' | 'sources'>>

export const descriptors = (rules: readonly AnyRule[]) => [...rules, ...pseudoRules].map(toDescriptor)

function toDescriptor(rule: Described) {
  const { id, title, severity, why, question, name = pascalCase(id) } = rule
  return {
    id,
    name,
    shortDescription: { text: clip(sentence(title)) },
    fullDescription: { text: clip(sentence(why)) },
    messageStrings: { default: { text: "Found '{0}'." } },
    help: { text: helpText(rule), markdown: helpMarkdown(rule) },
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: [...(question === undefined ? [] : [question]), 'reliability'],
      precision: severity === 'error' ? 'very-high' : severity === 'warning' ? 'high' : 'medium',
      'problem.severity': severity === 'info' ? 'recommendation' : severity,
    },
  }
}

const pascalCase = (id: string) => id.replaceAll(/(?:^|[-/])(\w)/g, (_, letter: string) => letter.toUpperCase())

const helpText = ({ why, formula, fix, sources = [] }: Described): string =>
  [
    sentence(why),
    ...(formula === undefined ? [] : [`Formula: ${formula}`]),
    `Fix: ${sentence(fix)}`,
    ...(sources.length === 0 ? [] : [`Sources: ${sources.map(cite).join('; ')}.`]),
  ].join('\n\n')

const helpMarkdown = ({ why, formula, fix, sources = [] }: Described): string =>
  [
    sentence(why),
    ...(formula === undefined ? [] : ['## Formula', code(formula)]),
    '## Fix',
    sentence(fix),
    ...(sources.length === 0 ? [] : ['## Sources', sources.map(source => `- ${cite(source)}`).join('\n')]),
  ].join('\n\n')

const cite = ({ title, id, revision }: Reference): string => [title, id, revision].filter(part => part).join(', ')

/** Indented, because no text can end such a block early. */
const code = (text: string): string =>
  text
    .split('\n')
    .map(line => `    ${line}`)
    .join('\n')

/** GitHub refuses longer descriptions. */
const clip = (text: string): string => (text.length <= 1024 ? text : `${text.slice(0, 1020)}...`)
