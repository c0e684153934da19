import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import {
  StreamMessageReader,
  StreamMessageWriter,
  createProtocolConnection,
  type Diagnostic,
  type InitializeResult,
  type Message,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver/node'

/** An editor without a screen: it starts the built program and speaks the protocol with it. */

const root = new URL('..', import.meta.url)
const { bin } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { bin: Record<string, string> }

/** The path of the built program. */
export function program(): string {
  const path = fileURLToPath(new URL(bin['scaffold-review']!, root))
  if (!existsSync(path)) throw new Error('There is no built program; run "npm run build" first')
  return path
}

export const startServer = (cwd: string, ...args: string[]): ChildProcess =>
  spawn(process.execPath, [program(), 'lsp', '--stdio', ...args], { cwd, stdio: ['pipe', 'pipe', 'pipe'] })

export interface Editor {
  readonly child: ChildProcess
  readonly connection: ProtocolConnection
  readonly capabilities: InitializeResult['capabilities']
  /** What was said of each file so far, in order. */
  readonly said: PublishDiagnosticsParams[]
  uri(name: string): string
  open(name: string, text: string): Promise<void>
  /** Replaces all of the text, or a part of it. */
  change(name: string, text: string, range?: { start: Position; end: Position }): Promise<number>
  close(name: string): Promise<void>
  /** The next diagnostics of a file that fit, or those that are shown already, once its text is reviewed. */
  diagnostics(name: string, fits?: Fits): Promise<Diagnostic[]>
  /** The same as soon as its text is read. */
  atOnce(name: string, fits?: Fits): Promise<Diagnostic[]>
  request<T>(method: string, params: unknown): Promise<T>
  /** Writes messages in one piece, and returns what comes back under an id. */
  raw(messages: readonly object[], id: string): Promise<unknown>
  /** Leaves as the protocol says, and returns the exit code. */
  leave(): Promise<number | null>
}

type Fits = (params: PublishDiagnosticsParams) => boolean

export interface Position {
  line: number
  character: number
}

export async function startEditor(
  cwd: string,
  processId: number | null = process.pid,
  ...args: string[]
): Promise<Editor> {
  const child = startServer(cwd, ...args)
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout!),
    new StreamMessageWriter(child.stdin!),
  )
  // The connection knows nothing of messages that are written past it.
  const heard = new Set<(message: Message) => void>()
  new StreamMessageReader(child.stdout!).listen(message => {
    for (const look of heard) look(message)
  })
  const said: PublishDiagnosticsParams[] = []
  /** And whether it was said of the same text before: of each the server speaks twice, and the second time it is reviewed. */
  const shown = new Map<string, { params: PublishDiagnosticsParams; isReviewed: boolean }>()
  const waiting = new Set<() => void>()
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    said.push(params)
    const { uri, version } = params
    const isReviewed = version === undefined || shown.get(uri)?.params.version === version
    shown.set(uri, { params, isReviewed })
    for (const look of waiting) look()
  })
  connection.listen()
  const { capabilities } = await connection.sendRequest<InitializeResult>('initialize', {
    processId,
    rootUri: pathToFileURL(cwd).href,
    capabilities: {},
  })
  await connection.sendNotification('initialized', {})
  const uri = (name: string) => pathToFileURL(join(cwd, name)).href
  const shownOf = (name: string, fits: Fits = () => true, isEnough = (isReviewed: boolean) => isReviewed) =>
    new Promise<Diagnostic[]>(resolve => {
      const look = () => {
        const { params, isReviewed } = shown.get(uri(name)) ?? {}
        if (!params || !isEnough(isReviewed!) || !fits(params)) return
        waiting.delete(look)
        resolve(params.diagnostics)
      }
      waiting.add(look)
      look()
    })
  const versions = new Map<string, number>()
  return {
    child,
    connection,
    capabilities,
    said,
    uri,
    open: async (name, text) => {
      versions.set(name, 1)
      const textDocument = { uri: uri(name), languageId: 'yaml', version: 1, text }
      await connection.sendNotification('textDocument/didOpen', { textDocument })
    },
    change: async (name, text, range) => {
      const version = versions.get(name)! + 1
      versions.set(name, version)
      await connection.sendNotification('textDocument/didChange', {
        textDocument: { uri: uri(name), version },
        contentChanges: [range ? { range, text } : { text }],
      })
      return version
    },
    close: name => connection.sendNotification('textDocument/didClose', { textDocument: { uri: uri(name) } }),
    diagnostics: (name, fits) => shownOf(name, fits),
    atOnce: (name, fits) => shownOf(name, fits, () => true),
    request: (method, params) => connection.sendRequest(method, params),
    raw: (messages, id) =>
      new Promise(resolve => {
        const look = (message: Message) => {
          if (!('id' in message) || message.id !== id) return
          heard.delete(look)
          resolve(message)
        }
        heard.add(look)
        child.stdin!.write(messages.map(frame).join(''))
      }),
    leave: async () => {
      const ended = once(child, 'exit') as Promise<[number | null]>
      await connection.sendRequest('shutdown')
      await connection.sendNotification('exit')
      const [code] = await ended
      return code
    },
  }
}

function frame(message: object): string {
  const text = JSON.stringify({ jsonrpc: '2.0', ...message })
  return `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
}

/** The place of a text in another, moved by some characters. */
export function positionOf(text: string, needle: string, shift = 0): Position {
  const at = text.indexOf(needle)
  if (at === -1) throw new Error(`There is no ${JSON.stringify(needle)}`)
  const before = text.slice(0, at + shift).split('\n')
  return { line: before.length - 1, character: before.at(-1)!.length }
}

/** A shop with some faults. */
export const shop = `# a shop
version: 1
owner: team-shop
journeys:
  checkout: { entry: web, criticality: critical, load: { steady: 100/s, peak: 500/s } }
services:
  web:
    replicas: 3
    concurrency: 10
    serviceTime: { mean: 20ms, p99: 90ms }
    calls:
      - to: orders
        timeout: 1s
        retries: { max: 2, backoff: none, budget: none }
  orders:
    replicas: 2
    calls: [{ to: orders-db, timeout: 900ms, retries: none }]
stores:
  orders-db: { engine: postgres@16, role: systemOfRecord }
`
