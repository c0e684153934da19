import type { Path } from '../finding.ts'
import type { Job, Journey } from '../manifest/model.ts'
import { duration } from '../units.ts'
import { hoursOf, lead, lengthOf, timesOfDay } from './schedule.ts'

/** Whether something runs while journeys are at their peak. */
export interface Overlap {
  /** Journeys at whose peak it surely runs. */
  readonly meets: readonly Journey[]
  /** Facts that would decide where there are none. */
  readonly missing: readonly Path[]
  /** How the hours compare, for each of `meets`. */
  readonly arithmetic?: string
  /** When it runs, as it is said in a sentence. */
  readonly when: string
  readonly evidence: readonly { label: string; at: Path }[]
}

const windowAt = ({ path }: Journey): Path => [...path, 'load', 'peakWindow']

/** The peaks of which the hours are stated, as if it ran at all of them. */
function peakHoursOf(users: readonly Journey[]): Overlap {
  const meets = users.filter(({ load }) => load?.peakWindow !== undefined)
  return {
    meets,
    missing: users.filter(journey => !meets.includes(journey)).map(windowAt),
    when: 'all day',
    evidence: meets.map(journey => ({ label: `peak ${journey.load!.peakWindow!}`, at: windowAt(journey) })),
  }
}

/** Whether the runs of a job meet a peak: by its schedule and how long a run takes, or because it runs all the time. */
export function whenRuns(job: Job, users: readonly Journey[]): Overlap {
  const { schedule, interval, path } = job
  const peaks = peakHoursOf(users)
  const asking = (key: 'schedule' | 'duration'): Overlap => ({ ...peaks, meets: [], missing: [[...path, key]] })
  const times = schedule === undefined ? undefined : timesOfDay(schedule)

  // What runs at intervals that fit into the peak has a run in it, whenever the first was.
  const before = (journey: Journey): number | undefined => {
    const hours = hoursOf(journey.load!.peakWindow!)
    if (times) return lead(times, hours)
    return schedule === undefined && interval !== undefined ? Math.max(0, interval - lengthOf(hours)) : undefined
  }
  const compare = (start: number | undefined, { name, load }: Journey): string =>
    start === 0
      ? `a run starts within ${load!.peakWindow!}, the peak of ${name}`
      : `a run starts ${duration(start!)} before ${load!.peakWindow!}, the peak of ${name}, and takes ${duration(job.duration!)}`
  const within = peaks.meets.filter(journey => {
    const start = before(journey)
    return start === 0 || (start !== undefined && start < (job.duration ?? 0))
  })
  if (within.length > 0) {
    const when = times ? `on its schedule ${schedule!}` : `every ${duration(interval!)}`
    return {
      meets: within,
      missing: [],
      arithmetic: within.map(journey => compare(before(journey), journey)).join('\n'),
      when: `${when}${job.duration === undefined ? '' : `, for ${duration(job.duration)},`}`,
      evidence: [{ label: when, at: [...path, times ? 'schedule' : 'interval'] }, ...peakHoursOf(within).evidence],
    }
  }
  if (peaks.missing.length > 0) return { ...peaks, meets: [] }
  if (!times) return asking('schedule')
  return job.duration === undefined ? asking('duration') : { ...peaks, meets: [] }
}
