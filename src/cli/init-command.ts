import { Command } from 'commander'
import type { CommandContext } from './commands.ts'
export function initCommand(_: CommandContext): Command {
  return new Command('init')
}
