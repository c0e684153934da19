import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { stringify } from 'yaml'
import { presets } from '../src/config/presets.ts'
import { analysesPage } from '../src/docs/analyses-page.ts'
import { checklistPage } from '../src/docs/checklist-page.ts'
import { manifestPage } from '../src/docs/manifest-page.ts'
import { fence, madeBy, page, table } from '../src/docs/markdown.ts'
import { ruleIndex } from '../src/docs/question-page.ts'
import { factsOf } from '../src/analysis/index.ts'
import { pretty } from '../src/reporters/pretty.ts'
import { tablesText } from '../src/reporters/table-text.ts'
import type { Report } from '../src/report.ts'
import { exampleDay } from '../src/rules/define.ts'
import { rules } from '../src/rules/index.ts'
import { tablesOf } from '../src/tables/index.ts'
import { percent } from '../src/units.ts'
import { modelOf, reviewFile } from './support.ts'

/** Texts of generated files. `npm run generate` writes them; the tests compare them. */

const ruleFiles = Object.keys(import.meta.glob('../src/rules/*/*.ts')).sort()

const camel = (id: string) => id.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

export function registry(): string {
  const found = ruleFiles.map(file => ({
    name: camel(basename(file, '.ts')),
    from: file.replace('../src/rules/', './'),
  }))
  return `// Made by \`npm run generate\`. A rule is listed here because its file exists.
import type { AnyRule } from './define.ts'
${found.map(({ name, from }) => `import ${name} from '${from}'`).join('\n')}

export const rules: readonly AnyRule[] = [
${found.map(({ name }) => `  ${name},`).join('\n')}
]
`
}

export const ruleIndexPage = (): string => page('# Rules', ruleIndex(rules, ''), madeBy('src/rules'))

export const manifestReference = (): string => manifestPage(rules)

export const checklist = (): string => checklistPage(rules)

const naive = 'examples/web-shop-naive/scaffold.yaml'
/** Rows that show what a table is like. */
const fewRows = 5

/** The page of the tables, each with the first rows that the program prints about the naive shop. */
export function analyses(): string {
  const model = modelOf(readFileSync(naive, 'utf8'))
  const sources = { model, facts: factsOf(model), today: exampleDay }
  const report = reviewFile(naive)
  return analysesPage(id => {
    const [table] = tablesOf(sources, report, { ids: [id], journeys: [] })
    const text = tablesText([{ ...table!, rows: table!.rows.slice(0, fewRows) }], { color: false, width: 80 })
    const shown = text.slice(0, text.lastIndexOf('\n\n'))
    return table!.rows.length > fewRows ? `${shown}\n  ...` : shown
  })
}

/** The page of the configuration, with the table of presets and what each changes. */
export function configurationPage(): string {
  const changes = presets.slice(1).map(({ name, config: { minCoverage, rules, ...rest } }) => {
    const severities = Object.entries(rules ?? {}).map(([id, { severity }]) => [id, severity])
    const said = {
      ...rest,
      ...(minCoverage === undefined ? {} : { minCoverage: percent(minCoverage) }),
      ...(rules === undefined ? {} : { rules: Object.fromEntries(severities) as unknown }),
    }
    return `\`${name}\` says:\n\n${fence('yaml', stringify(said))}`
  })
  const rows = presets.map(preset => [`\`${preset.name}\``, preset.for])
  const text = [table(['preset', 'for'], rows), ...changes].join('\n\n')
  return readFileSync('docs/configuration.md', 'utf8').replace(
    /(<!-- begin:presets -->\n)[^]*?(<!-- end -->)/,
    (_, open: string, close: string) => `${open}${text}\n${close}`,
  )
}

/** What the program prints about an example, as it does on a terminal without colours. */
export function printed(report: Report, verbose = false): string {
  return pretty(
    { tool: { name: 'scaffold-review', version: '' }, rules, reports: [report] },
    { color: false, width: 80, verbose, quiet: false },
  )
}

/** The README with its generated blocks made anew. */
export function readme(): string {
  const blocks: Record<string, () => string> = {
    rules: () => ruleIndex(rules, 'docs/rules/'),
    output: () => fence('text', excerpt(printed(reviewFile(naive, undefined, { today: exampleDay }), true))),
  }
  const text = readFileSync('README.md', 'utf8')
  return text.replaceAll(
    /(<!-- begin:(\w+) -->\n)[^]*?(<!-- end -->)/g,
    (_, open: string, name: string, close: string) => `${open}${blocks[name]!()}\n${close}`,
  )
}

/** A few findings, the scoreboard and the verdict: enough to see what a review is like. */
function excerpt(text: string): string {
  const parts = text.trimEnd().split('\n\n')
  const shown = ['timeout-inversion', 'retry-amplification', 'connection-ledger-overflow', 'cache-is-load-bearing']
  const findings = shown.map(id => parts.find(part => part.includes(`[${id}]`))!)
  const plain = [...findings, '...', ...parts.slice(-2)].join('\n\n')
  return plain.replaceAll(/ +$/gm, '')
}
