import * as z from 'zod'
import { questions } from '../finding.ts'
import { ManifestFiles } from '../manifest/files.ts'
import { Source } from '../manifest/source.ts'
import { pretty } from '../reporters/pretty.ts'
import { review } from '../review.ts'
import { exampleDay, type AnyRule, type Example, type Reference } from '../rules/define.ts'
import { zodOfOptions } from '../rules/options.ts'
import { bullet, fence, madeBy, page, table } from './markdown.ts'

const kinds = { bad: 'Reported', unclear: 'Cannot be decided', good: 'Correct, and not reported' } as const

/** The page that `explain` prints and `docs/rules` holds. What the program says in it comes from the program. */
export function rulePage(rule: AnyRule): string {
  const { id, title, severity, question, why, formula, fix, sources, reads, impliedBy = [], examples } = rule
  return page(
    `# ${id}`,
    `> ${title}. **${severity}**. Part of "${questions[question]}" Looks at each ${rule.on}.`,
    `## Why\n\n${why}`,
    formula && `## Formula\n\n${fence('text', formula)}`,
    `## What to do\n\n${fix}`,
    optionsTable(rule),
    reads.length > 0 && `## Facts it reads\n\n${reads.map(key => `\`${key}\``).join(', ')}`,
    impliedBy.length > 0 &&
      `## Folded into\n\n${impliedBy.map(cause => `[${cause}](${cause}.md)`).join(', ')}, when it is reported for the same element.`,
    examples.length > 0 && '## Examples',
    ...examples.map(example => exampleSection(example, rule)),
    sources.length > 0 && `## Sources\n\n${sources.map(source => bullet(reference(source))).join('\n')}`,
    // A rule of one's own, which has a slash in its id, was made elsewhere.
    !id.includes('/') && madeBy(`src/rules/${question}/${id}.ts`),
  )
}

function optionsTable({ options }: AnyRule): string | undefined {
  const { properties = {} } = z.toJSONSchema(zodOfOptions(options), { io: 'input' })
  const rows = Object.entries(properties).map(([name, schema]) => {
    const {
      type,
      default: preset,
      description = '',
    } = schema as { type?: string; default?: unknown; description?: string }
    return [`\`${name}\``, type ?? '', `\`${JSON.stringify(preset)}\``, description]
  })
  return rows.length > 0 ? `## Options\n\n${table(['option', 'type', 'default', 'meaning'], rows)}` : undefined
}

function exampleSection(example: Example, rule: AnyRule): string {
  const [kind, text] =
    'bad' in example
      ? (['bad', example.bad] as const)
      : 'good' in example
        ? (['good', example.good] as const)
        : (['unclear', example.unclear] as const)
  const plain = text.replaceAll(/ # (?:<--|\?)(?: x\d)?$/gm, '')
  const shown = `### ${kinds[kind]}: ${example.title}\n\n${fence('yaml', plain)}`
  return kind === 'good' ? shown : `${shown}\n\n${fence('text', output(plain, rule))}`
}

/** What the program says about a text when only this rule is applied, without scoreboard and verdict. */
function output(text: string, rule: AnyRule): string {
  const report = review(new ManifestFiles([new Source('scaffold.yaml', text)]), [rule], { today: exampleDay })
  const said = pretty(
    { tool: { name: '', version: '' }, rules: [rule], reports: [report] },
    { color: false, width: 80, verbose: true, quiet: false },
  )
  // The last two blocks count the checks of all rules, which says nothing about one.
  return said.split('\n\n').slice(0, -2).join('\n\n')
}

export const reference = ({ title, id, revision }: Reference): string =>
  `${title}${id === undefined ? '' : `, ${id}`}${revision === undefined ? '' : ` (${revision})`}`
