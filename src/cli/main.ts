import { Command, CommanderError } from 'commander'
import { analyzeCommand } from './analyze-command.ts'
import { explainCommand, rulesCommand, schemaCommand } from './reference-commands.ts'
import { reviewCommand } from './review-command.ts'
import { version } from './version.ts'
import { UserError, exitCode, type World } from './world.ts'

const name = 'scaffold-review'

/** The whole program but for the process around it. Returns the exit code; never throws for what a user did. */
export async function main(argv: readonly string[], world: World): Promise<number> {
  let code: number = exitCode.clean
  const program = new Command(name)
    .description('A design review for scalability: reads a manifest of your backend and does the arithmetic.')
    .version(version)
    .addCommand(
      reviewCommand(world, { name, version }, reviewed => (code = reviewed)),
      { isDefault: true },
    )
    .addCommand(analyzeCommand(world, { name, version }, analyzed => (code = analyzed)))
    .addCommand(explainCommand(world))
    .addCommand(rulesCommand(world))
    .addCommand(schemaCommand(world))
    .addHelpText('after', '\nExit codes: 0 nothing at or above --fail-on, 1 findings, 2 usage or unreadable input.')
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

const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error))
