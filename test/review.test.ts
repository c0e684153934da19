import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatPath, type Path } from '../src/finding.ts'
import { notStated } from '../src/report.ts'
import { yaml, type AnyRule } from '../src/rules/define.ts'
import { rules as realRules } from '../src/rules/index.ts'
import { asks, fails, passes, rule } from './fake-rules.ts'
import { modelOf, reviewText } from './support.ts'

describe('open questions', () => {
  const shop = yaml`
    journeys:
      buy: { entry: web, criticality: critical }
      browse: { entry: pages, criticality: best-effort }
    services:
      pages: {}
      web: {}
      cron: {}
  `
  const asked = (rules: AnyRule[], text = shop) => reviewText(text, rules).openQuestions

  test('one for each fact, with all who wait for it and the first reason', () => {
    const questions = asked([asks('one', 'zones'), asks('two', 'zones'), passes('three')])
    expect(questions.map(({ fact, ruleIds }) => [formatPath(fact), ruleIds])).toEqual([
      ['services.web.zones', ['one', 'two']],
      ['services.pages.zones', ['one', 'two']],
      ['services.cron.zones', ['one', 'two']],
    ])
    expect(questions[0]).toMatchObject({
      key: 'services.zones',
      element: 'web',
      ask: 'Over how many zones are the instances spread?',
      example: 'zones: 3',
      because: 'one wants to know',
      questions: ['scaling'],
      journeys: ['buy'],
      location: { start: { line: 6 } },
    })
  })

  test('what must be stated comes first, then what settles more on more critical journeys, then the place', () => {
    const ranked = asked([asks('a', 'zones', 'runbook', 'replicas'), asks('b', 'runbook'), asks('c', 'owner')])
    expect(ranked.map(({ fact }) => fact.slice(1).join('.'))).toEqual([
      // Must be stated, on a critical journey. Then rules x weight: 2 x 6, 1 x 6 by place and name.
      ...['web.replicas', 'web.runbook', 'web.owner', 'web.zones'],
      // Best effort weighs 2, no journey 1: 2 x 2, then 2 on pages before 2 x 1 on cron.
      ...['pages.runbook', 'pages.owner', 'pages.replicas', 'pages.zones'],
      ...['cron.runbook', 'cron.owner', 'cron.replicas', 'cron.zones'],
    ])
  })

  test.each([
    ['critical', true],
    ['high', true],
    [undefined, true],
    ['normal', false],
    ['best-effort', false],
  ])('a fact that must be stated is surfaced on a journey of criticality %s: %s', (criticality, surfaced) => {
    const text = `journeys: { buy: { entry: web${criticality === undefined ? '' : `, criticality: ${criticality}`} } }\nservices: { web: {}, cron: {} }\n`
    const report = reviewText(text, [asks('a', 'replicas', 'zones')])
    // Zones need not be stated, and no journey comes through cron.
    expect(notStated(report).map(({ fact }) => formatPath(fact))).toEqual(surfaced ? ['services.web.replicas'] : [])
    expect(report.openQuestions).toHaveLength(4)
  })

  const about = (fact: Path): AnyRule => rule('about', () => [{ unknown: fact }])
  const journeysOf = (fact: Path) =>
    asked(
      [about(fact)],
      yaml`
        journeys:
          browse: { entry: web, criticality: normal }
          buy: { entry: web, criticality: critical }
        slos:
          fast: { journey: browse }
          up: { service: shop }
          odd: {}
        services:
          web:
            calls:
              - { to: shop, serves: [buy] }
              - { to: nobody }
            publishes: [{ to: orders }]
          shop: {}
        queues: { orders: {} }
        jobs:
          shop: { calls: [{ to: shop }] }
        alerts: { web: {} }
      `,
    )[0]!.journeys

  test.each([
    ['journeys.buy.load', ['buy']],
    ['slos.fast.alerts', ['browse']],
    ['slos.up.alerts', ['buy']],
    ['slos.odd.alerts', []],
    ['services.web.replicas', ['buy', 'browse']],
    ['services.web.calls.0.timeout', ['buy']],
    // Where a call leads nowhere, every journey of the caller may take it.
    ['services.web.calls.1.timeout', ['buy', 'browse']],
    ['services.web.publishes.0.outbox', ['buy', 'browse']],
    ['queues.orders.dlq', ['buy', 'browse']],
    // A job and an alert with the name of a service are not on its journeys.
    ['jobs.shop.calls.0.timeout', []],
    ['jobs.shop.duration', []],
    ['alerts.web.severity', []],
    ['alerts', ['browse', 'buy']],
  ])('%s matters to %s', (path, journeys) => {
    expect(journeysOf(path.split('.').map(step => (/^\d+$/.test(step) ? Number(step) : step)))).toEqual(journeys)
  })
})

describe('a manifest that states no journeys', () => {
  const implied = (text: string) =>
    [...modelOf(text).journeys.values()].map(({ name, path, entry, implied }) => [
      name,
      formatPath(path),
      entry,
      implied,
    ])

  test('is reviewed with each entry point as one, of unstated criticality', () => {
    const text = yaml`
      services:
        web: { calls: [{ to: shop }] }
        shop: { public: true }
        stock: { calls: [{ to: stock }] }
        mail: { consumes: [{ from: orders }] }
        pages: { role: frontend, consumes: [{ from: orders }] }
        hidden: {}
        caller: { calls: [{ to: hidden }, { to: caller }] }
      queues: { orders: {} }
    `
    // Called by another: hidden. Fed by a queue: mail. A service that only calls itself is still where requests come in.
    expect(implied(text)).toEqual(
      ['caller', 'pages', 'shop', 'stock', 'web'].map(name => [name, `journeys.${name}`, name, true]),
    )
    const surfaced = notStated(reviewText(text, [asks('a', 'replicas')])).map(({ element }) => element)
    expect(surfaced.sort()).toEqual(['caller', 'hidden', 'pages', 'shop', 'stock', 'web'])
  })

  test('has every service as an entry where all call each other', () => {
    const text = 'services: { a: { calls: [{ to: b }] }, b: { calls: [{ to: a }] } }\n'
    expect(implied(text).map(([name]) => name)).toEqual(['a', 'b'])
  })

  test('has none beside stated ones', () => {
    expect(implied('journeys: { buy: { entry: web } }\nservices: { web: {}, shop: {} }\n')).toEqual([
      ['buy', 'journeys.buy', 'web', false],
    ])
  })
})

const two = yaml`
  services:
    web: { replicas: 3, zones: 2 }
    shop: { replicas: 1 }
`

test('the order of rules changes nothing but the order of their tallies', () => {
  const rules = [
    ...realRules,
    fails('q', { impliedBy: ['p'] }),
    fails('p', { impliedBy: ['q'], with: { contradicts: [['services', 'web', 'zones']] } }),
    fails('o', { with: { contradicts: [['services', 'web', 'zones']] } }),
    fails('r', { with: { evidence: [{ label: 'zones', at: ['services', 'web', 'zones'] }] } }),
    asks('s', 'zones', 'replicas'),
    asks('t', 'replicas', 'zones'),
  ]
  const inOrder = (list: readonly AnyRule[]) => {
    const { rules: tallies, ...rest } = reviewText(two, list)
    return JSON.stringify([rest, [...tallies].sort((a, b) => (a.ruleId < b.ruleId ? -1 : 1))])
  }
  const expected = inOrder(rules)
  fc.assert(
    fc.property(fc.shuffledSubarray(rules, { minLength: rules.length }), shuffled => {
      expect(inOrder(shuffled)).toBe(expected)
    }),
    { numRuns: 25 },
  )
})

test('a report survives JSON', () => {
  const { sources, ...report } = reviewText(two, [...realRules, fails('fault'), asks('ask', 'zones')])
  expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  expect(sources.map(({ file }) => file)).toEqual(['scaffold.yaml'])
  expect(notStated(report)).toEqual(report.openQuestions.filter(({ mustBeStated }) => mustBeStated))
})

test('a waiver may name an element as people write it, also where the name has a dot in it', () => {
  const text = (on: string) =>
    `services: { a.b: {}, c: {} }\nwaivers: [{ rule: fault, on: '${on}', reason: gone soon, owner: web, until: 2027-01-01 }]\n`
  const waived = (on: string) =>
    reviewText(text(on), [fails('fault')]).waived.map(({ finding }) => formatPath(finding.subject))
  expect(waived('services.a.b')).toEqual(['services["a.b"]'])
  expect(waived('services["a.b"]')).toEqual(['services["a.b"]'])
  expect(waived('services')).toHaveLength(2)
  expect(waived('services.a')).toEqual([])
  expect(waived('services.b')).toEqual([])
})

test('a manifest in which there is nothing to follow is not ready', () => {
  for (const text of ['services: {}\n', 'stores: { db: {} }\n', 'system: shop\n']) {
    expect(reviewText(text, [passes('p')]).verdict, text).toBe('incomplete')
  }
  expect(reviewText('services: { web: {} }\n', [passes('p')]).verdict).toBe('ready')
})
