import { formatPath } from '../finding.ts'
import { EditError, isRename, type Change } from './change.ts'
import { changed, isSame, refined, valueAt } from './data.ts'
import { splicesOf } from './plan.ts'
import { spliced, type Splice } from './splice.ts'
import { treeOf, type Tree } from './tree.ts'

export { EditError, type Change, type Edit, type Rename } from './change.ts'
export { difference, type Splice } from './splice.ts'

/**
 * Sets, removes or renames values in the text of a manifest, one after the other; every byte outside the changed values stays.
 * Paths are those of this one file. Throws EditError, with a sentence for people, where the text cannot take it.
 */
export function editText(text: string, changes: readonly Change[]): string {
  let tree = treeOf(text)
  let batch = emptyBatch(tree)
  const flush = () => {
    tree = afterAll(tree, batch)
    batch = emptyBatch(tree)
  }
  for (const change of changes) {
    for (const part of refined(batch.wanted, change)) {
      if (batch.changes.length > 0 && !isInPlace(tree, batch, part)) flush()
      if (isInPlace(tree, batch, part)) batch = withOneMore(tree, batch, part)
      else batch = emptyBatch((tree = after(tree, part)))
    }
  }
  flush()
  return tree.text
}

/**
 * The same as `editText` for many changes that only add: all are made at once, which takes as long as one. What comes of it is
 * checked; where it does not say what was meant, as where two additions meet in one place, they are made one after the other.
 */
export function addText(text: string, changes: readonly Change[]): string {
  const tree = treeOf(text)
  let wanted = tree.value
  const splices: Splice[] = []
  for (const change of changes) {
    wanted = changed(wanted, change)
    splices.push(...splicesOf(tree, change, wanted))
  }
  const next = read(spliced(text, splices))
  return next && isSame(next.value, wanted) ? next.text : editText(text, changes)
}

/** Changes that are made at once, as reading the text takes most of the time: they move nothing, and none depends on another. */
interface Batch {
  readonly changes: readonly Change[]
  readonly splices: readonly Splice[]
  readonly wanted: unknown
}

const emptyBatch = (tree: Tree): Batch => ({ changes: [], splices: [], wanted: tree.value })

function withOneMore(tree: Tree, { changes, splices, wanted }: Batch, change: Change): Batch {
  const next = changed(wanted, change)
  return {
    changes: [...changes, change],
    splices: [...splices, ...splicesOf(tree, change, next)],
    wanted: next,
  }
}

/** Whether a change puts one name or one single value in the place of another that the batch has not touched. */
function isInPlace(tree: Tree, { wanted }: Batch, change: Change): boolean {
  const before = valueAt(tree.value, change.path)
  if (before === undefined || before !== valueAt(wanted, change.path) || change.path.length === 0) return false
  return isRename(change) || (isSingle(before) && isSingle(change.value))
}

const isSingle = (value: unknown) => value !== undefined && value !== null && typeof value !== 'object'

function afterAll(tree: Tree, { changes, splices, wanted }: Batch): Tree {
  if (changes.length === 0) return tree
  const next = read(spliced(tree.text, splices))
  // One by one the change that cannot be made is found.
  return next && isSame(next.value, wanted) ? next : changes.reduce(after, tree)
}

/** One change made and checked: the text has to say what was meant, and nothing else than before. */
function after(tree: Tree, change: Change): Tree {
  const wanted = changed(tree.value, change)
  if (wanted === tree.value || (!isRename(change) && isSame(wanted, tree.value))) return tree
  const next = read(spliced(tree.text, splicesOf(tree, change, wanted)))
  if (next && isSame(next.value, wanted)) return next
  const what = change.path.length === 0 ? 'The manifest' : `"${formatPath(change.path)}"`
  const why = /(?:^|\s)[&*][^\s,[\]{}]/.test(tree.text)
    ? 'an anchor ties it to other places, which would change too'
    : 'the text around it has a form that a program cannot change safely'
  throw new EditError(`${what} cannot be changed here: ${why}. Change it by hand`)
}

function read(text: string): Tree | undefined {
  try {
    return treeOf(text)
  } catch (error) {
    if (error instanceof EditError) return undefined
    throw error
  }
}
