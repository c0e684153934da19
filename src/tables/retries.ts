import type { Amplification } from '../analysis/amplification.ts'
import type { Estimate } from '../analysis/estimate.ts'
import { formatRoute } from '../analysis/reach.ts'
import type { Component } from '../manifest/model.ts'
import { number } from '../units.ts'
import { atLeast, atMost, figure, row, type Row, type Sources, type Table, valueOf } from './table.ts'

/** How many attempts reach each component while it fails, and what is left of its capacity. */
export function retriesTable(sources: Sources): Table {
  const rows = [...sources.model.components.values()].flatMap(component => {
    const amplification = sources.facts.amplification.get(component.name)
    return amplification && amplification.route.length > 0 ? [rowOf(component, amplification, sources)] : []
  })
  const factor = ({ cells }: Row) => valueOf(cells[1])
  return {
    id: 'retries',
    title: 'Retry amplification of each component',
    notes: [
      'R: attempts for one request while it fails, on the worst path, until a breaker opens. 3 retries are 4 attempts.',
      'left: requests per second that it still carries while all of them are repeated, its capacity / R.',
    ],
    columns: [
      { key: 'component', title: 'component', unit: 'text' },
      { key: 'factor', title: 'R', unit: 'factor' },
      { key: 'load', title: 'peak', unit: 'rate' },
      { key: 'failing', title: 'failing', unit: 'rate' },
      { key: 'capacity', title: 'capacity', unit: 'rate' },
      { key: 'left', title: 'left', unit: 'rate' },
    ],
    rows: rows.sort((a, b) => factor(b) - factor(a)),
    empty: 'No component is called.',
  }
}

function rowOf(component: Component, amplification: Amplification, { facts }: Sources): Row {
  const { factor, route, tiers, deliveries } = amplification
  const load = facts.load.requestsAt(component, 'peak')
  const capacity = facts.capacity(component)?.perSecond
  const failing: Estimate = {
    low: load.low * factor.low,
    high: load.high === undefined || factor.high === undefined ? undefined : load.high * factor.high,
    missing: [...load.missing, ...factor.missing],
  }
  const most = capacity?.high
  const left = most === undefined ? undefined : most / factor.low
  // All of the load by the worst path: the most that may come, where not all of it takes that path.
  const tone = most === undefined ? undefined : load.low >= most ? 'bad' : failing.low >= most ? 'close' : 'good'
  return row(
    component.path,
    facts.journeys.through(component.name),
    [
      component.name,
      figure(
        factor.low,
        factor.low >= 10 ? 'bad' : factor.low >= 4 ? 'close' : undefined,
        factor.low === factor.high ? 'exact' : 'least',
      ),
      atLeast(load),
      failing.low > 0 ? figure(failing.low, tone, factor.low > 1 ? 'most' : 'exact') : undefined,
      capacity && atMost(capacity),
      figure(left, undefined, capacity?.low === most && factor.low === factor.high ? 'exact' : 'most'),
    ],
    [...route.map(edge => [...edge.path, 'retries']), ...loadFacts(facts, component)],
    [...factor.missing, ...load.missing, ...(capacity?.missing ?? [])],
    [
      ...(tiers.length > 0 ? [`${formatRoute(route)}; retried at ${tiers.map(({ name }) => name).join(', ')}`] : []),
      ...(deliveries > 1 ? [`each message up to ${number(deliveries)} times, on a slower clock`] : []),
    ],
  )
}

const loadFacts = (facts: Sources['facts'], component: Component) =>
  facts.journeys.through(component.name).map(journey => [...journey.path, 'load'])
