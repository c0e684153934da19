import type { Consume, Model, Queue } from '../manifest/model.ts'
import { indicesOf } from '../analysis/indices.ts'
import { groupsOf } from '../analysis/queue-flow.ts'

/** Who gets the messages of a queue: one of each list, by its share. */
export function readersOf(queue: Queue, model: Model): { readonly consume: Consume; readonly share: number }[][] {
  const grouped = groupsOf(queue, model).map(({ members }) =>
    members.map(({ consume, workers }) => ({ consume, weight: workers.high ?? Math.max(1, workers.low) })),
  )
  // Functions are in no group that has a limit.
  const known = new Set(grouped.flat().map(({ consume }) => consume))
  const others = indicesOf(model)
    .consumesFrom(queue.name)
    .filter(consume => !known.has(consume))
    .map(consume => [{ consume, weight: 1 }])
  return [...grouped, ...others].map(group => {
    const all = group.reduce((sum, { weight }) => sum + weight, 0)
    return group.map(({ consume, weight }) => ({ consume, share: all === 0 ? 1 / group.length : weight / all }))
  })
}
