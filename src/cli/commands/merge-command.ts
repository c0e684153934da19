import { Command } from 'commander'
import { resolve } from 'node:path'
import { merge, Unmergeable, type Part } from '../../delta/merge.ts'
import { reportSchema } from '../../reporters/report-schema.ts'
import type { Run } from '../../reporters/reporter.ts'
import type { CommandContext } from '../command.ts'
import { parseJson, parseSyntax, readJsonText } from '../reading/read-json.ts'
import { deliver } from '../writing/deliver.ts'
import { withReportOptions, type ReportOptions } from '../writing/report-options.ts'
import { UserError, type World } from '../world.ts'

export function mergeCommand({ world, tool, exit }: CommandContext): Command {
  return withReportOptions(
    new Command('merge').argument(
      '<report...>',
      'reports that "review --format json" wrote, such as those of all shards',
    ),
  ).action(async (files: string[], options: ReportOptions) => {
    const parts: Part[] = []
    for (const file of new Set(files)) parts.push(await read(file, tool, world))
    const { failOn = 'error', strict = false, minCoverage, exitZero } = options
    exit(await deliver({ run: merged(parts, tool), gate: { failOn, strict, minCoverage, exitZero } }, options, world))
  })
}

function merged(parts: readonly Part[], tool: Run['tool']): Run {
  try {
    return merge(parts, tool)
  } catch (error) {
    throw error instanceof Unmergeable ? new UserError(error.message) : error
  }
}

const what = 'a report of scaffold-review'

async function read(file: string, tool: Run['tool'], { cwd }: World): Promise<Part> {
  const text = await readJsonText(resolve(cwd, file), file, what)
  if (text === undefined) throw new UserError(`There is no file "${file}"`)
  const { tool: by } = (parseSyntax(text, file, what) ?? {}) as { tool?: { name?: unknown; version?: unknown } }
  if (by?.name !== tool.name)
    throw new UserError(`"${file}" is not ${what}; expected what "review --format json" writes`)
  // What rules mean and how they are described changes between versions, and the merged report has to say one thing.
  if (by.version !== tool.version)
    throw new UserError(
      `"${file}" was written by version ${String(by.version)}, and this is ${tool.version}; review and merge with the same version`,
    )
  return { file, document: parseJson(text, file, what, reportSchema) }
}
