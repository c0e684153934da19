import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folder, run } from './cli-support.ts'
import { design, faultsOf, project, reviewIn } from './config-support.ts'

/** A repository that is reviewed may be anybody's: its configuration reads nothing outside it and runs nothing. */

const secret = 'rules: { ttl-missing: error }\nsecret-key: hunter2\n'

describe('extends stays inside the project', () => {
  test.each([
    [
      'an absolute path',
      '/etc/hostname',
      '"/etc/hostname" is an absolute path; expected one that starts with ./ or ../',
    ],
    ['out by ..', '../outside.yaml', '"../outside.yaml" lies outside the project'],
    ['out by a detour', './a/../../outside.yaml', 'lies outside the project'],
    ['a package', 'node_modules/evil', 'There is no preset "node_modules/evil"'],
    ['a scoped package', '@evil/config', 'There is no preset "@evil/config"'],
    ['an address', 'https://evil.example/x.yaml', 'There is no preset "https://evil.example/x.yaml"'],
    ['a file address', 'file:///etc/hostname', 'There is no preset "file:///etc/hostname"'],
    ['a symbolic link', './link.yaml', '"./link.yaml" lies outside the project'],
    ['a linked folder', './linked/outside.yaml', '"./linked/outside.yaml" lies outside the project'],
  ])('%s', async (_, name, fault) => {
    const outer = folder({ 'outside.yaml': secret, 'inner/.git/x': '', 'inner/scaffold.yaml': design })
    const cwd = join(outer, 'inner')
    writeFileSync(join(cwd, '.scaffold-review.yaml'), `extends: ${JSON.stringify(name)}\n`)
    symlinkSync(join(outer, 'outside.yaml'), join(cwd, 'link.yaml'))
    symlinkSync(outer, join(cwd, 'linked'))
    const faults = await faultsOf(cwd)
    expect(faults).toEqual([expect.stringContaining(fault)])
    expect(faults[0]).not.toContain('hunter2')
  })

  test('but reaches all of the project, whose root is where .git is, else the folder of the configuration', async () => {
    const files = {
      'base.yaml': 'rules: { ttl-missing: error }\n',
      'a/b/.scaffold-review.yaml': 'extends: ../../base.yaml\n',
      'a/b/scaffold.yaml': design,
    }
    expect((await reviewIn(join(folder({ ...files, '.git/x': '' }), 'a/b'))).found).toContain('ttl-missing error')
    expect((await faultsOf(join(folder(files), 'a/b')))[0]).toContain(
      'lies outside the project; expected a file in . or below',
    )
  })

  test('a configuration that is found is in the project itself; one that is named may be anywhere', async () => {
    const outer = folder({
      'outside.yaml': secret,
      'ok.yaml': 'rules: { ttl-missing: error }\n',
      'inner/.git/x': '',
      'inner/scaffold.yaml': design,
    })
    const cwd = join(outer, 'inner')
    symlinkSync('../outside.yaml', join(cwd, '.scaffold-review.yaml'))
    expect(await faultsOf(cwd)).toEqual([
      'scaffold-review: The configuration ".scaffold-review.yaml" leads out of the project; expected a file in it, or --config with the file',
    ])
    expect((await reviewIn(cwd, '--config', '../ok.yaml')).found).toContain('ttl-missing error')
  })
})

describe('include stays inside the project', () => {
  test.each([
    ['/etc/**/*.yaml', 'leads out of the project'],
    ['../*.yaml', 'leads out of the project'],
    ['./../other/*.yaml', 'leads out of the project'],
    ['a/../../*.yaml', 'leads out of the project'],
    ['{a,../..}/*.yaml', 'leads out of the project'],
    ['**/../../*.yaml', 'leads out of the project'],
    ['linked/*.yaml', 'lies outside the project'],
    ['link.yaml', 'finds no manifest'],
    ['*.yaml', 'finds no manifest'],
  ])('%s', async (pattern, fault) => {
    const outer = folder({ 'outside.yaml': design, 'inner/.git/x': '', 'inner/a/x': '' })
    const cwd = join(outer, 'inner')
    writeFileSync(join(cwd, '.scaffold-review.yaml'), `include: [${JSON.stringify(pattern)}]\n`)
    symlinkSync(join(outer, 'outside.yaml'), join(cwd, 'link.yaml'))
    symlinkSync(outer, join(cwd, 'linked'))
    const [said] = await faultsOf(cwd)
    expect(said).toContain(fault)
    expect(said).not.toContain('etc/host')
  })

  test('linked folders are not followed', async () => {
    const cwd = project('include: "**/scaffold.yaml"\n')
    const other = folder({ 'scaffold.yaml': design })
    symlinkSync(other, join(cwd, 'other'))
    symlinkSync('..', join(cwd, '.git/up'))
    mkdirSync(join(cwd, 'loop'))
    symlinkSync('..', join(cwd, 'loop/up'))
    const { document } = await reviewIn(cwd, '--only', 'ttl-missing')
    expect(document.manifests.map(({ file }) => file)).toEqual(['scaffold.yaml'])
  })
})

describe('YAML runs nothing and poisons nothing', () => {
  test.each([
    ['rules: !!js/function "function () { throw 1 }"\n', /tag/i],
    ['plugins: !!js/regexp /a/\n', /tag/i],
    ['failOn: !!python/object:os.system [ls]\n', /tag/i],
    ['rules: { __proto__: { severity: off } }\n', /The name "__proto__" cannot be used/],
    ['policies:\n  - { __proto__: { on: call } }\n', /The name "__proto__" cannot be used/],
    ['rules: { constructor: off }\n', /There is no rule "constructor"/],
    ['rules: { toString: off }\n', /There is no rule "toString"/],
    ['questions: { constructor: off }\n', /Unknown key "constructor"/],
    ['extends: constructor\n', /There is no preset "constructor"/],
    ['a: &a [*a]\n', /stands inside what it stands for/],
    [
      `x-a: &a [x, x, x, x, x, x, x, x, x, x]\n${Array.from(
        { length: 9 },
        (_, i) =>
          `x-${i}: &l${i} [${Array(10)
            .fill(i === 0 ? '*a' : `*l${i - 1}`)
            .join()}]\n`,
      ).join('')}`,
      /Aliases multiply/,
    ],
    [`${'['.repeat(20_000)}\n`, /Nested too deeply/],
  ])('%#', async (text, fault) => {
    const before = Object.keys(Object.prototype)
    const faults = await faultsOf(project(text))
    expect(faults.join('\n')).toMatch(fault)
    expect(Object.keys(Object.prototype)).toEqual(before)
    expect(({} as { severity?: string }).severity).toBeUndefined()
  })

  test('names of JavaScript in policies are names like others', async () => {
    const policy = (require: string, where = '') =>
      `policies:\n  - id: our/p\n    on: service\n    ${where}\n    require: ${require}\n    message: '"{name}" is wrong'\n    question: scaling\n    why: Because.\n    fix: Mend it\n`
    expect((await faultsOf(project(policy('{ properties: { constructor: {} } }'))))[0]).toContain(
      'There is no key "constructor"',
    )
    expect((await faultsOf(project(policy('{ required: [toString] }'))))[0]).toContain('There is no key "toString"')
    expect((await faultsOf(project(policy('{}', 'where: { constructor.name: Object }'))))[0]).toContain(
      'There is no key "constructor.name"',
    )
    expect((await faultsOf(project(policy('{ constructor: {} }'))))[0]).toContain('There is no keyword "constructor"')
    const code = policy(`{ properties: { owner: { const: "'];process.exit(7);['" } } }`)
    expect((await run(['--only', 'our/p'], project(code))).code).toBe(0)
  })
})
