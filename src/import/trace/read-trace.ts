import { plural } from '../../units.ts'
import { documentsOf } from '../documents.ts'
import { compare } from '../order.ts'
import type { ImportedSystem, ImportFile, ImportNote, ImportReader } from '../system.ts'
import { addDependencies, addSamples, type Observations } from './graph.ts'
import { systemOf } from './observed-system.ts'
import { readApi, readExposition } from './samples.ts'

/** Reads service graphs that were seen in traces: Jaeger's and Zipkin's dependencies, and OpenTelemetry's service graph metrics. */
export const readTrace: ImportReader = ({ files, window }) => readGraphs(files, window)

/** @param window milliseconds over which counters counted, where the files do not say so */
export function readGraphs(files: readonly ImportFile[], window?: number): ImportedSystem {
  const observations: Observations = new Map()
  const notes = [...files]
    .sort((a, b) => compare(a.name, b.name) || compare(a.text, b.text))
    .flatMap(file => readFile(file, observations))
  const given = window === undefined ? undefined : window / 1000
  const seen = [...observations.values()].map(one => ({ ...one, seconds: one.seconds ?? given }))
  const system = systemOf(seen)
  const untimed = seen.filter(({ calls, seconds }) => calls > 0 && seconds === undefined)
  if (untimed.length > 0)
    notes.push({
      kind: 'skipped',
      message: `Rates of ${plural(untimed.length, 'call')} are not stated: counters do not say since when they count. Say so with --window, as in --window 1h`,
    })
  return { ...system, notes: [...notes, ...system.notes] }
}

function readFile(file: ImportFile, all: Observations): ImportNote[] {
  if (!/^\s*[[{]/.test(file.text)) {
    const { samples, unread } = readExposition(file.text)
    const used = addSamples(samples, file.name, all)
    if (used === 0) return [nothing(file)]
    if (unread === 0) return []
    return [{ kind: 'unreadable', message: `${plural(unread, 'line')} are no samples of Prometheus`, file: file.name }]
  }
  const { documents, notes } = documentsOf(file)
  if (notes.length > 0) return notes
  const found = documents.map(document => {
    const samples = readApi(document.value)
    return samples ? addSamples(samples, file.name, all) > 0 : addDependencies(document, all)
  })
  return found.includes(true) ? [] : [nothing(file)]
}

const nothing = ({ name }: ImportFile): ImportNote => ({
  kind: 'unreadable',
  message:
    'No service graph; expected the dependencies of Jaeger or Zipkin, or traces_service_graph_* as text or JSON of Prometheus with names and labels',
  file: name,
  line: 1,
})
