/** Small pieces of Markdown. */

export const page = (...parts: readonly (string | false | undefined)[]): string =>
  `${parts.filter(part => typeof part === 'string' && part !== '').join('\n\n')}\n`

export const fence = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``

export const bullet = (text: string): string => `- ${text}`

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows.map(row => row.map(cell))].map(row => `| ${row.join(' | ')} |`).join('\n')

/** Tells whoever opens a generated file where to go instead. */
export const madeBy = (source: string): string =>
  `<!-- Made from ${source} by \`npm run generate\`. Edit that file instead. -->`
