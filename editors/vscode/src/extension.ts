import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { commands, window, workspace, type ExtensionContext } from 'vscode'
import { LanguageClient, type ServerOptions } from 'vscode-languageclient/node'

/** Starts `scaffold-review lsp` for the YAML files of the workspace; the server itself ignores those that are no manifests. */

let client: LanguageClient | undefined

export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(
    commands.registerCommand('scaffoldReview.restart', restart),
    workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration('scaffoldReview')) void restart()
    }),
  )
  await start()
}

export const deactivate = (): Promise<void> | undefined => client?.stop()

async function restart(): Promise<void> {
  await client?.stop()
  await start()
}

async function start(): Promise<void> {
  client = new LanguageClient('scaffoldReview', 'scaffold-review', server(), {
    documentSelector: [{ language: 'yaml', scheme: 'file' }],
    synchronize: { fileEvents: workspace.createFileSystemWatcher('**/*.{yaml,yml}') },
  })
  try {
    await client.start()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    void window.showErrorMessage(
      `scaffold-review could not be started (${reason}). Install it with "npm install --save-dev scaffold-review", or set scaffoldReview.path.`,
    )
  }
}

/** The program that is configured, that of the workspace, or that on the PATH. */
function server(): ServerOptions {
  const configured = workspace.getConfiguration('scaffoldReview').get<string>('path', '')
  if (configured !== '') return run(configured)
  for (const { uri } of workspace.workspaceFolders ?? []) {
    // By its file rather than by the link in .bin, which is a shell script on Windows.
    const script = join(uri.fsPath, 'node_modules', 'scaffold-review', 'package.json')
    if (existsSync(script)) return run('node', entryOf(script))
  }
  return run('scaffold-review')
}

function entryOf(packageJson: string): string {
  const { bin } = require(packageJson) as { bin: Record<string, string> }
  return join(packageJson, '..', bin['scaffold-review']!)
}

const run = (command: string, ...args: string[]): ServerOptions => ({ command, args: [...args, 'lsp', '--stdio'] })
