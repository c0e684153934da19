import { formatPath } from '../finding.ts'
import { EditError, isRename, type Change } from './change.ts'
import { changed, isSame, refined } from './data.ts'
import { splicesOf } from './plan.ts'
import { spliced } from './splice.ts'
import { treeOf, type Tree } from './tree.ts'

export { EditError, type Change, type Edit, type Rename } from './change.ts'
export { difference, type Splice } from './splice.ts'

/**
 * Sets, removes or renames values in the text of a manifest, one after the other; every byte outside the changed values stays.
 * Paths are those of this one file. Throws EditError, with a sentence for people, where the text cannot take it.
 */
export function editText(text: string, changes: readonly Change[]): string {
  let tree = treeOf(text)
  for (const change of changes) {
    for (const part of refined(tree.value, change)) tree = after(tree, part)
  }
  return tree.text
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
