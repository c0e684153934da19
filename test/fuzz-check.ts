import { folder, run } from './cli-support.ts'
import { formats } from '../src/reporters/index.ts'

/** What must hold whatever the input. Each failure is a sentence. */

const commandLines: readonly (readonly string[])[] = [
  ...formats.map(format => ['review', '-', '-f', format]),
  ['review', '-', '-v', '--strict', '--fail-on', 'info', '--color', 'always'],
  ['review', '-', '-q', '--min-coverage', '100%'],
  ['analyze', '-'],
  ['analyze', '-', '-f', 'json', '--load', '3x'],
]

/** Processor time that one run may take, in milliseconds; a review of these takes some tens. */
const mostTime = 10_000

const cwd = folder({
  'good.yaml': 'services:\n  included: { replicas: 2 }\n',
  'cycle.yaml': 'include: [cycle.yaml]\n',
  'list.yaml': '- 1\n',
})

export async function complaints(text: string, which: number): Promise<string[]> {
  const argv = commandLines[which % commandLines.length]!
  const started = process.cpuUsage()
  const first = await run(argv, cwd, { stdin: text })
  const { user, system } = process.cpuUsage(started)
  const found: string[] = []
  const complain = (what: string) => found.push(`${argv.join(' ')}: ${what}`)
  if (![0, 1, 2].includes(first.code)) complain(`exit code ${first.code}`)
  if (/defect of the program|\n\s+at .+:\d+/.test(first.err)) complain(`stack trace: ${first.err}`)
  if ((user + system) / 1000 > mostTime) complain(`takes ${(user + system) / 1000} ms`)
  // In quotes or in a path it is a name that the input has chosen.
  const broken = /.{0,60}(?<!["./-])(?:NaN|Infinity|undefined|\[object ).{0,60}/.exec(first.out + first.err)
  if (broken) complain(`says ${broken[0]}`)
  if (/[\u0000-\u0008\u000b-\u001a\u001c-\u001f]/.test(first.out)) complain('writes control characters')
  if (!argv.includes('always') && first.out.includes('\u001b')) complain('writes escape sequences of the input')
  const refused = first.code === 2 && first.out === '' && first.err !== ''
  if (['json', 'sarif'].some(format => argv.includes(format)) && !refused && !isJson(first.out))
    complain('writes no JSON')
  if (which % 4 === 0) {
    const second = await run(argv, cwd, { stdin: text })
    if (second.out !== first.out || second.code !== first.code) complain('says something else the second time')
  }
  return found
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
