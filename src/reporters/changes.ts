import { Chalk } from 'chalk'
import { fingerprint, fingerprints } from '../engine/fingerprint.ts'
import { notStated, type Report } from '../report.ts'
import { plural } from '../units.ts'
import { Page, paints } from './page.ts'
import { notStatedRule } from './pseudo-rules.ts'
import type { Style } from './reporter.ts'
import { verdictLine } from './scoreboard.ts'
import { visible, wrap } from './text.ts'

/** What is new and what is gone since a review of the same manifest, for people at a terminal; nothing where it is the same. */
export function changesText(before: Report, after: Report, style: Style): string | undefined {
  const chalk = new Chalk({ level: style.color ? 1 : 0 })
  const page = new Page(after, style, chalk)
  const [found, lost] = [difference(entries(before), entries(after)), difference(entries(after), entries(before))]
  const texts = new Map([...fingerprints(after)].map(([finding, id]) => [id, page.finding(finding)]))
  if (found.length === 0 && lost.length === 0 && before.verdict === after.verdict) return undefined
  const line = (label: string, { head, message }: Entry) =>
    wrap(`${label} ${visible(`${head} ${message}`)}`, style.width, '  ', '')
  const blocks = [
    chalk.bold(`${visible(after.file)}: ${plural(found.length, 'new finding')}, ${lost.length} fixed`),
    ...lost.map(entry => chalk.green(line('fixed', entry))),
    ...found.map(entry => `${chalk[paints[entry.severity]]('new')} ${texts.get(entry.id) ?? line('', entry).trim()}`),
    wrap(verdictLine(after, chalk), style.width),
  ]
  return `${blocks.join('\n\n')}\n`
}

interface Entry {
  readonly id: string
  readonly severity: keyof typeof paints
  readonly head: string
  readonly message: string
}

/** Findings that stand, and facts that must be stated and are not. */
function entries(report: Report): Entry[] {
  const ids = fingerprints(report)
  return [
    ...report.findings.map((finding): Entry => {
      const { severity, ruleId, message } = finding
      return { id: ids.get(finding)!, severity, head: `${severity}[${ruleId}]`, message }
    }),
    ...notStated(report).map(({ fact, key, element }): Entry => {
      const { id: rule, severity } = notStatedRule
      const message = `${key} of "${element}"`
      return { id: fingerprint(rule, fact, report.sources), severity, head: `${severity}[${rule}]`, message }
    }),
  ]
}

/** Those of the second list that the first does not have. */
function difference(before: readonly Entry[], after: readonly Entry[]): Entry[] {
  const known = new Set(before.map(({ id }) => id))
  return after.filter(({ id }) => !known.has(id))
}
