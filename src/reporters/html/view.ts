import { factsOf } from '../../analysis/index.ts'
import { formatPath, type Finding, type OpenQuestion, type Path } from '../../finding.ts'
import { ManifestFiles } from '../../manifest/files.ts'
import type { Model } from '../../manifest/model.ts'
import { readManifest } from '../../manifest/read.ts'
import type { Source } from '../../manifest/source.ts'
import { elementsOf } from '../../picture/elements.ts'
import { grouped, mostNodes, overviewOf } from '../../picture/overview.ts'
import { pictureOf, type Picture } from '../../picture/picture.ts'
import { ofGroup } from '../../picture/select.ts'
import { svgOf } from '../../picture/svg.ts'
import type { Report } from '../../report.ts'
import { tableIds, tablesOf } from '../../tables/index.ts'
import type { Table } from '../../tables/table.ts'

/** What the page shows of one manifest, gathered before anything is written. */
export interface View {
  readonly report: Report
  /** Starts every id, as several manifests may stand in one page. */
  readonly prefix: string
  readonly name: string
  /** What could not be made without the manifest itself: it was unreadable, or the report was merged from files. */
  readonly design: Design | undefined
}

export interface Design {
  readonly model: Model
  readonly picture: Picture
  /** One drawing, or an overview followed by one for each of its groups. */
  readonly figures: readonly Figure[]
  readonly tables: readonly Table[]
}

export interface Figure {
  readonly id: string
  readonly title: string
  readonly picture: Picture
  readonly svg: string
  /** The group of the overview that it shows in detail. */
  readonly group: string | undefined
}

export async function viewOf(report: Report, index: number): Promise<View> {
  const prefix = `m${index}-`
  const [first, ...others] = report.sources
  const model = first && report.verdict !== 'unreadable' ? modelOf([first, ...others]) : undefined
  const name = report.system ?? report.file
  return { report, prefix, name, design: model && (await designOf(model, report, prefix, name)) }
}

const modelOf = (sources: readonly [Source, ...Source[]]) => readManifest(new ManifestFiles(sources)).model

async function designOf(model: Model, report: Report, prefix: string, name: string): Promise<Design> {
  const facts = factsOf(model)
  const picture = pictureOf(model, facts, report)
  const figures = await Promise.all(
    partsOf(picture).map(async ({ picture, group }, i): Promise<Figure> => {
      const id = `${prefix}figure-${i}`
      const title = group === undefined ? `Architecture of ${name}` : `${group}, and what it touches`
      return { id, title, picture, group, svg: await svgOf(picture, title, `${id}-`) }
    }),
  )
  const tables = tablesOf({ model, facts, today: undefined }, report, { ids: tableIds, journeys: [] })
  return { model, picture, figures, tables }
}

function partsOf(picture: Picture): { picture: Picture; group: string | undefined }[] {
  if (picture.nodes.length <= mostNodes) return [{ picture, group: undefined }]
  const whole = grouped(picture)
  return [
    { picture: overviewOf(whole), group: undefined },
    ...whole.groups.map(group => ({ picture: ofGroup(whole, group), group })),
  ]
}

/**
 * Names of the components that a finding or a question is about: one, or the two ends of a line. What is said of a journey or
 * an SLO is about the components whose facts it rests on.
 */
export function about(view: View, one: Finding | OpenQuestion): string[] {
  const { design } = view
  if (!design) return []
  const path = 'subject' in one ? one.subject : one.fact
  const evidence = 'subject' in one ? one.evidence.map(({ location }) => location.path) : []
  const isOfWhole = path[0] === 'journeys' || path[0] === 'slos'
  const facts = isOfWhole ? evidence.flatMap(fact => namesOf(fact, design.model)) : []
  return [...new Set(facts.length > 0 ? facts : namesOf(path, design.model))]
}

const namesOf = (path: Path, model: Model): string[] =>
  elementsOf(path, model).flatMap(drawn => ('from' in drawn ? [drawn.from, drawn.to] : [drawn.name]))

/** Who answers for it: the team of the component, or of the caller. */
export function ownerOf(view: View, one: Finding | OpenQuestion): string | undefined {
  const [name] = about(view, one)
  return view.design?.picture.nodes.find(node => node.name === name)?.group
}

export const pathOf = (finding: Finding): string => formatPath(finding.subject)
