import { Command, Option } from 'commander'
import { questions } from '../../finding.ts'
import { checkExamples } from '../../policies/examples.ts'
import type { AnyRule } from '../../rules/define.ts'
import { rules as builtIn } from '../../rules/index.ts'
import { plural } from '../../units.ts'
import type { CommandContext } from '../command.ts'
import { withConfigOptions } from '../settings/config-options.ts'
import { settingsFor, type SettingsOptions } from '../settings/settings.ts'
import { UserError, exitCode } from '../world.ts'

interface Options extends SettingsOptions {
  format: 'table' | 'json'
  test: boolean
}

export function rulesCommand({ world, exit }: CommandContext): Command {
  const command = new Command('rules')
    .addOption(new Option('-f, --format <name>', 'how').choices(['table', 'json']).default('table'))
    .option(
      '--test',
      "review the examples of the configuration's own rules; exit 1 when one does not show what it says",
      false,
    )
    .action(async (options: Options) => {
      const { ownRules } = await settingsFor([], options, world)
      if (options.test) {
        const { text, code } = tested(ownRules)
        world.stdout.write(text)
        exit(code)
      } else {
        const all = [...builtIn, ...ownRules]
        world.stdout.write(options.format === 'json' ? rulesJson(all) : rulesTable(all))
      }
    })
  return withConfigOptions(command)
}

/** One line for each rule, and what is wrong with its examples under it. */
function tested(rules: readonly AnyRule[]): { text: string; code: number } {
  if (rules.length === 0)
    throw new UserError('There is nothing to test: the configuration has no policies and no plugins, or there is none')
  const results = rules.map(rule => ({ rule, faults: checkExamples(rule) }))
  const lines = results.flatMap(({ rule, faults }) => [
    `${faults.length === 0 ? 'ok    ' : 'failed'}  ${rule.id}  ${plural(rule.examples.length, 'example')}`,
    ...faults.map(({ example, message }) => `        ${example === undefined ? '' : `"${example}": `}${message}`),
  ])
  const failed = results.filter(({ faults }) => faults.length > 0).length
  const total = `${plural(rules.length, 'rule')}, ${failed === 0 ? 'all as their examples say' : `${failed} failed`}`
  return { text: `${[...lines, '', total].join('\n')}\n`, code: failed === 0 ? exitCode.clean : exitCode.findings }
}

function rulesTable(rules: readonly AnyRule[]): string {
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

function rulesJson(rules: readonly AnyRule[]): string {
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
