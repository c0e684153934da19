import type { Path } from '../finding.ts'
import type { Call, Job, Journey, Model, Publish, Service } from '../manifest/model.ts'
import { redelivers } from './access.ts'
import type { Answer } from './estimate.ts'
import type { Graph } from './graph.ts'
import type { Facts } from './index.ts'
import { indicesOf } from './indices.ts'

/** Whether some journey does both. What no journey comes through, such as a job, does all it does together. */
export function together(publish: Publish, call: Call, facts: Facts): 'yes' | 'no' | 'maybe' {
  if (publish.from.kind === 'job' || facts.journeys.through(publish.from.name).length === 0) return 'yes'
  if (sharedJourneys(publish, call, facts).length > 0) return 'yes'
  return sharedJourneys(publish, call, facts, 'possible').length > 0 ? 'maybe' : 'no'
}

/** Journeys that publish and make the call. */
export function sharedJourneys(
  publish: Publish,
  call: Call,
  { graph, journeys }: Facts,
  certainty: 'sure' | 'possible' = 'sure',
) {
  const taking = (via: Publish | Call): readonly Journey[] => {
    const edge = graph.out.get(publish.from.name)?.find(edge => edge.via === via)
    return edge ? journeys.taking(edge, certainty) : []
  }
  const publishing = taking(publish)
  return taking(call).filter(journey => publishing.includes(journey))
}

/** Whether all that a service does begins with a message: nothing calls it, and no journey enters there. */
export function isWorker({ name, consumes }: Service, graph: Graph, model: Model): boolean {
  if (consumes.length === 0 || graph.in.get(name)!.some(edge => edge.kind === 'call')) return false
  return indicesOf(model).journeysEntering(name).length === 0
}

/**
 * Whether everything that the service does begins with a message that comes again when it dies half-way, and that it may handle
 * twice: then both steps are done in the end.
 */
export function repeatedByMessage(from: Service | Job, { graph }: Facts, model: Model): Answer {
  if (from.kind === 'job' || !isWorker(from, graph, model)) return false
  const missing: Path[] = []
  for (const { source, idempotent, path } of from.consumes) {
    const again = source && redelivers(source)
    if (again === false || idempotent === false) return false
    if (source && again === undefined) missing.push([...source.path, 'delivery'])
    else if (idempotent === undefined) missing.push([...path, 'idempotent'])
  }
  return missing.length === 0 || missing
}
