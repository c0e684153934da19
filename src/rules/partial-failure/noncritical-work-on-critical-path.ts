import { waitsOnNetwork } from '../../analysis/attempt.ts'
import { explainLongest, longestOf } from '../../analysis/longest.ts'
import type { Call, Service } from '../../manifest/model.ts'
import { duration, list } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'noncritical-work-on-critical-path',
  title: 'Users wait for work whose result they do not need',
  severity: 'info',
  question: 'partial-failure',
  on: 'call',
  options: noOptions,
  why: 'A mail, a report or a search index that is late is late; one that the request waits for makes the request late, and fails it when it fails.',
  fix: 'Publish an event and let a worker do it, or do not wait for the answer (`mode: async`).',
  sources: [
    {
      title: 'AWS Well-Architected, Reliability: Implement loosely coupled dependencies',
      id: 'REL04-BP02',
      revision: 'November 2024',
    },
    { title: 'Azure Architecture Center: Queue-Based Load Leveling pattern' },
  ],
  reads: [
    'services.purpose',
    'calls.resultUsed',
    'calls.mustSucceed',
    'calls.mode',
    'calls.transport',
    'calls.timeout',
    'calls.retries',
    'calls.serves',
  ],

  appliesTo(call, { facts }) {
    const edge = facts.journeys.edgeOf(call)
    const isWaitedFor = edge !== undefined && facts.waiting.on(edge).length > 0
    return isWaitedFor && purposeOf(call) !== undefined && waitsOnNetwork(call)
  },

  *check(call, { facts }) {
    const { resultUsed, mustSucceed, path, to } = call
    const purpose = purposeOf(call)!
    // What the law wants written before the answer goes out is rightly waited for.
    if (resultUsed === true || mustSucceed === true) return
    const because = `"${to}" is there for ${purpose}, and the user waits for it`
    if (resultUsed === undefined) return yield { unknown: [...path, 'resultUsed'], because }
    const waiting = facts.waiting.on(facts.journeys.edgeOf(call)!, 'sure')
    const longest = longestOf(call).low
    const isKnown = longest > 0 && Number.isFinite(longest)
    const who = waiting.length > 0 ? `users of ${list(waiting.map(({ name }) => `"${name}"`))}` : 'users'
    yield {
      at: [...path, 'resultUsed'],
      message: `"${call.name}" makes ${who} wait${isKnown ? ` up to ${duration(longest)}` : ''} for ${purpose}, whose result they do not need; expected it to be done afterwards`,
      ...(isKnown ? { arithmetic: `D = ${explainLongest(call)}` } : {}),
      fix: `Publish an event that "${to}" reads, or do not wait for its answer (\`mode: async\`); if it has to be done before the answer, state \`mustSucceed: true\``,
      evidence: [{ label: `there for ${purpose}`, at: [...call.target!.path, 'purpose'] }],
      journeys: waiting,
    }
  },

  examples: [
    {
      title: 'The order is placed when the mail server has answered',
      bad: yaml`
        journeys: { checkout: { entry: orders } }
        services:
          orders:
            calls:
              - to: confirmations
                timeout: 2s
                retries: none
                resultUsed: false # <--
          confirmations: { purpose: notification }
      `,
    },
    {
      title: 'Whether the user needs the result is not stated',
      unclear: yaml`
        journeys: { browse: { entry: shop } }
        services:
          shop:
            calls:
              - { to: view-counter, timeout: 1s } # ?
          view-counter: { purpose: analytics }
      `,
    },
    {
      title:
        'A record that must be there before the answer, a report that the user asked for, and a call that is not waited for',
      good: yaml`
        journeys: { checkout: { entry: orders } }
        services:
          orders:
            calls:
              - { to: audit, resultUsed: false, mustSucceed: true }
              - { to: reports, resultUsed: true }
              - { to: indexer, resultUsed: false, mode: async }
              - { to: metrics, resultUsed: false, transport: localhost }
              - { to: mail-tool, resultUsed: false }
              - { to: locks, resultUsed: false }
          audit: { purpose: audit-export }
          reports: { purpose: analytics }
          indexer: { purpose: indexing, calls: [{ to: reports, resultUsed: false }] }
          metrics: { purpose: analytics }
          mail-tool: {}
        caches: { locks: {} }
      `,
    },
    {
      title: 'A worker behind a queue, and a job: nobody waits for them',
      good: yaml`
        journeys: { checkout: { entry: orders, load: 5/s } }
        services:
          orders: { publishes: [{ to: order-events }] }
          worker:
            consumes: [{ from: order-events }]
            calls: [{ to: confirmations, resultUsed: false }]
          confirmations: { purpose: notification }
        queues: { order-events: {} }
        jobs:
          reminders: { calls: [{ to: confirmations, resultUsed: false }] }
      `,
    },
  ],
})

const purposes: Partial<Record<NonNullable<Service['purpose']>, string>> = {
  notification: 'notifications',
  analytics: 'analytics',
  indexing: 'indexing',
  'audit-export': 'the export of audit records',
}

/** What the callee is for by the author's word, where that is work which can be done later. */
function purposeOf({ target }: Call): string | undefined {
  return target?.kind === 'service' && target.purpose !== undefined ? purposes[target.purpose] : undefined
}
