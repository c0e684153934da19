import { describe, expect, test } from 'vitest'
import { systemEvidence } from '../src/evidence/system/index.ts'
import type { ImportedFact } from '../src/import/system.ts'
import { claimsIn } from './evidence-support.ts'
import { edge, element, fact, read, shop as manifest, source } from './imported-support.ts'

const claims = (...given: Parameters<typeof read>) => claimsIn(systemEvidence(read(...given), manifest))
const about = (...facts: ImportedFact[]) => claims([element('web', facts)])

describe('facts of deployments', () => {
  test('are confirmed as the schema reads them, whatever their form', () => {
    expect(
      about(
        fact('replicas', { min: 3, max: 9 }),
        fact('terminationGrace', '45000ms'),
        fact('autoscaling.target', 0.6),
        fact('health.liveness', { interval: '5s' }),
      ),
    ).toEqual([
      'evidenced 4 "web" has replicas.min 3, as replicas says',
      'evidenced 4 "web" has replicas.max 9, as replicas says',
      'evidenced 6 "web" has terminationGrace 45s, as terminationGrace says',
      'evidenced 7 "web" has autoscaling.target 60%, as autoscaling.target says',
      'evidenced 8 "web" has health.liveness.interval 5s, as health.liveness says',
    ])
  })

  test.each([
    [
      fact('replicas', 2),
      'contradicted 4 "web" has replicas.min 3 in the manifest and 2 in the files (replicas); expected both to say the same',
    ],
    [fact('terminationGrace', '30s'), /^contradicted 6 .* terminationGrace 45s in the manifest and 30s in the files/],
    [fact('autoscaling', 'none'), /^contradicted 7 .* details in the manifest and none in the files/],
    [fact('health.startup', { interval: '5s' }), /^contradicted 8 .* none in the manifest and 5s in the files/],
    [fact('health.liveness', 'none'), /^contradicted 8/],
    [fact('deploy.strategy', 'recreate'), /^contradicted 9/],
  ])('are contradicted', (one, expected) => {
    expect(about(one)[0]).toMatch(expected)
  })

  test.each([
    ['guessed', fact('replicas', 2, 'guessed'), /^claimed/],
    ['a rolling Deployment under a canary', fact('deploy.strategy', 'rolling'), undefined],
    ['not stated here', fact('preStop', '5s'), undefined],
    ['of another shape', fact('replicas', 'many'), undefined],
    ['nothing that a deployment decides', fact('owner', 'team'), undefined],
    ['no key of the manifest', fact('nonsense', 1), undefined],
  ])('are not contradicted where they are %s', (_, one, expected) => {
    const found = about(one)
    if (expected) for (const claim of found) expect(claim).toMatch(expected)
    else expect(found).toEqual([])
  })

  test('how pods are spread says at least how many zones there are', () => {
    expect(about(fact('zones', 2, 'derived'))[0]).toMatch(/^claimed/)
    expect(about(fact('zones', 2))[0]).toMatch(/^contradicted/)
  })

  test('one number is one claim', () => {
    expect(claims([element('orders', [fact('replicas', 1)])])).toEqual([
      'contradicted 11 "orders" has replicas 3 in the manifest and 1 in the files (replicas); expected both to say the same',
    ])
  })

  test('what a Compose file leaves out says nothing of production', () => {
    const one = [element('orders', [fact('replicas', 1, 'derived')])]
    expect(claims(one)[0]).toMatch(/^contradicted/)
    expect(claims(one, [], 'compose')[0]).toMatch(/^claimed/)
  })

  test.each([
    ['postgres', 'evidenced'],
    ['postgres@16.4', 'evidenced'],
    ['Postgres@16', 'evidenced'],
    ['postgres@15', 'contradicted'],
    ['postgres@1', 'contradicted'],
    ['mysql@16', 'contradicted'],
  ])('the engine %s is %s', (engine, state) => {
    expect(claims([element('orders-db', [fact('engine', engine)], { kind: 'store' })])[0]?.split(' ')[0]).toBe(state)
  })

  test('of a call are compared where only one goes that way', () => {
    const timeout = edge('web', 'orders', { facts: [fact('timeout', '5s')] })
    expect(claims([element('web'), element('orders')], [timeout])[0]).toMatch(
      /^contradicted 10 "web -> orders" has timeout 3s/,
    )
    expect(claims([element('web'), element('orders')], [{ ...timeout, source: source('x', 'guessed') }])).toEqual([])
  })

  test('places are lines of the file as reports call it', () => {
    const [claim] = systemEvidence(read([element('orders', [fact('replicas', 1)])]), manifest).claims
    expect(claim?.places).toEqual([
      {
        label: 'replicas',
        location: {
          file: 'x/k.yaml',
          path: [],
          start: { line: 3, column: 1, offset: 8 },
          end: { line: 3, column: 8, offset: 15 },
        },
      },
    ])
  })

  test('what cannot be read leaves a question', () => {
    const { questions } = systemEvidence(
      read([], [], 'kubernetes', [{ kind: 'unreadable', message: 'a tab', file: 'k.yaml', line: 2 }]),
      manifest,
    )
    expect(questions[0]?.because).toBe('a tab (x/k.yaml:2)')
  })
})

describe('elements are recognised', () => {
  const same = (name: string, aliases: string[] = []) =>
    claims([element(name, [fact('replicas', 3)], { aliases })]).length > 0
  test('by name, alias, and the name without what says only that it is a service', () => {
    expect([
      same('orders'),
      same('o', ['orders']),
      same('orders-service'),
      same('OrdersService'),
      same('orders_svc'),
    ]).toEqual([true, true, true, true, true])
    expect([same('order'), same('orders-db-service'), same('service')]).toEqual([false, false, false])
  })
  test('once, by the first that has the name', () => {
    const two = [
      element('a', [fact('replicas', 3)], { aliases: ['orders'] }),
      element('b', [fact('replicas', 1)], { aliases: ['orders'] }),
    ]
    expect(claims(two)).toHaveLength(1)
  })
  test('and not where two could be meant', () => {
    expect(
      claims([element('orders-service', [fact('replicas', 1)]), element('ordersservice', [fact('replicas', 1)])]),
    ).toEqual([])
    expect(
      claims([element('orders', [fact('replicas', 1)]), element('orders-service', [fact('replicas', 7)])]),
    ).toHaveLength(1)
  })
})
