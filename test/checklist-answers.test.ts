import { chmodSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { folder, run } from './cli-support.ts'

const fixture = (name: string) => readFileSync(new URL(`fixtures/checklist/${name}.yaml`, import.meta.url), 'utf8')
const start = fixture('start')
const answers = fixture('answers')

const small =
  'services:\n  web:\n    replicas: 3\n    calls: [{ to: api, timeout: none }]\n  api: { replicas: 3 }\njourneys:\n  buy: { entry: web, criticality: critical }\n'
const minimal = (text: string, manifest = small) => {
  const cwd = folder({ 'scaffold.yaml': manifest, 'a.yaml': text })
  return { cwd, text: () => readFileSync(join(cwd, 'scaffold.yaml'), 'utf8') }
}
const play = (cwd: string, ...more: string[]) => run(['checklist', '--answers', 'a.yaml', ...more], cwd)

test('from a first manifest to ready by answers alone', { timeout: 90_000 }, async () => {
  const { cwd, text } = minimal(answers, start)
  const { code, out, err } = await play(cwd, '--minutes', 'minutes.md')
  expect(err).toBe('')
  expect(code).toBe(0)
  expect(out).toContain('23 answers written to scaffold.yaml\n')
  expect(out).toContain('verdict   incomplete -> ready')
  // The comments of the author are where they were.
  for (const comment of ['# A first manifest', '} # people buy tea\n', '- to: shop-db # all orders\n'])
    expect(text()).toContain(comment)
  const reviewed = await run(['review', '--fail-on', 'info', '--strict', '--min-coverage', '100%'], cwd)
  expect(reviewed.out).toContain('tea-shop: ready')
  expect(reviewed.code).toBe(0)
  expect(readFileSync(join(cwd, 'minutes.md'), 'utf8')).toContain('- Verdict: incomplete before, **ready** after')

  // Once more: nothing to do, and not a byte is touched.
  const before = text()
  const again = await play(cwd)
  expect(again.code).toBe(0)
  expect(again.out).toContain('No answer written')
  expect(again.err.split('\n').filter(line => line.endsWith('is answered already, and the same'))).toHaveLength(23)
  expect(text()).toBe(before)
})

describe('what is wrong with a file of answers is said with its place, and nothing is written', () => {
  test.each([
    [
      'answers: [{ fact: "services.web.calls[0].retrys", answer: 1 }]',
      'a.yaml:1:13: There is no fact "services.web.calls[0].retrys" in this manifest; did you mean "services.web.calls[0].retries"?',
    ],
    [
      'answers: [{ fact: services.wep.state, answer: none }]',
      'There is no fact "services.wep.state" in this manifest; did you mean "services.web.state"?',
    ],
    ['answers: [{ fact: services.web, answer: none }]', 'There is no fact "services.web"'],
    ['answers: [{ fact: services.web.state, answer: nun }]', 'a.yaml:1:39: "state" is "nun", expected'],
    [
      'answers:\n  - fact: services.web.state\n    answr: none',
      'a.yaml:3:5: Unknown key "answr"; did you mean "answer"?',
    ],
    [
      'answers: [{ fact: services.web.state, answer: none, notApplicable: because }]',
      'expected one of answer, notApplicable, unknown',
    ],
    [
      'answers: [{ fact: services.web.state, answer: none }, { fact: services.web.state, answer: local }]',
      '"services.web.state" is answered twice, first in line 1',
    ],
    ['answers: nothing', '"answers": expected a list of answers'],
    ['answers: [', 'a.yaml:1:'],
    ['- a', 'The file: expected a map with answers, accept, participants'],
    [
      'accept: [{ rule: call-without-timeot, on: services.web, reason: abc, owner: o, until: 2027-01-01 }]',
      'did you mean "call-without-timeout"?',
    ],
    [
      'accept: [{ rule: call-without-timeout, on: services.web, reason: abc, owner: o, until: 2026-11-22 }]',
      '"2026-11-22" is over, expected a day to come',
    ],
    ['accept: [{ rule: call-without-timeout, on: services.web, reason: abc, owner: o }]', '"until": expected'],
    [
      'accept: [{ rule: call-without-timeout, on: "services.web.calls[0]", reason: abc, owner: o, until: 2027-09-01 }]',
      'does not hold, as it lasts until 2027-09-01; expected 2027-02-21 at the latest',
    ],
  ])('%s', async (file, message) => {
    const { cwd, text } = minimal(file)
    const { code, out, err } = await play(cwd)
    expect(err).toContain(message)
    expect(err).toContain('nothing was written\n')
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(text()).toBe(small)
  })

  test('an answer that is right does not go in beside one that is wrong', async () => {
    const { cwd, text } = minimal(
      'answers: [{ fact: services.web.state, answer: none }, { fact: services.api.state, answer: nun }]',
    )
    expect((await play(cwd)).code).toBe(2)
    expect(text()).toBe(small)
  })

  test('no such file', async () => {
    const { cwd } = minimal('')
    const { code, err } = await run(['checklist', '--answers', 'b.yaml'], cwd)
    expect([code, err]).toEqual([2, 'scaffold-review: The answers in "b.yaml" cannot be read: there is no such file\n'])
  })
})

test('what nobody asks for is told and left out; risks are accepted, questions kept open', async () => {
  const { cwd, text } = minimal(`answers:
  - { fact: services.web.state, unknown: Ada }
  - { fact: services.api.state, notApplicable: a proxy }
  - { fact: "services.web.calls[0].timeout", answer: 1s }
  - { fact: "services.web.calls[0].hedge", answer: none }
accept:
  - { rule: call-without-timeout, on: "services.web.calls[0]", reason: rebuilt in May, owner: team-web, until: 2027-02-20 }
  - { rule: ttl-missing, on: caches.c, reason: no cache, owner: team-web, until: 2027-05-31 }
`)
  const { code, err } = await play(cwd, '--minutes', 'm.md')
  expect(code).toBe(0)
  expect(err.split('\n')).toEqual([
    'a.yaml:4:46: services.web.calls[0].timeout is answered already, with none; left as it is',
    'a.yaml:5:44: services.web.calls[0].hedge is not asked for by any rule as things stand; left out',
    'a.yaml:8:7: ttl-missing finds nothing at "caches.c", so there is nothing to accept',
    '',
  ])
  expect(parse(text())).toMatchObject({
    services: { api: { 'x-not-applicable': { state: 'a proxy' } }, web: { calls: [{ timeout: 'none' }] } },
    waivers: [{ rule: 'call-without-timeout', until: '2027-02-20' }],
  })
  const minutes = readFileSync(join(cwd, 'm.md'), 'utf8')
  expect(minutes).toContain(
    '| `call-without-timeout` | `services.web.calls[0]` | rebuilt in May | team-web | 2027-02-20 |',
  )
  expect(minutes).toMatch(/- \[ \] Where does state between two requests live\? `web` \(Ada\)\n/)
  expect(minutes).not.toMatch(/- \[ \] Where does state .*`api`/)
})

describe('files', () => {
  const one = 'answers: [{ fact: services.web.state, answer: none }]'

  test('a read-only file is left alone, before anything is asked', async () => {
    const { cwd, text } = minimal(one)
    chmodSync(join(cwd, 'scaffold.yaml'), 0o444)
    const { code, err } = await play(cwd)
    expect([code, err]).toEqual([
      2,
      'scaffold-review: "scaffold.yaml" is read-only, so no answer could be saved. Make it writable first\n',
    ])
    expect(text()).toBe(small)
  })

  test('a link is written through inside the folder, and refused outside', async () => {
    const { cwd } = minimal(one)
    writeFileSync(join(cwd, 'real.yaml'), small, { mode: 0o640 })
    chmodSync(join(cwd, 'real.yaml'), 0o640)
    symlinkSync('real.yaml', join(cwd, 'link.yaml'))
    expect((await play(cwd, 'link.yaml')).code).toBe(0)
    expect(readFileSync(join(cwd, 'real.yaml'), 'utf8')).toContain('state: none')
    expect(statSync(join(cwd, 'real.yaml')).mode & 0o777).toBe(0o640)
    expect(readdirSync(cwd).sort()).toEqual(['a.yaml', 'link.yaml', 'real.yaml', 'scaffold.yaml'])
    const elsewhere = folder({ 'theirs.yaml': small })
    symlinkSync(join(elsewhere, 'theirs.yaml'), join(cwd, 'theirs.yaml'))
    const { code, err } = await play(cwd, 'theirs.yaml')
    expect(code).toBe(2)
    expect(err).toContain('which lies outside this folder')
    expect(readFileSync(join(elsewhere, 'theirs.yaml'), 'utf8')).toBe(small)
  })

  test('the mark of the byte order and the ends of lines stay', async () => {
    const windows = `\uFEFF${small.replaceAll('\n', '\r\n')}`
    const { cwd, text } = minimal(one, windows)
    expect((await play(cwd)).code).toBe(0)
    expect(text()).toBe(
      windows.replace('{ to: api, timeout: none }]\r\n', '{ to: api, timeout: none }]\r\n    state: none\r\n'),
    )
  })

  test('an answer goes to the included file that holds its element', async () => {
    const cwd = folder({
      'scaffold.yaml': 'include: [api.yaml]\nservices:\n  web: { calls: [{ to: api }] }\n',
      'api.yaml': 'services:\n  api: {} # theirs\n',
      'a.yaml': 'answers: [{ fact: services.api.state, answer: none }, { fact: services.web.state, answer: none }]',
    })
    expect((await play(cwd)).code).toBe(0)
    expect(readFileSync(join(cwd, 'api.yaml'), 'utf8')).toBe('services:\n  api: { state: none } # theirs\n')
    expect(readFileSync(join(cwd, 'scaffold.yaml'), 'utf8')).toContain('state: none')
  })

  test('minutes that cannot be written are noticed before an answer is', async () => {
    const { cwd, text } = minimal(one)
    const { code, err } = await play(cwd, '--minutes', 'a.yaml/folder.md')
    expect(code).toBe(2)
    expect(err).toContain('The minutes cannot be added to "a.yaml/folder.md"')
    expect(text()).toBe(small)
  })

  test('minutes are added to those of an earlier sitting', async () => {
    const { cwd } = minimal(one)
    writeFileSync(join(cwd, 'm.md'), '# Earlier\n')
    await play(cwd, '--minutes', 'm.md', '--participant', 'Ada')
    expect(readFileSync(join(cwd, 'm.md'), 'utf8')).toMatch(
      /^# Earlier\n\n# Design review of `scaffold\.yaml`, 2026-11-23\n\n- Participants: Ada\n/,
    )
  })
})
