import { tableIds, type TableId } from '../tables/index.ts'
import { mainSections } from './analyses-main.ts'
import { supportSections } from './analyses-supports.ts'
import { bullet, fence, madeBy, page } from './markdown.ts'

/** What a table of `analyze` is about, in words that hold for what the code computes. */
export interface Section {
  /** The question that it answers. */
  readonly asks: string
  readonly formulas: string
  /** How it takes what the manifest says. */
  readonly assumes: readonly string[]
  /** What it does not know or does not count. */
  readonly omits: readonly string[]
}

export const sections: Readonly<Record<string, Section>> = { ...mainSections, ...supportSections }

/** What the program prints about an example, by table; the page is made with it, and `explain` does without. */
export type Excerpt = (id: TableId) => string

/** All tables of `analyze`, one section each. */
export const analysesPage = (excerpt?: Excerpt): string =>
  page(
    '# What follows from a manifest',
    `\`scaffold-review analyze\` prints numbers that follow from a manifest, whether or not anything is wrong. Each row says how many of
the facts that it needs are stated. \`>=\` is at least and \`<=\` at most, as facts are missing that could only add or take
away; \`?\` is not stated, and no number is invented in its place. \`!\` marks what is beyond what there is or was promised,
\`*\` what is close to it.

    scaffold-review analyze --table latency,retries
    scaffold-review analyze --load 3x
    scaffold-review analyze --load checkout=5x --journey checkout -f json`,
    ...tableIds.map(id => sectionOf(id, '##', excerpt)),
    madeBy('src/docs/analyses-*.ts'),
  )

/** The section of one table as a page of its own. */
export const analysisPage = (id: TableId): string => page(sectionOf(id, '#'))

function sectionOf(id: TableId, level: '#' | '##', excerpt?: Excerpt): string {
  const section = sections[id]
  if (!section) throw new Error(`The table "${id}" has no section in src/docs/analyses-page.ts`)
  const { asks, formulas, assumes, omits } = section
  return [
    `${level} ${id}`,
    asks,
    fence('text', formulas),
    `**Assumes**\n\n${assumes.map(bullet).join('\n')}`,
    `**Leaves out**\n\n${omits.map(bullet).join('\n')}`,
    ...(excerpt ? [fence('text', excerpt(id))] : [`\`scaffold-review analyze --table ${id}\` prints it.`]),
  ].join('\n\n')
}
