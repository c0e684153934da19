import type { Path } from '../finding.ts'
import type { Model } from '../manifest/model.ts'

/** A node of the picture, or a line between two of them. */
export type Drawable = { readonly name: string } | { readonly from: string; readonly to: string }

/**
 * What of the picture a path of the manifest is about: a component, a line, or nothing where the path is about the manifest
 * as a whole. A journey or an SLO is about its entry, or the service it is measured at.
 */
export function elementsOf([section, name, list, index]: Path, model: Model): Drawable[] {
  const known = (drawn: string | undefined): Drawable[] =>
    drawn !== undefined && (model.components.has(drawn) || model.jobs.has(drawn)) ? [{ name: drawn }] : []
  switch (section) {
    case 'journeys':
      return known(model.journeys.get(String(name))?.entry)
    case 'slos': {
      const slo = model.slos.get(String(name))
      return known(slo?.service ?? model.journeys.get(slo?.journey ?? '')?.entry)
    }
    case 'services':
    case 'jobs': {
      const owner = section === 'services' ? model.services.get(String(name)) : model.jobs.get(String(name))
      const line = owner && typeof index === 'number' ? lineAt(owner, String(list), index) : undefined
      return line ? [line] : known(owner?.name)
    }
    case 'stores':
    case 'queues':
    case 'caches':
    case 'externals':
      return known(String(name))
    default:
      return []
  }
}

type Owner = NonNullable<ReturnType<Model['services']['get']> | ReturnType<Model['jobs']['get']>>

function lineAt(owner: Owner, list: string, index: number): Drawable | undefined {
  if (list === 'calls') return ends(owner.name, owner.calls[index]?.target?.name)
  if (list === 'publishes') return ends(owner.name, owner.publishes[index]?.target?.name)
  if (list === 'consumes' && owner.kind === 'service') return ends(owner.consumes[index]?.source?.name, owner.name)
  return undefined
}

const ends = (from: string | undefined, to: string | undefined): Drawable | undefined =>
  from === undefined || to === undefined ? undefined : { from, to }
