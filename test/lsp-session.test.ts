import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Diagnostic } from 'vscode-languageserver-types'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { Manifests, Read, Reviewed } from '../src/cli/lsp/manifests.ts'
import { Session, type Threads } from '../src/cli/lsp/session.ts'
import { folder } from './cli-support.ts'

/** The session with threads that answer when a test says so. */

const cwd = folder({})
const pathOf = (name: string) => join(cwd, name)
const uriOf = (name: string) => pathToFileURL(pathOf(name)).href
const main = 'a.scaffold.yaml'

interface Question {
  readonly method: keyof Manifests
  readonly given: readonly unknown[]
  answer(value: unknown): void
  fail(message: string): void
}

const said = (message: string, line = 0): Diagnostic => ({
  message,
  range: { start: { line, character: 0 }, end: { line, character: 1 } },
})

function startSession() {
  const documents = new Map<string, TextDocument>()
  const published: string[] = []
  const messages: string[] = []
  const open: Question[] = []
  const told: string[] = []
  const thread = (name: string) => ({
    ask: (method: keyof Manifests, ...given: unknown[]) =>
      new Promise((resolve, reject) => {
        const fail = (message: string) => {
          reject(new Error(message))
        }
        open.push({ method, given, answer: resolve, fail })
      }),
    tell: (method: string) => {
      told.push(`${name} ${method}`)
    },
  })
  const session = new Session(
    { get: uri => documents.get(uri), all: () => [...documents.values()] },
    {
      publish: (uri, version, diagnostics) => {
        const what = diagnostics.map(
          ({ message, range }) => `${JSON.stringify(message).slice(1, -1)}:${range.start.line}`,
        )
        published.push(`${uri.slice(uri.lastIndexOf('/') + 1)} ${version} ${what.join(' ')}`.trimEnd())
      },
      tell: message => void messages.push(message),
    },
    { reader: thread('reader'), reviewer: thread('reviewer') } as unknown as Threads,
  )
  /** Types a text, as an editor does. */
  const type = (name: string, version: number, text: string) => {
    const document = TextDocument.create(uriOf(name), 'yaml', version, text)
    documents.set(document.uri, document)
    void session.changed(document)
  }
  const close = (name: string) => {
    const document = documents.get(uriOf(name))!
    documents.delete(document.uri)
    session.closed(document)
  }
  /** The next question of a kind that is not answered yet. */
  const asked = async (method: keyof Manifests): Promise<Question> => {
    for (;;) {
      const at = open.findIndex(question => question.method === method)
      if (at !== -1) return open.splice(at, 1)[0]!
      await setTimeout(1)
    }
  }
  const seen = (version: number, diagnostics: Diagnostic[], names = [main]) => ({
    versions: new Map([[uriOf(main), version]]),
    files: names.map(pathOf),
    diagnostics: new Map(names.map(name => [uriOf(name), name === main ? diagnostics : []])),
  })
  const read = (version: number, diagnostics: Diagnostic[] = [], names?: string[]): Read => ({
    ...seen(version, diagnostics, names),
    elements: diagnostics.length === 0 ? [{ section: 'services', name: `v${version}` }] : undefined,
  })
  const reviewed = (version: number, diagnostics: Diagnostic[], isReadable = true): Reviewed => ({
    ...seen(version, diagnostics),
    isReadable,
    rules: [],
  })
  return { session, published, messages, open, told, type, close, asked, read, reviewed }
}

test('of what is typed while a text is read only the last is read next, and none but that is spoken of', async () => {
  const { type, asked, open, published, read, reviewed } = startSession()
  type(main, 1, 'a')
  const first = await asked('read')
  for (const version of [2, 3, 4]) type(main, version, 'a'.repeat(version))
  await setTimeout(5)
  expect(open).toEqual([])
  first.answer(read(1, [said('old')]))
  const second = await asked('read')
  second.answer(read(4))
  ;(await asked('review')).answer(reviewed(4, [said('found')]))
  await setTimeout(5)
  expect(open).toEqual([])
  expect(published).toEqual([`${main} 4`, `${main} 4 found:0`])
})

test('a review that was overtaken says nothing, and the findings before it stay with their lines', async () => {
  const { type, asked, published, read, reviewed } = startSession()
  type(main, 1, 'a\nb')
  ;(await asked('read')).answer(read(1))
  ;(await asked('review')).answer(reviewed(1, [said('on b', 1), said('on a')]))
  await setTimeout(5)
  type(main, 2, 'a\n\nb')
  ;(await asked('read')).answer(read(2))
  const overtaken = await asked('review')
  type(main, 3, 'c\n\nb')
  overtaken.answer(reviewed(2, [said('late')]))
  ;(await asked('read')).answer(read(3, [said('wrong')]))
  ;(await asked('review')).answer(reviewed(3, [said('wrong')], false))
  await setTimeout(5)
  expect(published).toEqual([
    `${main} 1`,
    `${main} 1 on b:1 on a:0`,
    `${main} 2 on b:2 on a:0`,
    `${main} 3 wrong:0 on b:2`,
    `${main} 3 wrong:0 on b:2`,
  ])
})

test('names are those of the last text that could be read, and of the text alone before there is one', async () => {
  const { session, type, asked, read } = startSession()
  const names = async () => (await session.elementsFor(uriOf(main))).map(({ name }) => name)
  type(main, 1, 'a')
  await setTimeout(1)
  const early = names()
  ;(await asked('read')).answer(read(1, [said('wrong')]))
  ;(await asked('elements')).answer([{ section: 'services', name: 'alone' }])
  expect(await early).toEqual(['alone'])
  type(main, 2, 'b')
  await setTimeout(1)
  const waiting = names()
  ;(await asked('read')).answer(read(2))
  expect(await waiting).toEqual(['v2'])
  type(main, 3, 'c')
  ;(await asked('read')).answer(read(3, [said('wrong')]))
  await asked('review')
  expect(await names()).toEqual(['v2'])
})

test('where only the review can read a text, it is read for the reader afterwards, if it is right', async () => {
  const { type, asked, open, published, read, reviewed } = startSession()
  type(main, 1, 'a')
  const first = await asked('read')
  expect(first.given).toEqual([pathOf(main), 'quickly'])
  first.answer(undefined)
  ;(await asked('review')).answer(reviewed(1, [said('found')]))
  const again = await asked('read')
  expect(again.given).toEqual([pathOf(main), 'thoroughly'])
  again.answer(read(1))
  await setTimeout(5)
  type(main, 2, 'b')
  ;(await asked('read')).answer(undefined)
  ;(await asked('review')).answer(reviewed(2, [said('wrong')], false))
  await setTimeout(5)
  expect(open).toEqual([])
  expect(published.at(-1)).toBe(`${main} 2 wrong:0`)
})

test('files belong to the manifest that includes them, also while that is broken, and stand alone afterwards', async () => {
  const { session, type, close, asked, published, read, told } = startSession()
  const part = 'part.scaffold.yaml'
  type(part, 1, 'p')
  ;(await asked('read')).answer({ ...read(1, []), files: [pathOf(part)], versions: new Map() })
  await setTimeout(5)
  type(main, 1, 'a')
  ;(await asked('read')).answer(read(1, [], [main, part]))
  await setTimeout(5)
  expect(session.rootOf(uriOf(part))).toBe(pathOf(main))
  type(main, 2, 'b')
  ;(await asked('read')).answer(read(2, [said('wrong')]))
  await setTimeout(5)
  expect(session.rootOf(uriOf(part))).toBe(pathOf(main))
  // A change of either is a change of the manifest.
  type(part, 2, 'q')
  expect((await asked('read')).given[0]).toBe(pathOf(main))
  close(part)
  close(main)
  await setTimeout(5)
  expect(session.rootOf(uriOf(main))).toBeUndefined()
  expect(published.at(-1)).toBe(`${main} undefined`)
  expect(told.slice(-2)).toEqual(['reader forget', 'reviewer forget'])
})

test('a text that changes before anybody knows that it belongs to the manifest is read again', async () => {
  const { type, asked, read } = startSession()
  type(main, 1, 'a')
  const first = await asked('read')
  type('deployment.yaml', 2, 'p')
  first.answer({ ...read(1, [], [main, 'deployment.yaml']), versions: new Map([[uriOf('deployment.yaml'), 1]]) })
  expect((await asked('read')).given[0]).toBe(pathOf(main))
})

test('what fails is told once until it works again, and tried again with the next change', async () => {
  const { type, asked, messages, read, reviewed } = startSession()
  type(main, 1, 'a')
  ;(await asked('read')).fail('no memory')
  type(main, 2, 'b')
  ;(await asked('read')).answer(read(2))
  ;(await asked('review')).fail('no memory')
  type(main, 3, 'c')
  ;(await asked('read')).answer(read(3))
  ;(await asked('review')).answer(reviewed(3, []))
  await setTimeout(5)
  expect(messages).toHaveLength(1)
  type(main, 4, 'd')
  ;(await asked('read')).fail('no memory')
  await setTimeout(5)
  expect(messages).toEqual(Array(2).fill(expect.stringContaining('no memory')))
})
