/** Everything of the machine that the program may touch besides files. Tests pass their own. */
export interface World {
  /** Absolute path of the folder that relative paths start from. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** ISO date. Waivers are judged by it. Programs that run for days ask for it again. */
  readonly today: string
  readonly stdout: { write(text: string): unknown; readonly isTTY: boolean; readonly columns: number | undefined }
  readonly stderr: { write(text: string): unknown }
  readStdin(): Promise<Uint8Array>
  /** Standard input and output as streams, for those who speak a protocol over them. */
  readonly streams: { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream }
  /** Where people can be asked; `undefined` unless standard input and standard output are both a terminal. */
  readonly terminal: { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream } | undefined
}

/** 0: nothing at or above the threshold. 1: findings. 2: usage, configuration or unreadable input. */
export const exitCode = { clean: 0, findings: 1, misuse: 2 } as const

/** A mistake of the user's: one sentence, and what to do. Anything else that is thrown is a defect of the program. */
export class UserError extends Error {}
