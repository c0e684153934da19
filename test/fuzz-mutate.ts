import { readFileSync } from 'node:fs'
import { isMap, isPair, isScalar, isSeq, Pair, parseDocument, visit, type Document, type Node } from 'yaml'
import { rules } from '../src/rules/index.ts'
import { randomManifest } from './random-manifest.ts'
import { comments, configurations, strange } from './fuzz-values.ts'
import { textOf } from './support.ts'

/** One step away from a manifest that a person wrote. `where` and `what` are taken modulo what there is to choose from. */
export interface Mutation {
  readonly kind: MutationKind
  readonly where: number
  readonly what: number
}

const pick = <T>(items: readonly T[], index: number): T => items[index % items.length]!

const lines = (text: string, { where, what }: Mutation, edit: (all: string[], a: number, b: number) => void) => {
  const all = text.split('\n')
  edit(all, where % all.length, what % all.length)
  return all.join('\n')
}

/** Edits of characters, which need not leave YAML behind. */
const textEdits = {
  cut: (text: string, { where, what }: Mutation) => {
    const at = where % (text.length + 1)
    return text.slice(0, at) + text.slice(at + 1 + (what % 40))
  },
  truncate: (text: string, { where }: Mutation) => text.slice(0, where % (text.length + 1)),
  splice: (text: string, { where, what }: Mutation) => {
    const at = where % (text.length + 1)
    return text.slice(0, at) + pick(strange, what) + text.slice(at)
  },
  'repeat line': (text: string, mutation: Mutation) => lines(text, mutation, (all, a, b) => all.splice(b, 0, all[a]!)),
  'drop line': (text: string, mutation: Mutation) => lines(text, mutation, (all, a) => all.splice(a, 1)),
  'swap lines': (text: string, mutation: Mutation) =>
    lines(text, mutation, (all, a, b) => ([all[a], all[b]] = [all[b]!, all[a]!])),
  indent: (text: string, mutation: Mutation) =>
    lines(text, mutation, (all, a, b) => (all[a] = ' '.repeat(b % 9) + all[a]!.trimStart())),
  'carriage returns': (text: string) => text.replaceAll('\n', '\r\n'),
} satisfies Record<string, (text: string, mutation: Mutation) => string>

/** Edits of the tree, which leave YAML behind that may mean nothing. */
const treeEdits = {
  delete: (pairs: Spot[], { where }: Mutation) => {
    pick(pairs, where).remove()
  },
  retype: (pairs: Spot[], { where, what }: Mutation) => {
    pick(pairs, where).pair.value = parseDocument(pick(strange, what)).contents
  },
  rename: (pairs: Spot[], { where, what }: Mutation) => {
    pick(pairs, where).pair.key = parseDocument(pick(strange, what)).contents
  },
  'give another key': (pairs: Spot[], { where, what }: Mutation) => {
    pick(pairs, where).pair.key = pick(pairs, what).pair.key
  },
  'give another value': (pairs: Spot[], { where, what }: Mutation) => {
    pick(pairs, where).pair.value = copyOf(pick(pairs, what).pair.value)
  },
  swap: (pairs: Spot[], { where, what }: Mutation) => {
    const [a, b] = [pick(pairs, where).pair, pick(pairs, what).pair]
    ;[a.value, b.value] = [copyOf(b.value), copyOf(a.value)]
  },
  'state elsewhere': (pairs: Spot[], { where, what }: Mutation) => {
    const { pair } = pick(pairs, where)
    pick(pairs, what).parent.push(new Pair(pair.key, copyOf(pair.value)))
  },
} satisfies Record<string, (pairs: Spot[], mutation: Mutation) => void>

type TextEdit = keyof typeof textEdits
type TreeEdit = keyof typeof treeEdits
type AnyEdit = TextEdit | TreeEdit
export type MutationKind = AnyEdit | 'waive' | 'waive in a comment' | 'include'

/** Mutations of any YAML. */
export const anyKinds: readonly AnyEdit[] = [
  ...(Object.keys(textEdits) as TextEdit[]),
  ...(Object.keys(treeEdits) as TreeEdit[]),
]

export const mutationKinds: readonly MutationKind[] = [...anyKinds, 'waive', 'waive in a comment', 'include']

interface Spot {
  readonly pair: Pair
  readonly parent: Pair[]
  remove(): void
}

const copyOf = (node: unknown): unknown =>
  isMap(node) || isSeq(node) || isScalar(node) ? (node as Node & { clone(): unknown }).clone() : node

function spotsOf(doc: Document): Spot[] {
  const found: Spot[] = []
  visit(doc, {
    Map: (_, { items }) => {
      for (const pair of items)
        if (isPair(pair)) found.push({ pair, parent: items, remove: () => items.splice(items.indexOf(pair), 1) })
    },
  })
  return found
}

function editTree(text: string, edit: (pairs: Spot[]) => void): string {
  const doc = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' })
  const pairs = spotsOf(doc)
  if (pairs.length === 0 || doc.errors.length > 0) return text
  edit(pairs)
  try {
    return doc.toString({ lineWidth: 0 })
  } catch {
    // What cannot be written down is no text to begin with.
    return text
  }
}

const patterns = [
  'good.yaml',
  '*.yaml',
  'cycle.yaml',
  'nowhere.yaml',
  '/etc/passwd',
  '../x.yaml',
  '**/*',
  '[',
  '{a,b}{c',
]

function waivedInComment(all: string[], a: number, b: number): void {
  const text = `# scaffold-review: ignore${pick(comments, b).replaceAll('RULE', pick(rules, b).id)}`
  if (b % 2 === 0) all[a] = `${all[a]!} ${text}`
  else all.splice(a, 0, `${/^\s*/.exec(all[a]!)![0]}${text}`)
}

export function mutated(text: string, mutation: Mutation): string {
  const { kind, where, what } = mutation
  if (kind === 'waive') {
    const { id } = pick(rules, where)
    const element = pick(['services.web', 'services', 'web', '', 'stores.x', 'services.web.calls[0]'], what)
    return `${text}\nwaivers: [{ rule: ${id}, on: "${element}", reason: r, owner: o, until: 202${what % 10}-01-01 }]\n`
  }
  if (kind === 'include') return `${text}\ninclude: ["${pick(patterns, where)}", "${pick(patterns, what)}"]\n`
  if (kind === 'waive in a comment')
    return lines(text, mutation, (all, a) => {
      waivedInComment(all, a, what)
    })
  if (kind in textEdits) return textEdits[kind as TextEdit](text, mutation)
  return editTree(text, pairs => {
    treeEdits[kind as TreeEdit](pairs, mutation)
  })
}

const exampleFiles = Object.keys(import.meta.glob('../examples/**/*.yaml')).sort()

/** Where mutation starts: whole systems, incidents, the examples of the rules, and manifests at random. */
export function startOf(index: number): string {
  const sort = index % 10
  const rest = Math.floor(index / 10)
  if (sort < 2) return readFileSync(new URL(pick(exampleFiles, rest), import.meta.url), 'utf8')
  if (sort < 8)
    return textOf(
      pick(
        rules.flatMap(({ examples }) => examples),
        rest,
      ),
    )
  return JSON.stringify(randomManifest(rest), undefined, sort === 8 ? 1 : 0)
}

/** A configuration, to be mutated. */
export const configurationOf = (index: number): string => pick(configurations, index)
