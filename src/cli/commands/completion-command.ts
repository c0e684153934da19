import { Argument, Command, type Option } from 'commander'
import { topics } from '../../docs/reference.ts'
import { questionKeys } from '../../finding.ts'
import { formats } from '../../reporters/index.ts'
import { rules } from '../../rules/index.ts'
import { tableIds } from '../../tables/index.ts'
import type { CommandContext } from '../command.ts'
import { commands } from '../commands.ts'
import { completionScript, shells, type CompletableCommand, type Shell, type Values } from './completion.ts'

export function completionCommand(context: CommandContext): Command {
  const { world, tool } = context
  return new Command('completion')
    .addArgument(new Argument('<shell>', 'for which shell').choices(shells))
    .addHelpText(
      'after',
      `
  bash  source <(${tool.name} completion bash)
  zsh   source <(${tool.name} completion zsh)
  fish  ${tool.name} completion fish | source`,
    )
    .action(async (shell: Shell) => {
      const all: CompletableCommand[] = []
      for (const entry of commands) all.push(describe(entry.name, entry.summary, (await entry.load())(context)))
      world.stdout.write(completionScript(shell, tool.name, all))
    })
}

/** Words that no declaration lists: there are many, and they are checked by what reads them. */
const known: Readonly<Record<string, readonly string[]>> = {
  'review --only': [...questionKeys, ...rules.map(({ id }) => id)],
  'review --skip': [...questionKeys, ...rules.map(({ id }) => id)],
  'review --output': formats.map(format => `${format}=`),
  'merge --output': formats.map(format => `${format}=`),
  'analyze --table': tableIds,
  'explain topic': topics(rules),
}

function describe(name: string, about: string, command: Command): CompletableCommand {
  const [first] = command.registeredArguments
  return {
    name,
    about,
    options: [
      ...command.options
        .filter(({ long, hidden }) => typeof long === 'string' && !hidden)
        .map(one => option(name, one)),
      { long: '--help', short: '-h', about: 'how to use it', values: 'none' },
    ],
    first: first ? (first.argChoices ?? known[`${name} ${first.name()}`] ?? []) : [],
  }
}

function option(command: string, { long, short, description, flags, argChoices }: Option) {
  const [, value] = /[<[]([^>\]]*)/.exec(flags) ?? []
  const values: Values =
    value === undefined
      ? 'none'
      : (argChoices ?? known[`${command} ${long!}`] ?? (/file|path/.test(value) ? 'file' : 'text'))
  return { long: long!, short, about: description, values }
}
