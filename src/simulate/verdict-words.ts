import { duration, number, percent, roughly } from '../units.ts'
import type { Culprit } from './culprit.ts'
import type { Verdict } from './verdict.ts'

/** The verdict as a sentence without its subject, which is the journey. */
export function verdictWords({ kind, after = 0, observed = 0, lowest, last, culprit }: Verdict): string {
  const why = culprit ? `: ${culpritWords(culprit)}` : ''
  switch (kind) {
    case 'idle':
      return 'no request came'
    case 'holds':
      return 'holds'
    case 'recovers':
      return `recovers ${after === 0 ? 'at once' : `after ${roughly(after)}`}; goodput fell to ${share(lowest)}`
    case 'stays':
      return `does not recover within ${duration(observed)}${why}; goodput is ${share(last)}`
    case 'lasts':
      return `goodput is ${share(last)} for as long as it lasts${why}`
    case 'fails':
      return `does not hold: goodput is ${share(last)}${why}`
  }
}

const share = (value: number) => percent(Number(value.toFixed(value > 0.1 ? 2 : 3)))

export function culpritWords(culprit: Culprit): string {
  switch (culprit.kind) {
    case 'timeouts':
      return `${percent(Number(culprit.share.toFixed(2)))} of the attempts of "${culprit.call}" time out`
    case 'overload': {
      const { component, times, because, cache } = culprit
      const at = times > 1.01 ? `at ${number(Number(times.toPrecision(2)))}x its capacity` : 'full'
      if (because === 'retries') return `retries hold "${component}" ${at}`
      return because === 'misses'
        ? `misses of "${cache}" hold "${component}" ${at}`
        : `requests hold "${component}" ${at}`
    }
  }
}
