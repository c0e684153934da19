import { readFileSync } from 'node:fs'
import { rules } from '../src/rules/index.ts'
import { pick } from './fuzz-mutate.ts'
import { randomManifest } from './random-manifest.ts'
import { textOf } from './support.ts'

const exampleFiles = Object.keys(import.meta.glob('../examples/**/*.yaml')).sort()

/** Where mutation starts: whole systems, incidents, the examples of the rules, and manifests at random. */
export function startOf(index: number): string {
  const sort = index % 10
  const rest = Math.floor(index / 10)
  if (sort < 2) return readFileSync(new URL(pick(exampleFiles, rest), import.meta.url), 'utf8')
  if (sort < 8)
    return textOf(
      pick(
        rules.flatMap(({ examples }) => examples),
        rest,
      ),
    )
  return JSON.stringify(randomManifest(rest), undefined, sort === 8 ? 1 : 0)
}

const configurations = [
  `extends: [strict]
failOn: warning
minCoverage: 80%
questions: { migrations: warning }
rules:
  edge-unused: off
  drain-time-excessive: { severity: error, options: { times: 6 } }
waivers:
  allow: true
  comments: true
  maxDays: { error: 30, warning: 90, info: 180 }
`,
  `extends: startup
strict: true
include: ['*.yaml']
exclude: [cycle.yaml]
waivers: { comments: false, maxDays: { error: 0 } }
x-mine: &severity info
rules: { timeout-missing: *severity, retry-storm: error }
`,
  'extends: [recommended, ./list.yaml]\nwaivers: { allow: false }\n',
]

/** A configuration, to be mutated. */
export const configurationOf = (index: number): string => pick(configurations, index)
