import { answer, callStep } from './calls.ts'
import { cause } from './plan.ts'
import { exponential, normal, uniform } from './random.ts'
import { flag } from './rows.ts'
import { event, type State } from './state.ts'

/** What happens to a request at a station: it waits, is worked on, calls others, and ends. */

/** Milliseconds until a refusal is back at the caller. */
export const refusal = 1

/**
 * A request comes to a station.
 * @param parent the call that waits for it, or -1
 * @returns whether it was let in
 */
export function arrive(
  s: State,
  station: number,
  source: number,
  parent: number,
  flags: number,
  born: number,
  deadline: number,
): boolean {
  const { stations, recorder, requests } = s
  const counted = recorder.stations.now
  counted.arrivals[station]!++
  const isMessage = (flags & flag.message) !== 0
  const isDown = stations.down[station]! > 0
  const isBusy = stations.busy[station]! >= stations.slots[station]!
  if (
    (isDown && !isMessage) ||
    ((isBusy || isDown) && stations.waiting[station]! >= stations.queueLimit[station]!) ||
    !admits(s, station)
  ) {
    counted.refused[station]!++
    return false
  }
  const row = requests.take()
  requests.station[row] = station
  requests.source[row] = source
  requests.parent[row] = parent
  requests.flags[row] = flags
  requests.born[row] = born
  requests.deadline[row] = deadline
  requests.deliveries[row] = 0
  if (parent >= 0) s.instances.request[parent] = row
  if (isBusy || isDown) enqueue(s, station, row)
  else {
    area(s, station)
    stations.busy[station]!++
    counted.started[station]!++
    work(s, station, row)
  }
  return true
}

/** Waiting requests are linked by `next`. */
function enqueue(s: State, station: number, row: number): void {
  const { stations, requests } = s
  area(s, station)
  requests.next[row] = -1
  requests.epoch[row] = 0
  s.requests.queued[row] = s.now
  const last = stations.last[station]!
  if (last < 0) stations.first[station] = row
  else requests.next[last] = row
  stations.last[station] = row
  stations.waiting[station]!++
}

/** Gives free slots to those who wait longest. */
export function serve(s: State, station: number): void {
  const { stations, requests, recorder } = s
  while (stations.busy[station]! < stations.slots[station]! && stations.down[station] === 0) {
    const row = stations.first[station]!
    if (row < 0) return
    area(s, station)
    stations.first[station] = requests.next[row]!
    if (stations.first[station]! < 0) stations.last[station] = -1
    stations.waiting[station]!--
    recorder.stations.now.waited[station]! += s.now - requests.queued[row]!
    recorder.stations.now.started[station]!++
    stations.busy[station]!++
    if (requests.deadline[row]! <= s.now) {
      requests.epoch[row] = stations.epoch[station]!
      requests.queued[row] = s.now
      requests.flags[row]! |= flag.failed
      // Its slot goes to the next one here, not in there: a long queue of these would be as deep a recursion.
      leave(s, row, false)
    } else work(s, station, row)
  }
}

/** The slots that were busy, and who waited, since the last change. */
export function area(s: State, station: number): void {
  const { recorder, stations, now } = s
  const time = now - recorder.changed[station]!
  recorder.changed[station] = now
  recorder.stations.now.busyArea[station]! += time * stations.busy[station]!
  recorder.stations.now.waitingArea[station]! += time * stations.waiting[station]!
}

/** A token bucket; without a limit it lets everything through. */
function admits(s: State, station: number): boolean {
  const { stations, now } = s
  const rate = stations.rateLimit[station]!
  if (rate === Number.POSITIVE_INFINITY) return true
  const most = Math.max(1, rate * 1000)
  const tokens = Math.min(most, stations.tokens[station]! + (now - stations.tokensAt[station]!) * rate)
  stations.tokensAt[station] = now
  stations.tokens[station] = tokens >= 1 ? tokens - 1 : tokens
  return tokens >= 1
}

function work(s: State, station: number, row: number): void {
  const { stations, requests, now } = s
  requests.epoch[row] = stations.epoch[station]!
  requests.step[row] = -1
  requests.queued[row] = now
  let end = now + timeAt(s, station)
  const deadline = requests.deadline[row]!
  if (deadline < end) {
    requests.flags[row]! |= flag.failed
    end = deadline
  }
  // What hangs for ever holds its slot.
  if (end < Number.POSITIVE_INFINITY) s.heap.add(end, event.done, row)
}

function timeAt(s: State, station: number): number {
  const { stations } = s
  const slow = stations.slow[station]!
  // NaN is not itself: nothing is slow.
  if (slow === slow) return slow === Number.POSITIVE_INFINITY ? stations.hangEnd[station]! - s.now : slow
  const stream = s.stationStream + station
  switch (stations.timeKind[station]) {
    case 0:
      return Math.exp(stations.a[station]! + stations.b[station]! * normal(s.streams, stream))
    case 1:
      return stations.a[station]! * exponential(s.streams, stream)
    default:
      return stations.a[station]!
  }
}

/** Own work is done, or all calls of a step are answered. */
export function goOn(s: State, row: number): void {
  const { requests, programs, plan, stations, now } = s
  const station = requests.station[row]!
  if (requests.epoch[row] !== stations.epoch[station] || now >= requests.deadline[row]!)
    requests.flags[row]! |= flag.failed
  const program = requests.source[row]! * plan.stations.length + station
  const step = programs.firstStep[program]! + ++requests.step[row]!
  if ((requests.flags[row]! & flag.failed) !== 0 || step >= programs.endStep[program]!) {
    leave(s, row)
    return
  }
  callStep(s, row, programs.firstCall[step]!, programs.endCall[step]!)
}

/** The request ends: its slot is free, and whoever waits for it has an answer. */
export function leave(s: State, row: number, serves = true): void {
  const { requests, stations, recorder, instances } = s
  const station = requests.station[row]!
  const counted = recorder.stations.now
  const isCurrent = requests.epoch[row] === stations.epoch[station]
  if (isCurrent) {
    area(s, station)
    stations.busy[station]!--
    counted.done[station]!++
    counted.held[station]! += s.now - requests.queued[row]!
  }
  let flags = requests.flags[row]!
  if ((flags & flag.failed) === 0 && !publish(s, row, station)) flags |= flag.failed
  const isFailed = (flags & flag.failed) !== 0
  const source = requests.source[row]!
  const parent = requests.parent[row]!
  if ((flags & flag.message) !== 0 && isFailed && ++requests.deliveries[row]! < stations.deliveries[station]!) {
    requests.flags[row] = flags & ~(flag.failed | flag.degraded)
    enqueue(s, station, row)
  } else {
    const born = requests.born[row]!
    requests.give(row)
    if ((flags & flag.user) !== 0) {
      s.users--
      if (isFailed) recorder.sources.now.failed[source]!++
      else recorder.answered(source, born, s.now, (flags & flag.degraded) !== 0)
    }
    if (parent >= 0) {
      instances.request[parent] = -1
      answer(s, parent, isFailed ? cause.error : 0, (flags & flag.degraded) !== 0)
    }
  }
  if (isCurrent && serves) serve(s, station)
}

/** @returns false where a message that may not be lost could not be handed over */
function publish(s: State, row: number, station: number): boolean {
  const source = s.requests.source[row]!
  const program = s.plan.programs[source * s.plan.stations.length + station]
  if (program === undefined) return true
  for (const { to, times, probability, isHard } of program.publishes) {
    const stream = s.stationStream + to[0]!.station
    if (probability < 1 && uniform(s.streams, stream) >= probability) continue
    for (let i = 0; i < times; i++) {
      let reader = 0
      if (to.length > 1)
        for (let u = uniform(s.streams, stream); reader < to.length - 1; reader++)
          if ((u -= to[reader]!.share) < 0) break
      const isIn = arrive(s, to[reader]!.station, source, -1, flag.message, s.now, Number.POSITIVE_INFINITY)
      if (!isIn && isHard) return false
    }
  }
  return true
}
