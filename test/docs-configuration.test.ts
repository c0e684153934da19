import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { presets } from '../src/config/presets.ts'
import { readConfig } from '../src/config/read.ts'
import { Source } from '../src/manifest/source.ts'
import { run } from './cli-support.ts'
import { project } from './config-support.ts'
import { reviewText } from './support.ts'

/** The pages about configuration say what the program does. */

const page = (name: string) => readFileSync(`docs/${name}.md`, 'utf8')
const blocks = (name: string) => [...page(name).matchAll(/```yaml\n([^]*?)```/g)].map(([, text]) => text!)

test('what the page says of a preset is what the preset says', () => {
  const texts = blocks('configuration').slice(1, presets.length)
  const said = texts.map(text => readConfig(new Source('preset', text)).config)
  expect(said).toEqual(presets.slice(1).map(({ config }) => config))
})

test('the configuration of the page can be used', async () => {
  const cwd = project(blocks('configuration')[0]!, {
    'config/team.yaml': 'failOn: info\n',
    'teams/a/scaffold.yaml': 'services: { web: {} }\n',
  })
  const { code, out, err } = await run(['--print-config'], cwd)
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/drain-time-excessive:\n +severity: error +# \.scaffold-review\.yaml:14\n +options:\n +times: 6/)
})

test('the waivers of the page hold', () => {
  const text = blocks('configuration').at(-1)!
  const { waived, findings } = reviewText(text)
  expect(waived.map(({ finding }) => finding.ruleId).sort()).toEqual(['call-without-timeout', 'ttl-missing'])
  expect(findings.filter(({ ruleId }) => ruleId.startsWith('waiver')).map(({ ruleId }) => ruleId)).not.toContain(
    'waiver-malformed',
  )
})

test('the policy of the page does what its examples say, and the page shows it', async () => {
  const { code, out } = await run(['rules', '--test'], project(blocks('policies')[0]!))
  expect(code).toBe(0)
  expect(page('policies').replaceAll(/^ {4}/gm, '')).toContain(out.trimEnd())
})

test('every keyword of the page is one, and every other is refused', async () => {
  const [, said] = /The keywords are ([^]*?)\. There is no/.exec(page('policies'))!
  const words = [...said!.matchAll(/`([$\w]+)`/g)].map(([, word]) => word!)
  expect(words.length).toBeGreaterThan(30)
  const policy = (words: readonly string[]) => {
    const text = blocks('policies')[0]!.replace(
      /require:[^]*?(?= +message:)/,
      `require: { ${words.map(word => `${word}: 0`).join(', ')} }\n`,
    )
    return run(['rules'], project(text))
  }
  expect((await policy(words)).err).not.toContain('There is no keyword')
  expect(
    (await policy(['format', '$ref', 'uniqueItems', 'definitions'])).err.match(
      /cannot be used here|There is no keyword/g,
    ),
  ).toHaveLength(4)
})
