import { plural } from '../../units.ts'
import { documentsOf, isMap, type YamlDocument } from '../documents.ts'
import { nameFor } from '../names.ts'
import { compare } from '../order.ts'
import { Slos, indicatorFacts, thresholdText } from '../slos.ts'
import { at, factOf, items, root, sourceOf, textOf, type Spot } from '../spot.ts'
import type { ImportedFact, ImportedSystem, ImportFile, ImportNote, ImportReader } from '../system.ts'
import { alertsOf } from './alerts.ts'
import { isTooShort, windowOf } from './windows.ts'

/** Reads OpenSLO, `openslo/v1` and the drafts before it. */
export const readOpenSlo: ImportReader = ({ files }) => openSlo(files)

export function openSlo(files: readonly ImportFile[]): ImportedSystem {
  const slos = new Slos()
  const notes: ImportNote[] = []
  const documents: YamlDocument[] = []
  let others = 0
  for (const file of [...files].sort((a, b) => compare(a.name, b.name))) {
    const found = documentsOf(file)
    notes.push(...found.notes)
    for (const document of found.documents) {
      const version = isMap(document.value) ? document.value['apiVersion'] : undefined
      if (typeof version === 'string' && version.startsWith('openslo')) documents.push(document)
      else others++
    }
  }
  if (others > 0)
    notes.push({ kind: 'ignored', message: `${plural(others, 'document')} without \`apiVersion: openslo/v1\`` })
  const more = openSloSystem(documents, slos)
  return { elements: slos.elements(), edges: [], notes: [...notes, ...more], others: slos.others() }
}

/** Adds what documents of OpenSLO say. */
export function openSloSystem(documents: readonly YamlDocument[], slos: Slos): ImportNote[] {
  const roots = documents.map(root)
  const named = new Map(roots.map(spot => [`${textOf(at(spot, 'kind')) ?? ''} ${nameOf(spot) ?? ''}`, spot]))
  const find = (kind: string, name: string | undefined) => named.get(`${kind} ${name ?? ''}`)
  const notes: ImportNote[] = []
  for (const spot of roots)
    if (textOf(at(spot, 'kind')) === 'Service' && nameOf(spot) !== undefined)
      slos.service(nameOf(spot)!, at(spot, 'metadata', 'name'), ownerFacts(spot), 'OpenSLO Service')
  for (const spot of roots) if (textOf(at(spot, 'kind')) === 'SLO') notes.push(...readSlo(spot, slos, find))
  return notes
}

const nameOf = (spot: Spot): string | undefined => textOf(at(spot, 'metadata', 'name'))

export type Find = (kind: string, name: string | undefined) => Spot | undefined

/** Labels are a text or a list of texts. */
function ownerFacts(spot: Spot): ImportedFact[] {
  for (const key of ['owner', 'team']) {
    const label = at(spot, 'metadata', 'labels', key)
    const text = textOf(label) ?? items(label).map(textOf)[0]
    if (text !== undefined && text !== '') return [factOf(['owner'], text, label, `label ${key}`, 'stated')]
  }
  return []
}

function readSlo(spot: Spot, slos: Slos, find: Find): ImportNote[] {
  const spec = at(spot, 'spec')
  const [name, service] = [nameOf(spot), textOf(at(spec, 'service'))]
  if (name === undefined) return []
  if (service !== undefined)
    slos.service(service, at(spec, 'service'), find('Service', service) ? [] : ownerFacts(spot))
  const [first] = [...items(at(spec, 'timeWindow')), ...items(at(spec, 'timeWindows'))]
  const objectives = items(at(spec, 'objectives'))
  const shared = [
    ...(service === undefined ? [] : [factOf(['service'], nameFor(service), at(spec, 'service'), 'OpenSLO', 'stated')]),
    ...(first ? windowOf(first) : []),
    ...alertsOf(at(spec, 'alertPolicies'), find),
  ]
  const notes: ImportNote[] = []
  if (first && isTooShort(first))
    notes.push(
      noteAt(
        first,
        `The window of "${name}" is ${textOf(at(first, 'duration'))!}, which is minutes; OpenSLO writes a month as 1M. It is not stated`,
      ),
    )
  const composite = objectives.some(
    one => at(one, 'indicatorRef').value !== undefined || at(one, 'indicator').value !== undefined,
  )
  if (composite) {
    notes.push(noteAt(spot, `"${name}" is put together from other SLOs, which a manifest cannot say; it is left out`))
    return notes
  }
  for (const [i, objective] of objectives.entries()) {
    const title = textOf(at(objective, 'displayName'))
    const own = objectives.length === 1 ? name : `${name}-${title === undefined ? i + 1 : slug(title)}`
    const facts = [...shared, ...indicatorOf(spec, objective, name, find), ...targetOf(objective)]
    slos.add(own, facts, sourceOf(at(spot, 'metadata', 'name'), 'OpenSLO SLO', 'stated'))
  }
  if (objectives.length === 0) slos.add(name, shared, sourceOf(at(spot, 'metadata', 'name'), 'OpenSLO SLO', 'stated'))
  return notes
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')

function noteAt(spot: Spot, message: string): ImportNote {
  const { file, line, column } = spot.object.place(spot.path)
  return { kind: 'skipped', message, file, line, column }
}

function targetOf(objective: Spot): ImportedFact[] {
  const [target, percent] = [at(objective, 'target'), at(objective, 'targetPercent')]
  const share = Number(textOf(target))
  if (target.value !== undefined && share > 0 && share <= 1)
    return [factOf(['objective'], `${Number((share * 100).toPrecision(12))}%`, target, 'target', 'stated')]
  const hundred = Number(textOf(percent))
  return percent.value !== undefined && hundred > 0 && hundred <= 100
    ? [factOf(['objective'], `${hundred}%`, percent, 'targetPercent', 'stated')]
    : []
}

/** The indicator of the SLO itself, one that it refers to, or in the first draft one in the objective. */
function indicatorOf(spec: Spot, objective: Spot, name: string, find: Find): ImportedFact[] {
  const inline = at(spec, 'indicator')
  const other = find('SLI', textOf(at(spec, 'indicatorRef')))
  const sli = other ? at(other, 'spec') : at(inline, 'spec')
  const title = textOf(at(other ?? inline, 'metadata', 'name')) ?? name
  const threshold = at(sli, 'thresholdMetric')
  const ratio = at(sli, 'ratioMetric').value === undefined ? at(objective, 'ratioMetrics') : at(sli, 'ratioMetric')
  if (threshold.value !== undefined) return thresholdFacts(threshold, objective, title)
  if (ratio.value === undefined) return []
  const query = ['good', 'bad', 'total'].map(key => queryOf(at(ratio, key))).join('\n')
  return indicatorFacts({ name: `${title} ${name}`, query, spot: ratio })
}

const queryOf = (metric: Spot): string =>
  textOf(at(metric, 'metricSource', 'spec', 'query')) ?? textOf(at(metric, 'query')) ?? ''

/** A threshold is a latency where its metric has a unit of time, and only then its number means something. */
function thresholdFacts(threshold: Spot, objective: Spot, title: string): ImportedFact[] {
  const query = queryOf(threshold)
  const unit = /_(milliseconds|ms|seconds)(?:_|\b)/.exec(query)?.[1]
  const value = Number(textOf(at(objective, 'value')))
  const isUpper = /^lte?$/.test(textOf(at(objective, 'op')) ?? '')
  if (unit === undefined || !isUpper) return indicatorFacts({ name: title, query: '', spot: threshold })
  return [
    factOf(['indicator'], 'latency', threshold, 'a metric of time', 'derived'),
    ...(value > 0
      ? [
          factOf(
            ['threshold'],
            thresholdText(value * (unit === 'seconds' ? 1000 : 1)),
            at(objective, 'value'),
            'value',
            'derived',
          ),
        ]
      : []),
  ]
}
