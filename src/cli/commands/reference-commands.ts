import { Command } from 'commander'
import { overviewPage, topicPage, topics } from '../../docs/reference.ts'
import { didYouMean } from '../../manifest/nearest.ts'
import { rules } from '../../rules/index.ts'
import { schemaNames, schemaText } from '../../docs/schemas.ts'
import type { CommandContext } from '../command.ts'
import { withConfigOptions, type ConfigOptions } from '../settings/config-options.ts'
import { settingsFor } from '../settings/settings.ts'
import { UserError, type World } from '../world.ts'

export function explainCommand({ world }: CommandContext): Command {
  const command = new Command('explain')
    .argument(
      '[topic]',
      'id of a rule or table, key of a question, "manifest", "checklist" or "analyses"; none: the list of rules',
    )
    .action(async (topic: string | undefined, options: ConfigOptions) => {
      const all = topic?.includes('/') ? [...rules, ...(await ownRules(options, world))] : rules
      const text = topic === undefined ? overviewPage(rules) : topicPage(topic, all)
      if (text === undefined)
        throw new UserError(
          `There is no page about "${topic}"${didYouMean(topic!, topics(all))}. "scaffold-review rules" lists the rules`,
        )
      world.stdout.write(text)
    })
  return withConfigOptions(command)
}

/** Only rules of one's own have a slash in their id; a page about anything else needs no configuration. */
const ownRules = async (options: ConfigOptions, world: World) => (await settingsFor([], options, world)).ownRules

export function schemaCommand({ world }: CommandContext): Command {
  return new Command('schema')
    .addArgument(new Command().createArgument('[name]', 'which one').choices(schemaNames).default('manifest'))
    .action((name: (typeof schemaNames)[number]) => {
      world.stdout.write(schemaText(name))
    })
}
