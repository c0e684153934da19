import { visibleLine } from '../../reporters/text.ts'
import { number } from '../../units.ts'
import type { ImportNote } from '../../import/system.ts'

const labels: Readonly<Record<ImportNote['kind'], string>> = {
  unreadable: 'error',
  skipped: 'skipped',
  dangling: 'warning',
  defect: 'warning',
  observed: 'note',
  unwired: 'note',
  ignored: 'note',
}

/** What cannot be read first, then what is wrong, then what is only told. */
const order: readonly ImportNote['kind'][] = [
  'unreadable',
  'skipped',
  'dangling',
  'defect',
  'observed',
  'unwired',
  'ignored',
]

/** Lines beyond which nobody reads on. */
const most = 200

/** One line each, as compilers write them: `compose.yaml:12:3: warning: ...`. */
export function noteLines(notes: readonly ImportNote[]): string[] {
  const lines = order.flatMap(kind =>
    notes
      .filter(note => note.kind === kind)
      .map(({ file, line, column, message }) => {
        const place = [file, line, line === undefined ? undefined : column].filter(part => part !== undefined).join(':')
        return visibleLine(`${place === '' ? '' : `${place}: `}${labels[kind]}: ${message}`)
      }),
  )
  const more = lines.length - most
  return more > 0 ? [...lines.slice(0, most), `... and ${number(more)} more lines like these`] : lines
}
