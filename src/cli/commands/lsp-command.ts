import { Command, Option } from 'commander'
import type { CommandContext } from '../command.ts'
import { withConfigOptions, type ConfigOptions } from '../settings/config-options.ts'
import { UserError } from '../world.ts'

export function lspCommand({ world, tool, exit }: CommandContext): Command {
  const command = new Command('lsp')
    .option('--stdio', 'speak over standard input and output, which is the only way there is', true)
    .addOption(new Option('--clientProcessId <pid>', 'the editor; the server ends with it').hideHelp())
    .action(async (options: ConfigOptions) => {
      if (world.terminal)
        throw new UserError(
          'lsp is started by an editor, not by hand. docs/editors.md has the settings for some of them',
        )
      const { serve } = await import('../lsp/server.ts')
      exit(await serve(world, tool, options))
    })
  return withConfigOptions(command)
}
