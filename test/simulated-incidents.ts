import { readFileSync } from 'node:fs'
import { faultWords } from '../src/simulate/fault-words.ts'
import type { Fault } from '../src/simulate/plan.ts'
import type { Simulation } from '../src/simulate/results.ts'
import { verdictWords } from '../src/simulate/verdict-words.ts'
import { simulate } from './closed-forms.ts'

/** The incidents of the gallery that are about overload, each with what set it off. */

interface Simulated {
  readonly id: string
  /** Options of the command line that do the same. */
  readonly argv: string
  readonly faults: readonly Fault[]
  readonly scale: number
}

const minute = 60_000

export const simulated: readonly Simulated[] = [
  {
    id: 'facebook-2010',
    argv: '--cache-flush config-cache@30s --scale 200',
    faults: [{ kind: 'flush', cache: 'config-cache', share: 1, from: 30_000, to: 30_000 }],
    scale: 200,
  },
  {
    id: 'dynamodb-2015',
    argv: '--load peak@30s..1m --scale 5',
    faults: [{ kind: 'load', source: 'read-write-item', factor: 3, from: 30_000, to: minute }],
    scale: 5,
  },
  {
    id: 'buildkite-2016',
    argv: '--load peak@30s..1m',
    faults: [{ kind: 'load', source: 'log-in', factor: 2.25, from: 30_000, to: minute }],
    scale: 1,
  },
  {
    id: 'square-2017',
    argv: '--slow auth-redis=200ms@30s..1m --scale 5',
    faults: [{ kind: 'slow', component: 'auth-redis', time: 200, from: 30_000, to: minute }],
    scale: 5,
  },
  {
    id: 'duo-2018',
    argv: '--slow duo1-db=200ms@30s..1m --scale 10',
    faults: [{ kind: 'slow', component: 'duo1-db', time: 200, from: 30_000, to: minute }],
    scale: 10,
  },
  {
    id: 'slack-2022',
    argv: '--cache-flush memcached=15%@30s --scale 200',
    faults: [{ kind: 'flush', cache: 'memcached', share: 0.15, from: 30_000, to: 30_000 }],
    scale: 200,
  },
]

const memory = new Map<string, Simulation>()

/** Of an incident, or of its repair. Two minutes after a warm-up of ten seconds. */
export function incidentRun({ id, faults, scale }: Simulated, twin: '' | '.repaired'): Simulation {
  const file = `examples/incidents/${id}${twin}.yaml`
  const known = memory.get(file)
  if (known) return known
  const result = simulate(readFileSync(file, 'utf8'), { faults, scale, duration: 2 * minute, warmUp: 10_000 })
  memory.set(file, result)
  return result
}

export function incidentRow(one: Simulated): string[] {
  const said = (['', '.repaired'] as const).map(twin => verdictWords(incidentRun(one, twin).journeys[0]!.verdict))
  return [
    `[${one.id}](../examples/incidents/${one.id}.yaml)`,
    faultWords(one.faults).join('; '),
    ...said,
    `\`${one.argv}\``,
  ]
}
