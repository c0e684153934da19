import type { Command } from 'commander'
import type { Run } from '../reporters/reporter.ts'
import type { World } from './world.ts'

/** What every command is given: the machine, the tool's name and version, and where its exit code goes. */
export interface CommandContext {
  readonly world: World
  readonly tool: Run['tool']
  readonly exit: (code: number) => void
}

export interface CommandEntry {
  readonly name: string
  /** One line of the program's help, without a full stop. */
  readonly summary: string
  /** Reads the command's code, so that no command pays for another. */
  load(): Promise<(context: CommandContext) => Command>
}
