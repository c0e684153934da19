import { Chalk, type ChalkInstance } from 'chalk'
import type { Outcome } from '../analysis/outcomes.ts'
import type { CutSets } from '../analysis/cut-sets.ts'
import type { Journey } from '../manifest/model.ts'
import { list, plural } from '../units.ts'
import type { SingleFault, SingleFaults } from '../whatif/single-faults.ts'
import type { Style } from './reporter.ts'
import { visible, wrap } from './text.ts'

/** Components by journeys, for people: one letter for what happens when it is down, one for when it does not answer. */

const letters: Readonly<Record<Outcome | 'unknown', string>> = {
  ok: '.',
  delayed: 'L',
  degraded: 'D',
  broken: 'B',
  unknown: '?',
}
const paints = { delayed: 'yellow', degraded: 'yellow', broken: 'red', unknown: 'cyan', ok: 'dim' } as const
/** Pairs that are named; beyond them they are counted. */
const mostPairs = 12

export function matrixText(
  { journeys, rows, cutSets }: SingleFaults,
  { color, width }: Pick<Style, 'color' | 'width'>,
): string {
  const c = new Chalk({ level: color ? 1 : 0 })
  const nameWidth = Math.min(28, Math.max(9, ...rows.map(({ component }) => visible(component.name).length)))
  const each = Math.max(1, Math.floor((width - nameWidth - 2) / 5))
  const blocks: string[] = []
  for (let from = 0; from < journeys.length; from += each)
    blocks.push(block(journeys.slice(from, from + each), from, rows, nameWidth, width, c))
  const title = [
    c.bold('Each component lost alone, the most harmful first'),
    c.dim(
      wrap('down, then slow: . ok, L delayed, D degraded, B broken, ? facts decide that are not stated', width, '  '),
    ),
  ].join('\n')
  const empty =
    journeys.length === 0 ? ['  There is no journey.'] : rows.length === 0 ? ['  No journey needs anything.'] : []
  return `${[title, ...(empty.length > 0 ? empty : blocks), ...cutSets.map(cuts => cutText(cuts, width, c))].join('\n\n')}\n`
}

function block(
  journeys: readonly Journey[],
  from: number,
  rows: readonly SingleFault[],
  nameWidth: number,
  width: number,
  c: ChalkInstance,
): string {
  const numbers = journeys.map((_, i) => String(from + i + 1))
  const key = list(
    journeys.map(
      ({ name, criticality }, i) =>
        `${numbers[i]!} ${visible(name)}${criticality === undefined ? '' : ` (${criticality})`}`,
    ),
  )
  const head = `  ${'component'.padEnd(nameWidth)}${numbers.map(number => number.padStart(4)).join(' ')}`
  const lines = rows.map(({ component, down, slow }) => {
    const cells = journeys.map(({ name }) => `  ${letter(down.get(name)!, c)}${letter(slow.get(name)!, c)}`)
    return `  ${cut(visible(component.name), nameWidth).padEnd(nameWidth)}${cells.join(' ')}`
  })
  return [wrap(key, width, '  '), c.dim(head), ...lines].join('\n')
}

const letter = (outcome: Outcome | 'unknown', c: ChalkInstance): string => c[paints[outcome]](letters[outcome])

const cut = (text: string, width: number) => (text.length <= width ? text : `${text.slice(0, width - 2)}..`)

function cutText({ journey, singles, pairs }: CutSets, width: number, c: ChalkInstance): string {
  const rank = journey.criticality === undefined ? '' : ` (${journey.criticality})`
  const named = (pair: readonly string[]) => pair.join(' + ')
  const shown = pairs.slice(0, mostPairs).map(named)
  const more = pairs.length > mostPairs ? [plural(pairs.length - mostPairs, 'more pair')] : []
  const say = (text: string) => wrap(visible(text), width, '    ', '  ')
  return [
    c.bold(`What surely breaks ${visible(journey.name)}${rank}`),
    say(singles.length === 0 ? 'nothing alone' : `${plural(singles.length, 'component')} alone: ${list(singles)}`),
    say(
      pairs.length === 0
        ? 'no pair of others'
        : `${plural(pairs.length, 'pair')} of others: ${list([...shown, ...more])}`,
    ),
  ].join('\n')
}
