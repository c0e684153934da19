import type { Finding, OpenQuestion, Problem } from '../src/finding.ts'
import type { Report } from '../src/report.ts'
import type { Reporter, Run } from '../src/reporters/reporter.ts'
import { rules } from '../src/rules/index.ts'
import { reviewText, textOf } from './support.ts'

/** Runs that every format for machines has to stand. */

export const runOf = (...reports: Report[]): Run => ({
  tool: { name: 'scaffold-review', version: '1.2.3' },
  reports,
  rules,
})

export const write = (reporter: Reporter, run: Run): string =>
  reporter(run, { color: true, width: 40, verbose: false, quiet: true })

/** Every example of every rule, as one run. */
export const examples = (): Run =>
  runOf(
    ...rules.flatMap(rule =>
      rule.examples.map((example, i) => reviewText(textOf(example), rules, {}, `examples/${rule.id}/${i + 1}.yaml`)),
    ),
  )

/** What the reports below are made by, so that a new rule changes none of them. */
export const few = rules.filter(({ id }) =>
  ['call-without-timeout', 'single-instance-on-critical-path', 'capacity-below-peak'].includes(id),
)

const checkout = `
system: web-shop
journeys:
  checkout: { entry: shop, criticality: critical }
services:
  shop:
    replicas: 3
    calls:
      - { to: orders, timeout: none, fallback: none }
      - { to: stock, timeout: 1s, fallback: static }
  orders:
    replicas: 1
  stock: {}
`
export const checkoutReport = () => reviewText(checkout, few, {}, 'shop/scaffold.yaml')

export const waivedReport = () =>
  reviewText(
    `${checkout}waivers:
  - { rule: single-instance-on-critical-path, on: services.orders, reason: 'Moves in May', owner: team-orders, until: 2026-12-31 }
  - { rule: call-without-timeout, on: services.shop, reason: 'Was to move in May', owner: team-shop, until: 2026-05-31 }
`,
    few,
    { today: '2026-11-30' },
  )

/** One manifest for each thing that can be wrong with one. */
export const problems = (): Run =>
  runOf(
    reviewText('services:\n  shop: {}\n  shop: {}\n', rules, {}, 'twice.yaml'),
    reviewText('services: [\n', rules, {}, '-'),
    reviewText('', rules, {}, 'empty.yaml'),
    reviewText(
      `services: { shop: { replicsa: 3, "see](https://example.org/)": 1, "{0} \u202e\u0007": 2 } }`,
      rules,
      {},
      './a b/100% ünïcode #1?.yaml',
    ),
    withProblem('unreadable', 'There is no file "../elsewhere/scaffold.yaml"', '../elsewhere/scaffold.yaml'),
    withProblem('include', '"x.yaml" matches no file', 'scaffold.yaml'),
  )

function withProblem(ruleId: Problem['ruleId'], message: string, file: string): Report {
  const start = { line: 1, column: 1, offset: 0 }
  const problem: Problem = { ruleId, message, location: { file, path: [], start, end: start }, related: [] }
  return { ...reviewText('', rules, {}, file), problems: [problem], sources: [] }
}

/** A report in which every text that can come out of a manifest is `text`. */
export function everywhere(text: string): Report {
  const report = checkoutReport()
  const location = { ...report.findings[0]!.location, file: text }
  const evidence = [{ label: text, location }]
  const finding: Finding = {
    ...report.findings[0]!,
    message: text,
    arithmetic: text,
    fix: text,
    subject: ['services', text, 0],
    location,
    evidence,
    journeys: [text],
    alsoImplies: [{ ruleId: rules[0]!.id, message: text, severity: 'info', subject: ['services', text], at: [text] }],
    note: text,
  }
  const question: OpenQuestion = {
    ...report.openQuestions[0]!,
    fact: ['services', text],
    element: text,
    ask: text,
    because: text,
    example: text,
    journeys: [text],
    location,
    mustBeStated: true,
  }
  const problem: Problem = { ruleId: 'manifest-shape', message: text, location, related: evidence }
  return {
    ...report,
    file: text,
    system: text,
    findings: [finding],
    openQuestions: [question],
    problems: [problem],
    waived: [{ finding, reason: text, owner: text, until: '2026-12-31', location }],
  }
}
