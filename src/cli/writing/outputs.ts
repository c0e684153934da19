import { InvalidArgumentError } from 'commander'
import { resolve } from 'node:path'
import { didYouMean } from '../../manifest/nearest.ts'
import { formats, reporterFor, type Format } from '../../reporters/index.ts'
import type { Run, Style } from '../../reporters/reporter.ts'
import { isGitHubActions } from './ci.ts'
import { UserError, type World } from '../world.ts'

export interface Output {
  readonly format: Format
  readonly path: string
}

export interface Outputs {
  /** What standard output gets. */
  readonly format: Format
  readonly files: readonly Output[]
  /** Whether the CI that runs this is given what it shows by itself. */
  readonly ciDetect: boolean
}

/** One `format=path` of the command line. */
export function outputOption(value: string, before: readonly Output[]): Output[] {
  const [format = '', ...rest] = value.split('=')
  const path = rest.join('=')
  if (!path) throw new InvalidArgumentError('Expected format=path, such as sarif=review.sarif.')
  if (!(formats as string[]).includes(format)) {
    throw new InvalidArgumentError(
      `There is no format "${format}"${didYouMean(format, formats)}; expected one of ${formats.join(', ')}.`,
    )
  }
  if (path === '-')
    throw new InvalidArgumentError(`Expected the path of a file; for standard output: --format ${format}.`)
  return [...before, { format: format as Format, path }]
}

/**
 * Refuses outputs that would overwrite each other or a file that is reviewed.
 * @param reviewed files of the manifests, relative to the folder in which the program was started
 */
export function checkOutputs(files: readonly Output[], reviewed: readonly string[], { cwd }: World): void {
  const inputs = new Set(reviewed.map(file => resolve(cwd, file)))
  const taken = new Map<string, Format>()
  for (const { format, path } of files) {
    const absolute = resolve(cwd, path)
    const other = taken.get(absolute)
    if (other !== undefined)
      throw new UserError(`Two outputs go to "${path}", ${other} and ${format}; expected a file for each`)
    if (inputs.has(absolute)) throw new UserError(`The output ${format} would overwrite "${path}", which is reviewed`)
    taken.set(absolute, format)
  }
}

/**
 * Writes all outputs. One that fails takes no other with it. Files come first: whoever reads standard output may keep it waiting.
 * @returns what could not be written that was asked for, one sentence each
 */
export async function writeOutputs(run: Run, style: Style, outputs: Outputs, world: World): Promise<string[]> {
  const failures: string[] = []
  const attempt = async (write: () => unknown) => {
    try {
      await write()
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error))
    }
  }
  const plain = { ...style, color: false, width: 80 }
  for (const { format, path } of outputs.files)
    await attempt(async () =>
      (await import('./write.ts')).writeAtomically(resolve(world.cwd, path), await text(format, run, plain)),
    )
  if (outputs.ciDetect && isGitHubActions(world.env))
    await (await import('./step-summary.ts')).appendStepSummary(() => text('markdown', run, plain), world)
  await attempt(async () => world.stdout.write(await text(outputs.format, run, style)))
  return failures
}

async function text(format: Format, run: Run, style: Style): Promise<string> {
  const reporter = await reporterFor(format)
  try {
    return await reporter(run, style)
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
    throw new Error(`Cannot write the format ${format}. This is a defect of the program; please report it.\n${what}`)
  }
}
