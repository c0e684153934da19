import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** Identities for formats that merge or drop equal ones: 128 bits in hexadecimal, never the same twice in a run. */
export function unique(): (...parts: string[]) => string {
  const count = counter()
  return (...parts) => {
    const before = count(JSON.stringify(parts)) - 1
    const identity = JSON.stringify(before === 0 ? parts : [...parts, before])
    return bytesToHex(sha256(utf8ToBytes(identity))).slice(0, 32)
  }
}

/** Names for people: the second of a name is called `name (2)`. */
export function uniqueNames(): (name: string) => string {
  const count = counter()
  return name => {
    for (;;) {
      const n = count(name)
      // What is called so already may be somebody's name as well.
      const given = n === 1 ? name : `${name} (${n})`
      if (n === 1 || count(given) === 1) return given
    }
  }
}

/** How often it was asked for a key, this time included. */
function counter(): (key: string) => number {
  const counts = new Map<string, number>()
  return key => {
    const n = (counts.get(key) ?? 0) + 1
    counts.set(key, n)
    return n
  }
}
