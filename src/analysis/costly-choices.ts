import type { Path } from '../finding.ts'
import type { Component, Model } from '../manifest/model.ts'

export interface CostlyChoice {
  readonly component: Component
  /** `The engine`, `The partition key`, `The broker`. */
  readonly what: string
  readonly at: Path
}

/** What takes months to change once there is data in it. */
export function costlyChoices({ stores, queues }: Model): CostlyChoice[] {
  const inStores = [...stores.values()].flatMap((store): CostlyChoice[] => {
    const { path, role, engine, partitionKey } = store
    if (partitionKey !== undefined && partitionKey !== 'none')
      return [{ component: store, what: 'The partition key', at: [...path, 'partitionKey'] }]
    if (role !== 'systemOfRecord' || engine === undefined) return []
    return [{ component: store, what: 'The engine', at: [...path, 'engine'] }]
  })
  const brokers = [...queues.values()].filter(({ engine }) => engine !== undefined)
  return [
    ...inStores,
    ...brokers.map((queue): CostlyChoice => ({ component: queue, what: 'The broker', at: [...queue.path, 'engine'] })),
  ]
}

/** Those that no decision names which is in force or may be. */
export function unrecordedChoices(model: Model): CostlyChoice[] {
  const inForce = [...model.decisions.values()].filter(({ status }) => status !== 'rejected' && status !== 'superseded')
  return costlyChoices(model).filter(
    ({ component }) => !inForce.some(({ concerns }) => concerns?.includes(component.name)),
  )
}
