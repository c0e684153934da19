import type { Path } from '../finding.ts'
import type { Service } from '../manifest/model.ts'
import type { Utilisation } from './capacity.ts'
import { reaches, scale, type Answer } from './estimate.ts'
import { unavailableOf } from './formulas/capacity.ts'
import type { Facts } from './index.ts'

/** What a rollout that takes instances away first leaves of a service at full scale. */
export interface Rollout {
  /** At the peak, unless deploys have hours of their own: then at the steady load. */
  readonly kind: 'peak' | 'steady'
  readonly use: Utilisation
  /** Instances at full scale, those that are missing meanwhile, and those that are left; where `replicas.max` is stated. */
  readonly instances: { readonly all: number; readonly missing: number; readonly left: number } | undefined
  /** Whether those that are left are too few. */
  readonly isShort: Answer
}

/** `undefined` where no load is known to be carried, and where no instance goes missing. */
export function rolloutOf(service: Service, facts: Facts): Rollout | undefined {
  const { deploy, replicas, path } = service
  const kind = deploy?.window === undefined || deploy.window === 'none' ? 'peak' : 'steady'
  const use = facts.utilisation(service, kind)
  if (!use || facts.utilisation(service, 'peak')?.needed.high === 0) return undefined
  if (deploy?.maxUnavailable === undefined) {
    const at: Path = [...path, 'deploy', 'maxUnavailable']
    return { kind, use, instances: undefined, isShort: [at] }
  }
  const all = replicas?.max
  if (all === undefined) return { kind, use, instances: undefined, isShort: reaches(use.needed, use.available) }
  const missing = unavailableOf(all, deploy.maxUnavailable)
  if (missing === 0) return undefined
  const left = Math.max(0, all - missing)
  const isShort = reaches(use.needed, scale(use.available, left / all))
  return { kind, use, instances: { all, missing, left }, isShort }
}

/** Whether instances are replaced a few at a time, so that some may be missing meanwhile; canaries only where they say so. */
export const takesInstancesAway = ({ deploy }: Service): boolean =>
  deploy?.strategy === 'rolling' || (deploy?.strategy === 'canary' && deploy.maxUnavailable !== undefined)
