import { render } from '@inquirer/testing'
import { PassThrough } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Interrupted, askerFor, type Asker } from '../src/cli/checklist/asker.ts'
import { folder, nothingHappens, run } from './cli-support.ts'

const options = [
  { value: 1, name: 'one' },
  { value: 2, name: 'two\u001b[2J', short: '2' },
  { value: 3, name: 'three', apart: 'others' },
]

/** One prompt, drawn to a screen that can be read. */
async function drawn<T>(ask: (asker: Asker) => Promise<T>, env: Record<string, string> = {}, color = false) {
  const screen = await render(async (_: object, context: { input?: unknown; output?: unknown } = {}) => {
    return ask(await askerFor(context as never, { ...nothingHappens, env }, color))
  }, {})
  return { ...screen, answer: screen.answer as Promise<T> }
}

describe('a list', () => {
  test('starts where it is told, moves and answers', async () => {
    const { answer, events, getScreen } = await drawn(asker => asker.choose('Which?', options, 2))
    expect(getScreen()).toBe('? Which?\n  one\n❯ two\\u{1b}[2J\n others\n  three\n\n↑↓ navigate, ⏎ select')
    events.keypress('down')
    expect(getScreen()).toContain('❯ three')
    events.keypress('up')
    events.keypress('enter')
    expect(await answer).toBe(2)
    expect(getScreen()).toBe('> Which? 2')
  })

  test('has no colour where none is wanted', async () => {
    const { answer, events, getFullOutput } = await drawn(asker => asker.choose('Which?', options))
    events.keypress('down')
    events.keypress('enter')
    await answer
    // Only what moves the cursor.
    expect(await getFullOutput({ raw: true })).not.toMatch(/\u001b\[[\d;]*m/)
  })

  test('ends with Ctrl-C and with Ctrl-D', async () => {
    for (const name of ['c', 'd']) {
      const { answer, events } = await drawn(asker => asker.choose('Which?', options))
      events.keypress({ name, ctrl: true } as never)
      await expect(answer).rejects.toBeInstanceOf(Interrupted)
    }
  })
})

test('some of a list', async () => {
  const { answer, events, getScreen } = await drawn(asker => asker.pick('Which?', options))
  events.keypress('space')
  events.keypress('down')
  events.keypress('down')
  events.keypress('space')
  expect(getScreen()).toContain('❯◉ three')
  events.keypress('enter')
  expect(await answer).toEqual([1, 3])
})

test('a line is checked before it is taken', async () => {
  const check = (text: string) => (/^\d+ms$/.test(text) ? undefined : `"${text}" is no duration`)
  const { answer, events, getScreen, nextRender } = await drawn(asker => asker.type('timeout', check, '5ms'))
  expect(getScreen()).toBe('? timeout (5ms)')
  events.type('8')
  events.keypress('enter')
  await nextRender()
  expect(getScreen()).toContain('> "8" is no duration')
  events.type('ms')
  events.keypress('enter')
  expect(await answer).toBe('8ms')
})

describe('a terminal that cannot draw', () => {
  const dumb = () => {
    const [input, output] = [new PassThrough(), new PassThrough()]
    let said = ''
    output.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const types = async (...lines: string[]) => {
      for (const line of lines) {
        await wait(20)
        input.write(`${line}\n`)
      }
    }
    return {
      input,
      types,
      said: () => said,
      asker: askerFor({ input, output }, { ...nothingHappens, env: { TERM: 'dumb' } }, false),
    }
  }

  test('is asked by numbers and lines, without a single escape', async () => {
    const { asker, types, said } = dumb()
    const ask = await asker
    const [one] = await Promise.all([ask.choose('Which?', options, 2), types('x', '9', '3')])
    const [preset] = await Promise.all([ask.choose('Which?', options, 2), types('')])
    const [some] = await Promise.all([ask.pick('Which?', options), types('1,x', '1, 3')])
    const [none] = await Promise.all([ask.pick('Which?', options), types('')])
    const [text] = await Promise.all([
      ask.type('Name', name => (name === 'a' ? 'too short' : undefined), 'x'),
      types('a', 'ab'),
    ])
    expect([one, preset, some, none, text]).toEqual([3, 2, [1, 3], [], 'ab'])
    expect(said()).toContain('Which?\n  1. one\n  2. two\\u{1b}[2J\n    others\n  3. three\nNumber (2): ')
    expect(said()).toContain('Expected a number from 1 to 3.\n')
    expect(said()).toContain('> too short\n')
    expect(said()).not.toContain('\u001b')
  })

  test('that goes away ends the sitting', async () => {
    const { asker, input } = dumb()
    const answer = (await asker).choose('Which?', options)
    input.end()
    await expect(answer).rejects.toBeInstanceOf(Interrupted)
  })
})

describe('without a terminal', () => {
  const cwd = folder({
    'scaffold.yaml': 'services:\n  web:\n    calls: [{ to: api }]\n  api: {}\n',
    'broken.yaml': 'servces: {}',
  })
  test.each([
    [['checklist'], 'There is no terminal to ask at. Use --list'],
    [['checklist', '--format', 'json'], '--format is about --list'],
    [['checklist', '--list', '--answers', 'x'], 'Choose one of --list and --answers'],
    [['checklist', '--list', '--minutes', 'x'], '--list decides nothing'],
    [['checklist', '-', '--answers', 'x'], 'it has to be a file'],
    [['checklist', '--question', 'cachng', '--list'], 'did you mean "caching"?'],
    [['checklist', '--today', '2026-13-01', '--list'], 'Expected a date'],
    [['checklist', 'no.yaml', '--list'], ''],
    [['checklist', 'broken.yaml', '--list'], ''],
  ])('%j is refused', async (argv, message) => {
    const { code, err } = await run(argv, cwd)
    expect(code).toBe(2)
    expect(err).toContain(message)
  })
})
