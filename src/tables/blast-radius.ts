import { unaffected, type Blast, type Mode } from '../analysis/blast-radius.ts'
import { byImportance } from '../analysis/reach.ts'
import type { Component, Journey } from '../manifest/model.ts'
import { roughly } from '../units.ts'
import { row, type Cell, type Row, type Sources, type Table, type Tone } from './table.ts'

const modes = ['down', 'slow', 'dataLoss'] as const satisfies readonly Mode[]
const modeNames: Record<Mode, string> = { down: 'down', slow: 'slow', dataLoss: 'data lost' }
const tones: Partial<Record<string, Tone>> = { fails: 'bad', degraded: 'close' }
/** Columns that fit a terminal. */
const mostJourneys = 5

/** What each journey loses with each component. */
export function blastRadiusTable(sources: Sources): Table {
  const { model, facts, only } = sources
  const all = [...model.journeys.values()].sort(byImportance)
  const journeys = all.filter(({ name }) => only.length === 0 || only.includes(name))
  const shown = journeys.slice(0, mostJourneys)
  const rank = new Map(facts.blastRadius.ranking('slow').map(({ component }, i) => [component.name, i]))
  const components = [...model.components.values()].sort((a, b) => rank.get(a.name)! - rank.get(b.name)!)
  return {
    id: 'blast-radius',
    title: 'What each journey loses with each component, the most harmful first',
    notes: [
      'down: it answers with errors. slow: it does not answer, and callers wait as long as their timeouts let them.',
      ...(journeys.length > shown.length
        ? [`${journeys.length - shown.length} journeys more: name them with --journey.`]
        : []),
    ],
    columns: [
      { key: 'component', title: 'component', unit: 'text' },
      { key: 'when', title: 'when', unit: 'text' },
      ...shown.map(({ name }) => ({ key: name, title: name, unit: 'text' as const })),
    ],
    rows: components.flatMap(component => rowsOf(component, shown, sources)),
    empty: 'No component is part of a journey.',
  }
}

/** One row for each thing that can happen; things with the same outcome share one. */
function rowsOf(component: Component, journeys: readonly Journey[], { model, facts }: Sources): Row[] {
  const groups = new Map<string, { modes: Mode[]; blast: Blast }>()
  for (const mode of modes) {
    if (mode === 'dataLoss' && !model.stores.has(component.name)) continue
    const blast = facts.blastRadius.of(component, mode)
    const effects = journeys.map(({ name }) => (blast.cells.get(name) ?? unaffected).effect)
    if (effects.every(effect => effect === 'unaffected')) continue
    const known = groups.get(effects.join())
    if (known) known.modes.push(mode)
    else groups.set(effects.join(), { modes: [mode], blast })
  }
  return [...groups.values()].map(({ modes, blast }) => {
    const cells = journeys.map(({ name }) => blast.cells.get(name) ?? unaffected)
    return row(
      component.path,
      facts.journeys.through(component.name),
      [component.name, modes.map(mode => modeNames[mode]).join(', '), ...cells.map(({ effect }) => wordOf(effect))],
      cells.flatMap(({ route }) => route.map(edge => edge.hardness)),
      cells.flatMap(({ effect, missing }) => (effect === 'unknown' ? missing.slice(0, 1) : [])),
      modes.includes('slow') ? exhaustions(facts.blastRadius.of(component, 'slow')) : [],
    )
  })
}

const wordOf = (effect: string): Cell =>
  effect === 'unknown' ? undefined : { word: effect === 'unaffected' ? '-' : effect, tone: tones[effect] }

function exhaustions({ exhausts }: Blast): string[] {
  return exhausts.flatMap(({ edge, hang }) => {
    const fills = hang.fills.high
    if (fills === undefined || !Number.isFinite(fills)) return []
    return [
      `slow: ${fills <= 0 ? 'at the peak' : `after ${roughly(fills)}`} all slots of ${edge.from.name} wait for it`,
    ]
  })
}
