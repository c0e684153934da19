import { expect, test } from 'vitest'
import { scoreboard } from '../src/engine/score.ts'
import type { Finding } from '../src/finding.ts'
import type { Tally } from '../src/report.ts'

const tally = (ruleId: string, more: Partial<Tally> = {}): Tally => ({
  ruleId,
  question: 'scaling',
  passed: 0,
  failed: 0,
  open: 0,
  notApplicable: 0,
  waived: 0,
  ...more,
})
const start = { line: 1, column: 1, offset: 0 }
const finding = (ruleId: string, more: Partial<Finding> = {}): Finding => ({
  ruleId,
  question: 'scaling',
  severity: 'warning',
  message: '',
  fix: '',
  location: { file: '', path: [], start, end: start },
  subject: [],
  evidence: [],
  journeys: [],
  alsoImplies: [],
  ...more,
})
const scaling = (rules: Tally[], findings: Finding[]) =>
  scoreboard(rules, findings).find(({ key }) => key === 'scaling')

test('what the files say against the manifest is a check that failed, though of no rule', () => {
  expect(scaling([tally('one', { passed: 3, failed: 1 })], [finding('evidence-contradicted')])).toMatchObject({
    passed: 3,
    failed: 2,
    warnings: 1,
    answer: 'partly',
  })
})

test('what is wrong with a waiver is listed, and answers nothing', () => {
  expect(scaling([tally('one', { passed: 3 })], [finding('waiver-expired', { severity: 'error' })])).toMatchObject({
    failed: 0,
    errors: 1,
    answer: 'yes',
  })
})
