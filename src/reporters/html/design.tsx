import { byImportance } from '../../analysis/reach.ts'
import { found } from '../../picture/dot.ts'
import type { Cell, Column, Row, Table } from '../../tables/table.ts'
import { valueOf } from '../../tables/table.ts'
import { said } from '../cell.ts'
import { visible } from '../text.ts'
import type { Design, Figure, View } from './view.ts'

/** The picture, one journey at a time or whole. */
export function Architecture({ view, design }: { view: View; design: Design }) {
  const { prefix } = view
  const journeys = [...design.model.journeys.values()].sort(byImportance)
  return (
    <>
      {journeys.length > 0 && (
        <fieldset class="journeys" data-journeys-of={prefix} hidden>
          <legend>Journey</legend>
          <label>
            <input type="radio" name={`${prefix}journey`} value="" checked /> all
          </label>
          {journeys.map(({ name, criticality }) => (
            <label key={name}>
              <input type="radio" name={`${prefix}journey`} value={name} /> {visible(name)}
              {criticality !== undefined && <small> {criticality}</small>}
            </label>
          ))}
        </fieldset>
      )}
      {design.figures.map(figure => (
        <Drawing key={figure.id} figure={figure} />
      ))}
      <p class="selection" data-selection role="status" />
      <Legend />
    </>
  )
}

/** Points beyond which a drawing that is made to fit the page cannot be read. */
const widest = 1500

function Drawing({ figure: { id, title, svg, group } }: { figure: Figure }) {
  const width = Number(/width="(\d+)/.exec(svg)?.[1])
  return (
    <figure id={id} data-figure={group ?? ''} class={width > widest ? 'wide' : undefined}>
      {group !== undefined && (
        <p>
          <button type="button" data-back hidden>
            Back to all groups
          </button>
        </p>
      )}
      <div
        class="scroll"
        role="region"
        aria-label={visible(title)}
        tabIndex={0}
        dangerouslySetInnerHTML={{ __html: svg }}
      />
      <figcaption>{visible(title)}</figcaption>
    </figure>
  )
}

const Legend = () => (
  <p class="legend">
    Rounded boxes are services, cylinders stores, arrows queues, hexagons caches, dashed boxes externals, folders jobs.
    A double border: an important journey fails without it. Thick lines: the caller fails as well; open arrows: it can
    do without; dashed lines: nobody waits; dotted lines: what a cache could not answer.
  </p>
)

/** The picture in words, for those who do not see it and those who sort. */
export function Components({ design }: { design: Design }) {
  return (
    <Sortable caption="Components" heads={['component', 'kind', 'owner', 'journeys', 'found']}>
      {design.picture.nodes.map(node => (
        <tr key={node.name}>
          <th scope="row" data-sort={node.name}>
            <button type="button" class="name" data-pick={node.name}>
              {visible(node.name)}
            </button>
          </th>
          <td data-sort={node.kind}>
            {visible([node.kind, node.detail].filter(word => word !== undefined).join(', '))}
          </td>
          <td data-sort={node.group ?? ''}>{node.group === undefined ? '?' : visible(node.group)}</td>
          <td data-sort={node.journeys.length}>{visible(node.journeys.join(', '))}</td>
          <td data-sort={node.findings.error * 1e6 + node.findings.warning * 1e3 + node.findings.info}>
            {found(node) ?? ''}
          </td>
        </tr>
      ))}
    </Sortable>
  )
}

/** What matters of each journey: how fast, how available, how often it is repeated. */
export function Journeys({ design }: { design: Design }) {
  const journeys = [...design.model.journeys.values()].sort(byImportance)
  const figures = (id: string, name: string) => {
    const table = design.tables.find(table => table.id === id)
    const row = table?.rows.find(({ at }) => at[0] === 'journeys' && at[1] === name)
    return table && row ? table.columns.map((column, i) => [column, row.cells[i]] as const).slice(1) : []
  }
  return (
    <div class="cards">
      {journeys.map(({ name, criticality, entry }) => (
        <section key={name} data-journey-card={name}>
          <h4>{visible(name)}</h4>
          <p class="meta">
            {criticality ?? 'criticality not stated'}, from {visible(entry ?? '?')}
          </p>
          <dl>
            {[...figures('latency', name), ...figures('availability', name)].map(([column, cell]) => (
              <div key={column.key} class={toneOf(cell)}>
                <dt>{column.title}</dt>
                <dd>{said(cell, column)}</dd>
              </div>
            ))}
            <MostRetried design={design} journey={name} />
          </dl>
        </section>
      ))}
    </div>
  )
}

function MostRetried({ design, journey }: { design: Design; journey: string }) {
  const table = design.tables.find(({ id }) => id === 'retries')
  const rows = table?.rows.filter(({ journeys }) => journeys.some(({ name }) => name === journey)) ?? []
  const worst = [...rows].sort((a, b) => valueOf(b.cells[1]) - valueOf(a.cells[1]))[0]
  if (!table || !worst) return null
  return (
    <div class={toneOf(worst.cells[1])}>
      <dt>attempts for one request</dt>
      <dd>
        {said(worst.cells[1], table.columns[1]!)} at {said(worst.cells[0], table.columns[0]!)}
      </dd>
    </div>
  )
}

export function Tables({ design, prefix }: { design: Design; prefix: string }) {
  return (
    <>
      {design.tables.map(table => (
        <details key={table.id} id={`${prefix}table-${table.id}`} open={table.id === 'saturation'}>
          <summary>{table.title}</summary>
          {table.notes.map(note => (
            <p key={note}>{note}</p>
          ))}
          {table.rows.length === 0 ? <p>{table.empty}</p> : <Numbers table={table} />}
        </details>
      ))}
      <p class="legend">
        ! beyond what there is or was promised, * close to it. &gt;= at least, &lt;= at most: facts are missing. ? not
        stated. Facts: known of needed.
      </p>
    </>
  )
}

function Numbers({ table: { title, columns, rows } }: { table: Table }) {
  return (
    <Sortable caption={title} heads={[...columns.map(column => column.title), 'facts']}>
      {rows.map((row, i) => (
        <tr key={i}>
          {columns.map((column, c) => (
            <Value key={column.key} column={column} row={row} cell={row.cells[c]} first={c === 0} />
          ))}
          <td class="number" data-sort={row.total === 0 ? 1 : row.known / row.total}>
            {row.known}/{row.total}
          </td>
        </tr>
      ))}
    </Sortable>
  )
}

function Value({ column, row, cell, first }: { column: Column; row: Row; cell: Cell; first: boolean }) {
  const sort = typeof cell === 'string' ? cell : typeof cell === 'object' && 'word' in cell ? cell.word : ''
  const key = valueOf(cell) === Number.NEGATIVE_INFINITY ? sort : valueOf(cell)
  const text = said(cell, column)
  if (!first)
    return (
      <td class={`${column.unit === 'text' ? '' : 'number '}${toneOf(cell)}`} data-sort={key}>
        {text}
      </td>
    )
  return (
    <th scope="row" data-sort={key}>
      {text}
      {(row.details ?? []).map(detail => (
        <small key={detail}>{visible(detail)}</small>
      ))}
    </th>
  )
}

const toneOf = (cell: Cell): string => (typeof cell === 'object' ? (cell.tone ?? '') : '')

interface SortableProps {
  caption: string
  heads: readonly string[]
  children: preact.ComponentChildren
}

function Sortable({ caption, heads, children }: SortableProps) {
  return (
    <div class="scroll" role="region" aria-label={caption} tabIndex={0}>
      <table data-sortable>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {heads.map(head => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}
