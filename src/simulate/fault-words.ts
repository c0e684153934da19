import { duration, number, percent } from '../units.ts'
import type { Fault } from './plan.ts'

/** `"psp" answers after 2s from 60s to 120s`. */
export function faultWords(faults: readonly Fault[]): string[] {
  const said = new Map<string, string[]>()
  for (const fault of faults) {
    const when = whenWords(fault)
    const what =
      fault.kind === 'load'
        ? `the load is ${number(fault.factor)} times as high ${when}`
        : `${whatWords(fault)} ${when}`
    said.set(what, [...(said.get(what) ?? []), ...(fault.kind === 'load' ? [fault.source] : [])])
  }
  return [...said].map(([what, sources]) =>
    sources.length === 1 ? what.replace('the load', `the load of "${sources[0]}"`) : what,
  )
}

function whatWords(fault: Exclude<Fault, { kind: 'load' }>): string {
  switch (fault.kind) {
    case 'down':
      return `"${fault.component}" is down`
    case 'slow':
      return Number.isFinite(fault.time)
        ? `"${fault.component}" answers after ${duration(fault.time)}`
        : `"${fault.component}" does not answer`
    case 'flush':
      return fault.share < 1 ? `${percent(fault.share)} of "${fault.cache}" is gone` : `"${fault.cache}" is empty`
  }
}

function whenWords({ kind, from, to }: Fault): string {
  if (kind === 'flush') return `at ${duration(from)}`
  if (!Number.isFinite(to)) return from === 0 ? 'all the time' : `from ${duration(from)} on`
  return `from ${duration(from)} to ${duration(to)}`
}
