import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { parse } from 'yaml'
import { folder } from './cli-support.ts'

/** Steps of workflows, run in bash as a runner does it, with the built program in the place of the installed one. */

export interface Step {
  name?: string
  uses?: string
  run?: string
  if?: string
  env?: Record<string, string>
  with?: Record<string, string | number | boolean>
  shell?: string
}
export interface Job {
  steps: Step[]
  permissions?: Record<string, string>
  needs?: string
}
export interface Workflow {
  permissions: Record<string, string>
  jobs: Record<string, Job>
}

export const read = (file: string): unknown => parse(readFileSync(file, 'utf8'))

const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: Record<string, string> }
const program = resolve(bin['scaffold-review']!)
export const isBuilt = existsSync(program)
export const has = (name: string) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0

/** `scaffold-review` and `npx --no scaffold-review` run the built program; `npm` only notes what it is asked for. */
export function tools(): string {
  const review = `exec "${process.execPath}" "${program}" "$@"`
  const here = folder({
    'scaffold-review': `#!/bin/bash\n${review}\n`,
    npx: `#!/bin/bash\n[[ $1 == --no && $2 == scaffold-review ]] || exit 99\nshift 2\n${review}\n`,
    npm: `#!/bin/bash\necho "$*" >> "$(dirname "$0")/npm.log"\n[[ $1 != pack ]] || echo scaffold-review-1.2.3.tgz\n`,
  })
  for (const name of ['scaffold-review', 'npx', 'npm']) chmodSync(join(here, name), 0o755)
  return here
}

export interface Ran {
  code: number
  out: string
  /** What was written to `$GITHUB_OUTPUT` and `$GITHUB_STEP_SUMMARY`. */
  output: string
  summary: string
}

/** Runs one step. Every `${{ ... }}` in it has to be among the expressions; in the script itself there must be none. */
export function runStep(
  step: Step,
  cwd: string,
  {
    bin,
    expressions = {},
    env = {},
  }: { bin: string; expressions?: Record<string, string>; env?: Record<string, string> },
): Ran {
  const value = (text: string) =>
    text.replaceAll(/\$\{\{ *(.*?) *\}\}/g, (_, expression: string) => {
      const found = expressions[expression]
      if (found === undefined) throw new Error(`Nobody says what "${expression}" is`)
      return found
    })
  const own = Object.fromEntries(Object.entries(step.env ?? {}).map(([key, text]) => [key, value(text)]))
  const temporary = folder({ 'step.sh': step.run!, output: '', summary: '' })
  const ran = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', join(temporary, 'step.sh')], {
    cwd,
    encoding: 'utf8',
    env: {
      PATH: [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
      HOME: temporary,
      GITHUB_OUTPUT: join(temporary, 'output'),
      GITHUB_STEP_SUMMARY: join(temporary, 'summary'),
      RUNNER_TEMP: temporary,
      ...env,
      ...own,
    },
  })
  const text = (name: string) => readFileSync(join(temporary, name), 'utf8')
  return { code: ran.status ?? -1, out: ran.stdout + ran.stderr, output: text('output'), summary: text('summary') }
}

/** A folder with copies of some files and folders of the repository, each by where it goes. */
export function checkout(files: Record<string, string>): string {
  const cwd = folder({})
  for (const [to, from] of Object.entries(files)) cpSync(from, join(cwd, to), { recursive: true })
  return cwd
}
