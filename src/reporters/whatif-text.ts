import { Chalk, type ChalkInstance } from 'chalk'
import type { Waiting, Backlog, Numbers } from '../whatif/numbers.ts'
import type { JourneyOutcome, WhatIf } from '../whatif/what-if.ts'
import { scenarioWords } from '../analysis/scenario-words.ts'
import { formatPath } from '../finding.ts'
import { number, percent, plural, roughly } from '../units.ts'
import type { Style } from './reporter.ts'
import { visible, wrap } from './text.ts'

/** What a scenario does, for people: a line for each journey, then its story. Colour never alone. */

type Look = Pick<Style, 'color' | 'width'>

const paints = { ok: 'green', delayed: 'yellow', degraded: 'yellow', broken: 'red', unknown: 'cyan' } as const
const marks = { ok: ' ', delayed: '*', degraded: '*', broken: '!', unknown: '?' } as const
/** Facts, changes and further causes that are shown of each journey. */
const most = { missing: 4, contained: 5, also: 4 }

export function whatIfText(result: WhatIf, { color, width }: Look): string {
  const c = new Chalk({ level: color ? 1 : 0 })
  const head = c.bold(wrap(visible(`What if ${scenarioWords(result.scenario)}`), width, '  ', ''))
  const isLate = result.scenario.slow.length > 0
  const stories = result.journeys.filter(({ outcome }) => outcome !== 'ok').map(one => story(one, isLate, width, c))
  const calm = result.journeys.filter(({ outcome }) => outcome === 'ok')
  return `${[
    [head, ...summary(result.journeys, c)].join('\n'),
    ...stories,
    ...aside(result, calm, width, c),
    c.dim(wrap(legend, width)),
  ].join('\n\n')}\n`
}

const legend =
  '! broken, * delayed or degraded, ? facts decide that are not stated. Everything at the declared peak. Availability is a ceiling, p99 an estimate, "lasts" how many times this load fits.'

const columns = ['journey', 'outcome', 'availability', 'p99', 'lasts'] as const

/** Before and after, side by side. */
function summary(journeys: readonly JourneyOutcome[], c: ChalkInstance): string[] {
  const rows = journeys.map(one => [
    shortened(visible(one.journey.name), 24),
    `${one.outcome}${marks[one.outcome]}`.trimEnd(),
    change(one.before, one.after, ({ availability }) => availability, percent),
    change(one.before, one.after, ({ latency }) => latency?.p99, roughly, one.after.latency?.isLeast === true),
    change(
      one.before,
      one.after,
      ({ bottleneck }) => bottleneck?.times,
      n => `${number(n)}x`,
    ),
  ])
  const widths = columns.map((title, i) => Math.max(title.length, ...rows.map(row => row[i]!.length)))
  const line = (cells: readonly string[], paint: (text: string, i: number) => string) =>
    `  ${cells.map((text, i) => paint(text.padEnd(widths[i]!), i)).join('  ')}`.trimEnd()
  return [
    line(columns, text => c.dim(text)),
    ...rows.map((row, r) => line(row, (text, i) => (i === 1 ? c[paints[journeys[r]!.outcome]](text) : text))),
  ]
}

function change(
  before: Numbers,
  after: Numbers,
  of: (numbers: Numbers) => number | undefined,
  words: (value: number) => string,
  isLeast = false,
): string {
  const [a, b] = [of(before), of(after)].map(value => (value === undefined ? '?' : words(value)))
  const prefix = isLeast ? '>=' : ''
  if (a === b) return a === '?' ? '?' : `${prefix}${a}`
  return `${a} -> ${b === '?' ? '-' : `${prefix}${b}`}`
}

function story(one: JourneyOutcome, isLate: boolean, width: number, c: ChalkInstance): string {
  const { journey, outcome, least, most: worst, path, by, steps } = one
  const verdict = outcome === 'unknown' ? `between ${least} and ${worst}` : outcome
  const title = `${journey.name}: ${verdict}${by === undefined ? '' : `, as ${by}`}`
  const lines = [c.bold[paints[outcome]](wrap(visible(title), width, '  ', ''))]
  const say = (text: string, first = '  ', indent = '    ') => lines.push(wrap(visible(text), width, indent, first))
  if (path !== '') say(path)
  if (outcome === 'unknown' && steps.length > 0) say('At the worst:')
  for (const step of steps) say(step, '  - ')
  for (const other of one.also.slice(0, most.also)) say(`also, ${other}`, '  - ')
  if (one.also.length > most.also)
    say(`and ${plural(one.also.length - most.also, 'more thing')} that would do as much`, '  - ')
  if (outcome === 'broken' && isLate && one.worst) say(`Users wait ${worstWords(one)} at the longest, by the timeouts.`)
  for (const missing of one.missing.slice(0, most.missing))
    say(`Not stated: ${formatPath(missing.fact)}. ${missing.ask} For example ${missing.example}`, '  ? ')
  if (one.missing.length > most.missing) say(`and ${plural(one.missing.length - most.missing, 'more fact')}`, '  ? ')
  const contained = one.containedBy.slice(0, most.contained)
  if (contained.length > 0) say('What would contain it:')
  for (const sentence of contained) say(sentence, '  + ')
  return lines.join('\n')
}

const worstWords = ({ worst }: JourneyOutcome): string =>
  worst === undefined
    ? ''
    : Number.isFinite(worst.low)
      ? `${worst.low === worst.high ? '' : 'at least '}${roughly(worst.low)}`
      : 'for ever'

/** What is about the system and not about one journey. */
function aside(result: WhatIf, calm: readonly JourneyOutcome[], width: number, c: ChalkInstance): string[] {
  const say = (text: string) => wrap(visible(text), width, '    ', '  ')
  const blocks: string[] = []
  const stressed = calm.filter(({ steps }) => steps.length > 0)
  if (stressed.length > 0)
    blocks.push(
      [
        c.bold('Slower, but fine'),
        ...stressed.flatMap(({ journey, steps }) => say(`${journey.name}: ${steps.join('; ')}`)),
      ].join('\n'),
    )
  if (result.waiting.length > 0)
    blocks.push([c.bold('Who waits'), ...result.waiting.map(one => say(waitingWords(one)))].join('\n'))
  if (result.backlogs.length > 0)
    blocks.push([c.bold('What piles up'), ...result.backlogs.map(one => say(backlogWords(one)))].join('\n'))
  return blocks
}

function waitingWords({ call, waiting, slots, full, isContained }: Waiting): string {
  const some = `${Number.isFinite(waiting.low) ? `${waiting.low === waiting.high ? '' : 'at least '}${number(Math.ceil(waiting.low))}` : 'all'} of ${slots.high === undefined ? 'an unknown number of' : number(slots.high)} slots wait`
  const soon = full === undefined ? '' : `, all of them ${full <= 0 ? 'at once' : `after ${roughly(full)}`}`
  return `${call}: ${some}${soon}${isContained ? '; contained by a limit or a breaker' : ''}`
}

function backlogWords({ queue, afterAnHour, drain, isKept }: Backlog): string {
  const many = afterAnHour.high === undefined ? `at least ${number(afterAnHour.low)}` : number(afterAnHour.low)
  const time =
    drain.low === Number.POSITIVE_INFINITY
      ? 'never drain'
      : drain.high === undefined
        ? 'drain in a time that is not known'
        : `drain in ${roughly(drain.low)}`
  return `${queue.name}: ${many} messages after an hour, which ${time} once its consumers are back${isKept === false ? '; the oldest are lost by then' : ''}`
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 2)}..`
}
