import type { BudgetLedger } from '../analysis/budget-ledger.ts'
import { quotient, type Estimate } from '../analysis/estimate.ts'
import { percent } from '../units.ts'
import { atLeast, atMost, figure, row, utilisationTone, type Row, type Sources, type Table } from './table.ts'

/** What one event of each kind takes from the error budget of each SLO. */
export function budgetTable({ model, facts }: Sources): Table {
  return {
    id: 'budget',
    title: 'Error budget of each SLO, and what one event of each kind takes from it',
    notes: [
      'Times are of full outage, in the window of the SLO itself. Budgets of different SLOs do not add up.',
      'page: until somebody is paged while everything fails. bad deploy: until the old version answers again.',
    ],
    columns: [
      { key: 'slo', title: 'SLO', unit: 'text' },
      { key: 'budget', title: 'budget', unit: 'duration' },
      { key: 'page', title: 'page', unit: 'duration' },
      { key: 'failover', title: 'failover', unit: 'duration' },
      { key: 'badDeploy', title: 'bad deploy', unit: 'duration' },
      { key: 'zoneLoss', title: 'zone', unit: 'duration' },
      { key: 'deploys', title: 'deploys', unit: 'duration' },
      { key: 'spent', title: 'all', unit: 'utilisation' },
    ],
    rows: [...model.slos.values()].map(slo => rowOf(facts.budget(slo), { model, facts })),
    empty: 'No SLO is stated.',
  }
}

function rowOf(ledger: BudgetLedger, { model }: Pick<Sources, 'model' | 'facts'>): Row {
  const { slo, budget, page, failovers, badDeploys, zoneLoss, plannedDeploys, spent } = ledger
  const journey = slo.journey === undefined ? undefined : model.journeys.get(slo.journey)
  const share = quotient(spent, budget)
  const over = (loss: Estimate | undefined) =>
    loss && budget.high !== undefined && loss.low > budget.high ? ('bad' as const) : undefined
  const [failover, badDeploy] = [failovers[0], badDeploys[0]]
  return row(
    slo.path,
    journey ? [journey] : [],
    [
      slo.name,
      atMost(budget),
      atLeast(page.time),
      failover ? atLeast(failover.loss, over(failover.loss)) : '-',
      badDeploy ? atLeast(badDeploy.loss, over(badDeploy.loss)) : '-',
      atLeast(zoneLoss, over(zoneLoss)),
      atLeast(plannedDeploys, over(plannedDeploys)),
      figure(share.low, utilisationTone(share.low), share.missing.length === 0 ? 'exact' : 'least'),
    ],
    [
      [...slo.path, 'objective'],
      [...slo.path, 'window'],
      [...slo.path, 'alerts'],
    ],
    [...budget.missing, ...page.time.missing, ...spent.missing],
    [
      ...(failover ? [`costliest failover: ${failover.component.name}`] : []),
      ...(badDeploy
        ? [
            `costliest deploy: ${badDeploy.service.name}${badDeploy.share.low < 1 && badDeploy.share.low > 0 ? `, which ${percent(badDeploy.share.low)} of the requests meet` : ''}`,
          ]
        : []),
    ],
  )
}
