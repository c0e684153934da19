import type { Path } from '../finding.ts'
import type { Alert, Model } from '../manifest/model.ts'

/** Whether an alert watches something, or the fact that would say so. */
export type Watched = 'watched' | 'unwatched' | { readonly ask: Path }

type Signal = NonNullable<Alert['signal']>

/**
 * Whether one of the signals is watched on one of the names. Where the manifest states no alerts at all, that is one question.
 */
export function signalFor(names: readonly string[], signals: readonly Signal[], model: Model): Watched {
  const alerts = [...model.alerts.values()]
  if (model.raw.alerts === undefined) return { ask: ['alerts'] }
  const watches = ({ on = [] }: Alert) => [on].flat().some(name => names.includes(name))
  if (alerts.some(alert => alert.signal && signals.includes(alert.signal) && watches(alert))) return 'watched'
  for (const alert of alerts) {
    if (alert.signal === undefined && alert.on !== undefined && watches(alert))
      return { ask: [...alert.path, 'signal'] }
    if (alert.on === undefined && (alert.signal === undefined || signals.includes(alert.signal)))
      return { ask: [...alert.path, 'on'] }
  }
  return 'unwatched'
}
