import type { Told } from '../../config/layers.ts'
import type { Severity } from '../../finding.ts'
import { percent } from '../../units.ts'
import type { Settings } from './settings.ts'

/** The effective value of everything that can be configured, and where it was said, in the form of a configuration or as JSON. */

interface ShownRule {
  readonly id: string
  readonly severity: Told<Severity | 'off'>
  readonly options: Readonly<Record<string, Told<unknown>>>
}

/** The rules as this run applies them, with what `--only` and `--skip` leave out. */
function rulesOf({ effective, rules }: Settings): ShownRule[] {
  const applied = new Set(rules.map(({ id }) => id))
  return effective.rules.map(({ rule, severity, from, options }) => {
    const said: Told<Severity | 'off'> = { value: severity ?? rule.severity, from }
    const isOn = applied.has(rule.id)
    if (isOn && severity === 'off')
      return { id: rule.id, severity: { value: rule.severity, from: 'command line' }, options }
    if (!isOn && severity !== 'off') return { id: rule.id, severity: { value: 'off', from: 'command line' }, options }
    return { id: rule.id, severity: said, options }
  })
}

export function configJson(settings: Settings): string {
  const { failOn, strict, minCoverage, include, exclude, waivers, waiverRules, evidenceRules } = settings.effective
  const rules = rulesOf(settings).map(({ id, ...rest }) => [id, rest])
  const paperwork = Object.entries({ ...waiverRules, ...evidenceRules }).map(([id, severity]) => [
    id,
    { severity, options: {} },
  ])
  const document = {
    schemaVersion: 1,
    files: settings.files,
    settings: {
      failOn,
      strict,
      minCoverage: { ...minCoverage, value: minCoverage.value ?? null },
      include,
      exclude,
      waivers,
      rules: Object.fromEntries([...rules, ...paperwork]) as unknown,
    },
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

type Line = readonly [text: string, from?: string]

export function configYaml(settings: Settings): string {
  const { failOn, strict, minCoverage, include, exclude, waivers, waiverRules, evidenceRules } = settings.effective
  const line = (text: string, { value, from }: Told<unknown>): Line => [`${text}: ${scalar(value)}`, from]
  const lines: Line[] = [
    [
      `# Made of ${settings.files.length > 0 ? settings.files.join(', then ') : 'built-in values, as there is no configuration'}.`,
    ],
    line('failOn', failOn),
    line('strict', strict),
    minCoverage.value === undefined
      ? ['# minCoverage is not set']
      : [`minCoverage: ${percent(minCoverage.value)}`, minCoverage.from],
    line('include', include),
    line('exclude', exclude),
    ['waivers:'],
    line('  allow', waivers.allow),
    line('  comments', waivers.comments),
    ['  maxDays:'],
    ...Object.entries(waivers.maxDays).map(([severity, days]) => line(`    ${severity}`, days)),
    ['rules:  # a severity that is built in is the usual one; single findings may say otherwise'],
    ...rulesOf(settings).flatMap(rule => ruleLines(rule, line)),
    ...Object.entries({ ...waiverRules, ...evidenceRules }).map(([id, severity]) => line(`  ${id}`, severity)),
  ]
  const width = Math.min(60, Math.max(...lines.map(([text, from]) => (from === undefined ? 0 : text.length))))
  return `${lines.map(([text, from]) => (from === undefined ? text : `${text.padEnd(width)}  # ${from}`)).join('\n')}\n`
}

function ruleLines({ id, severity, options }: ShownRule, line: (text: string, told: Told<unknown>) => Line): Line[] {
  const entries = Object.entries(options)
  if (entries.length === 0) return [line(`  ${id}`, severity)]
  return [
    [`  ${id}:`],
    line('    severity', severity),
    ['    options:'],
    ...entries.map(([name, told]) => line(`      ${name}`, told)),
  ]
}

/** Flow style is JSON; a word needs no quotes. */
const scalar = (value: unknown): string =>
  typeof value === 'string' && /^[A-Za-z][\w./-]*$/.test(value) ? value : JSON.stringify(value)
