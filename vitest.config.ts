import { defineConfig } from 'vitest/config'
import type { Reporter } from 'vitest/node'

/** One plain line at the end that any CI can read. */
const counts: Reporter = {
  onTestRunEnd(modules) {
    const count = (state: string) =>
      modules.reduce(
        (sum, module) => sum + [...module.children.allTests()].filter(test => test.result().state === state).length,
        0,
      )
    const broken = modules.filter(module => module.errors().length > 0).length
    console.log(`${count('passed')} passed, ${count('failed') + broken} failed, ${count('skipped')} skipped`)
  },
}

export default defineConfig({
  // No test changes a module for another, so the house is read once per worker and not once per file.
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/seed.ts'],
    isolate: false,
    testTimeout: 60_000,
    reporters: ['default', counts],
  },
})
