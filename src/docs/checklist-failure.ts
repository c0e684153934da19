import type { Principle } from './checklist.ts'

/** What lets a system survive partial failures. */
export const partialFailure: readonly Principle[] = [
  {
    name: 'Start with the user problem',
    asks: 'Journeys, what they need and what they promise are written down, and the promise can be kept.',
    rules: [
      'journey-latency-over-target',
      'slo-above-weakest-dependency',
      'composite-availability-below-slo',
      'journey-without-slo',
      'dangling-reference',
      'contradictory-facts',
    ],
    tables: ['latency', 'availability'],
  },
  {
    name: 'Degrade gracefully',
    asks: 'What a journey can do without is known, and what answers instead can carry it.',
    rules: [
      'criticality-inversion',
      'noncritical-work-on-critical-path',
      'fallback-shares-fate',
      'fallback-overloads-target',
      'cache-failure-mode-undeclared',
      'critical-journey-without-degraded-mode',
    ],
    tables: ['blast-radius'],
  },
  {
    name: 'Contain failures',
    asks: 'Every wait ends, retries are few and capped, and one dependency that hangs does not take its caller along.',
    rules: [
      'slow-dependency-exhausts-caller',
      'timeout-inversion',
      'call-without-timeout',
      'timeout-below-callee-latency',
      'retry-amplification',
      'retry-without-budget',
      'retry-without-backoff-or-jitter',
      'hedge-without-guard',
      'breaker-cannot-trip',
      'external-call-unprotected',
      'metastable-vulnerable',
      'fan-out-tail',
    ],
    tables: ['slow-dependencies', 'timeouts', 'retries'],
  },
  {
    name: 'Nothing critical exists once',
    asks: 'An instance, a zone or a primary can be lost.',
    rules: [
      'single-instance-on-critical-path',
      'az-loss-capacity',
      'failover-consumes-budget',
      'failover-slower-than-rto',
      'even-or-two-node-quorum',
    ],
  },
  {
    name: 'Honest health checks',
    asks: 'Probes judge the instance and nothing else, and give it the time to start.',
    rules: ['probe-checks-dependency', 'startup-exceeds-liveness-window', 'health-detection-too-slow'],
  },
  {
    name: 'Small, focused services',
    asks: 'Services are apart enough to fail, change and be deployed one by one.',
    rules: ['sync-call-cycle', 'sync-chain-too-deep', 'chatty-call', 'sync-over-async', 'shared-datastore'],
  },
  {
    name: 'Edge, gateway, services and storage apart',
    asks: 'Each layer does its own work: the edge answers what is the same for all, the gateway lets in, services keep no state.',
    rules: [
      'internal-service-exposed',
      'public-route-without-authn',
      'no-admission-control',
      'edge-unused',
      'local-state-with-replicas',
    ],
  },
  {
    name: 'Chaos and rehearsal',
    asks: 'What is meant to survive is written down, was taken away on purpose, and the drill kept the promise.',
    rules: ['expectation-failed', 'failure-mode-unrehearsed', 'drill-contradicts-objective', 'backup-never-restored'],
    tables: ['blast-radius'],
  },
]
