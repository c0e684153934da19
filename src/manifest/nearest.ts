import { distance } from 'fastest-levenshtein'

/** The known word that was probably meant: at most two edits away, or a third of its length for short words. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.min(2, Math.max(1, Math.floor(word.length / 3))) + 1
  const plainWord = plain(word)
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) > 4) continue
    const plainCandidate = plain(candidate)
    const isPlain = plainWord === word && plainCandidate === candidate
    const asWritten = distance(word, candidate)
    const edits = isPlain ? asWritten : Math.min(asWritten, distance(plainWord, plainCandidate))
    if (edits >= least) continue
    best = candidate
    least = edits
  }
  return best
}

/** Without what people write in several ways: capitals and what parts words. */
const plain = (text: string) => (/^[a-z\d]*$/.test(text) ? text : text.toLowerCase().replaceAll(/[-_ ]/g, ''))

/** The nearest known word where no other is as near, so that a program may write it instead. */
export function onlyNearest(word: string, known: Iterable<string>): string | undefined {
  const candidates = [...known]
  const best = nearest(word, candidates)
  // From behind, the last of several that are as near would win.
  return best === nearest(word, candidates.reverse()) ? best : undefined
}

/** `; did you mean "replicas"?`, or nothing. */
export const didYouMean = (word: string, known: Iterable<string>): string => hintAt(nearest(word, known))

/** The same where it is known what was probably meant. */
export const hintAt = (meant: string | undefined): string => (meant === undefined ? '' : `; did you mean "${meant}"?`)
