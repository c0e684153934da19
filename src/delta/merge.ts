import type { ReportDocument } from '../reporters/report-schema.ts'
import type { Run } from '../reporters/reporter.ts'
import { rules as builtIn } from '../rules/index.ts'
import { noOptions, type AnyRule } from '../rules/define.ts'
import { list } from '../units.ts'
import { toReport } from './from-json.ts'

/** A report that was read, with the name of its file. */
export interface Part {
  readonly file: string
  readonly document: ReportDocument
}

/** Why reports cannot be one: one sentence. */
export class Unmergeable extends Error {}

/** Several reports as the run over all of their manifests would have made them. */
export function merge(parts: readonly Part[], tool: Run['tool']): Run {
  refuseGaps(parts)
  refuseTwice(parts)
  const placed = parts.flatMap(({ document: { manifests, shard } }, part) =>
    manifests.map((manifest, i) => ({ manifest, at: shard ? shard.positions[i]! : 0, part })),
  )
  // Shards say where each manifest stood; other reports follow each other as they were named.
  const inOrder = placed.toSorted((a, b) => a.at - b.at || a.part - b.part)
  return {
    tool,
    rules: rulesOf(parts),
    reports: inOrder.map(({ manifest }) => toReport(manifest)),
  }
}

/** A shard that failed and left no report must not pass for one without findings. */
function refuseGaps(parts: readonly Part[]): void {
  const sharded = parts.filter(({ document }) => document.shard)
  if (sharded.length === 0) return
  const whole = parts.find(({ document }) => !document.shard)
  if (whole)
    throw new Unmergeable(`"${whole.file}" is no shard, and "${sharded[0]!.file}" is one; expected either all or none`)
  const { count } = sharded[0]!.document.shard!
  const seen = new Map<number, string>()
  for (const { file, document } of sharded) {
    const shard = document.shard!
    if (shard.count !== count)
      throw new Unmergeable(
        `"${sharded[0]!.file}" is one of ${count} shards and "${file}" one of ${shard.count}; expected those of one review`,
      )
    const other = seen.get(shard.index)
    if (other !== undefined) throw new Unmergeable(`"${other}" and "${file}" are both shard ${shard.index}/${count}`)
    seen.set(shard.index, file)
  }
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter(index => !seen.has(index))
  if (missing.length > 0)
    throw new Unmergeable(
      `The report of shard ${list(missing.map(index => `${index}/${count}`))} is missing; did its job fail?`,
    )
}

function refuseTwice(parts: readonly Part[]): void {
  const seen = new Map<string, string>()
  for (const { file, document } of parts) {
    for (const manifest of document.manifests) {
      const other = seen.get(manifest.file)
      if (other !== undefined)
        throw new Unmergeable(`"${manifest.file}" was reviewed twice, in "${other}" and in "${file}"`)
      seen.set(manifest.file, file)
    }
  }
}

/** The rules that any of them applied. Those that are not built in are described by the report. */
function rulesOf(parts: readonly Part[]): AnyRule[] {
  const known = new Map(builtIn.map(rule => [rule.id, rule]))
  const found = new Map<string, AnyRule>()
  for (const { file, document } of parts) {
    for (const { id, described } of document.rules) {
      if (found.has(id)) continue
      const base = known.get(id)
      if (!base && !described) throw new Unmergeable(`"${file}" applies a rule "${id}" that nobody describes`)
      found.set(id, described ? ruleFrom(id, described, base ?? inert) : base!)
    }
  }
  return [...found.values()]
}

/** What a rule needs besides its description; it is never asked anything. */
const inert: AnyRule = {
  id: '',
  title: '',
  severity: 'info',
  question: 'partial-failure',
  on: 'manifest',
  options: noOptions,
  why: '',
  fix: '',
  sources: [],
  reads: [],
  examples: [
    { title: '', good: '' },
    { title: '', good: '' },
  ],
  check: () => [],
}

type Described = NonNullable<ReportDocument['rules'][number]['described']>

function ruleFrom(id: string, { formula, sources, ...described }: Described, base: AnyRule): AnyRule {
  return {
    ...base,
    id,
    ...described,
    ...(formula === undefined ? {} : { formula }),
    sources: sources.map(({ title, id: found, revision }) => ({
      title,
      ...(found === undefined ? {} : { id: found }),
      ...(revision === undefined ? {} : { revision }),
    })),
  }
}
