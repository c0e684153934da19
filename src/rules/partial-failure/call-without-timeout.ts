import { list } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'call-without-timeout',
  title: 'A synchronous call has no timeout',
  severity: 'warning',
  question: 'partial-failure',
  on: 'call',
  options: noOptions,
  why: 'A callee that hangs holds a slot of its caller for as long as the caller waits. Without a timeout that is for ever: one stuck dependency fills every slot, and journeys that never use it stop as well.',
  fix: "Set a timeout near the callee's 99.9th percentile, below what the caller's own callers wait.",
  sources: [
    { title: 'AWS Well-Architected, Reliability: Set client timeouts', id: 'REL05-BP05', revision: 'November 2024' },
    { title: 'Release It!', id: 'stability pattern "Timeouts"' },
  ],
  reads: [
    'calls.timeout',
    'calls.totalTimeout',
    'calls.idleTimeout',
    'calls.mode',
    'calls.transport',
    'journeys.criticality',
  ],

  appliesTo: call => call.mode !== 'async' && call.transport !== 'inProcess' && call.transport !== 'localhost',

  *check(call, { facts }) {
    // A stream has no end to wait for; what must be bounded is its silence.
    const key = call.transport === 'streaming' ? 'idleTimeout' : 'timeout'
    const limit = call[key] ?? call.totalTimeout
    const at = [...call.path, key]
    if (limit === undefined) yield { unknown: at }
    if (limit !== 'none' || call.totalTimeout !== undefined) return
    const edge = facts.journeys.edgeOf(call)
    const journeys = edge ? facts.journeys.taking(edge, 'sure') : []
    const critical = journeys.filter(journey => journey.criticality === 'critical').map(journey => `"${journey.name}"`)
    yield {
      at,
      message: `"${call.name}" waits without a timeout${critical.length > 0 ? ` on the critical ${list(critical)}` : ''}; expected one`,
      severity: critical.length > 0 ? 'error' : 'warning',
      journeys,
    }
  },

  examples: [
    {
      title: 'A hang of the stock service stops the checkout',
      bad: yaml`
        journeys:
          checkout: { entry: orders, criticality: critical }
        services:
          orders:
            calls:
              - to: stock
                timeout: none # <--
          stock: {}
      `,
    },
    {
      title: 'Nothing is said of the timeout',
      unclear: yaml`
        services:
          orders:
            calls:
              - to: stock # ?
          stock: {}
      `,
    },
    {
      title: 'One timeout for all calls, set where the client is made',
      good: yaml`
        defaults:
          calls: { timeout: 1s }
        services:
          orders:
            calls: [{ to: stock }]
          stock: {}
      `,
    },
    {
      title: 'No limit for one attempt, but one for all of them',
      good: yaml`
        services:
          orders:
            calls: [{ to: stock, timeout: none, totalTimeout: 2s }]
          stock: {}
      `,
    },
    {
      title: 'A stream may last; its silence may not',
      good: yaml`
        services:
          ticker:
            calls: [{ to: quotes, transport: streaming, idleTimeout: 30s }]
          quotes: {}
      `,
    },
    {
      title: 'A sidecar on the same host cannot hang on the network',
      good: yaml`
        services:
          orders:
            calls: [{ to: proxy, transport: localhost, timeout: none }]
          proxy: { role: sidecar }
      `,
    },
  ],
})
