/**
 * Draws that repeat: one stream for each element, by its name, so that neither the order of a manifest nor an element more or
 * less changes what the others draw. The generators of `d3-random` that take a seed share one cycle of 2^32 numbers, of which
 * two streams of a long run would overlap; xoshiro128** (Blackman and Vigna, 2018) has a cycle of 2^128 and costs less.
 */
export interface Streams {
  /** Four words for each stream, one stream after another. */
  readonly words: Int32Array
}

/** @param names one for each stream */
export function streamsOf(seed: number, names: readonly string[]): Streams {
  const words = new Int32Array(4 * names.length)
  for (const [i, name] of names.entries()) {
    let state = hashOf(`${seed}\u0000${name}`)
    for (let k = 0; k < 4; k++) {
      state = (state + 0x9e3779b9) | 0
      words[4 * i + k] = mixed(state)
    }
    // The generator would stay at zero for ever, which no name leads to but a proof is dearer than a line.
    words[4 * i]! |= 1
  }
  return { words }
}

/** 32 bits of a text (FNV-1a). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}

/** Spreads the bits of neighbouring numbers apart (the finaliser of MurmurHash3). */
function mixed(value: number): number {
  let z = value
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
  return z ^ (z >>> 16)
}

/** The next 32 bits of a stream, as a number from 0 to 2^32 - 1. */
export function next32({ words }: Streams, stream: number): number {
  const at = 4 * stream
  const s1 = words[at + 1]!
  const five = Math.imul(s1, 5)
  const result = Math.imul((five << 7) | (five >>> 25), 9)
  const s2 = words[at + 2]! ^ words[at]!
  const s3 = words[at + 3]! ^ s1
  words[at + 1] = s1 ^ s2
  words[at] = words[at]! ^ s3
  words[at + 2] = s2 ^ (s1 << 9)
  words[at + 3] = (s3 << 11) | (s3 >>> 21)
  return result >>> 0
}

/** Above 0 and below 1; the middles of 2^32 equal parts, so that a logarithm is always finite. */
export const uniform = (streams: Streams, stream: number): number => (next32(streams, stream) + 0.5) / 4294967296

/** Exponential with mean 1. */
export const exponential = (streams: Streams, stream: number): number => -Math.log(uniform(streams, stream))

/** Standard normal, by Box and Muller: always two draws, so that streams of two runs stay in step. */
export function normal(streams: Streams, stream: number): number {
  const radius = Math.sqrt(-2 * Math.log(uniform(streams, stream)))
  return radius * Math.cos(2 * Math.PI * uniform(streams, stream))
}
