import { Cron } from 'croner'

/** A cron expression with five fields, in UTC. Throws for what is none. */
export function cronOf(schedule: string): Cron {
  return new Cron(schedule, { mode: '5-part', utcOffset: 0 })
}
