import { Chalk, type ChalkInstance } from 'chalk'
import { place } from '../reporters/frame.ts'
import { paints } from '../reporters/page.ts'
import type { Style } from '../reporters/reporter.ts'
import { visible, wrap } from '../reporters/text.ts'
import type { Found } from './changed-findings.ts'
import type { Diff } from './diff.ts'
import { factText, nameOf, shownMeasures, standing, summary, valueText, whereText } from './diff-words.ts'
import type { Named } from './elements.ts'
import type { JourneyChange, Move } from './journeys.ts'

/** A diff for people at a terminal. */
export function diffText(diff: Diff, { color, width }: Pick<Style, 'color' | 'width'>): string {
  const c = new Chalk({ level: color ? 1 : 0 })
  const { before, after, findings } = diff
  const blocks = [
    elements(diff, width, c),
    found('Introduced', findings.introduced, width, c, ({ fix }) => fix),
    found('Worse than before', findings.worsened, width, c, ({ before: then, fix }) => `was ${then}; ${fix}`),
    found('Fixed', findings.fixed, width, c),
    found('Waived now', findings.waived, width, c),
    journeys(diff.journeys, width, c),
  ]
  const close = [
    wrap(visible(`${nameOf(diff)}: ${summary(diff)}`), width, '  ', ''),
    wrap(visible(`before: ${standing(before)}, in ${before.file}`), width, '    ', '  '),
    wrap(visible(`after:  ${standing(after)}, in ${after.file}`), width, '    ', '  '),
  ]
  return `${[...blocks, close]
    .filter(block => block.length > 0)
    .map(block => block.join('\n'))
    .join('\n\n')}\n`
}

function elements({ elements: { added, removed, changed } }: Diff, width: number, c: ChalkInstance): string[] {
  const line = (sign: string, { kind, name }: Named) => wrap(visible(`${sign} ${kind} ${name}`), width, '      ', '  ')
  const lines = [
    ...added.map(one => c.green(line('+', one))),
    ...removed.map(one => c.red(line('-', one))),
    ...changed.flatMap(one => [
      line('~', one),
      ...one.facts.map(({ fact, before, after }) =>
        wrap(visible(factText(fact, before, after)), width, '          ', '      '),
      ),
    ]),
  ]
  return lines.length === 0 ? [] : [c.bold('Design'), ...lines]
}

function found<F extends Found>(
  title: string,
  list: readonly F[],
  width: number,
  c: ChalkInstance,
  hint?: (one: F) => string,
): string[] {
  if (list.length === 0) return []
  const lines = list.flatMap(one => {
    const { severity, rule, message, location } = one
    const label = `${severity}[${rule}]`
    const head = wrap(visible(`${label} ${message}`), width, '    ', '  ')
    return [
      head.replace(label, c[paints[severity]](label)),
      c.dim(`    ${visible(place(location))}`),
      ...(hint ? [wrap(visible(`fix: ${hint(one)}`), width, '    ')] : []),
    ]
  })
  return [c.bold(`${title} (${list.length})`), ...lines]
}

const movePaints: Record<Move, 'green' | 'red' | 'yellow' | 'dim'> = {
  better: 'green',
  worse: 'red',
  unclear: 'yellow',
  none: 'dim',
}

function journeys(list: readonly JourneyChange[], width: number, c: ChalkInstance): string[] {
  const moved = list.filter(one => one.change !== 'kept' || shownMeasures(one).length > 0)
  const still = list.filter(one => !moved.includes(one)).map(({ journey }) => journey)
  const lines = moved.flatMap(one => {
    const { journey, change } = one
    return [
      visible(`  ${journey}${change === 'kept' ? '' : ` (${change})`}`),
      ...shownMeasures(one).map(measure => {
        const { title, before, after, move } = measure
        const text = `${title}: ${valueText(before, measure)} -> ${valueText(after, measure)}`
        const where = whereText(measure)
        const word = change === 'kept' ? `, ${move}` : ''
        const shown = wrap(visible(`${text}${where && ` ${where}`}${word}`), width, '        ', '    ')
        return change === 'kept' ? c[movePaints[move]](shown) : shown
      }),
    ]
  })
  if (lines.length === 0) return []
  const rest = still.length > 0 ? [wrap(visible(`  Nothing moved for ${still.join(', ')}`), width, '  ')] : []
  return [c.bold('What users get'), ...lines, ...rest]
}
