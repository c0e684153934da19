import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A script that does nothing but parse files with the package `yaml`, as most tools do. */
export function bareParser(root) {
  const yaml = pathToFileURL(join(root, 'node_modules/yaml/dist/index.js')).href
  return `import yaml from ${JSON.stringify(yaml)}
import { readFileSync } from 'node:fs'
for (const file of process.argv.slice(2)) {
  const lineCounter = new yaml.LineCounter()
  yaml.parseDocument(readFileSync(file, 'utf8'), { lineCounter })
}
`
}

/** Spectral with twenty rules of the kind that a linter has: a key must be there, a value must look like this. */
export function spectral(folder) {
  mkdirSync(folder, { recursive: true })
  const packages = ['@stoplight/spectral-cli@6']
  const { status, stderr } = spawnSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder, ...packages],
    {
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(`Spectral cannot be installed:\n${stderr}`)
  const keys = [
    'owner',
    'replicas',
    'zones',
    'concurrency',
    'serviceTime',
    'state',
    'health',
    'deploy',
    'observability',
    'runbook',
  ]
  const call = [
    'timeout',
    'retries',
    'circuitBreaker',
    'operation',
    'mutates',
    'fallback',
    'bulkhead',
    'pool',
    'access',
    'serves',
  ]
  const rule = (given, field) => ({ given, severity: 'warn', then: { field, function: 'truthy' } })
  const rules = Object.fromEntries([
    ...keys.map(key => [`service-${key}`, rule('$.services[*]', key)]),
    ...call.map(key => [`call-${key}`, rule('$.services[*].calls[*]', key)]),
  ])
  const ruleset = join(folder, 'ruleset.json')
  writeFileSync(ruleset, JSON.stringify({ rules }))
  const program = join(folder, 'node_modules/@stoplight/spectral-cli/dist/index.js')
  return file => [
    program,
    'lint',
    file,
    '--ruleset',
    ruleset,
    '--format',
    'json',
    '--fail-severity',
    'error',
    '--quiet',
  ]
}
