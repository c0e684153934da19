import { Chalk, type ChalkInstance } from 'chalk'
import { formatPath } from '../finding.ts'
import { batches, type Interval } from '../simulate/confidence.ts'
import { faultWords } from '../simulate/fault-words.ts'
import type { Missing } from '../simulate/plan.ts'
import type { JourneyResult, Simulation, StationResult } from '../simulate/results.ts'
import { verdictWords } from '../simulate/verdict-words.ts'
import { duration, number, percent, plural, rate, roughly } from '../units.ts'
import { overTime } from './simulate-lines.ts'
import type { Style } from './reporter.ts'
import { clip, visible, wrap } from './text.ts'

/** A simulation for people: what users got, whether that came back, and where the requests were meanwhile. */

type Look = Pick<Style, 'color' | 'width'>

const paints = { holds: 'green', recovers: 'yellow', stays: 'red', lasts: 'red', fails: 'red', idle: 'dim' } as const
const marks = { holds: ' ', recovers: '*', stays: '!', lasts: '!', fails: '!', idle: ' ' } as const
/** Components and paths that are shown. */
const most = { stations: 8, paths: 2 }
const page = 80
/** A share that is not nothing to three digits of a percentage. */
const leastShown = 0.0005

export function simulationText(result: Simulation, file: string, look: Look): string {
  const c = new Chalk({ level: look.color ? 1 : 0 })
  return `${[
    head(result, file, look, c),
    users(result, c),
    result.journeys.map(one => verdict(one, look, c)).join('\n'),
    overTime(result, c),
    stations(result, c),
    assumed(result, look, c),
    c.dim(wrap(legend(result), look.width)),
  ]
    .filter(part => part !== '')
    .join('\n\n')}\n`
}

function head({ options, stopped }: Simulation, file: string, { width }: Look, c: ChalkInstance): string {
  const { duration: time, warmUp, seed, scale, shape, faults } = options
  const parts = [
    `${file}: ${duration(stopped ?? time)} after a warm-up of ${duration(warmUp)}, seed ${seed}`,
    ...(scale === 1 ? [] : [`one request in ${number(scale)}`]),
    ...(shape === 'log-normal' ? [] : [`${shape} times`]),
  ]
  return [
    c.bold(wrap(visible(`Simulated ${parts.join(', ')}`), width, '  ', '')),
    ...faultWords(faults).map(words => wrap(visible(words), width, '    ', '  ')),
  ].join('\n')
}

interface Column<T> {
  readonly title: string
  readonly text: (row: T) => string
}

/** A table in which the names in the first column give way to the numbers. */
function table<T>(first: Column<T>, columns: readonly Column<T>[], rows: readonly T[], c: ChalkInstance): string {
  const cells = rows.map(row => columns.map(({ text }) => text(row)))
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...cells.map(line => line[i]!.length)))
  const room = page - 2 - widths.reduce((sum, width) => sum + width + 2, 0)
  const names = rows.map(row => clip(visible(first.text(row)), Math.max(12, room)))
  const widest = Math.max(first.title.length, ...names.map(({ length }) => length))
  const line = (name: string, values: readonly string[]) =>
    `  ${[name.padEnd(widest), ...values.map((text, i) => text.padStart(widths[i]!))].join('  ')}`.trimEnd()
  const titles = columns.map(({ title }) => title)
  return [c.dim(line(first.title, titles)), ...names.map((name, i) => line(name, cells[i]!))].join('\n')
}

function users({ journeys }: Simulation, c: ChalkInstance): string {
  const degraded: Column<JourneyResult> = {
    title: 'degraded',
    text: ({ counts }) => share(counts.degraded / counts.arrivals),
  }
  return table<JourneyResult>(
    { title: 'journey', text: ({ name }) => name },
    [
      { title: 'offered', text: ({ offered }) => rate(Number(offered.toPrecision(3))) },
      { title: 'answered', text: ({ success }) => share(success) },
      ...(journeys.some(({ counts }) => counts.degraded > counts.arrivals * leastShown) ? [degraded] : []),
      {
        title: 'failed',
        text: ({ counts, confidence }) =>
          confidence ? withMargin(confidence.failed) : share(counts.failed / counts.arrivals),
      },
      {
        title: 'mean',
        text: ({ latency, confidence }) => (confidence ? timeWithMargin(confidence.latency) : time(latency.mean)),
      },
      { title: 'p50', text: ({ latency }) => time(latency.p50) },
      { title: 'p99', text: ({ latency }) => time(latency.p99) },
    ],
    journeys,
    c,
  )
}

const time = (ms: number) => (Number.isFinite(ms) ? roughly(ms) : '-')
const share = (value: number) => (Number.isFinite(value) ? percent(Number(value.toFixed(value > 0.99 ? 4 : 3))) : '-')

/** A share with its margin, both to the first digit of the margin, or to its second one where that is a 1. */
function withMargin({ mean, half }: Interval): string {
  if (half === 0) return share(mean)
  const digits = digitsOf(half * 100)
  return `${(mean * 100).toFixed(digits)} ±${(half * 100).toFixed(digits)}%`
}

const digitsOf = (margin: number) => Math.min(4, Math.max(0, -Math.floor(Math.log10(margin / 2))))

function timeWithMargin({ mean, half }: Interval): string {
  const [factor, unit] = mean >= 60_000 ? [60_000, 'm'] : mean >= 1000 ? [1000, 's'] : [1, 'ms']
  if (half === 0) return roughly(mean)
  const digits = digitsOf(half / factor)
  return `${(mean / factor).toFixed(digits)} ±${(half / factor).toFixed(digits)}${unit}`
}

function verdict({ name: journey, verdict: found }: JourneyResult, { width }: Look, c: ChalkInstance): string {
  return c[paints[found.kind]](
    wrap(visible(`${journey} ${verdictWords(found)}`), width, '    ', `${marks[found.kind]} `),
  )
}

function stations({ stations: all }: Simulation, c: ChalkInstance): string {
  const load = ({ utilisation, refused }: StationResult) => (Number.isFinite(utilisation) ? utilisation : 0) + refused
  const shown = all.filter(({ arrivals }) => arrivals > 0).sort((a, b) => load(b) - load(a))
  if (shown.length === 0) return ''
  const isCalm = shown.some(({ confidence }) => confidence)
  const longest: Column<StationResult> = {
    title: 'most',
    text: ({ mostWaiting }) => number(Math.round(mostWaiting)),
  }
  const refused: Column<StationResult> = { title: 'refused', text: one => share(one.refused) }
  const rest = shown.length - most.stations
  return [
    c.bold('What is busiest'),
    table<StationResult>(
      { title: 'component', text: ({ name }) => name },
      [
        { title: 'comes', text: ({ arrivals }) => rate(Number(arrivals.toPrecision(3))) },
        { title: 'slots', text: ({ slots }) => (Number.isFinite(slots) ? number(slots) : 'any') },
        {
          title: 'in use',
          text: ({ slots, confidence, utilisation }) =>
            !Number.isFinite(slots) ? '-' : confidence ? withMargin(confidence.utilisation) : share(utilisation),
        },
        { title: 'waiting', text: ({ waiting }) => number(Number(waiting.toPrecision(3))) },
        ...(isCalm ? [] : [longest]),
        {
          title: 'wait',
          text: ({ confidence, wait }) => (confidence?.wait ? timeWithMargin(confidence.wait) : time(wait)),
        },
        ...(shown.some(one => one.refused > 0) ? [refused] : []),
      ],
      shown.slice(0, most.stations),
      c,
    ),
    ...(rest > 0 ? [c.dim(`  and ${plural(rest, 'more component')}`)] : []),
  ].join('\n')
}

/** Everything that was taken for a fact, the needed ones first, those that took the same together. */
function assumed({ missing, leftOut }: Simulation, { width }: Look, c: ChalkInstance): string {
  if (missing.length + leftOut.length === 0) return ''
  const said = grouped(missing).map(facts => `assumed: ${facts[0].taken} (${pathsOf(facts)})`)
  if (leftOut.length > 0) said.push(`left out, as it leads back to a caller: ${leftOut.join(', ')}`)
  return [c.bold('Not stated'), ...said.map(line => wrap(visible(line), width, '    ', '  '))].join('\n')
}

type Group = [Missing, ...Missing[]]

function grouped(missing: readonly Missing[]): Group[] {
  const groups = new Map<string, Group>()
  for (const one of [...missing].sort((a, b) => Number(b.isNeeded) - Number(a.isNeeded))) {
    const key = `${one.taken} ${String(one.fact.at(-1))}`
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return [...groups.values()]
}

function pathsOf(facts: readonly Missing[]): string {
  const shown = facts.slice(0, most.paths).map(({ fact }) => formatPath(fact))
  const rest = facts.length - shown.length
  return rest > 0 ? `${shown.join(', ')} and ${number(rest)} more` : shown.join(' and ')
}

function legend({ events, journeys, stopped, options }: Simulation): string {
  return [
    `${plural(events, 'event')}.`,
    ...(stopped === undefined
      ? []
      : [`Stopped at ${duration(stopped)} of ${duration(options.duration)} (--max-events).`]),
    ...(journeys.some(({ confidence }) => confidence)
      ? [`±: 95% confidence interval by ${batches} batch means.`]
      : ['! not back, or not enough, * back: goodput is at least 95% of what is offered.']),
    'What a fallback answers counts as answered.',
  ].join(' ')
}
