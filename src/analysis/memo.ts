/** Computes for each key once. */
export function memo<K, V>(compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, { value: V }>()
  return key => {
    const found = known.get(key) ?? { value: compute(key) }
    known.set(key, found)
    return found.value
  }
}
