import type { Journey, Model, Slo } from '../../manifest/model.ts'
import { isImportant } from '../../analysis/reach.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'journey-without-slo',
  title: 'An important journey has no SLO',
  severity: 'warning',
  question: 'alerting',
  on: 'journey',
  options: noOptions,
  why: 'Nobody can say whether the journey is good enough, so nothing can tell anybody when it is not. SLOs of internal services do not add up to what users see.',
  fix: 'Give the journey an SLO on the share of its requests that succeed, or that are answered in time.',
  sources: [
    { title: 'The Site Reliability Workbook', id: 'ch. 2 "Implementing SLOs"' },
    { title: 'Azure Well-Architected, Reliability: Identify and rate flows', id: 'RE:02', revision: '2026-07' },
    { title: 'Azure Well-Architected, Reliability: Define reliability targets', id: 'RE:04', revision: '2026-07' },
  ],
  reads: ['journeys.criticality', 'journeys.entry', 'slos.journey', 'slos.service'],

  appliesTo: isImportant,

  *check(journey, { model }) {
    const slos = [...model.slos.values()]
    if (slos.some(slo => isAbout(slo, journey))) return
    // Without the section nothing is known of any SLO: one question for all journeys.
    if (model.raw.slos === undefined) return yield { unknown: ['slos'] }
    if (journey.implied) return yield { unknown: ['journeys'], because: 'SLOs are promised to journeys' }
    if (journey.criticality === undefined)
      return yield { unknown: [...journey.path, 'criticality'], because: `no SLO is about "${journey.name}"` }
    const unplaced = slos.find(slo => !isPlaced(slo, model))
    if (unplaced) return yield { unknown: [...unplaced.path, 'journey'], because: `"${journey.name}" has no other SLO` }
    yield {
      at: journey.path,
      message: `"${journey.name}" is ${journey.criticality === 'critical' ? 'critical' : 'of high criticality'}, but no SLO is about it; expected one on success or latency`,
      journeys: [journey],
    }
  },

  examples: [
    {
      title: 'The database has an SLO, the checkout has none',
      bad: yaml`
        journeys:
          checkout: # <--
            entry: web
            criticality: critical
          browse: # <--
            entry: web
            criticality: high
          help: { entry: web, criticality: normal }
        slos:
          help-success: { journey: help, indicator: availability, objective: 99% }
          orders-latency: { service: orders, indicator: latency, objective: 99%, threshold: 200ms }
        services:
          web: { calls: [{ to: orders }] }
          orders: {}
      `,
    },
    {
      title: 'Without any SLOs there is one question, however many journeys wait for the answer',
      unclear: yaml`
        journeys: # ?
          checkout: { entry: web, criticality: critical }
          browse: { entry: web, criticality: high }
        services:
          web: {}
      `,
    },
    {
      title: 'An SLO that does not say what it is about may be about this journey',
      unclear: yaml`
        journeys:
          checkout: { entry: web, criticality: critical }
        slos:
          success: # ?
            objective: 99.9%
        services:
          web: {}
      `,
    },
    {
      title: 'Whether a journey needs an SLO depends on how bad its failure is',
      unclear: yaml`
        journeys:
          checkout: { entry: web, criticality: critical }
          wish-list: # ?
            entry: web
        slos:
          checkout-success: { journey: checkout, objective: 99.9% }
        services:
          web: {}
      `,
    },
    {
      title: 'SLOs without journeys: what users do is asked first',
      unclear: yaml`
        slos: # ?
          stock-success: { service: stock, objective: 99.9% }
        services:
          web: { calls: [{ to: stock }] }
          stock: {}
      `,
    },
    {
      title: 'One SLO of the service through which both journeys enter; the newsletter may fail',
      good: yaml`
        journeys:
          checkout: { entry: web, criticality: critical }
          browse: { entry: web, criticality: high }
          newsletter: { entry: mailer, criticality: best-effort }
        slos:
          web-success: { service: web, indicator: availability, objective: 99.9% }
        services:
          web: {}
          mailer: {}
      `,
    },
    {
      title: 'The journey has an SLO of its own',
      good: yaml`
        journeys:
          checkout: { entry: web, criticality: critical }
        slos:
          checkout-latency: { journey: checkout, indicator: latency, objective: 99%, threshold: 800ms }
        services:
          web: {}
      `,
    },
  ],
})

/** An SLO of the service through which a journey enters is about what its users get. */
const isAbout = (slo: Slo, { name, entry }: Journey): boolean =>
  slo.journey === name || (slo.service !== undefined && slo.service === entry)

const isPlaced = ({ journey, service }: Slo, model: Model): boolean =>
  model.journeys.has(journey ?? '') || model.services.has(service ?? '')
