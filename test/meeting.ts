import { render } from '@inquirer/testing'
import { setTimeout as wait } from 'node:timers/promises'
import { main } from '../src/cli/main.ts'
import type { World } from '../src/cli/world.ts'
import { nothingHappens } from './cli-support.ts'

/** A team at a terminal, in this process: what it sees, and what it types. */
export interface Meeting {
  /** All that was shown, without what was drawn over. */
  readonly shown: () => Promise<string>
  /** Waits until the screen says so. */
  readonly sees: (text: string) => Promise<string>
  /** Goes to the entry of a list that begins so, and takes it. */
  readonly chooses: (name: string) => Promise<void>
  /** Types over what is there, and presses Enter. */
  readonly types: (text: string) => Promise<void>
  readonly presses: (name: string, ctrl?: boolean) => void
  readonly code: Promise<number>
}

type Terminal = { input?: unknown; output?: unknown }

export async function meeting(
  argv: readonly string[],
  cwd: string,
  more: Partial<World> & { columns?: number } = {},
): Promise<Meeting> {
  const { columns = 80, ...world } = more
  let err = ''
  const screen = await render((_: object, context: Terminal = {}) => {
    const output = context.output as NodeJS.WriteStream
    Object.defineProperty(output, 'columns', { value: columns })
    // Each prompt pipes into it, and a pipe ends what it leads to unless that is standard output.
    Object.assign(output, { _isStdio: true })
    return main(argv, {
      cwd,
      env: { TERM: 'xterm', NO_COLOR: '1' },
      today: '2026-11-23',
      stdout: { write: text => output.write(text), isTTY: true, columns },
      stderr: { write: text => (err += text) },
      terminal: { input: context.input as NodeJS.ReadStream, output },
      readStdin: () => Promise.resolve(new Uint8Array()),
      ...nothingHappens,
      ...world,
    })
  }, {})
  const { events, getScreen, getFullOutput } = screen
  const sees = async (text: string) => {
    for (let tries = 0; tries < 1200; tries++) {
      if (getScreen().includes(text)) return getScreen()
      await wait(10)
    }
    throw new Error(`The screen does not say "${text}" but:\n${getScreen()}\n${err}`)
  }
  // The line under the cursor, wherever the list is on the screen.
  const current = () => /^❯ ?[◯◉]? ?(.*)$/m.exec(getScreen())?.[1]
  return {
    shown: () => getFullOutput(),
    sees,
    presses: (name, ctrl = false) => {
      events.keypress({ name, ctrl } as never)
    },
    async chooses(name) {
      await sees('❯')
      const list = getScreen()
      for (let steps = 0; current()?.startsWith(name) === false; steps++) {
        if (steps > 60) throw new Error(`There is no "${name}" in\n${list}`)
        events.keypress('down')
        await wait(1)
      }
      events.keypress('enter')
      await wait(5)
    },
    async types(text) {
      await wait(5)
      events.type(text)
      events.keypress('enter')
      await wait(20)
    },
    code: screen.answer as Promise<number>,
  }
}
