import { Command, CommanderError } from 'commander'
import type { CommandContext, CommandEntry } from './command.ts'
import { commands } from './commands.ts'
import { version } from './version.ts'
import { UserError, exitCode, type World } from './world.ts'

const name = 'scaffold-review'

/** The whole program but for the process around it. Returns the exit code; never throws for what a user did. */
export async function main(argv: readonly string[], world: World): Promise<number> {
  let code: number = exitCode.clean
  const context: CommandContext = { world, tool: { name, version }, exit: given => (code = given) }
  const chosen = chosenBy(argv)
  const program = new Command(name)
    .description('A design review for scalability: reads a manifest of your backend and does the arithmetic.')
    .version(version)
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing at or above --fail-on, 1 findings, 2 usage or unreadable input, 130 interrupted.',
    )
  for (const entry of commands) {
    const command = entry === chosen ? (await entry.load())(context) : new Command(entry.name)
    program.addCommand(command.description(entry.summary), { isDefault: entry === commands[0] })
  }
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: text => world.stdout.write(text),
      writeErr: text => world.stderr.write(text),
    })
  }
  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.clean : exitCode.misuse
    if (error instanceof UserError) world.stderr.write(`${name}: ${error.message}\n`)
    else
      world.stderr.write(
        `${name}: this is a defect of the program, not of your manifest; please report it.\n${describe(error)}\n`,
      )
    return exitCode.misuse
  }
}

/** The command that will run; only its code is read. The rest stand in the help by name. */
function chosenBy([first, second]: readonly string[]): CommandEntry | undefined {
  const named = first === 'help' ? second : first
  // The program's own help and version need no command.
  if (named === undefined ? first === 'help' : aboutProgram.includes(named)) return undefined
  return commands.find(({ name }) => name === named) ?? commands[0]
}

/** Whether it is the command that nobody has to name. */
export const isReview = (argv: readonly string[]): boolean => chosenBy(argv) === commands[0]

const aboutProgram = ['--help', '-h', '--version', '-V']

const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error))
