import { Worker } from 'node:worker_threads'
import type { ConfigOptions } from '../settings/config-options.ts'
import type { Documents } from './documents.ts'
import type { Manifests } from './manifests.ts'

/** What a thread is given when it starts. */
export interface Start {
  readonly options: ConfigOptions
  readonly cwd: string
}

/** A call of a method of `Manifests`. Without a number nobody waits for the answer. */
export interface Call {
  readonly id?: number
  readonly method: keyof Manifests
  readonly given: readonly unknown[]
}

export type Reply = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string })

/** What a thread says without being asked, for the user. */
export interface Message {
  readonly message: string
}

/** What becomes of what a thread says of itself. */
export interface Listener {
  /** A message for the user. */
  tell(message: string): void
  /** What code of others prints. */
  log(text: string): void
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: Error) => void
}

/** `Manifests` in a thread of its own, which starts when it is first asked, and again when it is asked after it has ended. */
export class Thread {
  readonly #start: Start
  readonly #documents: Documents
  readonly #listener: Listener
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #asked = 0

  constructor(start: Start, documents: Documents, listener: Listener) {
    this.#start = start
    this.#documents = documents
    this.#listener = listener
  }

  /** Fails where the method does, and where the thread ends before it answers. */
  ask<M extends keyof Manifests>(
    method: M,
    ...given: Parameters<Manifests[M]>
  ): Promise<Awaited<ReturnType<Manifests[M]>>> {
    const worker = (this.#worker ??= this.#started())
    const id = this.#asked++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      post(worker, { id, method, given })
    })
  }

  /** A thread that is not there learns what is open when it starts. */
  tell<M extends keyof Manifests>(method: M, ...given: Parameters<Manifests[M]>): void {
    if (this.#worker) post(this.#worker, { method, given })
  }

  #started(): Worker {
    // It stands beside this file when the program is built. What it prints would be taken for the protocol.
    const worker = new Worker(new URL('./lsp-worker.cjs', import.meta.url), { workerData: this.#start, stdout: true })
    let reason = 'it ended by itself'
    worker.stdout.on('data', (text: Buffer) => {
      this.#listener.log(text.toString())
    })
    worker.on('message', (said: Reply | Message) => {
      if ('message' in said) this.#listener.tell(said.message)
      else this.#answer(said)
    })
    worker.on('error', error => {
      reason = error.message
    })
    worker.on('exit', () => {
      this.#worker = undefined
      for (const { reject } of this.#waiting.values()) reject(new Error(reason))
      this.#waiting.clear()
    })
    for (const document of this.#documents.all())
      post(worker, { method: 'changed', given: [document.uri, document.version, document.getText()] })
    return worker
  }

  #answer(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if ('error' in reply) waiting?.reject(new Error(reply.error))
    else waiting?.resolve(reply.value)
  }
}

const post = (worker: Worker, call: Call) => {
  worker.postMessage(call)
}
