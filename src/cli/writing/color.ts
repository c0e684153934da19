import { isGitHubActions } from './ci.ts'
import type { World } from '../world.ts'

/**
 * Whether standard output gets colours: the flag, then FORCE_COLOR, then NO_COLOR, then the terminal. The log of GitHub Actions
 * is no terminal and renders them; a file there stays plain.
 */
export function wantsColor(flag: string, { env, stdout }: World, ciDetect = true): boolean {
  if (flag !== 'auto') return flag === 'always'
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false'
  if (env['NO_COLOR']) return false
  if (ciDetect && isGitHubActions(env)) return stdout.isFile !== true
  return stdout.isTTY && env['TERM'] !== 'dumb'
}
