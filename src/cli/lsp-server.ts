import {
  CodeActionKind,
  DidChangeWatchedFilesNotification,
  LSPErrorCodes,
  MarkupKind,
  MessageType,
  ProposedFeatures,
  ResponseError,
  ShowMessageNotification,
  TextDocumentSyncKind,
  TextDocuments,
  createConnection,
  type CancellationToken,
  type Connection,
  type InitializeResult,
  type Location,
  type TextDocumentPositionParams,
} from 'vscode-languageserver/node'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { actionsFor } from '../lsp/actions.ts'
import { completionsAt } from '../lsp/completion.ts'
import { elementsOf, hoverText } from '../lsp/hover.ts'
import { elementsIn } from '../lsp/names.ts'
import { definitionOf, rangeIn, referencesTo, symbolsOf, targetsAt, type Place } from '../lsp/navigation.ts'
import { spotAt } from '../lsp/path-at.ts'
import type { Reviewed } from '../lsp/reviewed.ts'
import { rules as builtIn } from '../rules/index.ts'
import type { Run } from '../reporters/reporter.ts'
import type { ConfigOptions } from './config-options.ts'
import { Session, type Client } from './lsp-session.ts'
import { SettingsByManifest } from './lsp-settings.ts'
import { exitCode, type World } from './world.ts'

const capabilities: InitializeResult['capabilities'] = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
  hoverProvider: true,
  completionProvider: { triggerCharacters: [' ', '-', '{', '['] },
  definitionProvider: true,
  referencesProvider: true,
  documentSymbolProvider: true,
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
}

/** Serves one editor over standard input and output until it leaves. */
export function serve(world: World, tool: Run['tool'], options: ConfigOptions): Promise<number> {
  const connection = createConnection(ProposedFeatures.all, world.streams.input, world.streams.output)
  const documents = new TextDocuments(TextDocument)
  const client: Client = {
    publish: (uri, version, diagnostics) =>
      void connection.sendDiagnostics({ uri, diagnostics, ...(version === undefined ? {} : { version }) }),
  }
  const settings = new SettingsByManifest(
    options,
    world,
    message => void connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Error, message }),
  )
  const session = new Session(world, documents, client, settings)
  let canWatch = false
  connection.onInitialize(params => {
    canWatch = params.capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true
    return { capabilities, serverInfo: tool }
  })
  connection.onInitialized(() => {
    const watchers = [{ globPattern: '**/*.{yaml,yml}' }]
    if (canWatch) void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers })
  })
  documents.onDidOpen(({ document }) => void session.opened(document))
  documents.onDidChangeContent(({ document }) => {
    session.changed(document)
  })
  documents.onDidClose(() => {
    session.closed()
  })
  documents.onDidSave(() => {
    session.filesChanged()
  })
  connection.onDidChangeWatchedFiles(() => {
    session.filesChanged()
  })
  answer(connection, documents, session, world)
  documents.listen(connection)
  return new Promise(resolve => {
    connection.onExit(() => {
      resolve(exitCode.clean)
    })
    connection.listen()
  })
}

function answer(connection: Connection, documents: TextDocuments<TextDocument>, session: Session, world: World): void {
  /** The text, the place in it, and what stands there. */
  const at = ({ textDocument: { uri }, position }: TextDocumentPositionParams) => {
    const document = documents.get(uri)
    if (!document) return undefined
    const offset = document.offsetAt(position)
    return { uri, document, text: document.getText(), offset }
  }
  const textOf = (known: Reviewed) => (file: string) => documents.get(session.uriOf(file, known))?.getText()
  const locationOf = ({ file, range: [start, end] }: Place, known: Reviewed): Location => {
    const uri = session.uriOf(file, known)
    const text = known.files.sources.find(source => source.file === file)!.text
    const document = documents.get(uri) ?? TextDocument.create(uri, 'yaml', 0, text)
    return { uri, range: rangeIn(document, start, end) }
  }

  connection.onHover(params => {
    const place = at(params)
    const spot = place && spotAt(place.text, place.offset)
    const known = place && session.readable(place.uri)
    const value = spot && hoverText(spot, known?.rules ?? builtIn, known)
    if (value === undefined) return null
    return { contents: { kind: MarkupKind.Markdown, value }, range: rangeIn(place!.document, ...spot!.range) }
  })

  connection.onCompletion(params => {
    const place = at(params)
    if (!place) return []
    const known = session.readable(place.uri)
    const elements = known ? elementsOf(known) : elementsIn(place.text)
    const found = completionsAt(place.text, place.offset, known?.rules ?? builtIn, elements)
    if (!found) return []
    const range = rangeIn(place.document, ...found.range)
    return found.items.map(item => ({ ...item, textEdit: { range, newText: item.insertText ?? item.label } }))
  })

  connection.onDefinition(async (params, token) => {
    const place = at(params)
    const known = place && (await readable(session, place.uri, token))
    const spot = place && spotAt(place.text, place.offset)
    if (!known || !spot) return null
    return targetsAt(spot, known).flatMap(target => {
      const found = definitionOf(target, known, textOf(known))
      return found ? [locationOf(found, known)] : []
    })
  })

  connection.onReferences(async (params, token) => {
    const place = at(params)
    const known = place && (await readable(session, place.uri, token))
    const spot = place && spotAt(place.text, place.offset)
    if (!known || !spot) return null
    return targetsAt(spot, known).flatMap(target => {
      const own = params.context.includeDeclaration ? definitionOf(target, known, textOf(known)) : undefined
      return [...(own ? [own] : []), ...referencesTo(target, known)].map(one => locationOf(one, known))
    })
  })

  connection.onDocumentSymbol(({ textDocument }) => {
    const document = documents.get(textDocument.uri)
    return document ? symbolsOf(document) : []
  })

  connection.onCodeAction(async ({ textDocument: { uri }, range, context }, token) => {
    const known = await session.current(uri)
    if (cancelled(token)) return cancelled(token)!
    if (!known) return []
    return actionsFor(known, {
      diagnostics: context.diagnostics,
      uri,
      range,
      today: world.today,
      uriOf: file => session.uriOf(file, known),
    })
  })
}

/** The latest review that could be read, after the one that is due. */
async function readable(session: Session, uri: string, token: CancellationToken): Promise<Reviewed | undefined> {
  await session.current(uri)
  const stop = cancelled(token)
  if (stop) throw stop
  return session.readable(uri)
}

const cancelled = (token: CancellationToken): ResponseError | undefined =>
  token.isCancellationRequested ? new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled') : undefined
