import { Command, Option } from 'commander'
import { overviewPage, topicPage, topics } from '../docs/reference.ts'
import { questions } from '../finding.ts'
import { didYouMean } from '../manifest/nearest.ts'
import { rules } from '../rules/index.ts'
import { schemaNames, schemaText } from '../docs/schemas.ts'
import type { CommandContext } from './commands.ts'
import { UserError } from './world.ts'

export function explainCommand({ world }: CommandContext): Command {
  return new Command('explain')
    .argument(
      '[topic]',
      'id of a rule or table, key of a question, "manifest", "checklist" or "analyses"; none: the list of rules',
    )
    .action((topic?: string) => {
      const text = topic === undefined ? overviewPage(rules) : topicPage(topic, rules)
      if (text === undefined)
        throw new UserError(
          `There is no page about "${topic}"${didYouMean(topic!, topics(rules))}. "scaffold-review rules" lists the rules`,
        )
      world.stdout.write(text)
    })
}

export function rulesCommand({ world }: CommandContext): Command {
  return new Command('rules')
    .addOption(new Option('-f, --format <name>', 'how').choices(['table', 'json']).default('table'))
    .action(({ format }: { format: string }) => {
      world.stdout.write(format === 'json' ? rulesJson() : rulesTable())
    })
}

function rulesTable(): string {
  const width = Math.max(...rules.map(({ id }) => id.length))
  const groups = Object.entries(questions).map(([key, question]) => {
    const mine = rules.filter(rule => rule.question === key)
    return [
      `${question} (${key})`,
      ...mine.map(({ id, severity, title }) => `  ${id.padEnd(width)}  ${severity.padEnd(7)}  ${title}`),
    ].join('\n')
  })
  return `${groups.join('\n\n')}\n`
}

function rulesJson(): string {
  const list = rules.map(({ id, title, severity, question, on, why, formula, fix, sources, reads, impliedBy = [] }) => {
    return {
      id,
      title,
      severity,
      question,
      on,
      why,
      ...(formula === undefined ? {} : { formula }),
      fix,
      reads,
      impliedBy,
      sources,
    }
  })
  return `${JSON.stringify({ schemaVersion: 1, rules: list }, undefined, 2)}\n`
}

export function schemaCommand({ world }: CommandContext): Command {
  return new Command('schema')
    .addArgument(new Command().createArgument('[name]', 'which one').choices(schemaNames).default('manifest'))
    .action((name: (typeof schemaNames)[number]) => {
      world.stdout.write(schemaText(name))
    })
}
