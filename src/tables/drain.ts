import { outages, type Drain } from '../analysis/drain.ts'
import type { Queue } from '../manifest/model.ts'
import { list, number, roughly } from '../units.ts'
import { atLeast, atMost, figure, row, utilisationTone, type Row, type Sources, type Table } from './table.ts'

/** How long each queue needs to catch up after its consumers were away. */
export function drainTable(sources: Sources): Table {
  const { model, facts } = sources
  return {
    id: 'drain',
    title: 'Queues after an outage of their consumers',
    notes: [
      'Steady load, consumers at full scale. Drain = backlog / (capacity - arrivals) = outage x rho / (1 - rho).',
      'The oldest message is as old as the outage when the consumers are back; only retention below that loses messages.',
    ],
    columns: [
      { key: 'queue', title: 'queue', unit: 'text' },
      { key: 'arrivals', title: 'arrivals', unit: 'rate' },
      { key: 'capacity', title: 'capacity', unit: 'rate' },
      { key: 'utilisation', title: 'rho', unit: 'utilisation' },
      { key: 'backlog', title: '1h backlog', unit: 'number' },
      { key: 'drain', title: '1h drains in', unit: 'duration' },
      { key: 'kept', title: '4h kept', unit: 'text' },
    ],
    rows: [...model.queues.values()].flatMap(queue => facts.drains(queue).map(drain => rowOf(queue, drain, sources))),
    empty: 'No queue has consumers.',
  }
}

const hour = 3_600_000

function rowOf(queue: Queue, drain: Drain, { facts }: Sources): Row {
  const { group, arrivals, utilisation, bottleneck } = drain
  const after = drain.after(hour)
  const never = after.drain.low === Number.POSITIVE_INFINITY
  const { kept } = drain.after(4 * hour)
  const isSure = utilisation.missing.length === 0
  const journeys = facts.journeys.through(queue.name)
  return row(
    queue.path,
    journeys,
    [
      queue.name,
      atLeast(arrivals),
      atMost(group.capacity),
      figure(utilisation.low, utilisationTone(utilisation.low), isSure ? 'exact' : 'least'),
      atLeast(after.backlog),
      never ? { word: 'never', tone: 'bad' } : atLeast(after.drain, after.drain.low > 4 * hour ? 'close' : undefined),
      typeof kept === 'boolean' ? (kept ? { word: 'yes', tone: 'good' } : { word: 'no', tone: 'bad' }) : undefined,
    ],
    [
      [...queue.path, 'retention'],
      ...journeys.map(journey => [...journey.path, 'load']),
      ...group.members.map(({ consume }) => [...consume.path, 'processing']),
    ],
    [...after.drain.missing, ...(typeof kept === 'boolean' ? [] : kept)],
    [
      ...(never ? [] : [longer(drain)]),
      ...(bottleneck
        ? [
            `held back by ${bottleneck.component.name}, which carries ${number(bottleneck.limit)}/s: more consumers do not help`,
          ]
        : []),
    ],
  )
}

function longer(drain: Drain): string {
  const times = outages.flatMap(outage => {
    const { drain: time } = drain.after(outage)
    return Number.isFinite(time.low) && time.low === time.high ? [`${roughly(outage)} in ${roughly(time.low)}`] : []
  })
  return times.length === 0 ? 'how long others take is not stated' : `an outage of ${list(times)}`
}
