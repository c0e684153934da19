import { build } from 'esbuild'
import { cpSync, mkdirSync } from 'node:fs'

await build({
  entryPoints: ['src/extension.ts'],
  outfile: 'dist/extension.js',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: true,
  // The editor brings it.
  external: ['vscode'],
})
mkdirSync('schemas', { recursive: true })
cpSync('../../schemas/manifest.schema.json', 'schemas/manifest.schema.json')
cpSync('../../LICENSE', 'LICENSE')
