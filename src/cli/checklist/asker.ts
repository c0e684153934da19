import { createInterface } from 'node:readline/promises'
import { visible } from '../../reporters/text.ts'
import type { World } from '../world.ts'

/** How people are asked: by lists and lines that are drawn, or on a terminal that cannot draw, by numbers. */
export interface Asker {
  /** One of several; `initial` is where the cursor starts. */
  choose<T>(message: string, options: readonly Option<T>[], initial?: T): Promise<T>
  /** Some of several, or none. */
  pick<T>(message: string, options: readonly Option<T>[]): Promise<T[]>
  /** A line of text. `check` says what is wrong with it; `initial` is what Enter alone answers. */
  type(message: string, check: (text: string) => string | undefined, initial?: string): Promise<string>
}

export interface Option<T> {
  readonly value: T
  readonly name: string
  /** What is left of the name on the screen once it was chosen. */
  readonly short?: string
  /** Stands apart from those above it, under a line of its own or an empty one. */
  readonly apart?: string
}

/** Somebody pressed Ctrl-C, or the terminal went away. */
export class Interrupted extends Error {}

type Terminal = NonNullable<World['terminal']>

export const askerFor = async (
  terminal: Terminal,
  { env, onInterrupt }: Pick<World, 'env' | 'onInterrupt'>,
  color: boolean,
): Promise<Asker> => (env['TERM'] === 'dumb' ? plainAsker(terminal, onInterrupt) : drawnAsker(terminal, color))

const plain = (text: string) => text

/** Prompts of the library without its colours. */
const colourless = {
  prefix: { idle: '?', done: '>' },
  style: {
    answer: plain,
    message: plain,
    error: (text: string) => `> ${text}`,
    defaultAnswer: (text: string) => `(${text})`,
    help: plain,
    highlight: plain,
    key: plain,
    disabled: plain,
    description: plain,
  },
}

const keys = (pairs: [key: string, action: string][]) => pairs.map(([key, action]) => `${key} ${action}`).join(', ')

async function drawnAsker(terminal: Terminal, color: boolean): Promise<Asker> {
  const { checkbox, input, select, Separator } = await import('@inquirer/prompts')
  const theme = color ? {} : colourless
  const styles = { ...(color ? {} : colourless.style), keysHelpTip: keys }
  const choicesOf = <T>(options: readonly Option<T>[]) =>
    options.flatMap(({ value, name, short = name, apart }) => {
      const choice = { value, name: visible(name), short: visible(short) }
      return apart === undefined ? [choice] : [new Separator(visible(apart) || ' '), choice]
    })
  // A list never scrolls where the terminal has room for it.
  const rows = () => (terminal.output as Partial<NodeJS.WriteStream>).rows ?? 24
  const pageSize = () => Math.max(5, rows() - 5)
  return {
    choose: (message, options, initial) =>
      interruptible(terminal, context =>
        select(
          {
            message: visible(message),
            choices: choicesOf(options),
            loop: false,
            pageSize: pageSize(),
            theme: { ...theme, style: styles },
            ...(initial === undefined ? {} : { default: initial }),
          },
          context,
        ),
      ),
    pick: (message, options) =>
      interruptible(terminal, context =>
        checkbox(
          {
            message: visible(message),
            choices: choicesOf(options),
            loop: false,
            pageSize: pageSize(),
            theme: { ...theme, style: styles },
          },
          context,
        ),
      ),
    type: (message, check, initial) =>
      interruptible(terminal, context =>
        input(
          {
            message: visible(message),
            theme,
            validate: text => check(text) ?? true,
            ...(initial === undefined ? {} : { default: initial }),
          },
          context,
        ),
      ),
  }
}

type Context = Terminal & { readonly signal: AbortSignal }

async function interruptible<T>(terminal: Terminal, ask: (context: Context) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  // The library waits for ever when the input ends.
  const end = () => {
    controller.abort()
  }
  const onKey = (_: unknown, key?: { ctrl?: boolean; name?: string }) => {
    if (key?.ctrl && key.name === 'd') end()
  }
  terminal.input.on('keypress', onKey).once('end', end)
  try {
    return await ask({ ...terminal, signal: controller.signal })
  } catch (error) {
    if (error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name)) throw new Interrupted()
    throw error
  } finally {
    terminal.input.off('keypress', onKey).off('end', end)
  }
}

/** For terminals that draw nothing, and for programs that read the screen aloud: numbered lists and whole lines. */
function plainAsker({ input, output }: Terminal, onInterrupt: World['onInterrupt']): Asker {
  const say = (text: string) => output.write(`${visible(text)}\n`)
  const line = async (prompt: string): Promise<string> => {
    const reader = createInterface({ input, output, terminal: false })
    const ended = new AbortController()
    const end = () => {
      ended.abort()
    }
    reader.once('close', end)
    // The terminal is not read key by key, so Ctrl-C comes as a signal.
    const calm = onInterrupt(end)
    try {
      return await reader.question(`${visible(prompt)} `, { signal: ended.signal })
    } catch {
      throw new Interrupted()
    } finally {
      reader.close()
      calm()
    }
  }
  const show = (message: string, options: readonly Option<unknown>[]) => {
    say(message)
    for (const [i, { name, apart }] of options.entries()) {
      if (apart) say(`    ${apart}`)
      say(`  ${i + 1}. ${name}`)
    }
  }
  const numbered = <T>(text: string, options: readonly Option<T>[]) =>
    /^\d+$/.test(text.trim()) ? options[Number(text) - 1] : undefined
  return {
    async choose(message, options, initial) {
      show(message, options)
      const preset = Math.max(0, initial === undefined ? 0 : options.findIndex(({ value }) => value === initial))
      for (;;) {
        const text = await line(`Number (${preset + 1}):`)
        const chosen = text.trim() === '' ? options[preset] : numbered(text, options)
        if (chosen) return chosen.value
        say(`Expected a number from 1 to ${options.length}.`)
      }
    },
    async pick(message, options) {
      show(message, options)
      for (;;) {
        const words = (await line('Numbers, with commas (none):')).split(/[\s,]+/).filter(word => word !== '')
        const chosen = words.map(word => numbered(word, options))
        if (chosen.every(one => one !== undefined)) return chosen.map(({ value }) => value)
        say(`Expected numbers from 1 to ${options.length}.`)
      }
    },
    async type(message, check, initial) {
      for (;;) {
        const text = await line(`${message}${initial === undefined ? '' : ` (${initial})`}:`)
        const answer = text === '' ? (initial ?? '') : text
        const problem = check(answer)
        if (problem === undefined) return answer
        say(`> ${problem}`)
      }
    },
  }
}
