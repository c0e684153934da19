import { parentPort, workerData } from 'node:worker_threads'
import { Manifests } from '../src/cli/lsp/manifests.ts'
import type { Call, Message, Reply, Start } from '../src/cli/lsp/thread.ts'

/** A thread of the language server: calls of `Manifests`, one after the other as they come, and what they return. */

const { options, cwd } = workerData as Start
const site = {
  cwd,
  get today() {
    return new Date().toISOString().slice(0, 10)
  },
}
const say = (said: Reply | Message) => {
  parentPort!.postMessage(said)
}
const manifests = new Manifests(options, site, message => {
  say({ message })
})
parentPort!.on('message', (call: Call) => void answer(call))

async function answer({ id, method, given }: Call): Promise<void> {
  const call = manifests[method].bind(manifests) as (...given: readonly unknown[]) => unknown
  try {
    const value = await call(...given)
    if (id !== undefined) say({ id, value })
  } catch (error) {
    if (id === undefined) throw error
    say({ id, error: error instanceof Error ? error.message : String(error) })
  }
}
