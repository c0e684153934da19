import { list, number } from '../units.ts'

/** A name as a manifest takes it: letters, digits, spaces and `_ . / -`, at most 128, a letter or digit first. */
export const nameFor = (text: string): string =>
  text
    .replaceAll(/[^\p{L}\p{N}_./ -]/gu, '-')
    .replace(/^[./ -]+/, '')
    .slice(0, 128) || 'unnamed'

/** Names in a sentence, `"a", "b" and "c"`; of very many the first ones and how many more there are. */
export function quoted(names: readonly string[], most = 12): string {
  const shown = names.slice(0, most).map(name => `"${name}"`)
  return names.length > most ? `${shown.join(', ')} and ${number(names.length - most)} more` : list(shown)
}
