import type { Fault } from './plan.ts'
import { drawArrival } from './run.ts'
import { flag } from './rows.ts'
import type { State } from './state.ts'
import { area, leave, serve } from './visits.ts'

/** Faults as they begin and end. */

export function beginFault(s: State, fault: Fault): void {
  switch (fault.kind) {
    case 'down':
      for (const station of stationsOf(s, fault.component)) goDown(s, station)
      for (const cache of s.caches) if (cache.plan.name === fault.component) cache.isDown++
      break
    case 'slow':
      for (const station of stationsOf(s, fault.component)) {
        s.stations.slow[station] = fault.time
        s.stations.hangEnd[station] = s.plan.warmUp + fault.to
      }
      break
    case 'load':
      changeLoad(s, fault.source, fault.factor)
      break
    case 'flush':
      for (const cache of s.caches) if (cache.plan.name === fault.cache) cache.flush(fault.share)
  }
}

export function endFault(s: State, fault: Fault): void {
  switch (fault.kind) {
    case 'down':
      for (const station of stationsOf(s, fault.component)) {
        s.stations.down[station]!--
        serve(s, station)
      }
      for (const cache of s.caches) if (cache.plan.name === fault.component) cache.isDown--
      break
    case 'slow':
      for (const station of stationsOf(s, fault.component)) s.stations.slow[station] = Number.NaN
      break
    case 'load':
      changeLoad(s, fault.source, 1 / fault.factor)
      break
    case 'flush':
  }
}

const stationsOf = ({ plan }: State, component: string): number[] =>
  plan.stations.flatMap(({ components }, i) => (components.includes(component) ? [i] : []))

/** What waits is turned away, but for messages, which are kept; what is being worked on fails when it would have ended. */
function goDown(s: State, station: number): void {
  const { stations, requests, plan } = s
  area(s, station)
  stations.down[station]!++
  stations.epoch[station]!++
  stations.busy[station] = 0
  if (plan.stations[station]!.kind === 'consumer') return
  let row = stations.first[station]!
  stations.first[station] = -1
  stations.last[station] = -1
  stations.waiting[station] = 0
  while (row >= 0) {
    const next = requests.next[row]!
    requests.epoch[row] = -1
    requests.flags[row]! |= flag.failed
    leave(s, row)
    row = next
  }
}

/** The time that is left until the next arrival shrinks or grows with the load, as an exponential time has no memory. */
function changeLoad(s: State, name: string, factor: number): void {
  for (const [source, one] of s.plan.sources.entries()) {
    if (one.name !== name) continue
    const left = (s.arrivalAt[source]! - s.now) * s.rate[source]! * s.factor[source]!
    s.factor[source]! *= factor
    drawArrival(s, source, left)
  }
}
