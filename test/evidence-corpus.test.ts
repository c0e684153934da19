import { describe, expect, test } from 'vitest'
import { prometheusEvidence } from '../src/evidence/prometheus/index.ts'
import { readRules } from '../src/evidence/prometheus/rules.ts'
import { recordingsOf, waysOf } from '../src/evidence/prometheus/tiers.ts'
import { duration, number } from '../src/units.ts'
import { corpus, corpusFiles, hasCorpus, manifestOf } from './evidence-support.ts'

if (!hasCorpus) console.log(`evidence-corpus: left out, as there is no ${corpus} here`)

const manifest = manifestOf('slos: { some: { service: web, objective: 99.9%, alerts: none } }\nservices: { web: {} }\n')

describe.skipIf(!hasCorpus)('rules of others', () => {
  /** `page 14.4 1h 5m`, as Sloth makes them of an objective; 30 days, or 28. */
  const tiers = ['page 14.4 1h 5m', 'page 6 6h 30m', 'ticket 3 1d 2h', 'ticket 1 3d 6h']

  test('every burn rate and window that Sloth generates is recovered', () => {
    let alerts = 0
    for (const file of corpusFiles('sloth/_gen')) {
      const { rules, faults } = readRules(file)
      expect(faults).toEqual(file.name === 'no-alerts.yml' ? faults : [])
      const recordings = recordingsOf(rules)
      const objectives = new Map(
        rules.flatMap(rule =>
          rule.name === 'slo:error_budget:ratio' && rule.expr.kind === 'call' ? [[rule.labels['sloth_id'], rule]] : [],
        ),
      )
      const burnsOf = new Map<string, string[]>()
      for (const rule of rules.filter(({ kind }) => kind === 'alert')) {
        alerts++
        const id = /sloth_id="([^"]*)"/.exec(file.text.slice(rule.exprLocation.start.offset))![1]!
        expect(objectives.has(id)).toBe(true)
        const budget = Number(
          /vector\(1-([\d.]+)\)/.exec(file.text.slice(objectives.get(id)!.exprLocation.start.offset))![1],
        )
        const found = waysOf(rule, recordings).map(({ tier }) => {
          const { longWindow, shortWindow, threshold } = tier!
          const burn = number(Number((threshold / (1 - budget)).toPrecision(6)))
          return `${rule.labels['sloth_severity']!} ${burn} ${duration(longWindow)} ${duration(shortWindow!)}`
        })
        burnsOf.set(id, [...(burnsOf.get(id) ?? []), ...found])
      }
      for (const found of burnsOf.values()) expect(found).toEqual(tiers)
    }
    expect(alerts).toBeGreaterThan(40)
  })

  test('alert rules of many exporters are read, and none is said to be dead', () => {
    const files = corpusFiles('prometheus-rules')
    const { findings, problems, questions } = prometheusEvidence(files, manifest)
    expect([...problems, ...questions].map(({ location }) => location.file)).toEqual([])
    expect(findings.map(({ message }) => message)).toEqual([])
    expect(files.flatMap(file => readRules(file).rules).length).toBeGreaterThan(200)
  })
})
