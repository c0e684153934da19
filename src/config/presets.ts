import type { Config } from './schema.ts'

export interface Preset {
  readonly name: string
  /** Whom it is for, in one sentence. */
  readonly for: string
  readonly config: Config
}

/** Built-in configurations. The first holds whatever is extended: it is what the program does without a configuration. */
export const presets: readonly [Preset, ...Preset[]] = [
  {
    name: 'recommended',
    for: 'Most teams; what holds without a configuration. Only errors fail the build, as they are wrong whatever else holds.',
    config: {
      failOn: 'error',
      strict: false,
      include: [],
      exclude: [],
      waivers: { allow: true, comments: true, maxDays: { error: 90, warning: 180, info: 365 } },
    },
  },
  {
    name: 'strict',
    for: 'Systems whose failure costs money or harms people: warnings fail the build too, most facts must be stated, and what is accepted is looked at again sooner.',
    config: {
      failOn: 'warning',
      strict: true,
      minCoverage: 0.8,
      waivers: { maxDays: { error: 30, warning: 90, info: 180 } },
    },
  },
  {
    name: 'startup',
    for: 'A small team with a young product: what loses data, charges twice or cannot work stays as severe as it is, while what needs a second instance or zone, a team on call or a platform weighs less.',
    config: {
      failOn: 'error',
      rules: {
        'az-loss-capacity': { severity: 'info' },
        'single-instance-on-critical-path': { severity: 'warning' },
        'failover-consumes-budget': { severity: 'info' },
        'failure-mode-unrehearsed': { severity: 'off' },
        'cost-against-budget': { severity: 'warning' },
        'journey-without-slo': { severity: 'info' },
        'owner-missing': { severity: 'off' },
        'runbook-missing-or-stale': { severity: 'off' },
        'decision-without-adr': { severity: 'off' },
        'page-not-actionable': { severity: 'info' },
        'slo-tighter-than-response': { severity: 'warning' },
        'canary-bake-too-short': { severity: 'info' },
        'canary-invisible-to-slo-alert': { severity: 'info' },
        'no-automatic-rollback': { severity: 'info' },
        'edge-unused': { severity: 'off' },
      },
      waivers: { maxDays: { error: 180, warning: 365, info: 365 } },
    },
  },
]
