import { describe, expect, test } from 'vitest'
import { faults, policy, said } from './policy-support.ts'

describe('where', () => {
  const services = {
    services: {
      a: { role: 'api', public: true, replicas: 3, calls: [{ to: 'psp' }] },
      b: { role: 'worker', public: false, replicas: { min: 3, max: 3 }, rateLimit: { limit: '5/s' } },
      c: { rateLimit: 'none' },
    },
    externals: { psp: {} },
  }
  const meant = (where: object, on = 'service') => said({ on, where, require: { not: {} } }, services)
  const names = (where: object) =>
    meant(where)
      .found.map(path => path.split('.')[1])
      .join('')

  test.each([
    [{ role: 'api' }, 'a'],
    [{ role: ['api', 'worker'] }, 'ab'],
    [{ role: { not: 'api' } }, 'b'],
    [{ role: { not: ['api', 'worker'] } }, ''],
    [{ role: { present: true } }, 'ab'],
    [{ role: { present: false } }, 'c'],
    [{ role: { present: true, not: 'api' } }, 'b'],
    [{ role: { present: false, not: 'api' } }, 'c'],
    [{ replicas: 3 }, 'ab'],
    [{ 'replicas.min': [1, 3] }, 'ab'],
    [{ rateLimit: true }, 'b'],
    [{ rateLimit: 'none' }, 'c'],
    [{ rateLimit: false }, 'c'],
    [{ 'rateLimit.limit': '300/min' }, 'b'],
    [{ role: 'api', public: false }, ''],
    [{ name: ['b', 'c'] }, 'bc'],
    // A key with a default that the reference defines is that where it is not stated.
    [{ standby: false }, 'abc'],
    [{ processes: 1 }, 'abc'],
    [{ standby: { present: true } }, ''],
    [{ standby: { present: false } }, 'abc'],
  ])('%j', (where, expected) => {
    expect(names(where)).toBe(expected)
  })

  test('a fact that is not stated is asked for, where the requirement would not hold', () => {
    const where = { public: true }
    expect(meant(where)).toMatchObject({ found: ['services.a'], asked: ['services.c.public'] })
    expect(meant(where).tally).toMatchObject({ failed: 1, open: 1, notApplicable: 1 })
    expect(said({ on: 'service', where, require: {} }, services)).toMatchObject({ found: [], asked: [] })
    expect(meant({ public: true, role: 'api' }).asked).toEqual(['services.c.public', 'services.c.role'])
    expect(meant({ public: true, rateLimit: true }).asked).toEqual(['services.a.rateLimit'])
  })

  test('knows what a call leads to, and what a component is', () => {
    expect(meant({ targetKind: 'external' }, 'call').found).toEqual(['services.a.calls[0]'])
    expect(meant({ from: 'b' }, 'call').found).toEqual([])
    expect(meant({ kind: 'external' }, 'component').found).toEqual(['externals.psp'])
    expect(meant({ role: 'api' }, 'component').found).toEqual(['services.a'])
  })

  test.each([
    [{ rol: 'api' }, 'where.rol: There is no key "rol": a service has no "rol"; did you mean "role"?'],
    [
      { 'replicas.minn': 2 },
      'where.replicas.minn: There is no key "replicas.minn": "replicas" has no "minn"; did you mean "min"?',
    ],
    [{ role: 'apis' }, 'where.role: "apis" cannot be; expected one of gateway, edge, api, worker, frontend, sidecar'],
    [{ role: { not: 'apis' } }, 'where.role.not: "apis" cannot be'],
    [{ startupTime: 4 }, 'where.startupTime: 4 cannot be; expected a duration'],
    [{ role: {} }, 'where.role: The condition is empty; expected present or not'],
  ])('a slip in it is an error with a place: %j', (where, fault) => {
    expect(faults({ on: 'service', where, require: {} })[0]).toContain(fault)
  })
})

test('it says what it reads, by the names of the reference', () => {
  const { rule } = {
    rule: undefined,
    ...policy({
      on: 'component',
      where: { engine: 'x', kind: 'store' },
      require: { required: ['owner'], properties: { replicas: { properties: { min: {} } } } },
    }),
  }
  expect(rule?.reads).toEqual(['stores.engine', 'services.owner', 'services.replicas', 'services.replicas.min'])
})

test('messages are filled in as people write it, and name only what there is', () => {
  const store = {
    on: 'store',
    require: { not: {} },
    message: '"{name}" ({engine}, {availability}, {replicas}) is {capacity.rps}, {zones}',
  }
  const [message] = said(store, {
    stores: { db: { engine: 'mysql', availability: 0.999, replicas: 2, capacity: { rps: '60/min' } } },
  }).messages
  expect(message).toBe('"db" (mysql, 99.9%, 2) is 1/s, not stated')
  expect(faults({ on: 'store', require: {}, message: 'a {nmae} and {engin}' })).toEqual([
    'message: There is no key "nmae": a store has no "nmae"',
    'message: There is no key "engin": a store has no "engin"; did you mean "engine"?',
  ])
})
