import { describe, expect, test } from 'vitest'
import { readManifest } from '../src/manifest/read.ts'
import { yaml } from '../src/rules/define.ts'
import { filesOf, modelOf } from './support.ts'

/** `0.yaml 3:5 message`, in the order of the text. */
const problems = (...texts: string[]) =>
  (readManifest(filesOf(...texts)).problems ?? []).map(
    ({ location: { file, start }, message }) => `${file} ${start.line}:${start.column} ${message}`,
  )

describe('values with units', () => {
  /** A key of each kind of value: how it is written and where it is read. */
  const kinds = {
    duration: ['services: { web: { terminationGrace: VALUE } }', 'services.web.terminationGrace'],
    'positive duration': ['services: { web: { startupTime: VALUE } }', 'services.web.startupTime'],
    share: ['services: { web: { availability: VALUE } }', 'services.web.availability'],
    rate: ['journeys: { buy: { load: { peak: VALUE } } }', 'journeys.buy.load.peak'],
    'per second': ['stores: { db: { capacity: { rps: VALUE } } }', 'stores.db.capacity.rps'],
    size: ['queues: { orders: { messageSize: VALUE } }', 'queues.orders.messageSize'],
    throughput: ['stores: { db: { backup: { restoreThroughput: VALUE } } }', 'stores.db.backup.restoreThroughput'],
    cores: ['services: { web: { cpu: { request: VALUE } } }', 'services.web.cpu.request'],
    count: ['services: { web: { zones: VALUE } }', 'services.web.zones'],
    'count from 0': ['services: { web: { queueLimit: VALUE } }', 'services.web.queueLimit'],
    factor: [
      'services: { web: { calls: [{ to: db, callsPerRequest: VALUE }] } }',
      'services.web.calls.0.callsPerRequest',
    ],
    amount: ['budget: { perMonth: VALUE }', 'budget.perMonth'],
    date: ['externals: { psp: { contractEnds: VALUE } }', 'externals.psp.contractEnds'],
    flag: ['services: { web: { public: VALUE } }', 'services.web.public'],
    choice: ['services: { web: { runtime: VALUE } }', 'services.web.runtime'],
    text: ['system: VALUE', 'system'],
  } as const
  type Kind = keyof typeof kinds
  const read = (kind: Kind, value: string) => {
    const [text, path] = kinds[kind]
    const { model, problems } = readManifest(filesOf(`${text.replace('VALUE', value)}\n`))
    if (!model) return problems.map(({ message }) => message)
    return path.split('.').reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], model.raw)
  }

  const day = 86_400_000
  test.each<[Kind, string, unknown]>([
    ...(['250ms', '0.25s'] as const).map((text): [Kind, string, unknown] => ['duration', text, 250]),
    ...(['90m', '1.5h', '1h30m', '5400s'] as const).map((text): [Kind, string, unknown] => [
      'duration',
      text,
      5_400_000,
    ]),
    ['duration', '1500ms', 1500],
    ['duration', '1.5s', 1500],
    ['duration', '30d', 30 * day],
    ['duration', '2w', 14 * day],
    ['duration', '0s', 0],
    ['duration', '36500d', 36_500 * day],
    ['share', '99.9%', 0.999],
    ['share', '0.999', 0.999],
    ['share', '99.95%', 0.9995],
    ['share', '7%', 0.07],
    ['share', '100%', 1],
    ['share', '0%', 0],
    ['share', '0', 0],
    ['rate', '600/s', 600],
    ['rate', '36000/min', 600],
    ['rate', '7200/h', 2],
    ['rate', '86400/d', 1],
    ['rate', '0/s', 0],
    ['per second', '3000', 3000],
    ['per second', '0.5', 0.5],
    ['per second', '180000/min', 3000],
    ['size', '512MiB', 512 * 2 ** 20],
    ['size', '20GiB', 20 * 2 ** 30],
    ['size', '1.5TB', 1.5e12],
    ['size', '2kB', 2000],
    ['size', '7B', 7],
    ['throughput', '100MB/s', 1e8],
    ['throughput', '1GiB/s', 2 ** 30],
    ['cores', '2', 2],
    ['cores', '0.5', 0.5],
    ['cores', '500m', 0.5],
    ['count', '1', 1],
    ['count', '1000000000', 1e9],
    ['count from 0', '0', 0],
    ['count from 0', 'none', 'none'],
    ['factor', '0.001', 0.001],
    ['factor', '1000000', 1e6],
    ['amount', '0', 0],
    ['date', '2026-10-02', '2026-10-02'],
    ['flag', 'true', true],
    ['choice', 'vm', 'vm'],
    ['text', 'web-shop', 'web-shop'],
  ])('%s %s is read as %j', (kind, text, expected) => {
    expect(read(kind, text)).toEqual(expected)
  })

  const durations = 'expected a duration with a unit, such as 250ms, 2s, 15m, 1h or 30d'
  const shares = 'expected a percentage such as 99.9%, or a fraction below 1 such as 0.999'
  const whole = (from: number) => `expected a whole number from ${from} to 1000000000`
  test.each<[Kind, string, string]>([
    ['duration', '5', `"terminationGrace" is 5, ${durations}`],
    ['duration', '5 s', `"terminationGrace" is "5 s", ${durations}`],
    ['duration', '-5s', `"terminationGrace" is "-5s", ${durations}`],
    ['duration', '5min', `"terminationGrace" is "5min", ${durations}`],
    ['duration', '.5s', `"terminationGrace" is ".5s", ${durations}`],
    ['duration', '', `"terminationGrace" is empty, ${durations}`],
    ['duration', '[1s]', `"terminationGrace" is a list, ${durations}`],
    ['duration', '36501d', '"terminationGrace" is "36501d", expected a duration of at most 100 years'],
    ['positive duration', '0s', '"startupTime" is "0s", expected a duration above zero; write none if there is none'],
    ['share', '1', `"availability" is 1, ${shares}; did you mean 1%?`],
    ['share', '99.9', `"availability" is 99.9, ${shares}; did you mean 99.9%?`],
    ['share', '101', `"availability" is 101, ${shares}`],
    ['share', '-0.1', `"availability" is -0.1, ${shares}`],
    ['share', '-1%', `"availability" is "-1%", ${shares}`],
    ['share', '100.1%', '"availability" is "100.1%", expected at most 100%'],
    ['share', '.nan', `"availability" is .nan, ${shares}`],
    ['rate', '600', '"peak" is 600, expected a rate such as 600/s or 36000/min; did you mean 600/s?'],
    ['rate', '600/m', '"peak" is "600/m", expected a rate such as 600/s or 36000/min'],
    ['rate', '-6/s', '"peak" is "-6/s", expected a rate such as 600/s or 36000/min'],
    ['rate', '1000000000001/s', '"peak" is "1000000000001/s", expected a rate of at most 1e12 per second'],
    ['per second', '0', '"rps" is 0, expected a number above 0, at most 1000000000000'],
    ['per second', 'many', '"rps" is "many", expected a number per second, such as 3000 or 3000/s'],
    ['size', '20', '"messageSize" is 20, expected a size with a unit, such as 512MiB, 20GiB or 1.5TB'],
    ['size', '20Gb', '"messageSize" is "20Gb", expected a size with a unit, such as 512MiB, 20GiB or 1.5TB'],
    ['size', '2000000TB', '"messageSize" is "2000000TB", expected at most 1 EB'],
    ['throughput', '100MB', '"restoreThroughput" is "100MB", expected a throughput such as 100MB/s'],
    ['cores', '0', '"request" is 0, expected a number above 0, at most 1000000'],
    ['cores', '0.5m', '"request" is "0.5m", expected a number of cores such as 2, 0.5 or 500m'],
    ['count', '0', `"zones" is 0, ${whole(1)}`],
    ['count', '1.5', `"zones" is 1.5, ${whole(1)}`],
    ['count', '1000000001', `"zones" is 1000000001, ${whole(1)}`],
    ['count', '.inf', `"zones" is .inf, ${whole(1)}`],
    ['count', '"3"', `"zones" is "3", ${whole(1)}`],
    ['factor', '0', '"callsPerRequest" is 0, expected a number above 0, at most 1000000'],
    ['factor', '1000001', '"callsPerRequest" is 1000001, expected a number above 0, at most 1000000'],
    ['amount', '-1', '"perMonth" is -1, expected a number from 0 to 1000000000000'],
    ['date', '2026-13-02', '"contractEnds" is "2026-13-02", expected a date such as 2026-10-02'],
    ['flag', 'yes', '"public" is "yes", expected true or false'],
    ['choice', 'pod', '"runtime" is "pod", expected one of container, vm, serverless'],
    ['text', '{}', '"system" is a map, expected text'],
  ])('%s %s is refused', (kind, text, message) => {
    expect(read(kind, text)).toEqual([message])
  })
})

describe('short and long forms', () => {
  const call = (facts: string) => modelOf(`services: { web: { calls: [{ to: db, ${facts} }] } }\n`).calls[0]!
  test.each([
    ['retries: 2', 'retries', { max: 2 }],
    ['retries: none', 'retries', { max: 0 }],
    ['retries: false', 'retries', { max: 0 }],
    ['retries: { max: 2, budget: none }', 'retries', { max: 2, budget: 'none' }],
    ['fallback: static', 'fallback', { answer: 'static' }],
    ['fallback: error', 'fallback', 'none'],
    ['fallback: { to: other }', 'fallback', { to: 'other' }],
    ['timeout: none', 'timeout', 'none'],
    ['timeout: false', 'timeout', 'none'],
    ['circuitBreaker: true', 'circuitBreaker', {}],
    ['circuitBreaker: none', 'circuitBreaker', 'none'],
    ['idempotencyKey: natural', 'idempotencyKey', 'natural'],
    ['', 'timeout', undefined],
  ] as const)('a call with { %s } has %s %j', (facts, key, expected) => {
    expect(call(facts)[key]).toEqual(expected)
  })

  test('replicas, load, surge, runbooks and the last restore', () => {
    const { services, journeys, stores } = modelOf(yaml`
      journeys: { buy: { load: 12/s }, sell: { load: { peak: 9/s } } }
      services:
        web: { replicas: 3, runbook: docs/web.md, deploy: { maxSurge: 25%, maxUnavailable: 1 } }
        shop: { replicas: { min: 2, max: 6 }, runbook: none }
        cron: { replicas: { min: 2 } }
      stores:
        db: { backup: { lastRestoreTest: 2026-10-02 } }
        log: { backup: { lastRestoreTest: never } }
        tmp: { backup: false }
    `)
    const of = (name: string) => services.get(name)!
    expect([of('web').replicas, of('shop').replicas, of('cron').replicas]).toEqual([
      { min: 3, max: 3 },
      { min: 2, max: 6 },
      { min: 2 },
    ])
    expect([of('web').runbook, of('shop').runbook]).toEqual([{ path: 'docs/web.md' }, 'none'])
    expect(of('web').deploy).toEqual({ maxSurge: { share: 0.25 }, maxUnavailable: { instances: 1 } })
    expect([journeys.get('buy')!.load, journeys.get('sell')!.load]).toEqual([{ steady: 12 }, { peak: 9 }])
    const backups = [...stores.values()].map(({ backup }) => backup)
    expect(backups).toEqual([{ lastRestoreTest: { date: '2026-10-02' } }, { lastRestoreTest: 'none' }, 'none'])
  })
})

describe('problems', () => {
  test('several at once, each in its place, with what was probably meant', () => {
    const text = yaml`
      sytem: shop
      services:
        web:
          replica: 3
          calls:
            - { timeout: 1s }
            - to: db
              retires: 2
              fallback: sometimes
        db/: {}
        -x: {}
        shop: 5
      stores:
        web: {}
      x-notes: { anything: [goes] }
    `
    expect(problems(text)).toEqual([
      '0.yaml 1:1 Unknown key "sytem"; did you mean "system"?',
      '0.yaml 4:5 Unknown key "replica" in "web"; did you mean "replicas"?',
      '0.yaml 6:11 "to" is missing, expected the name of a service, store, cache, queue or external',
      '0.yaml 8:9 Unknown key "retires" in "calls"; did you mean "retries"?',
      '0.yaml 9:9 "fallback" is "sometimes", expected none, static, cached, empty, queued, or a map with to or answer',
      '0.yaml 11:3 The name "-x" cannot be used; expected a name of at most 128 letters, digits, spaces and _ . / - that starts with a letter or digit',
      '0.yaml 12:3 "shop" is 5, expected a map of what is known of the service',
      '0.yaml 14:3 "web" is defined twice, in services and in stores; a call could mean either',
    ])
  })

  test('inside the branch of a union that was meant, and with all keys where there are few', () => {
    const text = 'services: { web: { replicas: { mim: 2, max: 0 }, rateLimit: { lim: 3, scope: all } } }\n'
    expect(problems(text).map(problem => problem.replace(/^\S+ \S+ /, ''))).toEqual([
      'Unknown key "mim" in "replicas"; did you mean "min"?',
      '"max" is 0, expected a whole number from 1 to 1000000000',
      'Unknown key "lim" in "rateLimit"; expected limit, scope, clients',
      '"scope" is "all", expected one of global, perInstance, perClient',
    ])
  })

  test('keys of the author are free everywhere but among names', () => {
    const { services, stores } = modelOf(
      'x-a: 1\nservices: { x-web: { x-b: 2, calls: [{ to: db, x-c: 3 }] } }\nstores: { db: { invariants: { x-one: {} } } }\n',
    )
    expect([...services.keys(), ...Object.keys(stores.get('db')!.invariants!)]).toEqual(['x-web', 'x-one'])
    expect(services.get('x-web')).not.toHaveProperty('x-b')
  })
})
