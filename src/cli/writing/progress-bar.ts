import type { World } from '../world.ts'

/** Milliseconds that a run may take before a bar is drawn, and between two drawings of it. */
const patience = 500
const pause = 100
const width = 30

/** How far a long run is, on standard error and only where that is a terminal; it goes away when the run is over. */
export function progressBar({ stderr }: World, what: string, clock: () => number = () => performance.now()) {
  const begun = clock()
  let drawn = 0
  return {
    /** @param share from 0 to 1 */
    show(share: number): void {
      const now = clock()
      if (stderr.isTTY !== true || now - begun < patience || now - drawn < pause) return
      drawn = now
      const full = Math.floor(share * width)
      stderr.write(
        `\r${what} [${'#'.repeat(full)}${'.'.repeat(width - full)}] ${String(Math.floor(share * 100)).padStart(3)}%`,
      )
    },
    clear(): void {
      if (drawn > 0) stderr.write(`\r${' '.repeat(what.length + width + 9)}\r`)
    },
  }
}
