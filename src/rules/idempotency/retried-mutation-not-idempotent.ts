import { changesState } from '../../analysis/access.ts'
import type { Facts } from '../../analysis/index.ts'
import { executionsOf, hedgesOf, repeatedByUsers } from '../../analysis/repeats.ts'
import type { Call, Journey } from '../../manifest/model.ts'
import { list, number, plural } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'retried-mutation-not-idempotent',
  title: 'A call that changes state can be carried out twice',
  severity: 'error',
  question: 'idempotency',
  on: 'call',
  options: noOptions,
  why: 'A caller that hears nothing cannot know whether the work was done. When it asks again, a callee that does not recognise the repeat does it again: the card is charged twice, the stock is taken twice.',
  fix: 'Send an idempotency key that the callee stores with the result, or retry only what was surely not carried out.',
  sources: [
    {
      title: 'AWS Well-Architected, Reliability: Make mutating operations idempotent',
      id: 'REL04-BP04',
      revision: 'November 2024',
    },
    { title: 'HTTP Semantics', id: 'RFC 9110, section 9.2.2' },
    { title: 'Amazon Builders Library: Making retries safe with idempotent APIs' },
  ],
  reads: [
    'calls.mutates',
    'calls.access',
    'calls.retries',
    'calls.hedge',
    'calls.idempotencyKey',
    'services.role',
    'journeys.movesMoney',
  ],

  appliesTo: call => changesState(call) !== false,

  *check(call, { facts }) {
    const key = call.idempotencyKey
    if (key !== undefined && key !== 'none') return
    const executions = executionsOf(call)
    if (changesState(call) === undefined) {
      const mayAct = call.target?.kind === 'service' || call.target?.kind === 'external'
      if (mayAct && executions !== 1) yield { unknown: [...call.path, 'mutates'], because: ifItDoes(executions) }
      return
    }
    const users = repeatedByUsers(call, facts)
    if (key === undefined) {
      if (executions === 1 && users.sure.length === 0 && users.missing.length === 0) return
      return yield { unknown: [...call.path, 'idempotencyKey'], because: reasonToAsk(executions) }
    }
    if (executions !== undefined && executions > 1) return yield retried(call, executions, facts)
    if (users.sure.length > 0) return yield repeated(call, users.sure)
    yield* ask(users.missing, `"${call.name}" does not recognise a request that comes again`)
    if (executions === undefined)
      yield { unknown: [...call.path, 'retries'], because: `"${call.name}" does not recognise a repeat` }
  },

  examples: [
    {
      title: 'A charge that timed out is sent again, and the card is charged twice',
      bad: yaml`
        journeys:
          checkout: { entry: orders, criticality: critical }
        services:
          orders:
            calls:
              - to: psp
                operation: charge
                mutates: true
                retries: 2
                idempotencyKey: none # <--
        externals: { psp: {} }
      `,
    },
    {
      title: 'A hedge, a retried insert, a gateway that repeats what it should pass on: each can act twice',
      bad: yaml`
        services:
          edge:
            role: gateway
            calls:
              - to: orders
                mutates: true
                retries: 1
                idempotencyKey: none # <--
          orders:
            calls:
              - { to: stock, mutates: true, retries: none, hedge: { delay: 50ms }, idempotencyKey: none } # <--
              - to: orders-db
                access: write
                retries: { max: 1, retryOn: [connect, timeout] }
                idempotencyKey: none # <--
        stores: { orders-db: {} }
        externals: { stock: {} }
      `,
    },
    {
      title: 'Nothing in the system retries, but users press the button again',
      bad: yaml`
        journeys:
          checkout: { entry: web, movesMoney: true }
        services:
          web:
            calls:
              - { to: orders, mutates: true, retries: none, idempotencyKey: none } # <--
          orders:
            calls:
              - { to: psp, mutates: true, retries: none, idempotencyKey: none } # <--
        externals: { psp: {} }
      `,
    },
    {
      title: 'What a repeat does, or whether there is one, is not stated; where nothing is retried it does not matter',
      unclear: yaml`
        services:
          orders:
            calls:
              - { to: psp, mutates: true, retries: 2 } # ?
              - { to: mailer, mutates: true } # ?
              - { to: points, mutates: true, idempotencyKey: none } # ?
              - { to: stock, mutates: true, retries: none }
        externals: { psp: {}, mailer: {}, points: {}, stock: {} }
      `,
    },
    {
      title:
        'A call of a service that may be retried may change state; one to a cache or database is taken to say so itself',
      unclear: yaml`
        services:
          orders:
            calls:
              - { to: psp, retries: 2 } # ?
              - { to: stock, hedge: true } # ?
              - { to: orders-db, retries: 2 }
              - { to: prices, retries: 2 }
              - { to: mailer } # ?
              - { to: basket, retries: none }
          stock: {}
        stores: { orders-db: {} }
        caches: { prices: {} }
        externals: { psp: {}, mailer: {}, basket: {} }
      `,
    },
    {
      title: 'Whether a second press of the button is recognised, at the charge or before it, is not stated',
      unclear: yaml`
        journeys:
          checkout: { entry: web, movesMoney: true }
        services:
          web:
            calls:
              - { to: catalogue, retries: none }
              - { to: orders, retries: none } # ?
              - { to: fraud-check, mutates: true, retries: none } # ?
          orders: { calls: [{ to: payments, retries: none }] }
          payments: { calls: [{ to: psp, mutates: true, retries: none, idempotencyKey: none }] }
        externals: { psp: {}, catalogue: {}, fraud-check: {} }
      `,
    },
    {
      title: 'A key, an operation that is the same twice as once, or a failure after which nothing was done',
      good: yaml`
        services:
          orders:
            calls:
              - { to: psp, mutates: true, retries: 2, idempotencyKey: { header: Idempotency-Key, ttl: 7d } }
              - { to: profile, mutates: true, retries: 2, idempotencyKey: natural }
              - { to: prices, mutates: false, retries: 2, idempotencyKey: none }
              - { to: orders-db, access: read, retries: 2, idempotencyKey: none }
              - { to: orders-db, access: write, retries: { max: 3, retryOn: [conflict] }, idempotencyKey: none }
              - { to: mailer, mutates: true, retries: { max: 2, retryOn: [connect, '429'] }, hedge: none, idempotencyKey: none }
        stores: { orders-db: {} }
        externals: { psp: {}, profile: {}, prices: {}, mailer: {} }
      `,
    },
    {
      title: 'The second press of the button is recognised at the door, so nothing behind it happens twice',
      good: yaml`
        journeys:
          checkout: { entry: web, movesMoney: true }
          browse: { entry: web }
        services:
          web:
            calls:
              - { to: orders, serves: [checkout], mutates: true, retries: 1, idempotencyKey: true }
              - { to: views, serves: [browse], mutates: true, retries: none, idempotencyKey: none }
              - { to: orders, serves: [browse], mutates: false, idempotencyKey: none }
              - { to: prices, mutates: false }
          orders:
            calls:
              - { to: psp, serves: [checkout], mutates: true, retries: none, idempotencyKey: none }
        externals: { psp: {}, views: {}, prices: {} }
      `,
    },
  ],
})

const times = (executions: number) => (executions === 2 ? 'twice' : `${number(executions)} times`)

const ifItDoes = (executions: number | undefined): string =>
  executions === undefined
    ? 'if it does and is retried, it may be carried out twice'
    : `one request may be carried out ${times(executions)}`

const reasonToAsk = (executions: number | undefined): string =>
  executions === undefined
    ? 'it changes state, and whether it is retried is not stated either'
    : executions > 1
      ? `it changes state, and one request may be carried out ${times(executions)}`
      : 'it changes state in a journey that moves money, and users send a request again that seems to hang'

function retried(call: Call, executions: number, facts: Facts) {
  const { retries, from, path } = call
  const hedges = hedgesOf(call)
  const repeats = executions / (1 + hedges) - 1
  const factors = [
    ...(repeats > 0 ? [`(1 + ${plural(repeats, 'retry', 'retries')})`] : []),
    ...(hedges > 0 ? [`(1 + ${plural(hedges, 'hedge')})`] : []),
  ]
  const edge = facts.journeys.edgeOf(call)
  const byGateway = from.kind === 'service' && (from.role === 'gateway' || from.role === 'edge')
  return {
    at: [...path, 'idempotencyKey'],
    message: `"${call.name}" changes state and may be carried out ${times(executions)} for one request; expected a key by which the callee recognises the repeat`,
    arithmetic: `executions <= ${factors.join(' x ')} = ${number(executions)}`,
    fix: byGateway
      ? `Switch off retries for requests that change state in "${from.name}"; that is for the team that runs it. Or send an idempotency key with each request`
      : 'Send an idempotency key that the callee stores with the result, or retry only after a refused connection (`retryOn: [connect]`)',
    evidence: [
      ...(retries && repeats > 0 ? [{ label: plural(repeats, 'retry', 'retries'), at: [...path, 'retries'] }] : []),
      ...(hedges > 0 ? [{ label: plural(hedges, 'hedge'), at: [...path, 'hedge'] }] : []),
    ],
    journeys: edge ? facts.journeys.taking(edge, 'sure') : [],
  }
}

const repeated = (call: Call, journeys: readonly Journey[]) => ({
  at: [...call.path, 'idempotencyKey'],
  severity: 'warning' as const,
  message: `"${call.name}" changes state in ${list(journeys.map(({ name }) => `"${name}"`))}, which moves money, and does not recognise a request that a user sends again; expected a key made where the user starts`,
  fix: 'Make a key in the client when the user starts, pass it on with each call, and store it with the result',
  evidence: journeys.map(({ name, path }) => ({ label: `"${name}" moves money`, at: [...path, 'movesMoney'] })),
  journeys,
})
