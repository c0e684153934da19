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

/** The commands in the order of the program's help. The first is the one that runs when none is named. */
export const commands: readonly [CommandEntry, ...CommandEntry[]] = [
  {
    name: 'review',
    summary: 'review a manifest (the default command)',
    load: async () => (await import('./review-command.ts')).reviewCommand,
  },
  {
    name: 'analyze',
    summary: 'print what follows from a manifest: latency, availability, retries, saturation and more',
    load: async () => (await import('./analyze-command.ts')).analyzeCommand,
  },
  {
    name: 'checklist',
    summary: 'ask a team what the manifest does not say, and write the answers into it',
    load: async () => (await import('./checklist-command.ts')).checklistCommand,
  },
  {
    name: 'explain',
    summary: 'print the page of a rule, a table, a question of the checklist, or a whole reference',
    load: async () => (await import('./reference-commands.ts')).explainCommand,
  },
  {
    name: 'rules',
    summary: 'list the rules',
    load: async () => (await import('./reference-commands.ts')).rulesCommand,
  },
  {
    name: 'schema',
    summary: 'print a JSON Schema (draft-07), for editors and other tools',
    load: async () => (await import('./reference-commands.ts')).schemaCommand,
  },
]
