import type { World } from './world.ts'

/** Whether standard output gets colours: the flag, then FORCE_COLOR, then NO_COLOR, then the terminal. */
export function wantsColor(flag: string, { env, stdout }: World): boolean {
  if (flag !== 'auto') return flag === 'always'
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false'
  if (env['NO_COLOR']) return false
  return stdout.isTTY && env['TERM'] !== 'dumb'
}
