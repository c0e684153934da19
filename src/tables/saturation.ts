import { saturationOf, type Saturation } from '../analysis/saturation.ts'
import { formatPath } from '../finding.ts'
import { number, rate } from '../units.ts'
import { figure, row, utilisationTone, type Row, type Sources, type Table } from './table.ts'

/** What runs out first when load grows. */
export function saturationTable({ model, facts }: Sources): Table {
  const found = saturationOf(model, facts)
  const limit = found.find(({ isLimit }) => isLimit)
  return {
    id: 'saturation',
    title: 'What runs out first when all journeys grow together',
    notes: [
      'used: at the declared peak, of what there is at full scale. lasts: times that peak, at most, as work slows down before.',
      ...(limit?.times.high === undefined
        ? []
        : [`"${limit.component.name}" turns away what is above ${number(limit.times.high)} times the peak.`]),
    ],
    columns: [
      { key: 'component', title: 'component', unit: 'text' },
      { key: 'resource', title: 'resource', unit: 'text' },
      { key: 'used', title: 'used', unit: 'text' },
      { key: 'available', title: 'there is', unit: 'text' },
      { key: 'utilisation', title: 'peak', unit: 'utilisation', bar: true },
      { key: 'times', title: 'lasts', unit: 'factor' },
    ],
    rows: found.map(one => rowOf(one, { model, facts })),
    empty: 'No limit and load are stated together.',
  }
}

function rowOf(one: Saturation, { facts }: Pick<Sources, 'model' | 'facts'>): Row {
  const { component, resource, used, available, times, at } = one
  const amount = resource === 'slots' || resource === 'connections' ? number : rate
  const isSure = used.missing.length === 0 && available.missing.length === 0
  const rho = available.high! === 0 ? Number.POSITIVE_INFINITY : used.low / available.high!
  const journeys = facts.journeys.through(component.name)
  const cold = resource === 'cache empty'
  return row(
    component.path,
    journeys,
    [
      component.name,
      resource,
      `${isSure ? '' : '>='}${amount(used.low)}`,
      amount(available.high!),
      figure(rho, utilisationTone(rho), isSure ? 'exact' : 'least'),
      times.high === undefined
        ? resource === 'connections'
          ? 'fits'
          : undefined
        : figure(times.high, undefined, isSure ? 'exact' : 'most'),
    ],
    [at, ...journeys.map(journey => [...journey.path, 'load'])],
    [...used.missing, ...available.missing],
    cold ? [`set by ${formatPath(at)}, as if the cache in front of it held nothing`] : [],
  )
}
