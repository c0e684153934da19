import { formatPath, type Path } from '../finding.ts'
import { EditError, isRename, type Change } from './change.ts'

/** Plain data as a manifest holds it; nothing here changes what it is given, as aliases share what they stand for. */

type Values = Readonly<Record<string, unknown>>

export const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

/** What holds at `path`, or `undefined` where there is no such place. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (isList(value)) value = value[Number(step)]
    else value = isValues(value) && Object.hasOwn(value, step) ? value[step] : undefined
  }
  return value
}

/** The data with one change made: what the text has to say afterwards. */
export function changed(root: unknown, change: Change): unknown {
  return isRename(change)
    ? within(root, change.path, 0, (parent, key) => renamed(parent, String(key), change))
    : within(root, change.path, 0, (parent, key) => put(parent, key, change.value), change.value)
}

type Act = (parent: unknown, key: string | number) => unknown

function within(value: unknown, path: Path, depth: number, act: Act, whole?: unknown): unknown {
  const step = path[depth]
  if (step === undefined) return whole
  if (step === '__proto__') throw new EditError('The name "__proto__" cannot be used')
  if (isSingle(value)) {
    const what = depth === 0 ? 'The manifest' : `"${formatPath(path.slice(0, depth))}"`
    throw new EditError(`${what} is a single value; expected ${typeof step === 'number' ? 'a list' : 'a map'}`)
  }
  if (typeof step === 'number' ? isValues(value) : isList(value)) {
    const [is, expected] = isList(value) ? ['a list', 'a map'] : ['a map', 'a list']
    throw new EditError(`"${formatPath(path.slice(0, depth))}" is ${is}; expected ${expected}`)
  }
  if (typeof step === 'number' && step > (isList(value) ? value.length : 0))
    throw new EditError(`"${formatPath(path.slice(0, depth))}" has no item ${step}`)
  if (depth === path.length - 1) return act(value, step)
  const inner = valueAt(value, [step])
  const next = within(inner, path, depth + 1, act, whole)
  // Taking out what is not there adds no places on the way to it.
  return next === inner ? value : put(value, step, next)
}

const isSingle = (value: unknown) => value !== null && value !== undefined && typeof value !== 'object'

function put(parent: unknown, key: string | number, value: unknown): unknown {
  if (typeof key === 'number') {
    const list = isList(parent) ? parent : []
    if (value === undefined) return key < list.length ? list.toSpliced(key, 1) : parent
    return key < list.length ? list.with(key, value) : [...list, value]
  }
  const map = isValues(parent) ? parent : {}
  if (value !== undefined) return { ...map, [key]: value }
  return Object.hasOwn(map, key) ? Object.fromEntries(Object.entries(map).filter(([name]) => name !== key)) : parent
}

function renamed(parent: unknown, key: string, { path, to }: { path: Path; to: string }): unknown {
  if (!isValues(parent) || !Object.hasOwn(parent, key)) throw new EditError(`There is no "${formatPath(path)}"`)
  if (to === '__proto__') throw new EditError('The name "__proto__" cannot be used')
  if (Object.hasOwn(parent, to)) throw new EditError(`"${formatPath([...path.slice(0, -1), to])}" is there already`)
  return Object.fromEntries(Object.entries(parent).map(([name, value]) => [name === key ? to : name, value]))
}

/** Whether both say the same; the order of keys says nothing. */
export function isSame(a: unknown, b: unknown): boolean {
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => isSame(item, b[i]))
  if (!isValues(a)) return Object.is(a, b)
  if (!isValues(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && isSame(a[key], b[key]))
}

/** A change of a map or list to another as changes of what differs in it, so that the rest keeps its comments and its form. */
export function refined(root: unknown, change: Change): Change[] {
  return isRename(change) ? [change] : differences(valueAt(root, change.path), change.value, change.path)
}

function differences(before: unknown, after: unknown, path: Path): Change[] {
  if (isSame(before, after)) return []
  if (isValues(before) && isValues(after) && Object.keys(before).some(key => Object.hasOwn(after, key))) {
    const removed = Object.keys(before).filter(key => !Object.hasOwn(after, key) || after[key] === undefined)
    return [
      ...Object.entries(after).flatMap(([key, value]) =>
        value === undefined ? [] : differences(valueAt(before, [key]), value, [...path, key]),
      ),
      ...removed.map(key => ({ path: [...path, key], value: undefined })),
    ]
  }
  if (isList(before) && isList(after) && before.length > 0 && after.length > 0) {
    const kept = after.flatMap((item, i) => differences(before[i], item, [...path, i]))
    const removed = before.slice(after.length).map((_, i) => ({ path: [...path, after.length + i], value: undefined }))
    return [...kept, ...removed.reverse()]
  }
  return [{ path, value: after }]
}
