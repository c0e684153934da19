import { plural } from '../../units.ts'
import type { ImportFile, ImportNote } from '../system.ts'
import { folderOf } from '../paths.ts'

const helmMarks =
  /\{\{-?\s*(?:\/\*|(?:if|else|end|range|with|include|template|define|tpl|toYaml|required|default|printf)\b|\.(?:Values|Release|Chart|Capabilities|Files|Template)\b|\$\.)/
/** Ansible, Jinja, envsubst of one's own: a value that begins with a mark. */
const otherMarks = /^[^\S\n]*(?:- )?[\w.-]+:[^\S\n]*["']?(?:\{\{|\{%|<%)/m

/** Whether the text has to be rendered before it is YAML. Marks inside a block of text, as alert rules have, are no template. */
export function isTemplate({ text }: ImportFile): boolean {
  if (!/\{\{|\{%|<%/.test(text)) return false
  const outside = withoutBlocks(text)
  return helmMarks.test(outside) || /^[^\S\n]*(?:\{\{|\{%)/m.test(outside) || otherMarks.test(outside)
}

/** The text without what stands in block scalars. */
function withoutBlocks(text: string): string {
  let block: number | undefined
  return text
    .split('\n')
    .filter(line => {
      const indent = line.search(/\S/)
      if (block !== undefined && (indent === -1 || indent > block)) return false
      block = /(?:^|\s)[|>][-+\d]*\s*(?:#.*)?$/.test(line) ? indent : undefined
      return true
    })
    .join('\n')
}

/** One line for each folder of templates, with what renders them. */
export function templateNotes(templates: readonly ImportFile[], all: readonly ImportFile[]): ImportNote[] {
  const charts = new Set(all.filter(({ name }) => /(?:^|\/)Chart\.ya?ml$/.test(name)).map(({ name }) => folderOf(name)))
  const groups = new Map<string, ImportFile[]>()
  for (const file of templates) {
    const folder = chartOf(file.name, charts)
    groups.set(folder, [...(groups.get(folder) ?? []), file])
  }
  return [...groups].map(([folder, files]) => {
    const isHelm = files.some(({ text }) => helmMarks.test(text))
    const where = folder === '' ? 'This folder' : folder
    const count = plural(files.length, 'template')
    const how = isHelm
      ? `render with \`helm template ${folder || '.'}\` first and import the result`
      : 'render them first and import the result'
    const [first] = files
    return { kind: 'skipped', message: `${where} holds ${count}: ${how}`, file: first!.name, line: 1 }
  })
}

function chartOf(name: string, charts: ReadonlySet<string>): string {
  for (let folder = folderOf(name); ; folder = folderOf(folder)) {
    if (charts.has(folder)) return folder
    if (folder === '') break
  }
  const [, above] = /^(.*?)\/?templates\//.exec(name) ?? []
  return above ?? folderOf(name)
}
