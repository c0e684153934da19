import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { formatPath } from '../src/finding.ts'
import { code, prose } from '../src/interview/markdown.ts'
import { minutes } from '../src/interview/minutes.ts'
import { parsePath } from '../src/interview/path.ts'
import { folder, run } from './cli-support.ts'
import { applied, reviewOf } from './interview-support.ts'
import { filesOf } from './support.ts'
import fc from 'fast-check'

const manifest = `system: shop
services:
  web: { replicas: 3, state: none, calls: [{ to: api }] }
  api: { replicas: 3 }
journeys:
  buy: { entry: web, criticality: critical }
`

describe('the list of open questions', () => {
  const cwd = folder({ 'scaffold.yaml': manifest })
  const list = async (...more: string[]) => {
    const { code, out, err } = await run(['checklist', '--list', ...more], cwd)
    expect([code, err]).toEqual([0, ''])
    return out
  }

  test('as text, in the order in which they are asked', async () => {
    const text = await list('--question', 'partial-failure')
    expect(text).toContain(`1. web -> api: How long does the caller wait for one attempt?
   On buy it decides whether "A synchronous call has no timeout" and 2 more
   rules.
   services.web.calls[0].timeout (scaffold.yaml:3:46)
   for example timeout: 800ms
`)
    expect(text).toMatch(/\nshop: \d+ open questions, \d+% of the checks decided, incomplete\n$/)
  })

  test('as JSON, with what each takes', async () => {
    const { questions, verdict } = JSON.parse(await list('-f', 'json')) as {
      questions: Record<string, unknown>[]
      verdict: string
    }
    expect(verdict).toBe('incomplete')
    expect(questions.find(({ key }) => key === 'calls.timeout')).toMatchObject({
      fact: { path: 'services.web.calls[0].timeout', steps: ['services', 'web', 'calls', 0, 'timeout'] },
      expected: 'a duration such as 800ms, or none',
      choices: ['none'],
      typed: true,
      mustBeStated: true,
      location: { file: 'scaffold.yaml', line: 3 },
    })
  })

  test('as a checklist in Markdown', async () => {
    const text = await list('-f', 'markdown')
    expect(text).toContain('# Open questions of `shop`\n')
    expect(text).toContain('## Can the system survive partial failures? (unknown)\n\n- [ ] `web -> api`: How long does')
    expect(text).toContain('  `services.web.calls[0].timeout`, for example `timeout: 800ms`\n')
  })

  test('as a file to fill in, which answers nothing as it is', async () => {
    const text = await list('-f', 'yaml')
    const { answers } = parse(text) as { answers: { fact: string; answer: null }[] }
    expect(answers.map(({ fact }) => fact)).toContain('services.web.calls[0].timeout')
    const with_ = folder({ 'scaffold.yaml': manifest, 'a.yaml': text })
    const { code, out, err } = await run(['checklist', '--answers', 'a.yaml'], with_)
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('No answer written')
  })

  test('from standard input, and empty where nothing is open', async () => {
    const { code, out } = await run(['checklist', '-', '--list'], cwd, {
      stdin: 'caches:\n  web: { engine: x }\n',
    })
    expect(code).toBe(0)
    expect(out).toMatch(/stdin\.yaml: (?:nothing is|\d+ open)/)
  })
})

describe('minutes', () => {
  const hostile = 'x|y<img src=x>\n# Title [a](http://b) `c` *d* @everyone'
  const start = filesOf(`owner: team-shop\nstores:\n  db: { engine: postgres, role: systemOfRecord }\n${manifest}`)
  const waiver = {
    rule: 'call-without-timeout',
    on: 'services.web.calls[0]',
    reason: hostile,
    owner: hostile,
    until: '2027-01-01',
  }
  const { files } = applied(start, { kind: 'notApplicable', fact: ['services', 'api', 'state'], reason: hostile })
  const text = minutes({
    date: '2026-11-23',
    participants: [hostile, 'Ada'],
    before: reviewOf(start),
    after: reviewOf(files),
    files,
    entries: [
      {
        answer: { kind: 'notApplicable', fact: ['services', 'api', 'state'], reason: hostile },
        element: hostile,
        ask: 'Where?',
      },
      { answer: { kind: 'fact', fact: ['services', 'api', 'owner'], value: hostile }, element: 'api', ask: 'Who?' },
      { answer: { kind: 'risk', waiver }, element: waiver.on, ask: 'It fails' },
    ],
    openEnds: [{ fact: ['services', 'web', 'calls', 0, 'retries'], owner: 'Grace' }],
  })

  test('say who finds out: who was named, else the owner in the manifest', () => {
    expect(text).toContain('- [ ] How often is a failed attempt repeated? `web -> api` (Grace)\n')
    expect(text).toContain('- [ ] How long does the caller wait for one attempt? `web -> api` (team-shop)\n')
    expect(text).not.toMatch(/^- \[ \] Where does state .*`api`/m)
  })

  test('have a record to fill in for each choice that is hard to take back', () => {
    expect(text).toContain('### ADR-001: The engine of `db`\n\n- Status: proposed\n- Date: 2026-11-23\n- Deciders: ')
    expect(text).toContain('- In the manifest: `stores.db.engine: postgres`\n')
    const recorded = applied(files, {
      kind: 'fact',
      fact: ['decisions'],
      value: { 'ADR-012': { concerns: ['db'] } },
    }).files
    const later = minutes({
      date: '2026-11-23',
      participants: [],
      before: reviewOf(start),
      after: reviewOf(recorded),
      files: recorded,
      entries: [],
      openEnds: [],
    })
    expect(later).not.toContain('ADR-0')
    expect(later).toContain('Participants: not noted')
  })

  test('keep what is hostile in its place', () => {
    expect(text.split('\n').filter(line => /^#{1,2} /.test(line))).toEqual([
      '# Design review of `shop`, 2026-11-23',
      '## The eight questions',
      '## Answers',
      '## Accepted risks',
      '## Open ends',
      '## Decisions to write down',
    ])
    const risks = text.split('\n').filter(line => line.startsWith('| `call-without-timeout`'))
    expect(risks).toHaveLength(1)
    expect(risks[0]!.match(/(?<!\\)\|/g)).toHaveLength(6)
    const outsideCode = text.replaceAll(/(`+)(?:(?!\1).)*\1/g, '')
    expect(outsideCode).not.toMatch(/<img|@everyone|(?<!\\)\]\(/)
  })

  test('prose and code stay on their line, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), word => {
        expect(prose(word)).not.toMatch(/[\n\r]|<|(?<!\\)[`|[]/)
        expect(code(word)).not.toMatch(/[\n\r]|(?<!\\)\|/)
      }),
      { numRuns: 60 },
    )
    expect(code('a`b')).toBe('``a`b``')
    expect(code('`')).toBe('`` ` ``')
    expect(prose('1. a')).toBe('1\\. a')
  })
})

test('a path is read as it is written', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.nat()), { minLength: 1 }), steps => {
      const path = ['services', ...steps]
      expect(parsePath(formatPath(path))).toEqual(path)
    }),
    { numRuns: 100 },
  )
  for (const wrong of ['', 'a..b', 'a.', 'a[b]', 'a[1', 'a b', '[1']) expect(parsePath(wrong)).toBeUndefined()
})
