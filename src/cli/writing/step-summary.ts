import { appendFile, stat } from 'node:fs/promises'
import { isGitHubActions } from './ci.ts'
import type { World } from '../world.ts'

/** GitHub shows no summary of a step that is longer, in bytes. */
const longestSummary = 2 ** 20

/**
 * Adds the report to the summary of the step, where GitHub Actions runs it. Several runs of a step follow each other. Nobody
 * asked for it, so what goes wrong is said and fails nothing.
 */
export async function appendStepSummary(
  markdown: () => Promise<string>,
  { env, stderr }: Pick<World, 'env' | 'stderr'>,
): Promise<void> {
  const path = env['GITHUB_STEP_SUMMARY']
  if (!isGitHubActions(env) || !path) return
  try {
    const size = await stat(path).then(
      found => found.size,
      () => 0,
    )
    const text = (size > 0 ? '\n' : '') + (await markdown())
    if (size + Buffer.byteLength(text) > longestSummary)
      stderr.write('scaffold-review: The summary of this step is full, so the review is not added to it\n')
    else await appendFile(path, text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    stderr.write(`scaffold-review: The summary of this step cannot be written: ${why}\n`)
  }
}
