import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Baseline } from '../src/delta/baseline-schema.ts'
import type { ReportDocument } from '../src/reporters/report-schema.ts'
import { folder, run } from './cli-support.ts'

export const naive = readFileSync('examples/web-shop-naive/scaffold.yaml', 'utf8')
export const name = '.scaffold-review-baseline.json'

export const baselineOf = (cwd: string, file = name) => JSON.parse(readFileSync(join(cwd, file), 'utf8')) as Baseline
export const manifestOf = async (cwd: string, ...argv: string[]) => {
  const { code, out, err } = await run([...argv, '-f', 'json'], cwd)
  const [manifest] = (JSON.parse(out) as ReportDocument).manifests
  return { code, err, ...manifest! }
}
const written = new Map<string, string>()
/** A folder whose baseline accepts the manifest as it is. The program writes it once for each text. */
export async function accepted(text = naive): Promise<string> {
  const known = written.get(text)
  if (known !== undefined) return folder({ 'scaffold.yaml': text, [name]: known })
  const cwd = folder({ 'scaffold.yaml': text })
  expect((await run(['baseline', 'write'], cwd)).code).toBe(0)
  written.set(text, readFileSync(join(cwd, name), 'utf8'))
  return cwd
}

export const shop = (timeout: string, more = '', journey = 'criticality: critical') => `
system: shop
journeys: { buy: { entry: web, ${journey} } }
services:
  web:
    calls:
      - { to: api, timeout: ${timeout} }
      - { to: psp, timeout: none }${more}
  api: {}
externals: { psp: {} }
`
