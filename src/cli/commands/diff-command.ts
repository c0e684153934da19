import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { newAtLeast } from '../../delta/changed-findings.ts'
import { diff, type Version } from '../../delta/diff.ts'
import { diffJson } from '../../delta/diff-json.ts'
import { diffMarkdown } from '../../delta/diff-markdown.ts'
import { diffText } from '../../delta/diff-text.ts'
import { severities, type Severity } from '../../finding.ts'
import type { ManifestFiles } from '../../manifest/files.ts'
import { readManifest } from '../../manifest/read.ts'
import { pretty } from '../../reporters/pretty.ts'
import type { Report } from '../../report.ts'
import { review } from '../../review.ts'
import { wantsColor } from '../writing/color.ts'
import type { CommandContext } from '../command.ts'
import { withConfigOptions, type ConfigOptions } from '../settings/config-options.ts'
import { evidenceFor, type Origin } from '../reading/evidence.ts'
import { findOrLoad, loadManifest } from '../reading/load.ts'
import { day } from '../writing/report-options.ts'
import { settingsFor } from '../settings/settings.ts'
import { openRevision, parseRevision } from '../reading/revision.ts'
import { exitCode, UserError, type World } from '../world.ts'

interface Options extends ConfigOptions {
  format: 'text' | 'json' | 'markdown'
  failOnNew?: Severity
  color: string
  today?: string
}

export function diffCommand({ world, tool, exit }: CommandContext): Command {
  const command = new Command('diff')
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
      const { rules, review: how } = await settingsFor(await placeOf(head, world), options, world)
      const style = {
        color: wantsColor(options.color, world),
        width: Math.max(40, world.stdout.columns ?? 80),
        verbose: false,
        quiet: false,
      }
      const loaded = [
        await load(base, world),
        head === undefined ? { files: await findOrLoad(head, world) } : await load(head, world),
      ]
      const files = loaded.map(one => one.files)
      const reports: Report[] = []
      for (const { files: one, origin } of loaded)
        reports.push(review(one, rules, { ...how, ...(await evidenceFor(one, world, undefined, origin)) }))
      const unreadable = reports.filter(({ verdict }) => verdict === 'unreadable')
      if (unreadable.length > 0) {
        world.stderr.write(pretty({ tool, rules, reports: unreadable }, { ...style, color: false }))
        exit(exitCode.misuse)
        return
      }
      const versions = files.map((one, i): Version => {
        return { files: one, model: readManifest(one).model!, report: reports[i]! }
      })
      const found = diff(versions[0]!, versions[1]!, how.today)
      const write = { text: diffText, json: diffJson, markdown: diffMarkdown }[options.format]
      world.stdout.write(write(found, style))
      const isWorse = options.failOnNew !== undefined && newAtLeast(found.findings, options.failOnNew).length > 0
      exit(isWorse ? exitCode.findings : exitCode.clean)
    })
  return withConfigOptions(command)
}

const isThere = (name: string, { cwd }: World): Promise<boolean> =>
  access(resolve(cwd, name)).then(
    () => true,
    () => false,
  )

/**
 * Both versions are reviewed alike, by the configuration of the one that is compared: as it lies on the disk, so that a
 * revision has that of the folder where the program runs.
 */
const placeOf = async (head: string | undefined, world: World): Promise<string[]> =>
  head !== undefined && (await isThere(head, world)) ? [head] : []

/** A file where there is one of that name, else a revision's. */
async function load(name: string, world: World): Promise<{ files: ManifestFiles; origin?: Origin }> {
  const isFile = await isThere(name, world)
  const revision = isFile || name === '-' ? undefined : parseRevision(name)
  if (revision) {
    const { tree, path } = await openRevision(revision, world)
    return { files: await loadManifest(path, world, tree), origin: { tree, path } }
  }
  if (!isFile && name !== '-')
    throw new UserError(`There is no file "${name}". A revision is named with its file, such as main:scaffold.yaml`)
  return { files: await findOrLoad(name, world) }
}
