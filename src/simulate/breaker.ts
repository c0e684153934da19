import { buckets, type State } from './state.ts'

/** A circuit breaker that counts calls within a sliding window of ten parts. */

const closed = 0
const open = 1
const trying = 2

/** Whether a call may be made. After its time an open breaker lets one call through and waits for the answer. */
export function breakerLets({ calls, plan, now }: State, call: number): boolean {
  if (plan.calls[call]!.breaker === undefined || calls.breaker[call] === closed) return true
  if (calls.breaker[call] === trying || now < calls.openUntil[call]!) return false
  calls.breaker[call] = trying
  return true
}

/** @param time that the attempt took */
export function breakerSaw(s: State, call: number, isOk: boolean, time: number): void {
  const { calls, plan, now } = s
  const { breaker } = plan.calls[call]!
  if (breaker === undefined) return
  const isGood = isOk && time <= breaker.slowCall
  if (calls.breaker[call] === open) return
  if (calls.breaker[call] === trying) {
    if (isGood) calls.breaker[call] = closed
    else trip(s, call, breaker.openDuration)
    return
  }
  const width = breaker.window / buckets
  const part = Math.floor(now / width)
  const from = call * buckets
  // Parts that have passed since the last call are empty.
  const empty = Math.min(buckets, part - calls.part[call]!)
  for (let i = 0; i < empty; i++) {
    const at = from + ((part - i) % buckets)
    calls.counted[at] = 0
    calls.failures[at] = 0
  }
  calls.part[call] = part
  calls.counted[from + (part % buckets)]!++
  if (isGood) return
  calls.failures[from + (part % buckets)]!++
  let [counted, failures] = [0, 0]
  for (let i = from; i < from + buckets; i++) {
    counted += calls.counted[i]!
    failures += calls.failures[i]!
  }
  if (counted >= breaker.minimumCalls && failures >= breaker.failureRate * counted) trip(s, call, breaker.openDuration)
}

function trip({ calls, now }: State, call: number, openDuration: number): void {
  calls.breaker[call] = open
  calls.openUntil[call] = now + openDuration
  const from = call * buckets
  calls.counted.fill(0, from, from + buckets)
  calls.failures.fill(0, from, from + buckets)
}
