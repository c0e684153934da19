import { Command, Option } from 'commander'
import { driftJson } from '../../delta/drift-json.ts'
import { driftSarif } from '../../delta/drift-sarif.ts'
import { driftText } from '../../delta/drift-text.ts'
import type { Drift } from '../../delta/drift.ts'
import { readManifest } from '../../manifest/read.ts'
import { pretty } from '../../reporters/pretty.ts'
import { review } from '../../review.ts'
import { wantsColor } from '../writing/color.ts'
import type { CommandContext } from '../command.ts'
import { gatherEvidence } from '../reading/evidence.ts'
import { withLimits } from '../reading/limit-options.ts'
import type { Limits } from '../reading/limits.ts'
import { findOrLoad } from '../reading/load.ts'
import { exitCode, UserError } from '../world.ts'

interface Options extends Limits {
  format: 'text' | 'json' | 'sarif'
  color: string
  verbose: boolean
}

export function driftCommand({ world, tool, exit }: CommandContext): Command {
  const command = new Command('drift')
    .argument('[manifest]', 'a manifest that names its evidence; none: scaffold.yaml here or above')
    .addOption(new Option('-f, --format <name>', 'how').choices(['text', 'json', 'sarif']).default('text'))
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .option('-v, --verbose', 'list all', false)
  return withLimits(command).action(async (manifest: string | undefined, options: Options) => {
    const files = await findOrLoad(manifest, world, undefined, options)
    const style = {
      color: wantsColor(options.color, world),
      width: Math.max(40, world.stdout.columns ?? 80),
      verbose: options.verbose,
      quiet: false,
    }
    const { model } = readManifest(files)
    const { file } = files.sources[0]!
    if (!model) {
      world.stderr.write(pretty({ tool, rules: [], reports: [review(files, [])] }, { ...style, color: false }))
      exit(exitCode.misuse)
      return
    }
    const evidence = await gatherEvidence(files, world, options)
    if (!evidence)
      throw new UserError(
        `"${file}" names no evidence to compare with. Add it, for example as "evidence: { kubernetes: [deploy/**/*.yaml] }"`,
      )
    const at = { model, at: files.locateFact.bind(files) }
    const { driftItems, notesOf } = await import('../../evidence/drift.ts')
    const told = evidence.reader(at)
    const drift: Drift = {
      file,
      system: model.raw.system,
      items: driftItems(told, evidence.systems, at),
      same: told.claims.filter(({ state }) => state === 'evidenced').length,
      notes: [...notesOf(evidence.systems), ...told.questions.flatMap(({ because }) => because ?? [])],
      problems: told.problems,
      sources: files.sources,
    }
    world.stdout.write(
      options.format === 'json'
        ? driftJson(drift)
        : options.format === 'sarif'
          ? driftSarif(drift, tool, style)
          : driftText(drift, style),
    )
    const isDifferent = drift.items.some(({ state }) => state === 'different')
    exit(drift.problems.length > 0 ? exitCode.misuse : isDifferent ? exitCode.findings : exitCode.clean)
  })
}
