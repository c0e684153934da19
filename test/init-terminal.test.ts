import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { folder } from './cli-support.ts'

/** The program as it is built, in a terminal as people have one. */

const program = resolve('dist/bin/scaffold-review.cjs')
const hasTmux = spawnSync('tmux', ['-V']).status === 0
const missing = !hasTmux ? 'tmux is not installed' : !existsSync(program) ? 'nothing is built' : undefined
if (missing !== undefined) console.warn(`init in a terminal is not tested: ${missing}`)

const socket = `scaffold-review-${process.pid}`
const tmux = (...args: string[]) => execFileSync('tmux', ['-L', socket, ...args], { encoding: 'utf8' })

describe.skipIf(missing !== undefined)('in a terminal', () => {
  afterAll(() => {
    spawnSync('tmux', ['-L', socket, 'kill-server'])
  })

  /** Starts `init` and waits for its first question. */
  async function start(name: string, columns: number, env: string) {
    const cwd = folder({ x: '' })
    const command = `cd ${cwd} && ${env} ${process.execPath} ${program} init; echo "exit $?"; cat`
    tmux('new-session', '-d', '-s', name, '-x', String(columns), '-y', '45', command)
    const screen = () => tmux('capture-pane', '-p', '-t', name)
    const until = async (text: string | RegExp) => {
      for (let tries = 0; tries < 500; tries++) {
        if (screen().search(text) !== -1) return
        await new Promise(done => setTimeout(done, 50))
      }
      throw new Error(`"${String(text)}" is not shown:\n${screen()}`)
    }
    const keys = (...all: string[]) => tmux('send-keys', '-t', name, ...all)
    await until('What is the system called')
    return { cwd, screen, until, keys }
  }

  test.each([
    ['narrow', 60, ''],
    ['wide', 200, 'NO_COLOR=1'],
    ['plain', 80, 'TERM=dumb'],
  ])('%s: questions, answers, the review', async (name, columns, env) => {
    const { cwd, screen, until, keys } = await start(name, columns, env)
    keys('C-u', 'shop', 'Enter')
    await until('What do users do')
    keys('buy', 'Enter')
    await until('does not work')
    keys('Enter')
    await until('Services that "buy"')
    keys('web', 'Enter')
    await until('that "web" uses')
    keys('Enter')
    await until(/exit \d/)
    expect(screen()).toContain('exit 0')
    expect(screen()).toContain('State next')
    expect(readFileSync(join(cwd, 'scaffold.yaml'), 'utf8')).toContain('  buy: { entry: web, criticality: critical }')
  })

  test('Ctrl-C leaves no file', async () => {
    const { cwd, screen, until, keys } = await start('away', 80, '')
    keys('Enter')
    await until('What do users do')
    keys('C-c')
    await until(/exit \d/)
    expect(screen()).toContain('exit 130')
    expect(screen()).toContain('nothing was written')
    expect(existsSync(join(cwd, 'scaffold.yaml'))).toBe(false)
  })
})
