import { XmlDocument, XmlElement } from 'libxml2-wasm'
import { lexer, walkTokens, type Token, type Tokens } from 'marked'
import papaparse from 'papaparse'
import { expect } from 'vitest'
import { readHtml } from './html-judge.ts'
import type { Format } from '../src/reporters/index.ts'

/**
 * Reads back what a format wrote, by a parser that we did not write, and says which results it lists, as `severity rule`. Each
 * judge also fails where the text of a manifest has become structure.
 */
export const judges: Record<Format, (text: string) => string[]> = {
  // A result is a block with a head and a place.
  pretty: text =>
    text.split('\n\n').flatMap(block => {
      const [, severity, rule] = /^(error|warning|info)\[([^\]]*)\][^]*?\n *--> /.exec(block) ?? []
      return severity === undefined ? [] : [`${severity} ${rule!}`]
    }),
  json: text =>
    (
      JSON.parse(text) as { manifests: { problems: Rule[]; findings: Rule[]; notStated: unknown[] }[] }
    ).manifests.flatMap(({ problems, findings, notStated }) => [
      ...problems.map(({ ruleId }) => `error ${ruleId}`),
      ...findings.map(({ ruleId, severity }) => `${severity!} ${ruleId}`),
      ...notStated.map(() => 'warning not-stated'),
    ]),
  sarif: text =>
    (JSON.parse(text) as { runs: [{ results: { level: string; ruleId: string }[] }] }).runs[0].results.map(
      ({ level, ruleId }) => `${level === 'note' ? 'info' : level} ${ruleId}`,
    ),
  github: text =>
    commandsIn(text)
      .filter(({ properties }) => properties['title'] !== 'scaffold-review')
      .map(({ name, properties }) => `${name === 'notice' ? 'info' : name} ${properties['title']!}`),
  gitlab: text =>
    (JSON.parse(text) as { severity: string; check_name: string }[]).map(
      ({ severity, check_name }) =>
        `${{ blocker: 'error', critical: 'error', major: 'warning', info: 'info' }[severity]!} ${check_name}`,
    ),
  junit: text => {
    const listed = ['failure', 'error'].flatMap(outcome =>
      elements(text, `//testcase/${outcome}`).map(one => `${one.attr('type')!.value} ${ruleOf(one.parent!)}`),
    )
    return [...listed, ...elements(text, '//testcase/system-out').map(one => `info ${ruleOf(one.parent!)}`)]
  },
  checkstyle: text =>
    elements(text, '/checkstyle/file/error').map(
      one => `${one.attr('severity')!.value} ${one.attr('source')!.value.replace(/^scaffold-review\./, '')}`,
    ),
  rdjson: text =>
    (JSON.parse(text) as { diagnostics: { severity: string; code: { value: string } }[] }).diagnostics.map(
      ({ severity, code }) => `${severity.toLowerCase()} ${code.value}`,
    ),
  markdown: readMarkdown,
  html: readHtml,
  csv: text =>
    readCsv(text)
      .filter(({ severity }) => severity !== '')
      .map(({ severity, rule }) => `${severity!} ${rule!}`),
}

interface Rule {
  ruleId: string
  severity?: string
}

export interface Command {
  name: string
  properties: Record<string, string>
  message: string
}

const registered = ['error', 'warning', 'notice', 'debug', 'group', 'endgroup', 'add-mask', 'add-matcher', 'set-output']
const registeredToo = ['remove-matcher', 'stop-commands', 'save-state', 'set-env', 'add-path', 'echo']

/** Every command that a runner of GitHub Actions finds in a log, by its rules: `::name` after blanks, `##[name]` anywhere. */
export function commandsIn(log: string): Command[] {
  return log.split(/\r\n|\r|\n/).flatMap(line => {
    const found = /^\s*::([^\s:]+)(?: ((?:(?!::).)*))?::(.*)$/u.exec(line)
    if (found && isCommand(found[1]!)) return [toCommand(found[1]!, found[2] ?? '', found[3]!)]
    const old = /##\[([^\s\]]+)[^\]]*\](.*)$/u.exec(line)
    return old && isCommand(old[1]!) ? [{ name: old[1]!, properties: {}, message: old[2]! }] : []
  })
}

const isCommand = (name: string) => [...registered, ...registeredToo].includes(name.toLowerCase())

function toCommand(name: string, given: string, message: string): Command {
  const pairs = given.split(',').map(pair => pair.split('=') as [string, ...string[]])
  const properties = Object.fromEntries(pairs.map(([key, ...value]) => [key.trim(), unescapeProperty(value.join('='))]))
  return { name, properties, message: unescapeData(message) }
}

const unescapeData = (text: string) => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
const unescapeProperty = (text: string) => unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','))

export function elements(text: string, xpath: string): XmlElement[] {
  return XmlDocument.fromString(text)
    .find(xpath)
    .filter(node => node instanceof XmlElement)
}

const ruleOf = (testcase: XmlElement) => / ?([\w-]+)(?: on .*)?(?: \(\d+\))?$/su.exec(testcase.attr('name')!.value)![1]!

export function readCsv(text: string): Record<string, string>[] {
  const { data, errors } = papaparse.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true })
  expect(errors).toEqual([])
  for (const row of data) for (const cell of Object.values(row)) expect(cell).not.toMatch(/^\s*[=+\-@\t\r＝＋－＠]/)
  return data
}

/** What the report itself writes in HTML. */
const ownHtml = /^(?:<!-- scaffold-review -->|<details><summary>[\w ,]+<\/summary>|<\/details>)\s*$/

const kinds = [
  'heading',
  'paragraph',
  'space',
  'list',
  'list_item',
  'table',
  'code',
  'html',
  'text',
  'strong',
  'codespan',
  'escape',
]

export function tokensOf(text: string): Token[] {
  const all: Token[] = []
  void walkTokens(lexer(text, { gfm: true }), token => {
    all.push(token)
  })
  return all
}

function readMarkdown(text: string): string[] {
  const tokens = tokensOf(text)
  for (const token of tokens) {
    expect(kinds).toContain(token.type)
    if (token.type === 'html') expect(token.raw).toMatch(ownHtml)
    if (token.type === 'code') expect(['text', 'mermaid']).toContain((token as Tokens.Code).lang)
    // Names of people and numbers of issues would be links whatever is around them.
    if (token.type === 'text' && !('tokens' in token))
      expect(token.raw.replaceAll('&#8203;', '\u200b')).not.toMatch(/@\w|#\d/)
  }
  return markdownItems(tokens)
}

/** The items of each list, by the heading or the summary above it. */
function markdownItems(tokens: readonly Token[]): string[] {
  let severity: string | undefined
  const listed: string[] = []
  for (const token of tokens) {
    const title =
      token.type === 'heading' ? (token as Tokens.Heading).text : /<summary>(.*)<\/summary>/.exec(token.raw)?.[1]
    if (
      token.type === 'heading' ||
      (token.type === 'html' && title !== undefined && !/^(?:Why|What|\d+ more)/.test(title))
    )
      severity = severityOf(title!)
    if (token.type !== 'list_item' || severity === undefined) continue
    const rule = /^\*\*((?:[^*\\]|\\.)+)\*\*/.exec((token as Tokens.ListItem).text)![1]!
    listed.push(`${severity} ${severity === 'warning' && rule.includes('.') ? 'not-stated' : rule}`)
  }
  return listed
}

function severityOf(title: string): string | undefined {
  if (/^\d+ (?:problems?|errors?)$/.test(title)) return 'error'
  if (/^\d+ warnings?$|^Not stated/.test(title)) return 'warning'
  return /^\d+ notes?$/.test(title) ? 'info' : undefined
}
