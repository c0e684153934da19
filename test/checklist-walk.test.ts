import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder } from './cli-support.ts'
import { meeting } from './meeting.ts'

const small = `# the shop
services:
  web:
    replicas: { min: 3, max: 6 }
    calls: [{ to: api }] # one
  api: { replicas: { min: 3, max: 6 } }
journeys:
  buy: { entry: web, criticality: critical }
`
function start(text = small) {
  const cwd = folder({ 'scaffold.yaml': text })
  return { cwd, path: join(cwd, 'scaffold.yaml'), text: () => readFileSync(join(cwd, 'scaffold.yaml'), 'utf8') }
}

test('from the overview to an answer, back, out, and on from there', { timeout: 90_000 }, async () => {
  const { cwd, text } = start()
  const first = await meeting(['checklist'], cwd)
  expect(await first.sees('Where to?')).toContain('Can the system survive partial failures')
  await first.chooses('unknown Can the system survive')
  await first.chooses('answer what is open')
  await first.sees('timeout of web -> api?')
  await first.chooses('type it')
  await first.types('80')
  expect(await first.sees('>')).toContain('"timeout" is 80, expected a duration')
  await first.types('0ms')
  await first.sees('retries of web -> api?')
  expect(text()).toBe(small.replace('{ to: api }', '{ to: api, timeout: 800ms }'))
  await first.chooses('go back')
  await first.sees('timeout of web -> api?')
  expect(text()).toBe(small)
  await first.chooses('none: we do not do this')
  await first.sees('retries of web -> api?')
  first.presses('c', true)
  expect(await first.code).toBe(130)
  const said = await first.shown()
  expect(said).toContain(
    'web -> api\nHow long does the caller wait for one attempt?\nOn buy it decides whether "A synchronous call has no timeout"',
  )
  expect(said).toMatch(
    /saved timeout: none \(scaffold\.yaml:5:\d+\)\n {2}decided +call-without-timeout.*\n {2}new +error call-without-timeout: /,
  )
  expect(said).toContain('1 answer saved in scaffold.yaml. ')
  expect(text()).toContain('timeout: none')

  // Resumed: what was answered is not asked again.
  const second = await meeting(['checklist', '--question', 'partial-failure'], cwd)
  await second.chooses('answer what is open')
  expect(await second.sees('?')).not.toContain('timeout of web -> api?')
  await second.chooses('more...')
  await second.chooses('stop')
  expect(await second.code).toBe(0)
})

test('what is not known, not applicable or skipped stays open', { timeout: 90_000 }, async () => {
  const { cwd, text } = start()
  const { sees, chooses, types, shown, code } = await meeting(
    ['checklist', '--minutes', 'm.md', '--participant', 'Ada'],
    cwd,
  )
  await chooses('what matters most first')
  await sees('timeout of web -> api?')
  await chooses("don't know")
  await sees('Who finds out?')
  await types('Grace')
  await sees('of web?')
  await chooses('skip')
  await sees('state of api?')
  await chooses('more...')
  await chooses('not applicable')
  await types('a')
  await sees('A reason is needed')
  await types(' file server')
  await sees('concurrency of web?')
  await chooses('explain')
  await chooses('more...')
  await chooses('stop')
  expect(await code).toBe(0)
  expect(text()).toMatch(/api: \{ replicas: \{ min: 3, max: 6 \}, x-not-applicable: \{ \w+: a file server \} \}/)
  expect(await shown()).toContain('capacity-below-peak: Full scale does not carry the peak\n\nAt a utilisation of 1')
  const minutes = readFileSync(join(cwd, 'm.md'), 'utf8')
  expect(minutes).toContain('Participants: Ada')
  expect(minutes).toMatch(/- \[ \] How long does the caller wait for one attempt\? `web -> api` \(Grace\)/)
  expect(minutes).toContain('not applicable: a file server')
})

test('one answer for several, and a map key by key', { timeout: 90_000 }, async () => {
  const { cwd, text } = start(
    small.replace('[{ to: api }] # one', '\n      - to: api # one\n      - to: api\n        operation: charge'),
  )
  const { sees, chooses, types, presses, code } = await meeting(['checklist', '--question', 'partial-failure'], cwd)
  await chooses('answer what is open')
  await sees('timeout of')
  await chooses('more...')
  await chooses('the same answer for several (1 other')
  await sees('The same answer for')
  presses('space')
  presses('enter')
  await sees('timeout of 2 elements?')
  await chooses('type it')
  await types('1s')
  await sees('retries of')
  expect(text().match(/timeout: 1s/g)).toHaveLength(2)
  await chooses('answer key by key')
  await sees('max:')
  await types('')
  await sees('There is no answer')
  await types('2')
  await chooses('exponential')
  await sees('base:')
  await types('50ms')
  await sees('cap:')
  await types('')
  await chooses('yes')
  await sees('budget:')
  presses('c', true)
  expect(await code).toBe(130)
  expect(text()).not.toContain('retries')
})

test('a risk is accepted with reason, owner and day', { timeout: 90_000 }, async () => {
  const { cwd, text } = start(small.replace('{ to: api }', '{ to: api, timeout: none }'))
  const { sees, chooses, types, shown, code } = await meeting(['checklist', '--question', 'partial-failure'], cwd)
  await chooses('look at the findings')
  await sees('What about it?')
  await chooses('accept the risk for now')
  await types('x')
  await sees('expected a reason')
  await types('yz')
  await sees('Who accepts it?')
  await types('team-web')
  await sees('Until when?')
  // Enter alone takes about a quarter.
  await types('')
  await sees('saved')
  await sees('?')
  await chooses('to the overview')
  await chooses('stop')
  expect(await code).toBe(0)
  expect(await shown()).toMatch(/gone +error call-without-timeout: /)
  expect(text()).toContain(
    'waivers:\n  - rule: call-without-timeout\n    on: services.web.calls[0]\n    reason: xyz\n    owner: team-web\n    until: 2027-02-21\n',
  )
})

test('a manifest that changed on disk is not overwritten', { timeout: 90_000 }, async () => {
  const { cwd, path, text } = start()
  const { sees, chooses, types, shown, code } = await meeting(['checklist'], cwd)
  await chooses('what matters most first')
  await sees('timeout of web -> api?')
  appendFileSync(path, '# mine\n')
  await chooses('type it')
  await types('1s')
  await sees('What now?')
  expect(text()).toBe(`${small}# mine\n`)
  await chooses('read it again, and give the answer there')
  await sees('of web?')
  expect(text()).toBe(`${small.replace('{ to: api }', '{ to: api, timeout: 1s }')}# mine\n`)
  // Broken meanwhile: nothing is taken from it, and nothing is written to it.
  writeFileSync(path, 'services: [')
  await chooses('skip')
  await chooses('none')
  await sees('What now?')
  await chooses('read it again, and go on')
  await sees('cannot be read as it is now')
  await chooses('stop here')
  expect(await code).toBe(0)
  expect(text()).toBe('services: [')
  expect(await shown()).toContain('scaffold.yaml changed on disk since it was read; nothing was written')
})

test('an editor gets a copy, and what is wrong with it comes back', { timeout: 90_000 }, async () => {
  const { cwd, text } = start()
  const started: string[][] = []
  const texts = ['services: [', `${small}owner: team-shop\n`]
  const { sees, chooses, shown, presses, code } = await meeting(['checklist'], cwd, {
    env: { NO_COLOR: '1', TERM: 'xterm', EDITOR: '/usr/bin/vim -n' },
    runInTerminal: (program, args) => {
      started.push([program, ...args.slice(0, -1)])
      writeFileSync(args.at(-1)!, texts.shift()!)
      return Promise.resolve(0)
    },
  })
  await chooses('what matters most first')
  await sees('timeout of web -> api?')
  await chooses('more...')
  await chooses('edit scaffold.yaml in vim')
  await sees('scaffold.yaml is as it was. What now?')
  expect(text()).toBe(small)
  await chooses('edit again')
  await sees('timeout of web -> api?')
  expect(text()).toBe(`${small}owner: team-shop\n`)
  presses('d', true)
  expect(await code).toBe(130)
  expect(started).toEqual([
    ['/usr/bin/vim', '-n', '+5'],
    ['/usr/bin/vim', '-n', '+5'],
  ])
  expect(await shown()).toMatch(/> scaffold\.yaml:1:\d+: /)
})
