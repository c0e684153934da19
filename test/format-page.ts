import { readFileSync } from 'node:fs'
import { fence } from '../src/docs/markdown.ts'
import { formats, reporterFor, type Format } from '../src/reporters/index.ts'
import { rules } from '../src/rules/index.ts'
import { reviewText } from './support.ts'

const manifest = 'test/fixtures/outcomes.yaml'
const applied = rules.filter(({ id }) =>
  ['call-without-timeout', 'single-instance-on-critical-path', 'capacity-below-peak', 'sync-chain-too-deep'].includes(
    id,
  ),
)

const languages: Partial<Record<Format, string>> = {
  junit: 'xml',
  checkstyle: 'xml',
  gitlab: 'json',
  rdjson: 'json',
  csv: 'csv',
}

/** The page about formats with what the program writes made anew. */
export async function formatPage(): Promise<string> {
  const text = readFileSync(manifest, 'utf8')
  const report = reviewText(text, applied, undefined, 'scaffold.yaml')
  const run = { tool: { name: 'scaffold-review', version: '' }, rules: applied, reports: [report] }
  const style = { color: false, width: 80, verbose: false, quiet: false }
  const blocks = new Map([['manifest', fence('yaml', text)]])
  for (const format of formats) {
    const written = await (await reporterFor(format))(run, style)
    // Markdown may hold fences of its own.
    blocks.set(
      format,
      format === 'markdown' ? `~~~markdown\n${written}~~~` : fence(languages[format] ?? 'text', written),
    )
  }
  return readFileSync('docs/ci-formats.md', 'utf8').replaceAll(
    /(<!-- begin:(\w+) -->\n)[^]*?(<!-- end -->)/g,
    (_, open: string, name: string, close: string) => `${open}${blocks.get(name)!}\n${close}`,
  )
}
