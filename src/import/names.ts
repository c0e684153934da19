/** A name as a manifest takes it: letters, digits, spaces and `_ . / -`, at most 128, a letter or digit first. */
export const nameFor = (text: string): string =>
  text
    .replaceAll(/[^\p{L}\p{N}_./ -]/gu, '-')
    .replace(/^[./ -]+/, '')
    .slice(0, 128) || 'unnamed'
