import { distance } from 'fastest-levenshtein'

/** The known word that was probably meant: at most two edits away, or a third of its length for short words. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.min(2, Math.max(1, Math.floor(word.length / 3))) + 1
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_ ]/g, '')
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) > 4) continue
    const edits = Math.min(distance(word, candidate), distance(plain(word), plain(candidate)))
    if (edits < least) [best, least] = [candidate, edits]
  }
  return best
}

/** The nearest known word where no other is as near, so that a program may write it instead. */
export function onlyNearest(word: string, known: Iterable<string>): string | undefined {
  const candidates = [...known]
  const best = nearest(word, candidates)
  // From behind, the last of several that are as near would win.
  return best === nearest(word, candidates.reverse()) ? best : undefined
}

/** `; did you mean "replicas"?`, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const meant = nearest(word, known)
  return meant === undefined ? '' : `; did you mean "${meant}"?`
}
