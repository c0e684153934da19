import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { compareFindings } from '../src/delta/changed-findings.ts'
import { compareElements } from '../src/delta/elements.ts'
import { isEmpty } from '../src/delta/diff.ts'
import { ManifestFiles } from '../src/manifest/files.ts'
import { readManifest } from '../src/manifest/read.ts'
import { Source } from '../src/manifest/source.ts'
import { change, compare, shop, version } from './diff-support.ts'

const elements = (before: string, after: string) => compare(before, after).elements

describe('elements', () => {
  test('facts are named from their element, and said as they are written', () => {
    const after = change(
      ['timeout: none, retries: { max: 2, budget: none }', 'timeout: 1500ms, retries: none, jitterless: x'],
      [', jitterless: x', ''],
      ['replicas: 3', 'replicas: { min: 3, max: 9 }'],
      ['availability: 99.9%, ', ''],
    )
    expect(elements(shop, after)).toEqual({
      added: [],
      removed: [],
      changed: [
        {
          kind: 'service',
          name: 'orders',
          element: 'services.orders',
          facts: [{ fact: 'replicas', before: '3', after: '{ min: 3, max: 9 }' }],
        },
        {
          kind: 'call',
          name: 'web -> orders',
          element: 'services.web.calls.orders',
          facts: [
            { fact: 'retries', before: '{ max: 2, budget: none }', after: 'none' },
            { fact: 'timeout', before: 'none', after: '1500ms' },
          ],
        },
        {
          kind: 'store',
          name: 'db',
          element: 'stores.db',
          facts: [{ fact: 'availability', before: '99.9%', after: undefined }],
        },
      ],
    })
  })

  test('what is only written in another way is no change', () => {
    const after = change(
      ['timeout: 1s', 'timeout: 1000ms'],
      ['replicas: 3', 'replicas: { min: 3, max: 3 }'],
      ['99.9%, latency', '0.999, latency'],
      ['peak: 100/s', 'peak: 6000/min'],
      ['timeout: none', 'timeout: false'],
      ['services:\n', 'x-note: anything\nservices:\n'],
    )
    expect(isEmpty(compare(shop, after))).toBe(true)
  })

  test('elements come and go, with the edges between them', () => {
    const after = change(
      [
        '    calls: [{ to: db, timeout: 1s, retries: { max: 1, budget: none }, fallback: none }]\n',
        '    calls: [{ to: cache, timeout: 1s }, { to: db, timeout: 1s, retries: { max: 1, budget: none }, fallback: none }]\n    publishes: [{ to: mails }]\n',
      ],
      [
        'stores:',
        'queues: { mails: {} }\ncaches: { cache: { ttl: none } }\nwaivers: [{ rule: ttl-missing, on: caches.cache, reason: gone in May, owner: team-web, until: 2026-12-31 }]\nstores:',
      ],
    )
    const names = (list: readonly { kind: string; name: string }[]) => list.map(({ kind, name }) => `${kind} ${name}`)
    const there = elements(shop, after)
    expect([names(there.added), there.removed, there.changed]).toEqual([
      [
        'call orders -> cache',
        'publish orders -> mails',
        'queue mails',
        'cache cache',
        'waiver ttl-missing on caches.cache',
      ],
      [],
      [],
    ])
    const back = elements(after, shop)
    expect(names(back.removed)).toEqual(names(there.added))
    expect([back.added, back.changed]).toEqual([[], []])
  })

  test('defaults and the manifest itself are elements; include and version are not', () => {
    const after = `version: 1\nplatform: kubernetes\ndefaults: { calls: { timeout: 2s } }\n${shop}`
    expect(elements(shop, after).changed.map(({ element, facts }) => [element, facts])).toEqual([
      ['', [{ fact: 'platform', before: undefined, after: 'kubernetes' }]],
    ])
    expect(elements(shop, after).added.map(({ element }) => element)).toEqual(['defaults.calls'])
    const slower = after.replace('2s', '3s')
    expect(elements(after, slower).changed).toMatchObject([
      { element: 'defaults.calls', facts: [{ before: '2s', after: '3s' }] },
    ])
  })

  test('items of lists: alerts one by one, lists of words as a whole', () => {
    const alerts = '[{ burnRate: 14.4, longWindow: 1h }, { burnRate: 6, longWindow: 6h }]'
    const before = change(['alerts: none', `alerts: ${alerts}`], ['to: orders,', 'to: orders, serves: [buy],'])
    const after = before
      .replace('burnRate: 6', 'burnRate: 3')
      .replace(' }]', ' }, { burnRate: 1, longWindow: 3d }]')
      .replace('serves: [buy]', 'serves: [buy, sell]')
    expect(elements(before, after).changed.flatMap(({ facts }) => facts)).toEqual([
      { fact: 'serves', before: '[ buy ]', after: '[ buy, sell ]' },
      { fact: 'alerts[1].burnRate', before: '6', after: '3' },
      { fact: 'alerts[2]', before: undefined, after: '{ burnRate: 1, longWindow: 3d }' },
    ])
  })
})

describe('findings', () => {
  const ids = (list: readonly { rule: string; element: string }[]) =>
    list.map(({ rule, element }) => `${rule} ${element}`)
  const on = 'services.web.calls.orders'

  test('introduced, fixed, worse, waived', () => {
    const mended = change(['timeout: none', 'timeout: 5s'])
    const { introduced, fixed } = compare(shop, mended).findings
    expect([ids(introduced), ids(fixed)]).toEqual([[], [`call-without-timeout ${on}`]])
    expect(ids(compare(mended, shop).findings.introduced)).toEqual([`call-without-timeout ${on}`])
    const mild = change(['criticality: critical', 'criticality: normal'])
    expect(compare(mild, shop).findings.worsened).toMatchObject([
      { rule: 'call-without-timeout', severity: 'error', before: 'warning', location: { file: 'scaffold.yaml' } },
    ])
    const waiver = `waivers: [{ rule: call-without-timeout, on: services.web, reason: gone in May, owner: team-web, until: 2026-12-31 }]\n`
    const accepted = compare(shop, shop + waiver).findings
    expect([ids(accepted.waived), accepted.fixed]).toEqual([[`call-without-timeout ${on}`], []])
    expect(ids(compare(shop + waiver, shop).findings.introduced)).toEqual([`call-without-timeout ${on}`])
  })

  test('what follows from a cause is counted with it, and is not new when the cause is mended', () => {
    const [clean, faulty] = [version(change(['timeout: none', 'timeout: 5s'])).report, version(shop).report]
    const [cause] = faulty.findings.filter(({ ruleId }) => ruleId === 'call-without-timeout')
    const path = ['stores', 'db']
    const implied = { ruleId: 'ttl-missing', message: 'm', severity: 'warning', subject: path, at: path } as const
    const both = { ...clean, findings: [...clean.findings, { ...cause!, alsoImplies: [implied] }] }
    const { location } = cause!
    const rest = { ...cause!, ...implied, location: { ...location, path } }
    const left = { ...clean, findings: [...clean.findings, rest] }
    expect(ids(compareFindings(clean, both).introduced)).toEqual([`call-without-timeout ${on}`])
    expect(ids(compareFindings(both, clean).fixed)).toEqual([`call-without-timeout ${on}`])
    expect(ids(compareFindings(both, left).introduced)).toEqual([])
  })

  test('a fact that is not stated any more', () => {
    const { introduced } = compare(shop, change(['timeout: 1s, ', ''])).findings
    expect(introduced).toMatchObject([
      { rule: 'not-stated', element: 'services.orders.calls.db.timeout', severity: 'warning' },
    ])
  })

  test('another place in the file, another order and other formatting are nothing', () => {
    const reversed = stringify(Object.fromEntries(Object.entries(parse(shop) as object).reverse()), { indent: 4 })
    expect(isEmpty(compare(shop, `# moved\n\n${reversed}`))).toBe(true)
  })
})

describe('what users get', () => {
  const measures = (before: string, after: string) =>
    Object.fromEntries(
      compare(before, after).journeys[0]!.measures.map(({ key, before: then, after: now, move }) => [
        key,
        [then?.value, now?.value, move],
      ]),
    )

  test('by hand', () => {
    const after = change(
      ['timeout: none', 'timeout: 3s'],
      ['max: 2, budget', 'max: 1, budget'],
      ['availability: 99.9%', 'availability: 99.99%'],
      ['rps: 400', 'rps: 300'],
      ['p99: 60ms', 'p99: 600ms'],
    )
    const { ceiling, availability, worst, amplification, saturation, latency } = measures(shop, after)
    expect(ceiling).toEqual([0.999, 0.9999, 'better'])
    expect(availability).toEqual([0.999, 0.9999, 'better'])
    // (1 + 2) x (1 + 1) attempts at the database, then (1 + 1) x (1 + 1).
    expect(amplification).toEqual([6, 4, 'better'])
    // The database carries 400/s and 300/s of a peak of 100/s; the slots of "orders" last longer.
    expect(saturation).toEqual([4, 3, 'worse'])
    expect(worst![0]).toBe(null)
    expect(worst![1]).toBeGreaterThanOrEqual(6000)
    expect(latency![2]).toBe('worse')
  })

  test('nothing moves where nothing changed, and what is not known is not judged', () => {
    expect(Object.values(measures(shop, shop)).map(([, , move]) => move)).toEqual(
      Array.from({ length: 6 }, () => 'none'),
    )
    expect(measures(shop, change(['rps: 400', 'rps: 400, burst: 1'], [', burst: 1', ''])).saturation![2]).toBe('none')
    expect(measures(shop, change([', capacity: { rps: 400 }', ''], ['    concurrency: 10\n', ''])).saturation).toEqual([
      4,
      undefined,
      'unclear',
    ])
  })

  test('a bound in the place of a number is neither better nor worse', () => {
    const after = change([', latency: { mean: 5ms, p99: 60ms }', ''])
    const [before, least, move] = measures(shop, after)['latency']!
    expect([move, Number(least) < Number(before)]).toEqual(['unclear', true])
  })

  test('journeys come and go', () => {
    const after = change(['journeys:\n', 'journeys:\n  look: { entry: orders }\n'])
    expect(compare(shop, after).journeys.map(({ journey, change: how }) => [journey, how])).toEqual([
      ['buy', 'kept'],
      ['look', 'added'],
    ])
    expect(compare(after, shop).journeys[1]).toMatchObject({ journey: 'look', change: 'removed' })
  })
})

const naive = readFileSync('examples/web-shop-naive/scaffold.yaml', 'utf8')

test('whatever is left out, both ways agree: what one adds the other removes', () => {
  const lines = naive.split('\n')
  const starts = lines.flatMap((line, i) => (/^ {2}[\w-]+:/.test(line) ? [i] : []))
  fc.assert(
    fc.property(fc.constantFrom(...starts.slice(0, -1)), start => {
      const end = lines.findIndex((line, i) => i > start && /^ {0,2}\S/.test(line))
      const text = [...lines.slice(0, start), ...lines.slice(end)].join('\n')
      const stated = (one: string) => {
        const files = new ManifestFiles([new Source('x.yaml', one)])
        const { model } = readManifest(files)
        return model && { files, raw: model.raw }
      }
      const [before, after] = [stated(naive)!, stated(text)]
      if (!after) return
      const [there, back] = [compareElements(before, after), compareElements(after, before)]
      expect(there.removed).toEqual(back.added)
      expect(there.added).toEqual(back.removed)
      expect(there.removed.length).toBeGreaterThan(0)
    }),
    { numRuns: 15 },
  )
})
