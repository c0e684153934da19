import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { manifestPage } from '../src/docs/manifest-page.ts'
import { fence, madeBy, page } from '../src/docs/markdown.ts'
import { exampleDay } from '../src/rules/define.ts'
import { ruleIndex } from '../src/docs/question-page.ts'
import { pretty } from '../src/reporters/pretty.ts'
import type { Report } from '../src/report.ts'
import { rules } from '../src/rules/index.ts'
import { reviewFile } from './support.ts'

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
    output: () =>
      fence(
        'text',
        excerpt(printed(reviewFile('examples/web-shop-naive/scaffold.yaml', undefined, { today: exampleDay }), true)),
      ),
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
