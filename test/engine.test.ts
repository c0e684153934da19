import { describe, expect, test } from 'vitest'
import { formatPath, type Path } from '../src/finding.ts'
import { yaml, type AnyRule, type Subjects } from '../src/rules/define.ts'
import { asks, fails, passes, rule, type Said } from './fake-rules.ts'
import { reviewText } from './support.ts'

const two = yaml`
  journeys:
    browse: { entry: web, criticality: normal }
    buy: { entry: web, criticality: critical }
  services:
    web: { replicas: 3, zones: 2 }
    shop: { replicas: 1 }
`
const found = (rules: AnyRule[], text = two) =>
  reviewText(text, rules).findings.map(({ ruleId, subject, severity, alsoImplies }) => [
    `${ruleId} ${formatPath(subject)}`,
    severity,
    ...alsoImplies.map(({ ruleId, message }) => `${ruleId}: ${message}`),
  ])

describe('folding', () => {
  test('a consequence on the same element goes into its cause, which becomes as severe; elsewhere it stays', () => {
    const rules = [fails('cause', { only: 'web' }), fails('effect', { impliedBy: ['cause'], severity: 'error' })]
    expect(found(rules)).toEqual([
      ['cause services.web', 'error', 'effect: "web" effect'],
      ['effect services.shop', 'error'],
    ])
  })

  test('a fault that was folded into its cause under another question still answers its own', () => {
    const rules = [fails('cause'), fails('effect', { impliedBy: ['cause'], question: 'caching' })]
    const answers = reviewText(two, rules).scoreboard.flatMap(({ key, answer }) =>
      answer === 'n/a' ? [] : [[key, answer]],
    )
    expect(answers).toEqual([
      ['caching', 'partly'],
      ['scaling', 'partly'],
    ])
  })

  test('a milder consequence does not soften its cause', () => {
    expect(
      found([
        fails('cause', { only: 'web' }),
        fails('effect', { only: 'web', impliedBy: ['cause'], severity: 'info' }),
      ]),
    ).toEqual([['cause services.web', 'warning', 'effect: "web" effect']])
  })

  test('consequences of consequences end at the first cause, whichever link is missing', () => {
    const chain = [
      fails('a'),
      fails('b', { impliedBy: ['a'] }),
      fails('c', { impliedBy: ['b', 'a'], severity: 'error' }),
    ]
    expect(found(chain).map(([id, severity, ...more]) => [id, severity, more.length])).toEqual([
      ['a services.web', 'error', 2],
      ['a services.shop', 'error', 2],
    ])
    expect(found([chain[0]!, chain[2]!]).map(([, , ...more]) => more)).toEqual([['c: "web" c'], ['c: "shop" c']])
  })

  test('findings are about what the rule says, not always its subject', () => {
    const about = { about: ['stores', 'db'] as Path }
    const rules = [
      fails('cause', { only: 'web', with: about }),
      fails('effect', { only: 'shop', impliedBy: ['cause'], with: about }),
    ]
    expect(found(rules)).toEqual([['cause stores.db', 'warning', 'effect: "shop" effect']])
  })

  const replicas = ['services', 'web', 'replicas']
  test('what was computed from a fact that cannot be believed folds into the finding that says so', () => {
    const liar = fails('liar', { only: 'shop', with: { contradicts: [replicas] } })
    const evidence = {
      evidence: [
        { label: 'zones', at: ['services', 'web', 'zones'] },
        { label: 'replicas', at: replicas },
      ],
    }
    const rules = [liar, fails('user', { only: 'web', with: evidence }), fails('other', { only: 'web' })]
    expect(found(rules)).toEqual([
      ['other services.web', 'warning'],
      ['liar services.shop', 'warning', 'user: "web" user'],
    ])
    expect(found([liar, fails('user', { only: 'web', with: { at: replicas } })])).toHaveLength(1)
  })

  test('findings that cause each other do not all vanish', () => {
    const zones = ['services', 'web', 'zones']
    expect(
      found([
        fails('x', { only: 'web', with: { at: zones, contradicts: [replicas] } }),
        fails('y', { only: 'web', with: { at: replicas, contradicts: [zones] } }),
        fails('z', { only: 'web', impliedBy: ['y'] }),
      ]).map(([id, , ...more]) => [id, more.length]),
    ).toEqual([['x services.web', 2]])
    // Who contradicts a fact may rest on another that is contradicted elsewhere.
    const liar = { at: replicas, contradicts: [replicas], evidence: [{ label: 'zones', at: zones }] }
    const boss = fails('boss', { only: 'shop', with: { contradicts: [zones] } })
    expect(found([fails('liar', { only: 'web', with: liar }), boss])).toEqual([
      ['boss services.shop', 'warning', 'liar: "web" liar'],
    ])
    expect(
      found([fails('p', { impliedBy: ['q'], only: 'web' }), fails('q', { impliedBy: ['p'], only: 'web' })]),
    ).toHaveLength(1)
  })

  test('journeys of the consequence join those of the cause, most critical first', () => {
    const of = (name: string): Said =>
      function* ({ path }) {
        if (path[1] === 'web') yield { at: path, message: 'it', journeys: [journeys.get(name)!] }
      }
    let journeys: ReadonlyMap<string, Subjects['journey']> = new Map()
    const learn = rule('a-first', () => [], {
      on: 'manifest',
      check: ((model: Subjects['manifest']) => ((journeys = model.journeys), [])) as never,
    })
    const [finding] = reviewText(two, [
      learn,
      rule('cause', of('browse')),
      rule('effect', of('buy'), { impliedBy: ['cause'] }),
    ]).findings
    expect(finding!.journeys).toEqual(['buy', 'browse'])
  })
})

describe('waivers', () => {
  const waived = (on: string, more = '', ruleId = 'fault', today?: string) => {
    const text = `${two}waivers:\n  - { rule: ${ruleId}, on: ${on}, reason: moving to the new shop, owner: team-web, until: 2027-01-31${more} }\n`
    const report = reviewText(text, [fails('fault')], today === undefined ? {} : { today })
    return {
      waived: report.waived.map(({ finding }) => formatPath(finding.subject)),
      left: report.findings.map(({ subject, note }) => [formatPath(subject), note]),
      tally: report.rules[0]!,
    }
  }

  test('an element, and all below it, until the end of the last day', () => {
    for (const today of [undefined, '2026-09-01', '2027-01-31'])
      expect(waived('services.web', '', 'fault', today)).toMatchObject({
        waived: ['services.web'],
        left: [['services.shop', undefined]],
      })
    expect(waived('services').waived).toEqual(['services.web', 'services.shop'])
    expect(waived('services.web').tally).toMatchObject({ waived: 1, failed: 1 })
  })

  test('after its last day the finding is back, with a note', () => {
    expect(waived('services.web', '', 'fault', '2027-02-01').left).toEqual([
      ['services.web', 'The waiver of team-web ended on 2027-01-31: moving to the new shop'],
      ['services.shop', undefined],
    ])
  })

  test('of two waivers the valid one holds', () => {
    const second = ' }\n  - { rule: fault, on: services.web, reason: again, owner: team-shop, until: 2027-10-31'
    expect(waived('services.web', second, 'fault', '2027-06-01').waived).toEqual(['services.web'])
  })

  test.each(['services.we', 'services.web2', 'services.web.calls', 'web'])(
    'a waiver on %s is not one on services.web',
    on => {
      expect(waived(on).waived).toEqual([])
    },
  )

  test('another rule is not meant', () => {
    expect(waived('services.web', '', 'fault-2').waived).toEqual([])
  })
})

describe('counting', () => {
  test('five outcomes, one for each subject; a fault outweighs a question', () => {
    const mixed = rule(
      'mixed',
      function* ({ name, path }) {
        if (name !== 'c') yield { unknown: [...path, 'zones'] }
        if (name === 'a' || name === 'e') yield { at: path, message: 'it' }
      },
      { appliesTo: ((service: Subjects['service']) => service.name !== 'd') as never },
    )
    const text =
      'services: { a: {}, b: {}, c: {}, d: {}, e: {} }\nwaivers: [{ rule: mixed, on: services.e, reason: known, owner: me, until: 2027-01-01 }]\n'
    const report = reviewText(text, [mixed])
    const counts = { passed: 1, failed: 1, open: 1, notApplicable: 1, waived: 1 }
    expect(report.rules).toEqual([{ ruleId: 'mixed', question: 'scaling', ...counts }])
    expect(report.coverage).toBe(3 / 4)
    expect(report.scoreboard.find(({ key }) => key === 'scaling')).toMatchObject({
      ...counts,
      coverage: 3 / 4,
      answer: 'partly',
      warnings: 1,
    })
  })

  test('a subject is waived when all that was said about it is', () => {
    const about = ['stores', 'db'] as Path
    const both = rule('both', function* ({ path }) {
      yield { at: path, message: 'one' }
      yield { at: path, message: 'two', about }
    })
    const waiver = (on: string) => `{ rule: both, on: ${on}, reason: known, owner: me, until: 2027-01-01 }`
    const text = (...on: string[]) => `services: { web: {} }\nwaivers: [${on.map(waiver).join(', ')}]\n`
    expect(reviewText(text('stores.db'), [both]).rules[0]).toMatchObject({ failed: 1, waived: 0 })
    expect(reviewText(text('stores.db', 'services.web'), [both]).rules[0]).toMatchObject({ failed: 0, waived: 1 })
  })

  const severity = (severity: AnyRule['severity']) => fails('fault', { severity })
  test.each([
    ['an error', [severity('error'), severity('warning'), asks('ask', 'zones')], 'no', 'not ready'],
    ['a warning', [severity('warning'), asks('ask', 'zones')], 'partly', 'not ready'],
    ['a question', [asks('ask', 'zones'), passes('pass')], 'unknown', 'incomplete'],
    ['a smell and a question', [severity('info'), asks('ask', 'zones')], 'unknown', 'incomplete'],
    ['a smell', [severity('info')], 'yes', 'ready'],
    ['nothing', [passes('pass')], 'yes', 'ready'],
    ['no subject', [passes('skip', { on: 'cache' })], 'n/a', 'ready'],
    ['no rule', [], 'n/a', 'ready'],
  ] as const)('%s', (_, rules, answer, verdict) => {
    const report = reviewText(two, rules)
    expect(report.scoreboard.find(({ key }) => key === 'scaling')!.answer).toBe(answer)
    expect(report.verdict).toBe(verdict)
    expect(report.scoreboard.filter(({ key }) => key !== 'scaling').map(({ answer }) => answer)).toEqual(
      Array(7).fill('n/a'),
    )
  })

  test('a manifest that cannot be read is neither ready nor incomplete', () => {
    expect(reviewText('services: [', [passes('pass')])).toMatchObject({
      verdict: 'unreadable',
      coverage: null,
      scoreboard: [],
    })
  })
})
