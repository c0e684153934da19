import {
  CodeActionKind,
  DidChangeWatchedFilesNotification,
  LSPErrorCodes,
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
  type TextDocumentPositionParams,
} from 'vscode-languageserver/node'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { completionsAt } from '../../lsp/completion.ts'
import { rangeIn } from '../../lsp/navigation.ts'
import type { Run } from '../../reporters/reporter.ts'
import type { ConfigOptions } from '../settings/config-options.ts'
import { exitCode, type World } from '../world.ts'
import type { Asked } from './manifests.ts'
import { Session, type Client, type Threads } from './session.ts'
import { Thread } from './thread.ts'

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
  const tell = (message: string) => {
    void connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Error, message })
  }
  const log = (text: string) => {
    connection.console.log(text)
  }
  const thread = () => new Thread({ options, cwd: world.cwd }, documents, { tell, log })
  const threads = { reader: thread(), reviewer: thread() }
  const publish: Client['publish'] = (uri, version, diagnostics) =>
    void connection.sendDiagnostics({
      uri,
      diagnostics: [...diagnostics],
      ...(version === undefined ? {} : { version }),
    })
  const session = new Session(documents, { publish, tell }, threads)
  let canWatch = false
  connection.onInitialize(params => {
    canWatch = params.capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true
    return { capabilities, serverInfo: tool }
  })
  connection.onInitialized(() => {
    const watchers = [{ globPattern: '**/*.{yaml,yml}' }]
    if (canWatch) void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers })
  })
  // Comes for a document that was opened as well.
  documents.onDidChangeContent(({ document }) => void session.changed(document))
  documents.onDidClose(({ document }) => {
    session.closed(document)
  })
  documents.onDidSave(() => {
    session.filesChanged()
  })
  connection.onDidChangeWatchedFiles(() => {
    session.filesChanged()
  })
  answer(connection, documents, session, threads)
  documents.listen(connection)
  return new Promise(resolve => {
    connection.onExit(() => {
      resolve(exitCode.clean)
    })
    connection.listen()
  })
}

/** Completion is answered here, as somebody who types waits for it; the rest by the thread that has the time for it. */
function answer(
  connection: Connection,
  documents: TextDocuments<TextDocument>,
  session: Session,
  { reader, reviewer }: Threads,
): void {
  const asked = ({ textDocument: { uri }, position }: TextDocumentPositionParams): Asked => {
    return { uri, position, root: session.rootOf(uri) }
  }

  connection.onCompletion(async ({ textDocument: { uri }, position }) => {
    const elements = await session.elementsFor(uri)
    const document = documents.get(uri)
    if (!document) return []
    const found = completionsAt(document.getText(), document.offsetAt(position), session.rulesFor(uri), elements)
    if (!found) return []
    const range = rangeIn(document, ...found.range)
    return found.items.map(item => ({ ...item, textEdit: { range, newText: item.insertText ?? item.label } }))
  })

  connection.onHover(params => reader.ask('hover', asked(params), session.rulesFor(params.textDocument.uri)))

  connection.onDefinition(async (params, token) => wanted(await reader.ask('definition', asked(params)), token))

  connection.onReferences(async (params, token) =>
    wanted(await reader.ask('references', asked(params), params.context.includeDeclaration), token),
  )

  connection.onDocumentSymbol(({ textDocument: { uri } }) => reviewer.ask('symbols', uri))

  connection.onCodeAction(async ({ textDocument: { uri }, range, context: { diagnostics } }, token) => {
    const root = session.rootOf(uri)
    return root === undefined ? [] : wanted(await reviewer.ask('actions', root, { uri, range, diagnostics }), token)
  })
}

/** What was found, unless the editor does not want it any more. */
function wanted<T>(found: T, token: CancellationToken): T | ResponseError {
  return token.isCancellationRequested ? new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled') : found
}
