import type { Call, Queue } from '../manifest/model.ts'
import { deliversAtLeastOnce, engineOf } from './engine.ts'

/** Whether a call changes state at its callee, as stated; for stores what it does with them says so as well. */
export function changesState({ mutates, access, target }: Call): boolean | undefined {
  if (mutates !== undefined) return mutates
  return target?.kind === 'store' && access !== undefined ? access !== 'read' : undefined
}

/** Whether a message that was not handled comes again; `undefined` where neither the promise nor a known product says so. */
export function redelivers(queue: Queue): boolean | undefined {
  if (queue.delivery !== undefined) return queue.delivery !== 'atMostOnce'
  return deliversAtLeastOnce(engineOf(queue).product) ? true : undefined
}
