import type { Report } from '../report.ts'
import { list, plural } from '../units.ts'
import { figure, type Row, type Table } from './table.ts'

/** How much of the checklist the manifest lets one decide, and what to state next. */
export function coverageTable({ scoreboard, openQuestions }: Report): Table {
  const rows = scoreboard.map(({ key, answer, passed, failed, open, coverage }): Row => ({
    cells: [
      key,
      answer,
      figure(passed),
      figure(failed, failed > 0 ? 'bad' : undefined),
      figure(open),
      figure(coverage ?? undefined),
    ],
    at: [key],
    journeys: [],
    known: passed + failed,
    total: passed + failed + open,
    missing: openQuestions.filter(({ questions }) => questions.includes(key)).map(({ fact }) => fact),
  }))
  const next = openQuestions.slice(0, 10).map(({ ask, element, example, ruleIds, location }) => {
    const rules = ruleIds.length > 2 ? plural(ruleIds.length, 'rule') : list(ruleIds)
    return `${ask} (${element}, line ${location.start.line}; decides ${rules}) ${example}`
  })
  return {
    id: 'coverage',
    title: 'What the manifest lets one decide',
    notes: next.length > 0 ? ['State next what decides most on the most critical journeys:', ...next] : [],
    columns: [
      { key: 'question', title: 'question', unit: 'text' },
      { key: 'answer', title: 'answer', unit: 'text' },
      { key: 'passed', title: 'pass', unit: 'number' },
      { key: 'failed', title: 'fail', unit: 'number' },
      { key: 'open', title: 'open', unit: 'number' },
      { key: 'coverage', title: 'known', unit: 'utilisation', bar: true },
    ],
    rows,
    empty: 'Nothing could be reviewed.',
  }
}
