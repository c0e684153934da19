import { isBelow, promisedJourney } from '../analysis/availability.ts'
import { compositeOf, type Composite } from '../analysis/composite.ts'
import { errorBudget } from '../analysis/formulas/error-budget.ts'
import { byImportance } from '../analysis/reach.ts'
import type { Journey, Slo } from '../manifest/model.ts'
import { list, percent } from '../units.ts'
import { figure, row, type Row, type Sources, type Table } from './table.ts'

const month = 30 * 86_400_000

/** How available each journey can be, against what is promised. */
export function availabilityTable({ model, facts }: Sources): Table {
  const journeys = [...model.journeys.values()].sort(byImportance)
  return {
    id: 'availability',
    title: 'Availability of each journey',
    notes: [
      'ceiling: of the weakest thing it cannot do without. product: if all of them fail independently. floor: if never together.',
      'What states no availability counts as always there. Own changes, usually the largest cause, are not modelled.',
    ],
    columns: [
      { key: 'journey', title: 'journey', unit: 'text' },
      { key: 'objective', title: 'SLO', unit: 'share' },
      { key: 'ceiling', title: 'ceiling', unit: 'share' },
      { key: 'product', title: 'product', unit: 'share' },
      { key: 'floor', title: 'floor', unit: 'share' },
      { key: 'down', title: 'down/30d', unit: 'duration' },
      { key: 'budget', title: 'budget/30d', unit: 'duration' },
    ],
    rows: journeys.flatMap(journey => {
      const composite = compositeOf(journey, model, facts)
      const slo = [...model.slos.values()].find(one => promisedJourney(one, model) === journey)
      return composite ? [rowOf(journey, composite, slo)] : []
    }),
    empty: 'No journey has an entry.',
  }
}

function rowOf(journey: Journey, composite: Composite, slo: Slo | undefined): Row {
  const { parts, ceiling, product, floor, unknown } = composite
  const objective = slo?.objective
  const judged = (a: number) => (objective === undefined ? undefined : isBelow(a, objective) ? 'bad' : 'good')
  const bound = unknown.length > 0 ? 'most' : 'exact'
  const known = parts.some(({ basis }) => basis !== undefined)
  const share = (a: number) => (known ? figure(a, judged(a), bound) : undefined)
  const facts = parts.map(({ component }) => [...component.path, 'availability'])
  return row(
    journey.path,
    [journey],
    [
      journey.name,
      figure(objective),
      share(ceiling),
      share(product),
      share(floor),
      known ? figure((1 - product) * month, judged(product), unknown.length > 0 ? 'least' : 'exact') : undefined,
      figure(objective === undefined ? undefined : errorBudget(objective, month)),
    ],
    [...facts, [...(slo?.path ?? journey.path), 'objective']],
    [
      ...unknown.map(({ path }) => [...path, 'availability']),
      ...(objective === undefined ? [slo ? [...slo.path, 'objective'] : ['slos']] : []),
    ],
    known ? detailsOf(composite) : [],
  )
}

function detailsOf({ contributors, unknown, best }: Composite): string[] {
  const top = contributors.slice(0, 3).map(({ part, share }) => {
    return `${part.component.name} ${percent(Math.round(share * 100) / 100)}`
  })
  const names = unknown.map(({ name }) => name)
  return [
    ...(top.length > 0 ? [`lost by: ${top.join(', ')}`] : []),
    ...(best
      ? [
          `helps most: doing without ${best.part.component.name} (${percent(best.whenSoft)}), or one more nine of it (${percent(best.withNine)})`,
        ]
      : []),
    ...(names.length > 0
      ? [`not stated: ${list([...names.slice(0, 4), ...(names.length > 4 ? [`${names.length - 4} more`] : [])])}`]
      : []),
  ]
}
