import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { newAtLeast } from '../delta/changed-findings.ts'
import { diff, type Version } from '../delta/diff.ts'
import { diffJson } from '../delta/diff-json.ts'
import { diffMarkdown } from '../delta/diff-markdown.ts'
import { diffText } from '../delta/diff-text.ts'
import { severities, type Severity } from '../finding.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import { readManifest } from '../manifest/read.ts'
import { pretty } from '../reporters/pretty.ts'
import { review } from '../review.ts'
import { rules } from '../rules/index.ts'
import { wantsColor } from './color.ts'
import type { CommandContext } from './commands.ts'
import { findOrLoad, loadManifest } from './load.ts'
import { day } from './report-options.ts'
import { openRevision, parseRevision } from './revision.ts'
import { exitCode, UserError, type World } from './world.ts'

interface Options {
  format: 'text' | 'json' | 'markdown'
  failOnNew?: Severity
  color: string
  today?: string
}

export function diffCommand({ world, tool, exit }: CommandContext): Command {
  return new Command('diff')
    .argument('<base>', 'a manifest to compare with: a file, or one of a revision, such as main:scaffold.yaml')
    .argument('[head]', 'what is compared, named alike; none: scaffold.yaml here or above')
    .addOption(new Option('-f, --format <name>', 'how').choices(['text', 'json', 'markdown']).default('text'))
    .addOption(
      new Option(
        '--fail-on-new <severity>',
        'exit 1 when the change introduces a finding from this severity up',
      ).choices(severities),
    )
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .option('--today <date>', 'the date by which waivers and ages are judged, such as 2026-11-30', day)
    .action(async (base: string, head: string | undefined, options: Options) => {
      const today = options.today ?? world.today
      const style = {
        color: wantsColor(options.color, world),
        width: Math.max(40, world.stdout.columns ?? 80),
        verbose: false,
        quiet: false,
      }
      const files = [
        await load(base, world),
        head === undefined ? await findOrLoad(head, world) : await load(head, world),
      ]
      const reports = files.map(one => review(one, rules, { today }))
      const unreadable = reports.filter(({ verdict }) => verdict === 'unreadable')
      if (unreadable.length > 0) {
        world.stderr.write(pretty({ tool, rules, reports: unreadable }, { ...style, color: false }))
        exit(exitCode.misuse)
        return
      }
      const versions = files.map((one, i): Version => {
        return { files: one, model: readManifest(one).model!, report: reports[i]! }
      })
      const found = diff(versions[0]!, versions[1]!, today)
      const write = { text: diffText, json: diffJson, markdown: diffMarkdown }[options.format]
      world.stdout.write(write(found, style))
      const isWorse = options.failOnNew !== undefined && newAtLeast(found.findings, options.failOnNew).length > 0
      exit(isWorse ? exitCode.findings : exitCode.clean)
    })
}

/** A file where there is one of that name, else a revision's. */
async function load(name: string, world: World): Promise<ManifestFiles> {
  const isFile = await access(resolve(world.cwd, name)).then(
    () => true,
    () => false,
  )
  const revision = isFile || name === '-' ? undefined : parseRevision(name)
  if (revision) {
    const { tree, path } = await openRevision(revision, world)
    return loadManifest(path, world, tree)
  }
  if (!isFile && name !== '-')
    throw new UserError(`There is no file "${name}". A revision is named with its file, such as main:scaffold.yaml`)
  return findOrLoad(name, world)
}
