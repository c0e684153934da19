import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { formatPath, type Finding, type Path } from '../finding.ts'
import type { Report } from '../report.ts'

type Sources = Report['sources']

/**
 * What a finding is recognised by in the next run: its rule and its element, never a line number, a message or the name of
 * the file. Findings of one rule on one element are told apart by the key that each points at. Those that are accepted count
 * among them, so that a waiver or a baseline does not rename their neighbours.
 */
export function fingerprints({
  findings,
  waived,
  baselined,
  sources,
}: Pick<Report, 'findings' | 'waived' | 'baselined' | 'sources'>): Map<Finding, string> {
  const groups = new Map<string, Finding[]>()
  for (const finding of [...findings, ...waived.map(one => one.finding), ...baselined.findings]) {
    const key = JSON.stringify([finding.ruleId, ...finding.subject])
    const group = groups.get(key)
    if (group) group.push(finding)
    else groups.set(key, [finding])
  }
  const result = new Map<Finding, string>()
  for (const group of groups.values()) {
    const taken = new Map<string, number>()
    for (const finding of group) {
      const parts = group.length > 1 ? [structuralPath(finding.location.path, sources)] : []
      const before = taken.get(parts.join()) ?? 0
      taken.set(parts.join(), before + 1)
      // Two on one key: by their order, which the engine fixes.
      if (before > 0) parts.push(String(before + 1))
      result.set(finding, fingerprint(finding.ruleId, finding.subject, sources, parts))
    }
  }
  return result
}

/** 128 bits in hexadecimal. */
export function fingerprint(ruleId: string, subject: Path, sources: Sources, more: readonly string[] = []): string {
  const identity = JSON.stringify([ruleId, structuralPath(subject, sources), ...more])
  return bytesToHex(sha256(utf8ToBytes(identity))).slice(0, 32)
}

/** The path as a text that stays the same when items are added to a list or reordered: `services.web.calls.orders.timeout`. */
export const structuralPath = (path: Path, sources: Sources): string => formatPath(named(path, sources))

/** The path with items of lists called by what they lead to, so that an item added above does not rename those below. */
function named(path: Path, sources: Sources): Path {
  const owner = sources.find(({ value }) => valueAt(value, path.slice(0, 2)) !== undefined)
  return path.map((step, i) => {
    if (typeof step === 'string') return step
    const items = valueAt(owner?.value, path.slice(0, i))
    return (Array.isArray(items) && namesOf(items)[step]) || step
  })
}

/** Each list is gone through once, however many findings its items have. */
const known = new WeakMap<readonly unknown[], (string | undefined)[]>()

function namesOf(items: readonly unknown[]): readonly (string | undefined)[] {
  let names = known.get(items)
  if (!names) {
    const taken = new Map<string, number>()
    names = items.map(item => {
      const target = valueAt(item, ['to']) ?? valueAt(item, ['from']) ?? waived(item)
      if (typeof target !== 'string') return undefined
      const count = (taken.get(target) ?? 0) + 1
      taken.set(target, count)
      return count === 1 ? target : `${target} ${count}`
    })
    known.set(items, names)
  }
  return names
}

/** A waiver in the manifest's list is called by what it waives. */
function waived(item: unknown): string | undefined {
  const [rule, on] = [valueAt(item, ['rule']), valueAt(item, ['on'])]
  return typeof rule === 'string' && typeof on === 'string' ? `${rule} on ${on}` : undefined
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}
