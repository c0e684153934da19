import { faultWords } from '../simulate/fault-words.ts'
import type { Simulation } from '../simulate/results.ts'
import { verdictWords } from '../simulate/verdict-words.ts'
import { duration } from '../units.ts'
import { panelsOf, type Panel } from './simulate-panels.ts'
import { clip, visibleLine } from './text.ts'

/** A simulation as one SVG file: a panel below the other over the same time, with what happened shaded. */

const size = { width: 760, left: 84, right: 150, panel: 110, gap: 46, line: 18 }
const inner = size.width - size.left - size.right
/** Colours that are told apart without red and green (Okabe and Ito), and dashes where colour is not seen. */
const looks = [
  ['#0072b2', ''],
  ['#d55e00', '6 3'],
  ['#009e73', '2 3'],
  ['#cc79a7', '8 3 2 3'],
] as const

export function simulationSvg(result: Simulation, file: string): string {
  const { options, journeys } = result
  const said = [
    ...faultWords(options.faults),
    ...journeys.map(({ name, verdict }) => `${name} ${verdictWords(verdict)}`),
  ].map(line => clip(visibleLine(line), 110))
  const head = 44 + said.length * size.line
  const panels = panelsOf(result)
  const height = head + panels.length * (size.panel + size.gap) + 10
  const title = `Simulation of ${visibleLine(file)}`
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escaped(title)}" width="${size.width}" height="${height}" viewBox="0 0 ${size.width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#222">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text(12, 24, clip(title, 90), 'font-size="15" font-weight="600"'),
    ...said.map((line, i) => text(12, 44 + i * size.line, line)),
    ...panels.map((panel, i) => drawn(panel, head + i * (size.panel + size.gap), result)),
    '</svg>',
  ].join('\n')}\n`
}

function drawn(panel: Panel, top: number, { options, interval, stopped }: Simulation): string {
  const whole = stopped ?? options.duration
  const x = (time: number) => size.left + (Math.min(whole, time) / whole) * inner
  const known = panel.traces.flatMap(({ values }) => values.filter(value => Number.isFinite(value)))
  const highest = Math.max(panel.top ?? 0, ...known) || 1
  const base = top + 14 + size.panel
  const y = (value: number) => base - (value / highest) * size.panel
  const grid = ticks(highest, 3, decimalStep)
  const times = ticks(whole, 5, timeStep)
  return [
    `<g>`,
    text(size.left, top + 4, panel.title, 'font-weight="600"'),
    ...options.faults.map(({ from, to }) => {
      const width = Math.max(2, x(to) - x(from))
      return `<rect x="${round(x(from))}" y="${round(base - size.panel)}" width="${round(width)}" height="${size.panel}" fill="#f0e442" fill-opacity="${width > 2 ? 0.3 : 0.9}"/>`
    }),
    ...grid.map(value => line(size.left, y(value), size.left + inner, y(value), '#ddd')),
    ...grid.map(value => text(size.left - 6, y(value) + 4, panel.words(value), 'text-anchor="end" fill="#555"')),
    ...times.map(time => text(x(time), base + 15, duration(time), 'text-anchor="middle" fill="#555"')),
    line(size.left, base, size.left + inner, base, '#888'),
    ...panel.traces.map(({ values }, i) => {
      const [colour, dash] = looks[i % looks.length]!
      const path = pathOf(values, at => x((at + 0.5) * interval), y)
      return path === ''
        ? ''
        : `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.6" stroke-linejoin="round"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/>`
    }),
    ...panel.traces.map(({ name }, i) => {
      const [colour, dash] = looks[i % looks.length]!
      const at = base - size.panel + 10 + i * size.line
      const from = size.left + inner + 10
      return `${line(from, at - 4, from + 18, at - 4, colour, dash)}\n${text(from + 24, at, clip(visibleLine(name), 17))}`
    }),
    '</g>',
  ]
    .filter(part => part !== '')
    .join('\n')
}

/** A line for each run of values that are known. */
function pathOf(values: readonly number[], x: (at: number) => number, y: (value: number) => number): string {
  let isDrawing = false
  return values
    .map((value, i) => {
      const command = isDrawing ? 'L' : 'M'
      isDrawing = Number.isFinite(value)
      return isDrawing ? `${command}${round(x(i))} ${round(y(value))}` : ''
    })
    .join('')
}

/** Round values from zero to `highest`, about so many steps. */
function ticks(highest: number, steps: number, stepOf: (wanted: number) => number): number[] {
  const step = stepOf(highest / steps)
  return Array.from({ length: Math.floor(highest / step + 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(12)))
}

function decimalStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted))
  return power * [1, 2, 5, 10].find(one => one * power >= wanted * 0.999)!
}

/** Seconds, minutes and hours have other round numbers. */
const units = [1000, 60_000, 3_600_000, 86_400_000]
const roundTimes = [1, 2, 5, 10, 15, 30, 60]

function timeStep(wanted: number): number {
  for (const unit of units) for (const one of roundTimes) if (one * unit >= wanted * 0.999) return one * unit
  return decimalStep(wanted)
}

const round = (value: number) => Number(value.toFixed(1))
const line = (x1: number, y1: number, x2: number, y2: number, colour: string, dash = '') =>
  `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${colour}"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/>`
const text = (x: number, y: number, words: string, more = '') =>
  `<text x="${round(x)}" y="${round(y)}"${more === '' ? '' : ` ${more}`}>${escaped(words)}</text>`
const escaped = (words: string) =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
