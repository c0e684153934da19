import { folder, run, type Ran } from './cli-support.ts'
import type { World } from '../src/cli/world.ts'

/** Projects with a configuration, as a user would have them; `.git/x` marks where the project begins. */

export const design = `journeys:
  buy: { entry: web, criticality: normal }
services:
  web:
    calls: [{ to: api, timeout: none }]
  api: {}
caches:
  pages: { ttl: none, invalidation: none }
`

/** A project with a manifest, a configuration and whatever else. */
export const project = (config: string, more: Record<string, string> = {}): string =>
  folder({ '.git/x': '', 'scaffold.yaml': design, '.scaffold-review.yaml': config, ...more })

interface Document {
  manifests: {
    file: string
    findings: { ruleId: string; severity: string; message: string; note?: string }[]
    waived: { finding: { ruleId: string }; until: string }[]
    rules: { ruleId: string; failed: number; waived: number }[]
    scoreboard: { key: string; answer: string; errors: number; warnings: number }[]
    problems: { message: string }[]
  }[]
}

/** What a review finds in a folder: `rule severity` for each finding. */
export async function reviewIn(cwd: string, ...argv: string[]): Promise<Ran & { found: string[]; document: Document }> {
  const ran = await run([...argv, '-f', 'json'], cwd)
  const document = (ran.out === '' ? { manifests: [] } : JSON.parse(ran.out)) as Document
  const found = document.manifests.flatMap(({ findings }) => findings.map(one => `${one.ruleId} ${one.severity}`))
  return { ...ran, found, document }
}

/** What is wrong with a configuration, one line for each fault, without the first line that says so. */
export async function faultsOf(cwd: string, argv: string[] = [], world: Partial<World> = {}): Promise<string[]> {
  const { code, out, err } = await run(argv, cwd, world)
  if (code !== 2 || out !== '') throw new Error(`Expected exit 2 and no report, got ${code}: ${err}${out}`)
  if (/^ {4}at |defect/m.test(err)) throw new Error(`A stack trace: ${err}`)
  const [head, ...lines] = err.trimEnd().split('\n')
  return head === 'scaffold-review: The configuration cannot be used.' ? lines.map(line => line.trim()) : [head!]
}
