import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { folder } from './cli-support.ts'

/** The built program in a real terminal. `npm test` builds before. */

const program = new URL('../dist/bin/scaffold-review.cjs', import.meta.url).pathname
const hasTmux = spawnSync('tmux', ['-V']).status === 0
const isBuilt = spawnSync(process.execPath, [program, 'checklist', '--help']).status === 0
if (!hasTmux) console.warn('tmux is not installed: the checklist was not tried in a real terminal')
if (!isBuilt) console.warn('the program is not built: the checklist was not tried in a real terminal')

const manifest = `# the shop
services:
  web:
    replicas: { min: 3, max: 6 }
    state: none
    calls: [{ to: api }] # one
  api: { replicas: { min: 3, max: 6 }, state: none }
journeys:
  buy: { entry: web, criticality: critical }
`

// Servers of their own, so that nobody else's sessions are touched, and one a terminal, as a server that ends takes its time.
const servers: string[] = []
const tmux = (...args: string[]) => execFileSync('tmux', ['-L', servers.at(-1)!, ...args], { encoding: 'utf8' })

function terminal(columns: number, env: Record<string, string> = {}) {
  const cwd = folder({ 'scaffold.yaml': manifest })
  servers.push(`scaffold-review-${process.pid}-${servers.length}`)
  const set = Object.entries({ PS1: '$ ', ...env }).map(([key, value]) => `${key}=${value}`)
  tmux(
    '-f',
    '/dev/null',
    'new-session',
    '-d',
    '-s',
    'review',
    '-x',
    String(columns),
    '-y',
    '50',
    '-c',
    cwd,
    'env',
    ...set,
    'sh',
  )
  const screen = (...more: string[]) => tmux('capture-pane', '-p', '-t', 'review', ...more).trimEnd()
  const sees = async (text: string) => {
    for (let tries = 0; tries < 400; tries++) {
      if (screen().includes(text)) return screen()
      await wait(50)
    }
    throw new Error(`The terminal does not say "${text}" but:\n${screen()}`)
  }
  const keys = (...names: string[]) => tmux('send-keys', '-t', 'review', ...names)
  const starts = async (...more: string[]) => {
    keys(`clear; ${process.execPath} ${program} checklist ${more.join(' ')}; echo "exit $?"`, 'Enter')
    return sees('Where to?')
  }
  return { cwd, text: () => readFileSync(join(cwd, 'scaffold.yaml'), 'utf8'), screen, sees, keys, starts }
}

describe.skipIf(!hasTmux || !isBuilt)('in a real terminal', { timeout: 120_000 }, () => {
  afterEach(() => {
    for (const server of servers) spawnSync('tmux', ['-L', server, 'kill-server'])
  })

  test('one question to its end, quit, resume, Ctrl-C', async () => {
    const { text, sees, keys, starts, screen } = terminal(80)
    await starts()
    keys('Down', 'Enter')
    await sees('Question 1 of 8')
    keys('Enter')
    await sees('timeout of web -> api?')
    keys('Enter')
    await sees('? timeout')
    keys('800ms', 'Enter')
    await sees('retries of web -> api?')
    expect(text()).toBe(manifest.replace('{ to: api }', '{ to: api, timeout: 800ms }'))
    // Its first way to answer: there are none.
    keys('Enter')
    await sees('concurrency of web?')
    // A letter goes to the entry that begins with it.
    keys('s', 'Enter')
    await sees('latency of api?')
    keys('s', 'Enter')
    await sees('Nothing else is left here; 2 passed over.')
    await sees('to the overview')
    keys('s', 'Enter')
    await sees('exit 0')
    expect(screen()).toContain('2 answers saved in scaffold.yaml')
    expect(screen()).toContain('exit 0')
    const kept = text()
    expect(kept).toBe(manifest.replace('{ to: api }', '{ to: api, timeout: 800ms, retries: none }'))

    expect(await starts()).toMatch(/yes +Are critical operations idempotent/)
    keys('Enter')
    await sees('concurrency of web?')
    keys('C-c')
    await sees('exit 130')
    expect(screen()).toContain('Nothing was changed.')
    expect(text()).toBe(kept)
  })

  test.each([60, 200])('%i columns: no line is longer', async columns => {
    const { starts, keys, sees, screen } = terminal(columns)
    await starts()
    keys('Enter')
    await sees('timeout of web -> api?')
    const lines = screen('-J').split('\n').slice(1)
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(columns)
    keys('C-d')
    await sees('exit 130')
  })

  test('with colour, and without where NO_COLOR is set', async () => {
    const colours = /\u001b\[(?:3\d|9\d)/
    const coloured = terminal(80)
    await coloured.starts()
    expect(coloured.screen('-e')).toMatch(colours)
    coloured.keys('C-c')
    await coloured.sees('exit 130')
    const plain = terminal(80, { NO_COLOR: '1' })
    await plain.starts()
    expect(plain.screen('-e')).not.toMatch(colours)
    plain.keys('C-c')
    await plain.sees('exit 130')
  })

  test('a dumb terminal is asked by numbers', async () => {
    const { starts, keys, sees, text } = terminal(80, { TERM: 'dumb' })
    expect(await starts()).toContain('  1. what matters most first')
    await sees('Number (1):')
    keys('1', 'Enter')
    await sees('timeout of web -> api?')
    keys('2', 'Enter')
    await sees('saved timeout: none')
    expect(text()).toContain('timeout: none')
    await sees('retries of web -> api?')
    keys('C-c')
    await sees('exit 130')
  })

  test('an editor, and what it leaves broken', async () => {
    const { cwd, starts, keys, sees, text } = terminal(80, { EDITOR: './edit.sh' })
    writeFileSync(
      join(cwd, 'edit.sh'),
      '#!/bin/sh\nif [ -e once ]; then sed -i "s/owner: .*/owner: team-shop/" "$1"; else echo "owner: [" >> "$1"; touch once; fi\n',
      { mode: 0o755 },
    )
    await starts()
    keys('Enter')
    await sees('timeout of web -> api?')
    keys('m', 'Enter')
    await sees('What else?')
    keys('e', 'Enter')
    await sees('scaffold.yaml is as it was. What now?')
    expect(text()).toBe(manifest)
    keys('Enter')
    await sees('saved scaffold.yaml')
    expect(text()).toBe(`${manifest}owner: team-shop\n`)
    keys('C-c')
    await sees('exit 130')
  })
})
