import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readGraphs } from '../src/import/trace/read-trace.ts'
import { arrows } from './import-support.ts'
import { facts, factsOf, messages, problemsOf } from './kubernetes-support.ts'

const trace = (text: string, window?: number) => readGraphs([{ name: 'graph', text }], window)
const hour = 3600_000

const edge = (client: string, server: string, calls: number, failed = 0, type = '') => {
  const labels = `client="${client}",server="${server}",connection_type="${type}"`
  return [
    `traces_service_graph_request_total{${labels}} ${calls}`,
    ...(failed > 0 ? [`traces_service_graph_request_failed_total{${labels}} ${failed} 1700000000`] : []),
    ...[0.1, 0.2, 0.5].map(
      (le, i) =>
        `traces_service_graph_request_client_seconds_bucket{${labels},le="${le}"} ${(calls * [0.5, 0.9, 0.99][i]!).toFixed(0)}`,
    ),
    `traces_service_graph_request_client_seconds_bucket{${labels},le="+Inf"} ${calls}`,
  ]
}

describe('metrics of the service graph', () => {
  const text = [
    '# TYPE traces_service_graph_request_total counter',
    ...edge('user', 'web', 1000, 0, 'virtual_node'),
    ...edge('web', 'orders', 3000, 30),
    ...edge('orders', 'orders-db', 3000, 0, 'database'),
    ...edge('orders', 'mailer', 200, 0, 'messaging_system'),
    ...edge('orders', 'api.psp.io', 600, 0, 'virtual_node'),
    ...edge('loadgenerator', 'web', 5, 0),
    'other_metric{a="b\\"} 7"} 1',
  ].join('\n')

  test('components by what calls them, and calls with what was measured', () => {
    const system = trace(text, hour)
    expect(system.elements.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'external api.psp.io',
      'service mailer',
      'service orders',
      'store orders-db',
      'service web',
    ])
    expect(arrows(system)).toEqual([
      'orders -> api.psp.io',
      'orders -> mailer unknown',
      'orders -> orders-db',
      'web -> orders',
    ])
    expect(facts(system.edges[3]!.facts)).toEqual({
      callsPerRequest: 2.99,
      'x-observed.rate': '50/min',
      'x-observed.errors': '1%',
      'x-observed.p50': '100ms',
      'x-observed.p95': '367ms',
      'x-observed.p99': '500ms',
    })
    expect(factsOf(system, 'orders')).toEqual({
      'latency.p50': '100ms',
      'latency.p95': '367ms',
      'latency.p99': '500ms',
    })
    expect(system.others.map(({ section, name, facts: list }) => [section, name, facts(list)])).toEqual([
      ['journeys', 'web', { entry: 'web', 'load.steady': '16.7/min' }],
    ])
    expect(messages(system)).toEqual(['Left out as no part of the system: "loadgenerator"'])
    expect(problemsOf(system)).toEqual([])
  })

  test('without a time over which they count, counters are no rates', () => {
    const system = trace(text)
    expect(Object.keys(facts(system.edges[3]!.facts))).not.toContain('x-observed.rate')
    expect(facts(system.others[0]!.facts)).toEqual({ entry: 'web' })
    expect(messages(system)).toContain(
      'Rates of 6 calls are not stated: counters do not say since when they count. Say so with --window, as in --window 1h',
    )
  })

  test('an availability is stated of a day or more', () => {
    expect(factsOf(trace(text, 24 * hour), 'orders')).toMatchObject({ measuredAvailability: '99%' })
    expect(factsOf(trace(text, hour), 'orders')).not.toHaveProperty('measuredAvailability')
  })

  test('too few observations for a percentile, and a slowest percent beyond the buckets', () => {
    const labels = 'client="a",server="b"'
    const few = [0.1, '+Inf']
      .map(le => `traces_service_graph_request_server_seconds_bucket{${labels},le="${le}"} 15`)
      .join('\n')
    expect(factsOf(trace(few), 'b')).toEqual({ 'latency.p50': '50ms' })
    const slow = `traces_service_graph_request_server_seconds_bucket{${labels},le="0.1"} 50\ntraces_service_graph_request_server_seconds_bucket{${labels},le="+Inf"} 200`
    expect(factsOf(trace(slow), 'b')).toEqual({})
    expect(messages(trace(slow))).toEqual([
      'The slowest 1% are beyond the largest bucket, and not stated, for "b" (above 100ms)',
    ])
  })

  test('answers of the HTTP API: a range states its time, and a counter that fell began anew', () => {
    const result = (name: string, values: unknown) => ({ metric: { __name__: name, client: 'a', server: 'b' }, values })
    const api = {
      status: 'success',
      data: {
        resultType: 'matrix',
        result: [
          result('traces_service_graph_request_total', [
            [0, '100'],
            [60, '160'],
            [120, '20'],
          ]),
        ],
      },
    }
    expect(facts(trace(JSON.stringify(api)).edges[0]!.facts)).toEqual({ 'x-observed.rate': '40/min' })
    const instant = {
      data: {
        resultType: 'vector',
        result: [
          { metric: { __name__: 'traces_service_graph_request_total', client: 'a', server: 'b' }, value: [0, '9'] },
        ],
      },
    }
    expect(arrows(trace(JSON.stringify(instant)))).toEqual(['a -> b'])
  })
})

describe('dependencies of Jaeger and Zipkin', () => {
  test('calls, with a rate where the time is given', () => {
    const jaeger = JSON.stringify(
      {
        data: [
          { parent: 'web', child: 'orders', callCount: 7200 },
          { parent: 'orders', child: 'redis', callCount: 10 },
          { parent: 'web', child: 'web', callCount: 1 },
        ],
      },
      null,
      1,
    )
    const system = trace(jaeger, hour)
    expect(system.elements.map(({ kind, name, source }) => `${kind} ${name} ${source.confidence}`)).toEqual([
      'service orders derived',
      'store redis guessed',
      'service web derived',
    ])
    expect(facts(system.edges[1]!.facts)).toEqual({ 'x-observed.rate': '2/s' })
    expect(system.edges[1]!.source).toMatchObject({ line: 4, signal: 'service graph, 7200 calls' })
    expect(arrows(trace(jaeger))).toEqual(['orders -> redis', 'web -> orders'])
    const zipkin = JSON.stringify([{ parent: 'a', child: 'b', callCount: 50, errorCount: 5 }])
    expect(facts(trace(zipkin).edges[0]!.facts)).toEqual({ 'x-observed.errors': '10%' })
  })

  test.each(['', '{}', '[1]', 'no metrics', '{"data":{"result":[{"metric":{"client":"a"},"value":[0,"1"]}]}}', 'up 1'])(
    '%j is no service graph',
    text => {
      expect(messages(trace(text), 'unreadable')[0]).toContain('No service graph; expected')
    },
  )

  test('lines that are no samples are counted, and nothing is too strange', () => {
    expect(messages(trace('traces_service_graph_request_total{client="a",server="b"} 1\n%%%\na{b} 1', hour))).toEqual([
      '2 lines are no samples of Prometheus',
    ])
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'traces_service_graph_request_total',
            '{',
            '}',
            'client="a"',
            ',server="b"',
            ' 1',
            '\n',
            '"',
            '\\',
            'NaN',
            '[',
            '1e999',
          ),
        ),
        parts => {
          expect(() => trace(parts.join(''))).not.toThrow()
        },
      ),
    )
  })
})
