import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import * as z from 'zod'
import { bullet, fence, madeBy, page, table } from '../src/docs/markdown.ts'
import { printed } from './generate.ts'
import { reviewFile } from './support.ts'

/** What a manifest of `examples/incidents` tells of itself in `x-incident`, and its twin in `x-repair`. */

const text = z.string().min(1)
const incident = z.strictObject({
  company: text,
  date: z.string().regex(/^\d{4}(?:-\d\d){0,2}$/),
  title: text,
  story: text,
  /** The rule that has to find it, and has to be silent about the repair. */
  rule: text,
  source: z.strictObject({ title: text, url: z.url({ protocol: /^https$/ }).optional() }),
  reported: text,
  assumed: text,
})

export type Incident = z.infer<typeof incident> & { readonly id: string; readonly repair: string }

const folder = 'examples/incidents'
const read = (name: string): Record<string, unknown> =>
  parse(readFileSync(`${folder}/${name}.yaml`, 'utf8')) as Record<string, unknown>

/** The oldest first. */
export const incidents: readonly Incident[] = readdirSync(folder)
  .filter(file => !file.endsWith('.repaired.yaml'))
  .map(file => file.replace(/\.yaml$/, ''))
  .map(id => ({
    id,
    ...incident.parse(read(id)['x-incident']),
    repair: text.parse(read(`${id}.repaired`)['x-repair']),
  }))
  .sort((a, b) => (a.date < b.date ? -1 : 1))

export function incidentsPage(): string {
  return page(
    '# Incidents',
    `Outages that their companies have written about, each as a manifest of a few dozen lines, with what the program says about it.
Next to each is its repair: the same file with the few lines changed that mend it. The rule has nothing to say about that one.

A report seldom tells what a formula needs. Numbers marked \`# assumed\` in a manifest are ours, chosen so that the arithmetic can
run; they show the mechanism and are not history.`,
    table(
      ['year', 'company', 'what happened', 'found by'],
      incidents.map(({ date, company, title, rule }) => [year(date), company, title, ruleLink(rule)]),
    ),
    ...incidents.map(section),
    madeBy('examples/incidents'),
  )
}

const year = (date: string) => date.slice(0, 4)
const ruleLink = (rule: string) => `[${rule}](rules/${rule}.md)`

function section({ id, company, date, title, story, rule, source, reported, assumed, repair }: Incident): string {
  const manifest = (name: string) => `[${name}.yaml](../examples/incidents/${name}.yaml)`
  return [
    `## ${company}, ${year(date)}: ${title}`,
    story,
    `Found by ${ruleLink(rule)} in ${manifest(id)}:`,
    fence('text', findingOf(rule, id)),
    [
      `Repair: ${repair}. ${manifest(`${id}.repaired`)}`,
      `From the report: ${reported}.`,
      `Assumed: ${assumed}.`,
      `Source: ${source.url === undefined ? source.title : `[${source.title}](${source.url})`}`,
    ]
      .map(bullet)
      .join('\n'),
  ].join('\n\n')
}

function findingOf(rule: string, id: string): string {
  const said = printed(reviewFile(`${folder}/${id}.yaml`)).split('\n\n')
  return (said.find(part => part.includes(`[${rule}]`)) ?? '').replaceAll(/ +$/gm, '')
}
