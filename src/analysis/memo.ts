/** Computes for each object once, and forgets what it computed when the object is gone. */
export function perObject<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { value: V }>()
  return key => {
    let found = known.get(key)
    if (!found) known.set(key, (found = { value: compute(key) }))
    return found.value
  }
}

/** Computes for each key once. */
export function memo<K, V>(compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>()
  return key => {
    const found = known.get(key)
    if (found !== undefined || known.has(key)) return found as V
    const value = compute(key)
    known.set(key, value)
    return value
  }
}
