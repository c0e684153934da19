import { join } from 'node:path'
import { defineConfig } from 'rolldown'

/**
 * The program as few files that load fast: what every review needs in one, and each command, format and parser that is not
 * always needed in one of its own. CommonJS, because Node starts it sooner than modules.
 */
export default defineConfig({
  input: { 'scaffold-review': 'bin/scaffold-review.ts', 'thorough-read': 'src/manifest/thorough-read.ts' },
  platform: 'node',
  // Where the parser is built for browsers it does not ask for an environment variable at each token.
  resolve: { alias: { yaml: join(import.meta.dirname, 'node_modules/yaml/browser/index.js') } },
  external: './thorough-read.cjs',
  makeAbsoluteExternalsRelative: false,
  plugins: [readThoroughlyOnDemand()],
  output: {
    dir: 'dist/bin',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    // Names and lines stay, so that the trace of a defect can be read.
    minify: false,
  },
})

/** The second parser is asked only for what the first cannot read, and a constructor cannot wait for an `import()`. */
function readThoroughlyOnDemand() {
  const id = '\0thorough-read'
  return {
    name: 'read-thoroughly-on-demand',
    resolveId: (source, importer) =>
      source === './thorough-read.ts' && importer?.endsWith('/src/manifest/source.ts') ? id : undefined,
    load: requested =>
      requested === id
        ? "export const thoroughRead = text => require('./thorough-read.cjs').thoroughRead(text)"
        : undefined,
  }
}
