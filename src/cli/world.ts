/** Everything of the machine that the program may touch besides files. Tests pass their own. */
export interface World {
  /** Absolute path of the folder that relative paths start from. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** ISO date. Waivers are judged by it. Programs that run for days ask for it again. */
  readonly today: string
  readonly stdout: {
    write(text: string): unknown
    readonly isTTY: boolean
    readonly columns: number | undefined
    /** Whether it was sent to a file, which keeps escapes that a log would render. */
    readonly isFile?: boolean
  }
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean }
  /** All of standard input; where it has more than `most` bytes, somewhat more than that. */
  readStdin(most: number): Promise<Uint8Array>
  /** Calls back when something that is watched changes, comes or goes, until it is stopped. */
  watch(watched: Watched, changed: () => void): Promise<{ stop(): Promise<void> }>
  /** Standard input and output as streams, for those who speak a protocol over them. */
  readonly streams: { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream }
  /** Where people can be asked; `undefined` unless standard input and standard output are both a terminal. */
  readonly terminal: { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream } | undefined
  /** Gives the terminal to another program until that ends; its exit code. Absent where no program can be started. */
  readonly runInTerminal?: (program: string, args: readonly string[]) => Promise<number>
  /** Has `act` called on Ctrl-C in place of ending the program, until the function that it returns is called. */
  onInterrupt(act: () => void): () => void
}

/** Where and when: all that it takes to read manifests and configurations. */
export type Site = Pick<World, 'cwd' | 'today'>

/** Absolute paths. */
export interface Watched {
  /** Whether or not they exist. */
  readonly files: readonly string[]
  /** With all files in them and below that a manifest may be made of or checked against: YAML, JSON, SQL, Markdown. */
  readonly folders: readonly string[]
}

/** 0: nothing at or above the threshold. 1: findings. 2: usage, configuration or unreadable input. 130: Ctrl-C. */
export const exitCode = { clean: 0, findings: 1, misuse: 2, interrupted: 130 } as const

/** A mistake of the user's: one sentence, and what to do. Anything else that is thrown is a defect of the program. */
export class UserError extends Error {}
