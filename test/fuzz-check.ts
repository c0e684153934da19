import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formats } from '../src/reporters/index.ts'
import { folder, run } from './cli-support.ts'
import { dataIn } from './html-judge.ts'

/** What must hold whatever the input. Each failure is a sentence. */

export interface Input {
  readonly manifest: string
  /** The same manifest, or another, as it was some time before. */
  readonly before: string
  /** The text of a configuration, if there is one. */
  readonly config: string | undefined
}

/** Command lines that run one after the other; what a line leaves behind is there for the next one. */
const sessions: readonly (readonly (readonly string[])[])[] = [
  ...formats.map(format => [['review', '-', '-f', format]]),
  [['review', '-', '-v', '--strict', '--fail-on', 'info', '--color', 'always']],
  [['review', '-', '-q', '--min-coverage', '100%']],
  [['review', '-f', 'json']],
  [['--print-config', '-f', 'json']],
  [['analyze', '-']],
  [['analyze', '-', '-f', 'json', '--load', '3x']],
  [['whatif', '-', '--all-single-faults', '--color', 'always']],
  [['whatif', '-', '--all-single-faults', '-f', 'json']],
  [['whatif', '-', '--deploy', '--lose-zone', '--load', '3x', '-f', 'json']],
  [['whatif', '-', '--down', 'orders', '--slow', 'web=2s', '--as-expectation']],
  [['simulate', '-', '--assume', '--duration', '1s', '--warm-up', '1s', '--max-events', '2000', '-f', 'json']],
  [['simulate', '-', '--assume', '--duration', '1s', '--warm-up', '1s', '--max-events', '2000', '-f', 'svg']],
  [['simulate', '-', '--assume', '--duration', '1s', '--slow', 'web=2s@500ms', '--max-events', '2000']],
  [['diff', 'before.yaml', 'scaffold.yaml']],
  [['diff', 'before.yaml', 'scaffold.yaml', '-f', 'json', '--fail-on-new', 'info']],
  [['diff', 'scaffold.yaml', 'before.yaml', '-f', 'markdown']],
  [['graph', '-']],
  [['graph', '-', '-f', 'dot', '--plain']],
  [['graph', '-', '-f', 'svg']],
  [['graph', '-', '--focus', 'orders', '--depth', '2']],
  [['fix', '-']],
  [['fix', '-w'], ['fix']],
  [
    ['baseline', 'write'],
    ['baseline', 'check'],
    ['review', '-f', 'json'],
  ],
  [
    ['baseline', 'write', 'before.yaml'],
    ['baseline', 'prune'],
    ['baseline', 'check'],
  ],
]

/** Processor time that one run may take, in milliseconds; a review of these takes some tens. */
const mostTime = 10_000

const cwd = folder({
  '.git/HEAD': '',
  'good.yaml': 'services:\n  included: { replicas: 2 }\n',
  'cycle.yaml': 'include: [cycle.yaml]\n',
  'list.yaml': '- 1\n',
})

function lay({ manifest, before, config }: Input): void {
  const files = { 'scaffold.yaml': manifest, 'before.yaml': before, '.scaffold-review.yaml': config }
  for (const [name, text] of Object.entries(files))
    if (text === undefined) rmSync(join(cwd, name), { force: true })
    else writeFileSync(join(cwd, name), text)
  rmSync(join(cwd, '.scaffold-review-baseline.json'), { force: true })
}

export async function complaints(input: Input, which: number): Promise<string[]> {
  const session = sessions[which % sessions.length]!
  const first = await runs(session, input)
  const found = first.flatMap(({ complaints }) => complaints)
  if (session[1]?.[0] === 'fix' && first[0]!.code === 0 && first[1]!.code === 1)
    found.push('fix finds more to mend after it has mended all')
  if (session[1]?.[1] === 'check' && first[0]!.code === 0 && first[1]!.code !== 0)
    found.push(`baseline check exits ${first[1]!.code} right after baseline write`)
  if (which % 4 === 0) {
    const second = await runs(session, input)
    if (second.some(({ out, code }, i) => out !== first[i]!.out || code !== first[i]!.code))
      found.push(`${session.join('; ')}: says something else the second time`)
  }
  return found
}

async function runs(session: readonly (readonly string[])[], input: Input) {
  lay(input)
  const all: { code: number; out: string; complaints: string[] }[] = []
  for (const argv of session) all.push(await checked(argv, input.manifest))
  return all
}

async function checked(argv: readonly string[], stdin: string) {
  const started = process.cpuUsage()
  const { code, out, err } = await run(argv, cwd, { stdin })
  const { user, system } = process.cpuUsage(started)
  const found: string[] = []
  const complain = (what: string) => found.push(`${argv.join(' ')}: ${what}`)
  if (![0, 1, 2].includes(code)) complain(`exit code ${code}`)
  if (/defect of the program|\n\s+at .+:\d+/.test(err)) complain(`stack trace: ${err}`)
  if ((user + system) / 1000 > mostTime) complain(`takes ${(user + system) / 1000} ms`)
  // A page brings a script of its own, in which these words are code.
  const said = argv.includes('html') ? dataIn(out).join('\n') : out
  // In quotes or in a path it is a name that the input has chosen.
  const broken = /.{0,60}(?<!["./-]|&quot;)(?:NaN|Infinity|undefined|\[object ).{0,60}/.exec(said + err)
  if (broken) complain(`says ${broken[0]}`)
  // A patch is for programs, and keeps the ends of lines as they are.
  const shown = argv[0] === 'fix' ? out.replaceAll('\r', '') : out
  if (/[\u0000-\u0008\u000b-\u001a\u001c-\u001f]/.test(shown)) complain('writes control characters')
  if (!argv.includes('always') && out.includes('\u001b')) complain('writes escape sequences of the input')
  const refused = code === 2 && out === '' && err !== ''
  if (['json', 'sarif'].some(format => argv.includes(format)) && !refused && !isJson(out)) complain('writes no JSON')
  if (argv[0] === 'graph' && code === 2 && out !== '') complain('writes no drawing where one is expected')
  return { code, out, complaints: found }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
