/** What mutation puts into manifests and configurations. */

/** Values that no key expects, and some that one key expects and others do not. */
export const strange: readonly string[] = [
  'null',
  '~',
  'true',
  'false',
  'none',
  '[]',
  '{}',
  '[[[]]]',
  '{ a: { b: [c] } }',
  '[none, false, 1]',
  '0',
  '-1',
  '1.5',
  '0.0000001',
  '1e308',
  '1e999',
  '-0',
  '0x10',
  '0o17',
  '99999999999999999999',
  '.inf',
  '-.inf',
  '.nan',
  '0s',
  '0ms',
  '1ms',
  '99999d',
  '1h30m',
  '-5s',
  '0%',
  '100%',
  '99.99999999%',
  '0.0001%',
  '0/s',
  '1/d',
  '999999999999/s',
  '0B',
  '1TiB',
  '2026-02-31',
  '0000-00-00',
  '9999-12-31',
  '"* * * * *"',
  '"0 0 31 2 *"',
  'kafka@4',
  '__proto__',
  'constructor',
  'toString',
  'web',
  'orders',
  '""',
  '" "',
  '"\\u0000"',
  '"\\e[31mred\\e[0m"',
  '"\\u2028\\u2029\\u202e"',
  '"\u{1f600}"',
  '"\\uD800"',
  '"<script>alert(1)</script>"',
  '"]]>&amp;<!--"',
  '"%0A::error::no"',
  '"`|*_[x](y)"',
  '"=1+1"',
  '"../../../etc/passwd"',
  '"a\\nb"',
  `"${'x'.repeat(5000)}"`,
  '*nobody',
  '&a [*a]',
  '!!binary aGVsbG8=',
  '!mine x',
  '<<',
  '"',
  "'",
  '{',
  '[',
  '}',
  '- - - -',
  '? a : b',
  '|',
  '>-',
  '---',
  '...',
  '\t',
  '\r',
  '\uFEFF',
  '#',
  ': :',
]

/** After `ignore`, most of them wrong. */
export const comments = [
  '[RULE] until=2027-01-01 owner=team-web -- a reason',
  '[RULE, RULE] until=2026-12-01 owner="team web" -- a reason',
  '[RULE] until=2020-01-01 owner=o -- over',
  '[RULE] until=9999-12-31 owner=o -- too long',
  '[RULE] until=2027-02-30 owner=o -- no such day',
  '[] until=2027-01-01 owner=o -- nothing',
  '[RULE',
  '[RULE] -- a reason',
  '[RULE] until= owner= --',
  '[RULE] owner=o owner=p until=2027-01-01 -- <b>"\u2028`|',
  '[rule-that-is-not] until=2027-01-01 owner=o -- a reason',
]

export const configurations = [
  `extends: [strict]
failOn: warning
minCoverage: 80%
questions: { migrations: warning }
rules:
  edge-unused: off
  drain-time-excessive: { severity: error, options: { times: 6 } }
waivers:
  allow: true
  comments: true
  maxDays: { error: 30, warning: 90, info: 180 }
`,
  `extends: startup
strict: true
include: ['*.yaml']
exclude: [cycle.yaml]
waivers: { comments: false, maxDays: { error: 0 } }
x-mine: &severity info
rules: { timeout-missing: *severity, retry-storm: error }
`,
  'extends: [recommended, ./list.yaml]\nwaivers: { allow: false }\n',
]
