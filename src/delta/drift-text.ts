import { Chalk } from 'chalk'
import { place } from '../reporters/frame.ts'
import type { Style } from '../reporters/reporter.ts'
import { visible, wrap } from '../reporters/text.ts'
import { plural } from '../units.ts'
import { driftStates, itemsOf, type Drift, type DriftItem, type DriftState } from './drift.ts'

const titles: Readonly<Record<DriftState, string>> = {
  different: 'Different',
  onlyInManifest: 'Only in the manifest',
  onlyInFiles: 'Only in the files',
  perhaps: 'Perhaps in the files, to be confirmed',
}
const paints = { different: 'red', onlyInManifest: 'yellow', onlyInFiles: 'yellow', perhaps: 'cyan' } as const

/** Lines of one kind that are listed without `--verbose`. */
const most = 20

/** A drift for people at a terminal: what contradicts first. */
export function driftText(drift: Drift, { color, width, verbose }: Pick<Style, 'color' | 'width' | 'verbose'>): string {
  const c = new Chalk({ level: color ? 1 : 0 })
  const lineOf = ({ message, fix, location, places, state }: DriftItem) => {
    const where = [place(location), ...places.map(one => `${one.location.file}:${one.location.start.line}`)]
    return [
      wrap(visible(message), width, '    ', '  '),
      c.dim(
        wrap(
          visible((state === 'onlyInFiles' || state === 'perhaps' ? where.slice(1) : where).join(' <> ')),
          width,
          '      ',
          '    ',
        ),
      ),
      ...(state === 'different' && fix !== undefined ? [wrap(visible(`fix: ${fix}`), width, '      ', '    ')] : []),
    ].join('\n')
  }
  /** Facts that only the files have are told element by element. */
  const inLines = (items: readonly DriftItem[]): string[] => {
    const facts = new Map<string, string[]>()
    for (const { name, fact } of items) if (fact !== undefined) facts.set(name, [...(facts.get(name) ?? []), fact])
    const told = [...facts].map(([name, all]) =>
      wrap(visible(`"${name}" states more: ${all.join('; ')}`), width, '    ', '  '),
    )
    return [...items.filter(({ fact }) => fact === undefined).map(lineOf), ...told]
  }
  const blocks = driftStates.flatMap(state => {
    const items = itemsOf(drift, state)
    if (items.length === 0) return []
    const isAll = verbose || state === 'different'
    const shown = isAll
      ? items
      : [...items.filter(one => one.fact === undefined).slice(0, most), ...items.filter(one => one.fact !== undefined)]
    const more = items.length - shown.length
    return [
      [
        c.bold[paints[state]](`${titles[state]} (${items.length})`),
        ...inLines(shown),
        ...(more > 0 ? [c.dim(`  and ${more} more; --verbose lists them`)] : []),
      ].join('\n'),
    ]
  })
  const problems = drift.problems.map(({ message, location }) =>
    wrap(visible(`${c.red('error')} ${place(location)}: ${message}`), width, '  ', ''),
  )
  const notes = drift.notes.map(note => wrap(visible(note), width, '    ', '  '))
  const told =
    notes.length === 0
      ? []
      : [
          [
            c.bold('What the files say besides'),
            ...(verbose ? notes : notes.slice(0, 5)),
            ...(!verbose && notes.length > 5 ? [c.dim(`  and ${notes.length - 5} more; --verbose lists them`)] : []),
          ].join('\n'),
        ]
  return `${[...problems, ...blocks, ...told, wrap(visible(summary(drift)), width, '  ', '')].join('\n\n')}\n`
}

function summary(drift: Drift): string {
  const count = (state: DriftState) => itemsOf(drift, state).length
  const parts = [
    `${count('different')} different`,
    `${count('onlyInManifest')} only in the manifest`,
    `${count('onlyInFiles')} only in the files`,
    ...(count('perhaps') > 0 ? [`${count('perhaps')} perhaps`] : []),
    `${plural(drift.same, 'claim')} confirmed`,
  ]
  return `${drift.system ?? drift.file}: ${parts.join(', ')}`
}
