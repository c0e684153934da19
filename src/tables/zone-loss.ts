import { zoneLossOf, type ZoneLoss } from '../analysis/zone-loss.ts'
import type { Service } from '../manifest/model.ts'
import { atLeast, figure, row, type Cell, type Row, type Sources, type Table } from './table.ts'

/** What the loss of one availability zone leaves of each service at the peak. */
export function zoneLossTable(sources: Sources): Table {
  const { model, facts } = sources
  return {
    id: 'zone-loss',
    title: 'Loss of one availability zone at the peak',
    notes: [
      'runs: what always runs, or what its autoscaler keeps at that load; nothing is started elsewhere in time.',
      'enough: instances of which enough survive, needed x z / (z - 1). Work on messages waits in its queue and is not counted.',
    ],
    columns: [
      { key: 'service', title: 'service', unit: 'text' },
      { key: 'zones', title: 'zones', unit: 'number' },
      { key: 'runs', title: 'runs', unit: 'number' },
      { key: 'survivors', title: 'survive', unit: 'number' },
      { key: 'needed', title: 'needed', unit: 'number' },
      { key: 'shortfall', title: 'missing', unit: 'number' },
      { key: 'enough', title: 'enough', unit: 'number' },
    ],
    rows: [...model.services.values()].flatMap(service => {
      const loss = zoneLossOf(service, 'peak', facts)
      return loss ? [rowOf(service, loss, sources)] : []
    }),
    empty: 'No service has instances in several zones.',
  }
}

function rowOf(service: Service, loss: ZoneLoss, { facts }: Sources): Row {
  const { zones, instances, needed, survivors, shortfall, enough, missing } = loss
  const journeys = facts.journeys.through(service.name)
  // Without zones or instances nothing fits or is missing yet.
  const short: Cell = survivors === undefined || missing.length > 0 ? undefined : figure(shortfall, 'good')
  return row(
    service.path,
    journeys,
    [
      service.name,
      figure(zones),
      atLeast(instances),
      figure(survivors),
      atLeast(needed),
      shortfall > 0 ? figure(shortfall, 'bad', missing.length > 0 ? 'least' : 'exact') : short,
      figure(enough),
    ],
    [
      [...service.path, 'zones'],
      [...service.path, 'replicas'],
      [...service.path, 'concurrency'],
      ...journeys.map(journey => [...journey.path, 'load']),
    ],
    [...(zones === undefined ? [[...service.path, 'zones']] : []), ...needed.missing, ...instances.missing, ...missing],
  )
}
