import { textOf, textsOf, type Node } from './node.ts'

/** The words of a command: the items of a list, or a text cut as a shell would, quotes and backslashes heeded. */
export function wordsOf(node: Node | undefined): string[] {
  const text = textOf(node)
  if (text === undefined) return textsOf(node).flatMap(item => (isScript(item) ? splitWords(item) : [item]))
  return splitWords(text)
}

/** What stands behind `sh -c` is a line of its own. */
const isScript = (item: string) => /\s/.test(item.trim())

/** Longer commands are programs, whose words say little. */
const longest = 20_000

export function splitWords(text: string): string[] {
  const words = text.slice(0, longest).match(/(?:[^\s"'\\]|\\[^]|"(?:[^"\\]|\\[^])*"|'[^']*')+/g) ?? []
  return words.map(word =>
    word.replaceAll(/\\([^])|"((?:[^"\\]|\\[^])*)"|'([^']*)'/g, (_, one, two, three) =>
      String(one ?? two ?? three ?? ''),
    ),
  )
}

/** Settings in a command: `--redis=redis:6379`, `--broker kafka:9092`, `-h edge-router`, and words alone. */
export function settingsIn(words: readonly string[]): { key: string; value: string }[] {
  return words.flatMap((word, i) => {
    const [, flag, value] = /^-{1,2}([\w.-]+)=(.*)$/s.exec(word) ?? []
    if (flag !== undefined && value !== undefined) return [{ key: flag, value }]
    const [, before] = /^-{1,2}([\w.-]+)$/.exec(words[i - 1] ?? '') ?? []
    if (word.startsWith('-')) return []
    const [, name, assigned] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? []
    if (name !== undefined && assigned !== undefined) return [{ key: name, value: assigned }]
    return [{ key: before === 'h' ? 'host' : (before ?? 'argument'), value: word }]
  })
}
