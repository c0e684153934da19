import { plural } from '../../units.ts'
import { documentsOf, type YamlDocument } from '../documents.ts'
import { nameFor } from '../names.ts'
import { openSloSystem } from '../openslo/read-openslo.ts'
import { compare } from '../order.ts'
import { Slos, indicatorFacts } from '../slos.ts'
import { at, factOf, items, root, sourceOf, textOf, type Spot } from '../spot.ts'
import type { ImportedFact, ImportedSystem, ImportFile, ImportNote, ImportReader } from '../system.ts'

/** Reads specifications of Sloth: `version: prometheus/v1`, its custom resource, and those in OpenSLO that it takes too. */
export const readSloth: ImportReader = ({ files }) => slothSystem(files)

export function slothSystem(files: readonly ImportFile[]): ImportedSystem {
  const slos = new Slos()
  const notes: ImportNote[] = []
  const openSlo: YamlDocument[] = []
  let others = 0
  for (const file of [...files].sort((a, b) => compare(a.name, b.name))) {
    const { documents, notes: faults } = documentsOf(file)
    notes.push(...faults)
    for (const document of documents) {
      const version = textOf(at(root(document), 'version')) ?? textOf(at(root(document), 'apiVersion')) ?? ''
      if (version.startsWith('openslo/')) openSlo.push(document)
      else if (version.startsWith('prometheus/')) readSpec(root(document), slos)
      else if (version.startsWith('sloth.slok.dev/')) readSpec(at(root(document), 'spec'), slos)
      else others++
    }
  }
  if (others > 0)
    notes.push({
      kind: 'ignored',
      message: `${plural(others, 'document')} without \`version: prometheus/v1\`: no specification of Sloth`,
    })
  const more = openSloSystem(openSlo, slos)
  return { elements: slos.elements(), edges: [], notes: [...notes, ...more], others: slos.others() }
}

/** Keys are written with underscores in a specification, in camel case in the custom resource. */
const either = (spot: Spot, name: string): Spot => {
  const snake = at(spot, name)
  const camel = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
  return snake.value === undefined ? at(spot, camel) : snake
}

function readSpec(spec: Spot, slos: Slos): void {
  const service = textOf(at(spec, 'service'))
  if (service === undefined) return
  const owner = at(spec, 'labels', 'owner')
  slos.service(
    service,
    at(spec, 'service'),
    textOf(owner) === undefined ? [] : [factOf(['owner'], textOf(owner), owner, 'label owner', 'stated')],
  )
  for (const slo of items(at(spec, 'slos'))) {
    const name = textOf(at(slo, 'name'))
    if (name === undefined) continue
    const facts = [
      factOf(['service'], nameFor(service), at(spec, 'service'), 'Sloth', 'stated'),
      ...indicator(slo, name),
      ...objective(slo),
      factOf(['window'], '30d', at(slo, 'name'), "Sloth's default period", 'derived'),
      ...alerts(slo),
    ]
    slos.add(`${service}-${name}`, facts, sourceOf(at(slo, 'name'), 'Sloth', 'stated'))
  }
}

function objective(slo: Spot): ImportedFact[] {
  const spot = at(slo, 'objective')
  const value = Number(textOf(spot))
  return value > 0 && value <= 100 ? [factOf(['objective'], `${value}%`, spot, 'objective', 'stated')] : []
}

function indicator(slo: Spot, name: string): ImportedFact[] {
  const sli = at(slo, 'sli')
  const query =
    textOf(either(at(sli, 'events'), 'error_query')) ?? textOf(either(at(sli, 'raw'), 'error_ratio_query')) ?? ''
  return indicatorFacts({ name, query, spot: sli })
}

/**
 * Alerts that Sloth makes of an SLO over 30 days, with the windows of the SRE Workbook: two that page, two that open a ticket.
 */
const windows = [
  { kind: 'page_alert', severity: 'page', burnRate: 14.4, longWindow: '1h', shortWindow: '5m' },
  { kind: 'page_alert', severity: 'page', burnRate: 6, longWindow: '6h', shortWindow: '30m' },
  { kind: 'ticket_alert', severity: 'ticket', burnRate: 3, longWindow: '1d', shortWindow: '2h' },
  { kind: 'ticket_alert', severity: 'ticket', burnRate: 1, longWindow: '3d', shortWindow: '6h' },
] as const

function alerts(slo: Spot): ImportedFact[] {
  const alerting = at(slo, 'alerting')
  const made = windows.filter(({ kind }) => at(either(alerting, kind), 'disable').value !== true)
  if (made.length === 0) return [factOf(['alerts'], 'none', alerting, 'alerts that are disabled', 'stated')]
  const value = made.map(({ kind, ...alert }) => {
    const runbook = runbookOf([at(either(alerting, kind), 'annotations'), at(alerting, 'annotations')])
    return runbook === undefined ? alert : { ...alert, runbook }
  })
  return [
    factOf(['alerts'], value, alerting.value === undefined ? slo : alerting, 'alerts that Sloth makes', 'derived'),
  ]
}

function runbookOf(annotations: readonly Spot[]): string | undefined {
  for (const spot of annotations)
    for (const key of ['runbook', 'runbook_url']) {
      const text = textOf(at(spot, key))
      if (text !== undefined && text !== '' && !text.includes('{{')) return text
    }
  return undefined
}
