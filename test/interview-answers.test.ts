import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawsFrom } from '../src/analysis/formulas/log-normal.ts'
import { changed, valueAt } from '../src/edit/data.ts'
import type { Path } from '../src/finding.ts'
import { applyAnswer, whyNotApplicable } from '../src/interview/answer.ts'
import type { ManifestFiles } from '../src/manifest/files.ts'
import { readManifest } from '../src/manifest/read.ts'
import { schemaAt } from '../src/manifest/walk-schema.ts'
import { readAs } from '../src/manifest/schema/read-as.ts'
import { applied, asText, questionAt, randomAnswer, reviewOf, textsOf } from './interview-support.ts'
import { randomManifest } from './random-manifest.ts'
import { filesOf } from './support.ts'

const fact = (path: Path, value: unknown) => ({ kind: 'fact', fact: path, value }) as const
const after = (text: string, path: Path, value: unknown) => textsOf(applied(filesOf(text), fact(path, value)).files)[0]

describe('an answer lands as a fact', () => {
  test('beside the facts that are there, with comments and form kept', () => {
    const text = 'services:\n  web: # the front\n    replicas: 3   # for now\n    calls: [{ to: api }]\n  api: {}\n'
    expect(after(text, ['services', 'web', 'calls', 0, 'timeout'], '800ms')).toBe(
      text.replace('{ to: api }', '{ to: api, timeout: 800ms }'),
    )
    expect(after(text, ['services', 'web', 'zones'], 3)).toContain('replicas: 3   # for now\n')
  })

  test.each([
    ['retries: 2', ['retries', 'budget'], '10%', { max: 2, budget: '10%' }],
    ['hedge: true', ['hedge', 'delay'], '95ms', { delay: '95ms' }],
    ['retries: { max: 1 } # one', ['retries', 'jitter'], true, { max: 1, jitter: true }],
  ])('%s is written out where it gets details', (written, rest, value, intended) => {
    const text = `services:\n  web:\n    calls:\n      - to: api\n        ${written}\n  api: {}\n`
    const { files } = applied(filesOf(text), fact(['services', 'web', 'calls', 0, ...rest], value))
    expect((files.value['services'] as { web: { calls: Record<string, unknown>[] } }).web.calls[0]![rest[0]!]).toEqual(
      intended,
    )
  })

  test.each([
    ['runbook: docs/x.md', ['runbook', 'verified'], '2026-10-02', { path: 'docs/x.md', verified: '2026-10-02' }],
    ['backup: { lastRestoreTest: 2026-01-02 }', ['backup', 'lastRestoreTest', 'duration'], '5m', undefined],
  ])('%s as well', (written, rest, value, intended) => {
    const { files } = applied(filesOf(`stores:\n  db: { ${written} }\n`), fact(['stores', 'db', ...rest], value))
    const { db } = files.value['stores'] as { db: Record<string, unknown> }
    expect(db[rest[0]!]).toEqual(intended ?? { lastRestoreTest: { date: '2026-01-02', duration: '5m' } })
  })

  test('a load in short form is its steady part', () => {
    const { files } = applied(
      filesOf('services: { web: {} }\njourneys:\n  buy: { entry: web, load: 120/s }\n'),
      fact(['journeys', 'buy', 'load', 'peak'], '600/s'),
    )
    expect(files.value['journeys']).toEqual({ buy: { entry: 'web', load: { steady: '120/s', peak: '600/s' } } })
  })

  test('with the rest of a default that it replaces', () => {
    const text =
      'defaults:\n  calls: { retries: 2, timeout: 1s }\nservices:\n  web:\n    calls: [{ to: api }, { to: api }]\n  api: {}\n'
    const { files } = applied(filesOf(text), fact(['services', 'web', 'calls', 1, 'retries', 'budget'], '10%'))
    expect(textsOf(files)[0]).toBe(text.replace('{ to: api }]', '{ to: api, retries: { max: 2, budget: 10% } }]'))
  })

  test('in the file that holds the element', () => {
    const files = filesOf('include: ["1.yaml"]\nservices: { web: {} }\n', 'services:\n  api:\n    zones: 2\n')
    const outcome = applied(files, fact(['services', 'api', 'replicas'], { min: 3, max: 6 }))
    expect(outcome.file).toBe('1.yaml')
    expect(textsOf(outcome.files)).toEqual([
      textsOf(files)[0],
      'services:\n  api:\n    zones: 2\n    replicas: { min: 3, max: 6 }\n',
    ])
  })

  test('as new elements of a section that there is, and as the section where there is none', () => {
    const text = 'services: { web: {} }\nslos:\n  a: { journey: buy }\n'
    const added = { b: { journey: 'buy', indicator: 'availability' } }
    expect(after(text, ['slos'], added)).toContain(
      '  a: { journey: buy }\n  b: { journey: buy, indicator: availability }\n',
    )
    expect(after('services: { web: {} }\n', ['slos'], added)).toContain('slos:')
    expect(applyAnswer(filesOf(text), fact(['slos'], { a: {} }))).toEqual({ problem: '"a" is defined already in slos' })
  })
})

describe('an answer is refused', () => {
  const files = filesOf('services:\n  web:\n    calls: [{ to: api, retries: none }]\n  api: {}\n')
  test.each([
    [['timeout'], 800, '"timeout" is 800, expected'],
    [['timeout'], '0s', 'above zero'],
    [['timeout'], undefined, 'There is no answer'],
    [['retries', 'budget'], '110%', 'at most 100%'],
    [['access'], 'reads', 'expected one of read, write, readWrite'],
    [['circuitBreaker'], { windows: '10s' }, 'Unknown key "windows" in "circuitBreaker"; did you mean "window"?'],
  ])('%j: %j', (rest, value, message) => {
    const outcome = applyAnswer(files, fact(['services', 'web', 'calls', 0, ...rest], value))
    expect(outcome.problem).toContain(message)
  })

  test('where what is stated denies what it is about', () => {
    const outcome = applyAnswer(
      filesOf('services:\n  web:\n    calls: [{ to: api, hedge: none }]\n  api: {}\n'),
      fact(['services', 'web', 'calls', 0, 'hedge', 'delay'], '95ms'),
    )
    expect(outcome.problem).toBe('services.web.calls[0].hedge is "none", which has no "delay"; change that first')
  })
})

describe('other answers', () => {
  test('a risk is a waiver behind the last one, in the file that has that', () => {
    const waiver = { rule: 'ttl-missing', on: 'caches.c', reason: 'gone in March', owner: 'web', until: '2027-03-31' }
    const one = applied(filesOf('caches: { c: {} }\n'), { kind: 'risk', waiver })
    const two = applied(one.files, { kind: 'risk', waiver: { ...waiver, on: 'caches' } })
    expect(two.files.value['waivers']).toEqual([waiver, { ...waiver, on: 'caches' }])
    const list = (name: string) => `waivers:\n  - { rule: a, on: ${name}, reason: abc, owner: o, until: 2027-01-01 }\n`
    const several = applied(filesOf(`include: [1.yaml]\n${list('x')}`, list('y')), { kind: 'risk', waiver })
    expect(several.file).toBe('1.yaml')
    expect((several.files.value['waivers'] as { on: string }[]).map(({ on }) => on)).toEqual(['x', 'y', 'caches.c'])
  })

  test('what is not applicable is noted with its reason, and stays open', () => {
    const text = 'services:\n  web:\n    calls: [{ to: api }]\n  api: {}\n'
    const path: Path = ['services', 'web', 'calls', 0, 'timeout']
    const note = (fact: Path, reason: string) => ({ kind: 'notApplicable', fact, reason }) as const
    const first = applied(filesOf(text), note(path, 'it streams: for ever'))
    const { files } = applied(first.files, note(['services', 'web', 'calls', 0, 'retries', 'budget'], 'no retries'))
    expect(textsOf(files)[0]).toContain(
      'x-not-applicable: { timeout: "it streams: for ever", retries.budget: no retries }',
    )
    expect(whyNotApplicable(files, path)).toBe('it streams: for ever')
    expect(whyNotApplicable(files, ['services', 'web', 'calls', 0, 'pool'])).toBeUndefined()
    expect(questionAt(reviewOf(files), 'services.web.calls[0].timeout').mustBeStated).toBe(true)
    const whole = applied(files, note(['decisions'], 'all of it is rented'))
    expect(whyNotApplicable(whole.files, ['decisions'])).toBe('all of it is rented')
  })
})

describe('random answers to random manifests', () => {
  /** All that holds of every element, defaults and short forms resolved; references to others left out. */
  const meaning = (files: ManifestFiles): unknown => {
    const { services, jobs, stores, queues, caches, externals, journeys, slos, alerts, drills, decisions, flags, raw } =
      readManifest(files).model!
    const plain = <T>(elements: ReadonlyMap<string, T>) => Object.fromEntries(elements)
    const { platform, onCall, owner, budget } = raw
    const all = { services, jobs, stores, queues, caches, externals, journeys, slos, alerts, drills, decisions, flags }
    const sections = Object.entries(all).map(([key, elements]) => [
      key,
      plain(elements as ReadonlyMap<string, unknown>),
    ])
    const skip = new Set(['from', 'by', 'target', 'source', 'path', 'kind', 'name', 'implied'])
    // A step of a migration has a kind as well, and keeps it.
    const isEdge = (value: unknown) => typeof value === 'object' && value !== null && 'kind' in value && 'from' in value
    return JSON.parse(
      JSON.stringify(
        { ...Object.fromEntries(sections), platform, onCall, owner, budget },
        function (key, value: unknown) {
          return skip.has(key) && isEdge(this) ? undefined : value
        },
      ),
    )
  }

  test('say what was meant, and nothing else', { timeout: 90_000 }, () => {
    let answered = 0
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999 }), seed => {
        const random = drawsFrom(seed / 1_000_000).uniform
        const other = randomManifest(seed + 1)
        const one = (section: string) => Object.values((other[section] ?? {}) as Record<string, object>)[0] ?? {}
        const without = (element: Record<string, unknown>, ...keys: string[]) =>
          Object.fromEntries(Object.entries(element).filter(([key]) => !keys.includes(key)))
        const service = one('services') as Record<string, unknown>
        const [call = {}] = (service['calls'] ?? []) as Record<string, unknown>[]
        const defaults = { services: without(service, 'calls', 'publishes', 'consumes'), calls: without(call, 'to') }
        let files = filesOf(asText({ ...randomManifest(seed), defaults }))
        // Reviewing is slow, answering is not: several questions of one review.
        const open = reviewOf(files).openQuestions.filter(({ fact }) => fact.length > 1)
        for (let i = 0; i < 5; i++) {
          const question = open.splice(Math.floor(random() * open.length), 1)[0]
          const value = question && randomAnswer(question, random)
          const before = meaning(files)
          // An answer before may have said it with a whole map.
          if (!question || value === undefined || valueAt(before, question.fact) !== undefined) continue
          const outcome = applied(files, fact(question.fact, value))
          const read = readAs(schemaAt(question.fact)!, value)
          const intended = changed(before, { path: question.fact, value: JSON.parse(JSON.stringify(read)) })
          expect(meaning(outcome.files)).toEqual(intended)
          files = outcome.files
          answered++
        }
      }),
      { numRuns: 6, endOnFailure: true },
    )
    expect(answered).toBeGreaterThan(8)
  })
})
