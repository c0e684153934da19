import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commands } from '../src/cli/commands.ts'
import { completionScript, shells, type CompletableCommand, type Shell } from '../src/cli/commands/completion.ts'
import { folder, run } from './cli-support.ts'

const cwd = folder({ 'scaffold.yaml': '', 'shop.yaml': '' })
const has = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0

const scripts = new Map<Shell, string>()
/** The file of a script, made once. */
async function script(shell: Shell): Promise<string> {
  const file = join(cwd, `completion.${shell}`)
  if (!scripts.has(shell)) {
    const { code, out } = await run(['completion', shell], cwd)
    expect(code).toBe(0)
    writeFileSync(file, out)
    scripts.set(shell, file)
  }
  return file
}

/** What each shell offers for words that are typed, the last of which is not finished. */
const complete: { [S in Shell]: (file: string, words: readonly string[]) => string[] } = {
  bash: (file, words) => {
    const set = `COMP_WORDS=(${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`
    const code = `source '${file}'; ${set}; _scaffold_review; printf '%s\\n' "\${COMPREPLY[@]}"`
    return lines(execFileSync('bash', ['--norc', '-c', code], { cwd, encoding: 'utf8' }))
  },
  // The real functions of zsh need a terminal; these say what they would be asked to offer.
  zsh: (file, words) => {
    const code = `
compdef() {}
_files() { print -r -- FILES }
_describe() { print -rl -- "\${(@P)2%%:*}" }
_arguments() { print -rl -- "$@" }
source '${file}'
words=(${words.map(word => `'${word}'`).join(' ')}); CURRENT=${words.length}
_scaffold_review`
    return lines(execFileSync('zsh', ['-f', '-c', code], { cwd, encoding: 'utf8' }))
  },
  fish: (file, words) => {
    const code = `source '${file}'; complete -C '${words.join(' ')}'`
    const out = execFileSync('fish', ['--no-config', '-c', code], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, HOME: cwd },
    })
    return lines(out).map(line => line.split('\t')[0]!)
  },
}
const lines = (text: string) => text.split('\n').filter(line => line !== '')
const me = 'scaffold-review'

describe.skipIf(!has('bash'))('in bash (skipped where there is none)', () => {
  test.each<[string[], string[]]>([
    [[me, 're'], ['review']],
    [
      [me, 'baseline', ''],
      ['write', 'prune', 'check'],
    ],
    [[me, 'baseline', 'write', ''], []],
    [[me, '--form'], ['--format']],
    [[me, 'shop.yaml', '--fail-on', 'e'], ['error']],
    [[me, '--format', '=', 'j'], ['json']],
    [
      [me, '--format', '='],
      ['pretty', 'json', 'sarif'],
    ],
    [[me, 'review', '-o', 'sa'], ['sarif=']],
    [
      [me, 'diff', '--fail-on-new', ''],
      ['error', 'warning', 'info'],
    ],
    [[me, 'explain', 'ttl-m'], ['ttl-missing']],
    [[me, 'review', '--only', 'cach'], ['caching']],
    [
      [me, 'completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [[me, 'shop.yaml', ''], []],
    [[me, '--baseline', ''], []],
  ])('%j', async (words, expected) => {
    const offered = complete.bash(await script('bash'), words)
    // A format that is added is offered as well.
    expect(expected.length === 0 ? offered : offered.filter(word => expected.includes(word))).toEqual(expected)
  })

  test('every command and every option of it', async () => {
    const file = await script('bash')
    const offered = complete.bash(file, [me, ''])
    expect(offered).toEqual(commands.map(({ name }) => name))
    const { out } = await run(['review', '--help'], cwd)
    const flags = [...out.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag)
    expect(flags.length).toBeGreaterThan(15)
    expect(complete.bash(file, [me, 'review', '--'])).toEqual(expect.arrayContaining(flags))
  })

  test('bash itself asks the function, and completes files where it offers nothing', async () => {
    const file = await script('bash')
    const code = `source '${file}'; complete -p scaffold-review`
    expect(execFileSync('bash', ['--norc', '-c', code], { encoding: 'utf8' })).toBe(
      'complete -o bashdefault -o default -F _scaffold_review scaffold-review\n',
    )
  })
})

describe.skipIf(!has('zsh'))('in zsh (skipped where there is none)', () => {
  test('commands and files first, then what the command takes', async () => {
    const file = await script('zsh')
    expect(complete.zsh(file, [me, ''])).toEqual([...commands.map(({ name }) => name), 'FILES'])
    const review = complete.zsh(file, [me, 'shop.yaml', '--'])
    expect(review).toContain('*--fail-on=[exit 1 from this severity up (default\\: error)]:value:(error warning info)')
    expect(review).toContain(
      '*--baseline=[accepted findings (default\\: .scaffold-review-baseline.json beside the manifest)]:file:_files',
    )
    expect(review).toContain('*--strict[exit 1 also when something that must be stated is not]')
    expect(complete.zsh(file, [me, 'baseline', ''])).toContain('1:value:(write prune check)')
    expect(complete.zsh(file, [me, 'merge', '-'])).not.toContain('*--shard=')
  })

  test('the completion system of zsh takes it, and completes what is typed', async () => {
    const file = await script('zsh')
    const code = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1= ; cd '${cwd}'; autoload -Uz compinit && compinit -D -u && source '${file}' && print rea\\dy"
zpty -r shell out '*ready*'
zpty -w -n shell $'scaffold-review --fail-on wa\\t X \\n'
zpty -w shell "print fini\\shed"
zpty -r shell out '*finished*'
print -r -- $out`
    const ran = spawnSync('zsh', ['-f', '-c', code], { cwd, encoding: 'utf8', timeout: 20_000 })
    expect(ran.stdout).toContain('--fail-on warning')
  })
})

describe.skipIf(!has('fish'))('in fish (skipped where there is none)', () => {
  test.each<[string[], string[]]>([
    [[me, 're'], ['review']],
    [
      [me, 'baseline', ''],
      ['check', 'prune', 'write'],
    ],
    [[me, '--form'], ['--format']],
    [[me, 'shop.yaml', '--fail-on', 'e'], ['error']],
    [
      [me, 'diff', '--fail-on-new', ''],
      ['error', 'info', 'warning'],
    ],
    [[me, 'explain', 'ttl-m'], ['ttl-missing']],
    [[me, 'merge', '--sh'], []],
    [[me, 'sho'], ['shop.yaml']],
  ])('%j', async (words, expected) => {
    const offered = complete.fish(await script('fish'), words)
    expect(expected.length === 0 ? offered : offered.filter(word => expected.includes(word))).toEqual(expected)
  })
})

test('a word that is no shell is refused', async () => {
  expect((await run(['completion', 'tcsh'], cwd)).code).toBe(2)
  expect((await run(['completion'], cwd)).code).toBe(2)
})

test.each(shells.filter(has))('what descriptions hold stays text in %s', shell => {
  const about = `it's [a] "b" $(touch owned) \`touch owned\`: c\\d (e)`
  const command: CompletableCommand = {
    name: 'review',
    about,
    first: [],
    options: [{ long: '--x', short: '-x', about, values: ['a', 'b'] }],
  }
  const file = join(cwd, `hostile.${shell}`)
  writeFileSync(file, completionScript(shell, me, [command]))
  const stub = shell === 'zsh' ? 'compdef() {}; ' : ''
  const ran = spawnSync(shell, ['-c', `${stub}source '${file}'; echo sourced`], { cwd, encoding: 'utf8' })
  expect(ran.stdout).toBe('sourced\n')
  expect(spawnSync('ls', ['owned'], { cwd }).status).not.toBe(0)
  const words = [me, '--x', '']
  expect(complete[shell](file, words).join('\n')).toContain(shell === 'zsh' ? ':value:(a b)' : 'a\nb')
})
