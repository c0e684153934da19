import { describe, expect, test } from 'vitest'
import { openSlo } from '../src/import/openslo/read-openslo.ts'
import { slothSystem } from '../src/import/sloth/read-sloth.ts'
import { documents, facts, factsOf, messages, problemsOf } from './kubernetes-support.ts'

const open = (...texts: readonly string[]) => openSlo([{ name: 'slo.yaml', text: documents(...texts) }])
const sloth = (...texts: readonly string[]) => slothSystem([{ name: 'sloth.yaml', text: documents(...texts) }])
const others = (system: ReturnType<typeof open>) => system.others.map(({ name, facts: list }) => [name, facts(list)])

describe('OpenSLO', () => {
  const slo = (spec: string, name = 'fast') =>
    `apiVersion: openslo/v1\nkind: SLO\nmetadata: { name: ${name} }\nspec:\n  service: web\n  ${spec.replaceAll('\n', '\n  ')}`
  const ratio = (query: string) =>
    `indicator: { spec: { ratioMetric: { good: { metricSource: { spec: { query: '${query}' } } } } } }`

  test('a ratio of answers by their codes, with a window and alerts that are defined elsewhere', () => {
    const policy = `apiVersion: openslo/v1\nkind: AlertPolicy\nmetadata: { name: burn }\nspec: { conditions: [{ conditionRef: quick }, { kind: AlertCondition, spec: { severity: ticket, condition: { kind: burnrate, threshold: 1, lookbackWindow: 3d } } }] }`
    const condition = `apiVersion: openslo/v1\nkind: AlertCondition\nmetadata: { name: quick }\nspec: { severity: page, condition: { kind: burnrate, op: lte, threshold: 14.4, lookbackWindow: 1h, alertAfter: 5m } }`
    const service = `apiVersion: openslo/v1\nkind: Service\nmetadata: { name: web, labels: { owner: [team-web] } }`
    const system = open(
      slo(
        `${ratio('http_requests{code!~"5.."}')}\ntimeWindow: [{ duration: 28d, isRolling: true }]\nobjectives: [{ target: 0.999 }]\nalertPolicies: [burn]`,
      ),
      policy,
      condition,
      service,
    )
    expect(others(system)).toEqual([
      [
        'fast',
        {
          service: 'web',
          window: '28d',
          alerts: [
            { burnRate: 14.4, longWindow: '1h', severity: 'page' },
            { burnRate: 1, longWindow: '3d', severity: 'ticket' },
          ],
          indicator: 'availability',
          objective: '99.9%',
        },
      ],
    ])
    expect(factsOf(system, 'web')).toEqual({ owner: 'team-web' })
    expect(problemsOf(system)).toEqual([])
  })

  test('an alert that is not in the files: then nothing is stated of alerts', () => {
    expect(others(open(slo('objectives: [{ target: 0.99 }]\nalertPolicies: [elsewhere]')))[0]![1]).toEqual({
      service: 'web',
      objective: '99%',
    })
    expect(others(open(slo('objectives: [{ target: 0.99 }]\nalertPolicies: []')))[0]![1]).not.toHaveProperty('alerts')
  })

  test('several objectives are several SLOs; a threshold means something only with a unit', () => {
    const threshold = (query: string) =>
      `indicator: { metadata: { name: latency }, spec: { thresholdMetric: { metricSource: { spec: { query: '${query}' } } } } }\nobjectives: [{ displayName: Good one, op: lt, value: 0.25, targetPercent: 95 }, { op: lte, value: 2, target: 0.99 }]`
    expect(others(open(slo(threshold('request_duration_seconds'))))).toEqual([
      ['fast-2', { service: 'web', indicator: 'latency', threshold: '2s', objective: '99%' }],
      ['fast-good-one', { service: 'web', indicator: 'latency', threshold: '250ms', objective: '95%' }],
    ])
    const [[, unsure]] = others(open(slo(threshold('request_duration')))) as [[string, object]]
    expect(unsure).not.toHaveProperty('threshold')
  })

  test.each([
    ['timeWindow: [{ duration: 1M }]', '30d'],
    ['timeWindow: [{ duration: 2w }]', '14d'],
    ['timeWindow: [{ duration: 12h }]', '12h'],
    ['timeWindows: [{ count: 30, unit: Day }]', '30d'],
    ['timeWindow: [{ duration: often }]', undefined],
  ])('%s', (text, window) => {
    expect(facts(open(slo(`${text}\nobjectives: []`)).others[0]!.facts)['window']).toBe(window)
  })

  test('a month that was written as minutes, SLOs of SLOs, and other documents', () => {
    expect(
      messages(
        open(
          slo('timeWindow: [{ duration: 1m }]\nobjectives: [{ target: 0.9 }]'),
          slo('objectives: [{ indicatorRef: x }]', 'sum'),
          'a: 1',
        ),
      ),
    ).toEqual([
      '1 document without `apiVersion: openslo/v1`',
      'The window of "fast" is 1m, which is minutes; OpenSLO writes a month as 1M. It is not stated',
      '"sum" is put together from other SLOs, which a manifest cannot say; it is left out',
    ])
  })
})

describe('Sloth', () => {
  const spec = (
    alerting: string,
    sli = `events: { error_query: 'rate(http_requests{code=~"5.."}[{{.window}}])', total_query: x }`,
  ) => `version: prometheus/v1
service: web
labels: { owner: team-web }
slos:
  - name: requests
    objective: 99.95
    sli: { ${sli} }
    alerting: { ${alerting} }
`

  test('an SLO with the alerts that Sloth makes of it', () => {
    const system = sloth(spec('name: X, annotations: { runbook: "https://wiki/web" }, ticket_alert: { disable: true }'))
    expect(others(system)).toEqual([
      [
        'web-requests',
        {
          service: 'web',
          indicator: 'availability',
          objective: '99.95%',
          window: '30d',
          alerts: [
            { severity: 'page', burnRate: 14.4, longWindow: '1h', shortWindow: '5m', runbook: 'https://wiki/web' },
            { severity: 'page', burnRate: 6, longWindow: '6h', shortWindow: '30m', runbook: 'https://wiki/web' },
          ],
        },
      ],
    ])
    expect(system.others[0]!.source).toMatchObject({ line: 5 })
    expect(factsOf(system, 'web')).toEqual({ owner: 'team-web' })
    expect(problemsOf(system)).toEqual([])
  })

  test('disabled alerts are none, and the bound of a bucket is the threshold of a latency', () => {
    const off = spec(
      'page_alert: { disable: true }, ticket_alert: { disable: true }',
      `events: { error_query: 'rate(req_seconds_bucket{le="0.4"}[5m])', total_query: x }`,
    )
    expect(facts(sloth(off).others[0]!.facts)).toMatchObject({
      alerts: 'none',
      indicator: 'latency',
      threshold: '400ms',
    })
  })

  test('the custom resource, OpenSLO, copies, and rules that were generated', () => {
    const resource = `apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
spec:
  service: api
  slos: [{ name: up, objective: 99, sli: { raw: { errorRatioQuery: 'x{status!="200"}' } }, alerting: { pageAlert: { disable: true } } }]`
    const draft =
      'apiVersion: openslo/v1alpha\nkind: SLO\nmetadata: { name: own }\nspec: { service: web, objectives: [{ target: 0.9 }] }'
    const system = sloth(resource, spec(''), spec(''), draft, 'groups: []')
    expect(system.others.map(({ name }) => name)).toEqual(['api-up', 'own', 'web-requests'])
    expect(facts(system.others[0]!.facts)['alerts']).toHaveLength(2)
    expect(messages(system)).toEqual(['1 document without `version: prometheus/v1`: no specification of Sloth'])
  })
})
