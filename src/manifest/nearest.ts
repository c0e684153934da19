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

/** `; did you mean "replicas"?`, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const meant = nearest(word, known)
  return meant === undefined ? '' : `; did you mean "${meant}"?`
}
