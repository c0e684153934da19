import { describe, expect, test } from 'vitest'
import { run } from './cli-support.ts'
import { faultsOf, project } from './config-support.ts'

const file = '.scaffold-review.yaml'

describe('what is wrong with a configuration has a place and a remedy', () => {
  test.each([
    ['rules: { ttl-mising: off }', ':1:10: There is no rule "ttl-mising"; did you mean "ttl-missing"?'],
    ['rules: { our/gone: off }', ':1:10: There is no rule "our/gone"; "scaffold-review rules" lists them'],
    ['rulez: {}', ':1:1: Unknown key "rulez"; did you mean "rules"?'],
    ['rules:\n  ttl-missing: of', ':2:3: "ttl-missing" is "of", expected off, info, warning, error, or a map'],
    [
      'rules:\n  ttl-missing: { severty: off }',
      ':2:18: Unknown key "severty" in "ttl-missing"; did you mean "severity"?',
    ],
    ['questions: { cachng: off }', ':1:14: Unknown key "cachng" in "questions"; did you mean "caching"?'],
    ['questions: { caching: fatal }', ':1:14: "caching" is "fatal", expected one of off, error, warning, info'],
    ['failOn: never', ':1:1: "failOn" is "never", expected one of error, warning, info'],
    [
      'minCoverage: 80',
      ':1:1: "minCoverage" is 80, expected a percentage such as 99.9%, or a fraction below 1 such as 0.999; did you mean 80%?',
    ],
    ['waivers: { maxDays: { error: -1 } }', ':1:23: "error" is -1, expected a whole number from 0'],
    [
      'rules:\n  sync-chain-too-deep:\n    options: { warm: 3 }',
      ':3:16: The rule "sync-chain-too-deep" has no option "warm"; did you mean "warn"?',
    ],
    [
      'rules:\n  sync-chain-too-deep:\n    options: { warn: many }',
      ':3:16: The option "warn" of the rule "sync-chain-too-deep" is "many"; invalid input: expected number',
    ],
    ['rules: { ttl-missing: { options: { a: 1 } } }', ':1:36: The rule "ttl-missing" has no option "a"; it has none'],
    ['rules: { waiver-unused: { options: { a: 1 } } }', ':1:27: "waiver-unused" has no options; expected a severity'],
    ['extends: strikt', ':1:1: There is no preset "strikt"; did you mean "strict"?'],
    [
      'extends: [recommended, our-rules]',
      ':1:24: There is no preset "our-rules"; expected one of recommended, strict, startup, or a file that starts with ./ or ../',
    ],
    ['extends: ./gone.yaml', ':1:1: There is no file "gone.yaml"'],
    ['- a', ':1:1: The configuration is a list, expected a map with extends, rules, failOn and so on'],
    ['failOn: [', ':'],
    ['failOn: error\nfailOn: info', ':2:1: "failOn" is defined twice'],
  ])('%j', async (config, fault) => {
    const faults = await faultsOf(project(`${config}\n`))
    expect(faults[0]).toContain(file + fault)
    expect(faults).toHaveLength(1)
  })

  test('all of it at once, also in files that are extended, each once', async () => {
    const cwd = project('extends: [./a.yaml, ./b.yaml]\nrules: { x-rule: off }\n', {
      'a.yaml': 'extends: ./b.yaml\nrules: { a-rule: off }\n',
      'b.yaml': 'rules: { b-rule: off }\n',
    })
    expect((await faultsOf(cwd)).map(line => line.split(': ')[0])).toEqual([
      'b.yaml:1:10',
      'a.yaml:2:10',
      `${file}:2:10`,
    ])
  })

  test('of policies as well, whose names mean nothing then', async () => {
    const policy =
      '  - { id: our/p, on: call, require: { maximun: 1 }, message: \'"{name}"\', question: scaling, why: Because., fix: Mend it }\n'
    const faults = await faultsOf(project(`rules: { ttl-mising: off, our/p: off }\npolicies:\n${policy}`))
    expect(faults.map(line => line.split(': ').slice(0, 2).join(': '))).toEqual([
      `${file}:1:10: There is no rule "ttl-mising"; did you mean "ttl-missing"?`,
      `${file}:3:39: There is no keyword "maximun" of JSON Schema here; did you mean "maximum"?`,
    ])
  })

  test('nothing is reviewed by half of a configuration, whatever the format', async () => {
    for (const format of ['pretty', 'json', 'sarif'])
      expect(await run(['-f', format, '--exit-zero'], project('failOn: x\n'))).toMatchObject({ code: 2, out: '' })
  })

  test('what it says of a configuration cannot move the cursor or hide a line', async () => {
    for (const config of ['extends: "a\\e[2Jb\\r\\nc"', 'rules: { "a\\e]0;x\\ab": off }', 'plugins: "a\\e[2Jb\\nc"']) {
      const { err } = await run([], project(`${config}\n`))
      expect(err).toMatch(/^[^\u0000-\u0009\u000b-\u001f\u007f]+$/)
      expect(err.trimEnd().split('\n').length).toBeLessThan(3)
    }
  })

  test('circles are named', async () => {
    const cwd = project('extends: ./a.yaml\n', { 'a.yaml': 'extends: [strict, ./.scaffold-review.yaml]\n' })
    expect(await faultsOf(cwd)).toEqual([
      'a.yaml:1:19: Configurations form a cycle: .scaffold-review.yaml -> a.yaml -> .scaffold-review.yaml',
    ])
  })

  test('chains without end are cut', async () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`c${i}.yaml`, `extends: ./c${i + 1}.yaml\n`]))
    expect((await faultsOf(project('extends: ./c0.yaml\n', many)))[0]).toContain('extends more than 50 files')
  })
})

describe('--print-config', () => {
  const cwd = project(
    'extends: [startup, ./team.yaml]\nfailOn: warning\nquestions: { migrations: off }\nrules:\n  drain-time-excessive: { options: { times: 6 } }\n',
    { 'team.yaml': 'failOn: error\nminCoverage: 50%\nrules: { ttl-missing: error, blocking-ddl: info }\n' },
  )
  const lines = async (...argv: string[]) =>
    (await run(['--print-config', ...argv], cwd)).out.split('\n').map(line => line.replace(/ +# /, ' # '))

  test('tells each value and where it comes from: command line over file over what it extends', async () => {
    const said = await lines('--strict', '--skip', 'caching')
    for (const line of [
      '# Made of team.yaml, then .scaffold-review.yaml.',
      'failOn: warning # .scaffold-review.yaml:2',
      'strict: true # command line',
      'minCoverage: 50% # team.yaml:2',
      '    warning: 365 # preset startup',
      '  allow: true # built in',
      '  owner-missing:',
      '    severity: off # preset startup',
      '  ttl-missing: off # command line',
      '  blocking-ddl: off # .scaffold-review.yaml:3',
      '      times: 6 # .scaffold-review.yaml:5',
      '      minutes: 60 # built in',
      '  shared-datastore: warning # built in',
      '  waiver-unused: info # built in',
    ])
      expect(said).toContain(line)
    expect((await lines()).slice(0, 3)).toContain('strict: false # built in')
    expect(await lines('--only', 'owner-missing')).toContain('    severity: warning # command line')
  })

  test('as JSON, and as a configuration that can be read', async () => {
    const { out, code } = await run(['--print-config', '-f', 'json'], cwd)
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      files: ['team.yaml', '.scaffold-review.yaml'],
      settings: {
        failOn: { value: 'warning', from: '.scaffold-review.yaml:2' },
        minCoverage: { value: 0.5, from: 'team.yaml:2' },
        rules: { 'ttl-missing': { severity: { value: 'error', from: 'team.yaml:3' }, options: {} } },
      },
    })
    const again = project((await run(['--print-config'], cwd)).out)
    const settings = async (folder: string) => (await run(['--print-config'], folder)).out.replaceAll(/ *#.*$/gm, '')
    expect(await settings(again)).toBe(await settings(cwd))
  })
})
