/** Everything of the machine that the program may touch besides files. Tests pass their own. */
export interface World {
  /** Absolute path of the folder that relative paths start from. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** ISO date. Waivers are judged by it. */
  readonly today: string
  readonly stdout: { write(text: string): unknown; readonly isTTY: boolean; readonly columns: number | undefined }
  readonly stderr: { write(text: string): unknown }
  readStdin(): Promise<Uint8Array>
  /** Where people can be asked; `undefined` unless standard input and standard output are both a terminal. */
  readonly terminal: { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream } | undefined
  /** Gives the terminal to another program until that ends; its exit code. Absent where no program can be started. */
  readonly runInTerminal?: (program: string, args: readonly string[]) => Promise<number>
  /** Has `act` called on Ctrl-C in place of ending the program, until the function that it returns is called. */
  readonly onInterrupt?: (act: () => void) => () => void
}

/** 0: nothing at or above the threshold. 1: findings. 2: usage, configuration or unreadable input. 130: Ctrl-C. */
export const exitCode = { clean: 0, findings: 1, misuse: 2, interrupted: 130 } as const

/** A mistake of the user's: one sentence, and what to do. Anything else that is thrown is a defect of the program. */
export class UserError extends Error {}
