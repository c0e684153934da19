import { describe, expect, test } from 'vitest'
import { prometheusEvidence } from '../src/evidence/prometheus/index.ts'
import { readRules } from '../src/evidence/prometheus/rules.ts'
import { claimsIn, manifestOf } from './evidence-support.ts'

const manifest = manifestOf(`
journeys: { checkout: { entry: web }, browse: { entry: web } }
slos:
  checkout-success:
    journey: checkout
    objective: 99.9%
    window: 30d
    alerts:
      - { burnRate: 14.4, longWindow: 1h, shortWindow: 5m, severity: page, runbook: docs/checkout.md }
      - { burnRate: 6, longWindow: 6h, shortWindow: 30m, severity: page }
alerts:
  order-lag: { signal: queueAge, severity: page }
services: { web: {} }
`)

const ratio = (window: string) =>
  `sum(rate(http_requests_total{journey="checkout",code=~"5.."}[${window}])) / sum(rate(http_requests_total{journey="checkout"}[${window}]))`
const over = (long: string, short: string, limit: string) => `${ratio(long)} > ${limit} and ${ratio(short)} > ${limit}`

const ruleFile = (...rules: string[]) => ({
  name: 'a.yaml',
  text: `groups:\n- name: a\n  rules:\n${rules.map(rule => `  - ${rule.trim().replaceAll('\n', '\n    ')}\n`).join('')}`,
})
const alert = (name: string, expr: string, more = 'labels: { severity: page }') =>
  `alert: ${name}\nexpr: >-\n  ${expr}\n${more}`

const first = over('1h', '5m', '14.4 * 0.001')
const second = over('6h', '30m', '(1 - 0.999) * 6')
const told = (...rules: string[]) => prometheusEvidence([ruleFile(...rules)], manifest)

describe('the alerts of an SLO', () => {
  test('are confirmed by one rule with two ways to fire', () => {
    expect(claimsIn(told(alert('CheckoutSuccess', `(${first}) or (${second})`)))).toEqual([
      'evidenced 9 The alert of "checkout-success" at a burn rate of 14.4 over 1h and 5m is "CheckoutSuccess"',
      'evidenced 10 The alert of "checkout-success" at a burn rate of 6 over 6h and 30m is "CheckoutSuccess"',
      'claimed 12 No rule is called like the alert "order-lag"',
    ])
  })

  test.each([
    ['the burn rate', first.replaceAll('14.4', '10'), '', 'fires at a burn rate of 10', 'burnRate: 10'],
    ['the short window', first.replaceAll('[5m]', '[10m]'), '', 'has a short window of 10m', 'shortWindow: 10m'],
    ['no short window', `${ratio('1h')} > 0.0144`, '', 'has no short window', 'no shortWindow'],
    ['the severity', first, 'labels: { severity: warning }', 'is a ticket', 'severity: ticket'],
    [
      'the runbook',
      first,
      'annotations: { runbook_url: "https://git.example/docs/other.md" }',
      'links to https://git.example/docs/other.md',
      'runbook: https://git.example/docs/other.md',
    ],
  ])('are contradicted by %s', (_, expr, more, words, fix) => {
    const { claims } = told(alert('CheckoutSuccessFast', expr, more), alert('CheckoutSuccessSlow', second))
    expect(claims.map(({ state }) => state)).toEqual(['contradicted', 'evidenced', 'claimed'])
    const [{ message, fix: said, places } = { message: '', fix: '', places: [] }] = claims
    expect(message).toContain(words)
    expect(said).toContain(fix)
    expect(places[0]).toMatchObject({
      label: 'alert "CheckoutSuccessFast"',
      location: { file: 'a.yaml', start: { line: 5 } },
    })
  })

  test('are not held against another that fits better', () => {
    const two = manifestOf(
      'slos: { checkout: { service: web, objective: 99.9%, alerts: [{ burnRate: 14.4, longWindow: 1h }, { burnRate: 20, longWindow: 1h }] } }\nservices: { web: {} }\n',
    )
    const [fast, faster] = ['0.0144', '0.02'].map(limit =>
      alert('Burn', `${ratio('1h')} > ${limit}`, 'labels: { slo: checkout }'),
    )
    const found = claimsIn(prometheusEvidence([ruleFile(faster!, fast!)], two))
    expect(found.map(text => text.split(' ')[0])).toEqual(['evidenced', 'evidenced'])
  })

  test('say how a burn rate was computed', () => {
    const [claim] = told(alert('CheckoutSuccess', first.replaceAll('14.4', '10'))).claims
    expect(claim?.arithmetic).toBe('burn rate = 0.01 / (1 - 99.9%) = 10')
    expect(claim?.location).toMatchObject({ path: ['slos', 'checkout-success', 'alerts', 0, 'burnRate'] })
  })

  test('are missing one by one, or all together', () => {
    expect(claimsIn(told(alert('CheckoutSuccess', first)))[1]).toMatch(
      /^missing 10 .* over 6h and 30m is in no rule file/,
    )
    expect(claimsIn(told(alert('Other', 'up == 0')))[0]).toMatch(/^missing 8 No alert of the rule files covers/)
  })

  test('are not missing where a file could not be read', () => {
    expect(claimsIn(told(alert('CheckoutSuccess', first), alert('Broken', 'up >')))[1]).toMatch(/^claimed/)
    expect(prometheusEvidence([], manifest, false).claims.map(({ state }) => state)).not.toContain('missing')
  })

  test('are found by name, by label, or by the only SLO of a journey', () => {
    for (const rule of [
      alert('checkout_success_burn', first.replaceAll('journey="checkout"', 'job="x"')),
      alert('Burn', first.replaceAll('journey="checkout"', 'job="x"'), 'labels: { slo: checkout-success }'),
      alert('Burn', first),
    ])
      expect(claimsIn(told(rule))[0]).toMatch(/^evidenced/)
    expect(claimsIn(told(alert('Burn', first.replaceAll('checkout', 'browse'))))[0]).toMatch(/^missing/)
  })

  test('an SLO with a longer name is another one', () => {
    const two = manifestOf(`
journeys: { shop: { entry: web } }
slos:
  shop: { journey: shop, objective: 99.9%, alerts: [{ burnRate: 14.4, longWindow: 1h }] }
  shop-mobile: { journey: shop, objective: 99.9%, alerts: [{ burnRate: 14.4, longWindow: 1h }] }
services: { web: {} }
`)
    const rule = alert('ShopMobileBurn', `${ratio('1h')} > 0.0144`)
    expect(claimsIn(prometheusEvidence([ruleFile(rule)], two)).map(text => text.split(' ')[0])).toEqual([
      'missing',
      'evidenced',
    ])
    expect(
      claimsIn(
        prometheusEvidence([ruleFile(alert('Burn', `${ratio('1h').replaceAll('checkout', 'shop')} > 1`))], two),
      ).map(text => text.split(' ')[0]),
    ).toEqual(['missing', 'missing'])
  })

  test('said to be none, and there is one', () => {
    const none = manifestOf(
      'journeys: { checkout: { entry: web } }\nslos: { checkout-success: { journey: checkout, alerts: none } }\nservices: { web: {} }\n',
    )
    expect(claimsIn(prometheusEvidence([ruleFile(alert('Burn', first))], none))[0]).toMatch(
      /^contradicted 2 .* but "Burn" fires on it/,
    )
    expect(claimsIn(prometheusEvidence([ruleFile(alert('Other', 'up == 0'))], none))[0]).toMatch(/^evidenced 2/)
  })

  test('without an objective nothing is confirmed that was not compared', () => {
    const bare = manifestOf(
      'journeys: { checkout: { entry: web } }\nslos: { checkout-success: { journey: checkout, alerts: [{ burnRate: 14.4, longWindow: 1h }] } }\nservices: { web: {} }\n',
    )
    expect(claimsIn(prometheusEvidence([ruleFile(alert('Burn', `${ratio('1h')} > 0.0144`))], bare))[0]).toMatch(
      /^claimed/,
    )
  })
})

test('an alert that is no burn rate is recognised by its name', () => {
  const named = (labels: string) => claimsIn(told(alert('OrderLag', 'max(order_lag_seconds) > 300', labels))).at(-1)
  expect(named('labels: { severity: critical }')).toBe('evidenced 12 The alert "order-lag" is "OrderLag"')
  expect(named('labels: { severity: warning }')).toMatch(
    /^contradicted 12 .* a page here and a ticket in the rule files/,
  )
  expect(named('labels: { severity: red }')).toMatch(/^evidenced/)
})

describe('faults of a rule', () => {
  const faults = (...rules: string[]) =>
    told(...rules).findings.map(({ ruleId, severity, message }) => `${severity}[${ruleId}] ${message}`)

  test.each([
    ['a ratio above 1', `${ratio('1h')} > 14.4 * 0.1`, 'waits for a burn rate of 1440'],
    ['by its name', 'job:errors:ratio_rate1h{journey="x"} > 1', 'waits for a ratio above 1, and no ratio is above 1'],
    ['good events below nothing', '1 - job:good:ratio_rate1h > 1', 'waits for a ratio below 0'],
    ['both at once', 'queue_age > 10 and queue_age < 5', 'above 10 and below 5 at the same time'],
    ['equal and above', 'queue_age > 10 and queue_age <= 10', 'above 10 and below 10 at the same time'],
  ])('that can never fire: %s', (_, expr, words) => {
    const found = faults(alert('CheckoutSuccess', expr))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^error\[alert-never-fires\] "CheckoutSuccess" can never fire: it /)
    expect(found[0]).toContain(words)
  })

  test.each([
    ['a percentage', `100 * ${ratio('1h')} > 5`],
    ['a quotient that is no share', 'rate(a_seconds_sum[5m]) / rate(a_seconds_count[5m]) > 2'],
    ['all of it', 'job:errors:ratio_rate1h >= 1'],
    ['a range', 'queue_age > 5 and queue_age < 10'],
    ['two signals', 'queue_age{queue="a"} > 10 and queue_age{queue="b"} < 5'],
    ['a whole that is another counter', 'sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) > 1.5'],
  ])('none: %s', (_, expr) => {
    expect(faults(alert('Other', expr))).toEqual([])
  })

  test('a part of it that never comes', () => {
    const found = faults(alert('Other', 'a:b:ratio_rate1h > 1.44 or a:b:ratio_rate6h > 0.6'))
    expect(found).toEqual([
      'warning[alert-never-fires] 1 of the 2 ways in which "Other" fires never comes: one waits for a ratio above 1.44, and no ratio is above 1',
    ])
  })

  test('that waits longer than the budget lasts', () => {
    const waiting = (time: string, severity = 'page') =>
      faults(alert('CheckoutSuccess', first, `for: ${time}\nlabels: { severity: ${severity} }`))
    expect(waiting('40m')).toEqual([])
    expect(waiting('44m')[0]).toMatch(
      /^warning\[alert-after-budget\] .* spends the budget of "checkout-success" in 43.2m/,
    )
    // 30d / 14.4 = 50h
    expect(waiting('49h', 'ticket')).toEqual([])
    expect(waiting('51h', 'ticket')[0]).toMatch(
      /at its burn rate of 14.4 the budget of "checkout-success" is gone after 50h/,
    )
  })
})

describe('reading a file', () => {
  const faultsIn = (text: string) =>
    readRules({ name: 'a.yaml', text }).faults.map(
      ({ message, location: { start } }) => `${start.line}:${start.column} ${message}`,
    )

  test('places count from the top of the file, whichever document it is', () => {
    const text = `---\n# nothing\n---\nkind: ConfigMap\n---\nkind: PrometheusRule\nspec:\n  groups:\n  - rules:\n    - alert: A\n      expr: up == 0\n`
    const { rules } = readRules({ name: 'a.yaml', text })
    expect(rules[0]?.location).toMatchObject({ start: { line: 10, column: 7, offset: text.indexOf('alert:') } })
  })

  test('what cannot be read has a place', () => {
    expect(faultsIn('')).toEqual(['1:1 There are no groups of rules in it; expected groups: with rules:'])
    expect(faultsIn('a: 1\n---\ngroups: [\n')[0]).toMatch(/^\d:\d /)
    expect(faultsIn('groups:\n- rules:\n  - alert: A\n    expr: "up >"\n')).toEqual([
      '4:5 "A" cannot be read: the expression ends too early',
    ])
    expect(faultsIn('groups:\n- rules:\n  - alert: A\n')[0]).toMatch(/^3:5 "A" cannot be read: the expression is empty/)
  })

  test('values of other kinds than are expected make nothing of it', () => {
    expect(
      faultsIn('groups:\n- rules: 3\n- 7\n- rules: [4, { expr: up }, { alert: [a], expr: 1, for: [], labels: 3 }]\n'),
    ).toEqual([])
  })
})
