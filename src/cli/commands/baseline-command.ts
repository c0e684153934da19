import { Argument, Command } from 'commander'
import { acceptAll, prune, withSection } from '../../delta/baseline.ts'
import { baselineText, type Baseline } from '../../delta/baseline-schema.ts'
import type { Entry } from '../../delta/entry.ts'
import { pretty } from '../../reporters/pretty.ts'
import { visible } from '../../reporters/text.ts'
import type { Report } from '../../report.ts'
import type { ManifestFiles } from '../../manifest/files.ts'
import { review } from '../../review.ts'
import { evidenceFor } from '../reading/evidence.ts'
import { list, plural } from '../../units.ts'
import { baselineName, readBaseline, type BaselineFile } from '../reading/baselines.ts'
import type { CommandContext } from '../command.ts'
import { withConfigOptions, type ConfigOptions } from '../settings/config-options.ts'
import { findOrLoad } from '../reading/load.ts'
import { day } from '../writing/report-options.ts'
import { settingsFor } from '../settings/settings.ts'
import { exitCode, UserError, type World } from '../world.ts'
import { writeAtomically } from '../writing/write.ts'

interface Options extends ConfigOptions {
  file?: string
  today?: string
}

const actions = ['write', 'prune', 'check'] as const
type Action = (typeof actions)[number]

export function baselineCommand({ world, tool, exit }: CommandContext): Command {
  const command = new Command('baseline')
    .addArgument(new Argument('<action>', 'what to do').choices(actions))
    .argument('[manifest...]', 'manifests; none: scaffold.yaml here or above')
    .option('--file <path>', `the baseline (default: ${baselineName} beside the manifest)`)
    .option('--today <date>', 'the date by which waivers and ages are judged, such as 2026-11-30', day)
    .addHelpText(
      'after',
      `
write  accepts everything that stands today
prune  takes out what is not found any more; accepts nothing
check  exits 1 where prune would change something`,
    )
    .action(async (action: Action, manifests: string[], options: Options) => {
      if (manifests.includes('-'))
        throw new UserError('A baseline belongs to a file; standard input has no place to keep it')
      const reports: Report[] = []
      const { rules, review: how, included } = await settingsFor(manifests, options, world)
      const reviewOf = async (files: ManifestFiles) =>
        review(files, rules, { ...how, ...(await evidenceFor(files, world)) })
      const named = manifests.length > 0 ? manifests : await included()
      for (const path of new Set(named.length > 0 ? named : [undefined]))
        reports.push(await reviewOf(await findOrLoad(path, world)))
      const unreadable = reports.filter(({ verdict }) => verdict === 'unreadable')
      if (unreadable.length > 0) {
        const style = { color: false, width: 80, verbose: false, quiet: false }
        world.stderr.write(pretty({ tool, rules, reports: unreadable }, style))
        exit(exitCode.misuse)
        return
      }
      const codes: number[] = []
      for (const report of reports) codes.push(await perform[action](report, options, world))
      exit(Math.max(...codes))
    })
  return withConfigOptions(command)
}

const perform: { [A in Action]: (report: Report, options: Options, world: World) => Promise<number> } = {
  write: async (report, { file }, world) => {
    const found = await readBaseline(file, report.file, world)
    const accepted = acceptAll(report)
    await store(found, report, accepted)
    const { findings, openQuestions } = report
    const count = (severity: string) => findings.filter(finding => finding.severity === severity).length
    const unstated = openQuestions.filter(({ mustBeStated }) => mustBeStated).length
    const parts = [
      plural(count('error'), 'error'),
      plural(count('warning'), 'warning'),
      plural(count('info'), 'note'),
      `${plural(unstated, 'fact')} not stated`,
    ].filter(part => !part.startsWith('0 '))
    const behind = accepted.length - findings.length - unstated
    const folded = behind > 0 ? `, and ${plural(behind, 'finding')} that ${behind === 1 ? 'follows' : 'follow'}` : ''
    say(world, `${found.shown}: accepts ${list(parts) || 'nothing, as nothing stands'}${folded} (${report.file})`)
    return exitCode.clean
  },

  prune: async (report, { file }, world) => {
    const { found, accepted } = await existing(file, report, world)
    const { kept, stale, eased } = prune(report, accepted)
    if (stale.length + eased.length > 0) await store(found, report, kept)
    say(
      world,
      `${found.shown}: ${plural(kept.length, 'entry', 'entries')} kept, ${stale.length} taken out (${report.file})`,
    )
    tell(world, stale, eased)
    return exitCode.clean
  },

  check: async (report, { file }, world) => {
    const { found, accepted } = await existing(file, report, world)
    const { kept, stale, eased } = prune(report, accepted)
    if (stale.length + eased.length === 0) {
      say(world, `${found.shown}: all of ${plural(kept.length, 'entry', 'entries')} still found (${report.file})`)
      return exitCode.clean
    }
    const outdated = plural(stale.length + eased.length, 'entry is', 'entries are')
    say(world, `${found.shown}: ${outdated} out of date (${report.file}); "scaffold-review baseline prune" mends it`)
    tell(world, stale, eased)
    return exitCode.findings
  },
}

const say = (world: World, text: string) => world.stdout.write(`${visible(text)}\n`)

function tell(world: World, stale: readonly Entry[], eased: readonly Entry[]): void {
  const line = ({ rule, element, message }: Entry) => `${rule} on ${element}: ${message}`
  for (const entry of stale) say(world, `  stale  ${line(entry)}`)
  for (const entry of eased) say(world, `  eased  ${line(entry)} (now ${entry.severity})`)
}

async function existing(file: string | undefined, report: Report, world: World) {
  const found = await readBaseline(file, report.file, world)
  if (!found.baseline)
    throw new UserError(`There is no baseline "${found.shown}". "scaffold-review baseline write" writes one`)
  const section = found.sectionOf(report)
  if (!section)
    throw new UserError(
      `The baseline "${found.shown}" says nothing about "${found.nameOf(report)}"; it knows ${list(found.baseline.manifests.map(one => `"${one.file}"`)) || 'no manifest'}`,
    )
  return { found, accepted: section.accepted }
}

async function store(found: BaselineFile, report: Report, accepted: Entry[]): Promise<void> {
  const before: Baseline = found.baseline ?? { schemaVersion: 1, manifests: [] }
  const { system } = report
  const section = { file: found.nameOf(report), ...(system === undefined ? {} : { system }), accepted }
  await writeAtomically(found.absolute, baselineText(withSection(before, found.sectionOf(report), section)))
}
