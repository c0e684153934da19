import { describe, expect, test } from 'vitest'
import { architecture } from '../src/import/calm/read-calm.ts'
import { arrows } from './import-support.ts'
import { facts, factsOf, messages, problemsOf } from './kubernetes-support.ts'

const calm = (value: unknown) => architecture([{ name: 'a.json', text: JSON.stringify(value, null, 1) }])
const node = (id: string, type: string, more: object = {}) => ({
  'unique-id': id,
  'node-type': type,
  name: id,
  description: '',
  ...more,
})
const connects = (source: string, destination: string, more: object = {}) => ({
  'unique-id': `${source}-${destination}`,
  'relationship-type': { connects: { source: { node: source }, destination: { node: destination } } },
  ...more,
})

const shop = {
  nodes: [
    node('buyer', 'actor'),
    node('page', 'webclient'),
    node('api', 'service', { metadata: { owner: 'team-shop', runbook: 'docs/api.md', tier: 'tier-1' } }),
    node('edge', 'apigateway'),
    node('mailer', 'fluxnova:worker', { metadata: [{ key: 'owner', value: 'team-mail' }] }),
    node('orders-db', 'database', {
      interfaces: [{ 'unique-id': 'i', image: 'postgres:16' }],
      metadata: [{ 'backup-schedule': 'daily' }],
    }),
    node('prices', 'database', { name: 'Price Cache', metadata: { technology: 'Redis' } }),
    node('order-events', 'service', { name: 'Orders Kafka' }),
    node('psp', 'system'),
    node('site', 'network'),
    node('cards', 'data-asset'),
  ],
  relationships: [
    { 'unique-id': 'uses', 'relationship-type': 'interacts', interacts: { actor: 'buyer', nodes: ['page'] } },
    connects('page', 'edge', { protocol: 'HTTPS' }),
    connects('edge', 'api', {
      protocol: 'WebSocket',
      metadata: { 'circuit-breaker': true, 'retry-policy': 'exponential' },
    }),
    connects('api', 'orders-db', { protocol: 'JDBC' }),
    connects('api', 'prices'),
    connects('api', 'psp', { metadata: [{ 'circuit-breaker': false }] }),
    connects('api', 'order-events', { description: 'publishes what was ordered' }),
    connects('order-events', 'mailer'),
    connects('api', 'mailer', { protocol: 'AMQP' }),
    connects('api', 'gone'),
    { 'unique-id': 'in', 'relationship-type': { 'deployed-in': { container: 'site', nodes: ['api'] } } },
    { 'unique-id': 'opt', 'relationship-type': { options: [] } },
  ],
  flows: [
    {
      'unique-id': 'buy',
      description: 'buys',
      metadata: { sla: '99.9% availability, 2s p99 latency' },
      transitions: [
        { 'relationship-unique-id': 'edge-api', 'sequence-number': 2 },
        { 'relationship-unique-id': 'page-edge', 'sequence-number': 1 },
        { 'relationship-unique-id': 'api-psp', 'sequence-number': 0, direction: 'destination-to-source' },
      ],
    },
  ],
}

describe('CALM', () => {
  const system = calm(shop)

  test('nodes are elements by their type, or by their name where CALM has no type', () => {
    expect(system.elements.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'service api',
      'service edge',
      'service mailer',
      'queue order-events',
      'store orders-db',
      'cache prices',
      'external psp',
    ])
    expect(system.elements.find(({ name }) => name === 'order-events')!.source.confidence).toBe('guessed')
  })

  test('what their metadata and interfaces state', () => {
    expect(factsOf(system, 'api')).toEqual({ owner: 'team-shop', runbook: 'docs/api.md', criticality: 'critical' })
    expect(factsOf(system, 'edge')).toEqual({ public: true, role: 'gateway' })
    expect(factsOf(system, 'mailer')).toEqual({ role: 'worker', owner: 'team-mail' })
    expect(factsOf(system, 'orders-db')).toEqual({ engine: 'postgres@16', 'backup.interval': '1d' })
    expect(factsOf(system, 'prices')).toEqual({ engine: 'redis' })
  })

  test('connections are calls, or messages where a queue is at one end', () => {
    expect(arrows(system)).toEqual([
      'api -> mailer unknown stated',
      'api -> order-events publish stated',
      'api -> orders-db stated',
      'api -> prices stated',
      'api -> psp stated',
      'edge -> api stated',
      'mailer -> order-events consume stated',
    ])
    const of = (to: string) => facts(system.edges.find(edge => edge.to === to)!.facts)
    expect(of('api')).toEqual({ transport: 'streaming', circuitBreaker: true })
    expect(of('psp')).toEqual({ circuitBreaker: 'none' })
  })

  test('a flow is a journey, and what it promises is an SLO', () => {
    expect(system.others.map(({ section, name, facts: list }) => [section, name, facts(list)])).toEqual([
      ['journeys', 'buy', { entry: 'edge', description: 'buys' }],
      ['slos', 'buy-availability', { journey: 'buy', indicator: 'availability', objective: '99.9%' }],
      ['slos', 'buy-latency', { journey: 'buy', indicator: 'latency', threshold: '2s', objective: '99%' }],
    ])
  })

  test('what is not there, and what a manifest cannot say', () => {
    expect(messages(system)).toEqual([
      'Relationship "api-gone" names the node "gone", which is not there',
      'Not read, as a manifest has no key for them: 2 frames and pieces of data, 1 choice between relationships',
    ])
    expect(problemsOf(system)).toEqual([])
  })

  test('numbers in the settings of a control, and an engine by the one product that the words name', () => {
    const controls = { speed: { requirements: [{ config: { 'p99-latency-ms': 300, 'availability-percent': 99.5 } }] } }
    const other = calm({
      nodes: [
        node('a', 'service'),
        node('b', 'database', { description: 'MongoDB with all orders' }),
        node('c', 'database', { description: 'MySQL, once MongoDB' }),
      ],
      relationships: [connects('a', 'b')],
      flows: [{ 'unique-id': 'f', controls, transitions: [] }],
    })
    expect(
      other.others.map(({ name, facts: list }) => [name, facts(list)['threshold'] ?? facts(list)['objective']]),
    ).toEqual([
      ['f', undefined],
      ['f-availability', '99.5%'],
      ['f-latency', '300ms'],
    ])
    expect(other.elements[1]!.facts[0]).toMatchObject({ value: 'mongodb', source: { confidence: 'derived' } })
  })

  test('the form before 1.0, and what is no architecture', () => {
    const old = calm({
      nodes: [
        { name: 'a', type: 'microservice' },
        { name: 'b', type: 'apigateway' },
      ],
      relationships: [{ from: 'b', to: 'a', type: 'uses' }],
    })
    expect(arrows(old)).toEqual(['b -> a stated'])
    expect(messages(calm({ properties: {} }))).toEqual(['No CALM architecture; expected a map with `nodes`'])
    expect(messages(architecture([{ name: 'a.json', text: '{ "nodes": [' }]))).toHaveLength(1)
    expect(
      calm({ nodes: [3, null, {}], relationships: [{}, 'x', { 'relationship-type': { connects: {} } }], flows: 7 })
        .elements,
    ).toEqual([])
  })
})
