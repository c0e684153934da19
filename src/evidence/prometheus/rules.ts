import type { Location, Path } from '../../finding.ts'
import { documentsOf, isMap, itemsOf, type Document, type EvidenceFile, type Values } from '../yaml.ts'
import { parsePromql } from '../promql/parse.ts'
import { prometheusDuration, type Expr } from '../promql/tree.ts'

/** A rule of a Prometheus rule file whose expression can be read. */
export interface Rule {
  readonly kind: 'alert' | 'record'
  readonly name: string
  readonly expr: Expr
  /** `for`, in milliseconds; 0 where it is not stated, as Prometheus has it. */
  readonly pending: number
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** The key `alert` or `record`. */
  readonly location: Location
  /** The key `expr`. */
  readonly exprLocation: Location
}

/** Something in a file that cannot be read: then nobody knows what it would have said. */
export interface Fault {
  readonly message: string
  readonly location: Location
}

/** Rule files of Prometheus, and those that a PrometheusRule of its operator holds. */
export function readRules(file: EvidenceFile): ReadRules {
  let read = known.get(file)
  if (!read) known.set(file, (read = readFile(file)))
  return read
}

export interface ReadRules {
  readonly rules: readonly Rule[]
  readonly faults: readonly Fault[]
}

/** Read once, however often it is held against a manifest. */
const known = new WeakMap<EvidenceFile, ReadRules>()

function readFile(file: EvidenceFile): ReadRules {
  const rules: Rule[] = []
  const faults: Fault[] = []
  const documents = documentsOf(file)
  let groups = 0
  for (const document of documents) {
    if (document.problems.length > 0) {
      const [first] = document.problems
      faults.push({ message: first!.message, location: first!.location })
      continue
    }
    for (const path of groupLists(document.value, [])) {
      groups++
      for (const [i, group] of itemsOf(at(document.value, path)).entries())
        for (const [j, rule] of itemsOf(isMap(group) ? group['rules'] : undefined).entries())
          readRule(rule, [...path, i, 'rules', j], document, rules, faults)
    }
  }
  if (groups === 0 && faults.length === 0) {
    const start = { line: 1, column: 1, offset: 0 }
    const location = documents[0]?.locate([]) ?? { file: file.name, path: [], start, end: start }
    faults.push({ message: 'There are no groups of rules in it; expected groups: with rules:', location })
  }
  return { rules, faults }
}

/** Where lists of groups stand: at the top, in the spec of a PrometheusRule, in the items of a List. */
function groupLists(value: unknown, path: Path): Path[] {
  if (!isMap(value)) return []
  const { groups, spec, items } = value
  return [
    ...(Array.isArray(groups) ? [[...path, 'groups']] : []),
    ...(isMap(spec) && Array.isArray(spec['groups']) ? [[...path, 'spec', 'groups']] : []),
    ...(path.length === 0 ? itemsOf(items).flatMap((item, i) => groupLists(item, ['items', i])) : []),
  ]
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((found, step) => (found as Record<string | number, unknown> | undefined)?.[step], value)
}

function readRule(value: unknown, path: Path, document: Document, rules: Rule[], faults: Fault[]): void {
  if (!isMap(value)) return
  const kind = 'alert' in value ? 'alert' : 'record' in value ? 'record' : undefined
  if (kind === undefined) return
  const name = String(value[kind])
  const location = document.locate([...path, kind])
  const exprLocation = document.locate([...path, 'expr'])
  const { expr } = value
  const parsed = parsePromql(typeof expr === 'number' ? String(expr) : typeof expr === 'string' ? expr : '')
  if (parsed.fault !== undefined) {
    // Of a recording rule only the name is needed, which often says the window; its query may be in the dialect of another database.
    if (kind === 'alert') faults.push({ message: `"${name}" cannot be read: ${parsed.fault}`, location: exprLocation })
    return
  }
  rules.push({
    kind,
    name,
    expr: parsed.expr,
    pending: prometheusDuration(typeof value['for'] === 'string' ? value['for'] : '0') ?? 0,
    labels: texts(value['labels']),
    annotations: texts(value['annotations']),
    location,
    exprLocation,
  })
}

const texts = (value: unknown): Readonly<Record<string, string>> =>
  isMap(value) ? Object.fromEntries(Object.entries(value as Values).map(([key, text]) => [key, String(text)])) : {}
