import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { minutes } from '../../interview/minutes.ts'
import { UserError, type World } from '../world.ts'
import { writeAtomically } from '../writing/write.ts'
import type { Sitting } from './sitting.ts'

/** The minutes of a sitting, behind those of earlier ones. Written after every step, so that an interruption loses none. */
export class MinutesFile {
  readonly path: string
  participants: readonly string[]
  readonly #earlier: string
  readonly #world: World

  private constructor(path: string, participants: readonly string[], earlier: string, world: World) {
    this.path = path
    this.participants = participants
    this.#earlier = earlier
    this.#world = world
  }

  static async open(path: string, participants: readonly string[], world: World): Promise<MinutesFile> {
    const earlier = await readFile(resolve(world.cwd, path), 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
      throw new UserError(`The minutes cannot be added to "${path}": ${(error as Error).message}`)
    })
    return new MinutesFile(path, participants, earlier, world)
  }

  async write(sitting: Pick<Sitting, 'session'>): Promise<void> {
    const text = minutes(sitting.session(this.#world.today, this.participants))
    const before = this.#earlier.trimEnd()
    await writeAtomically(resolve(this.#world.cwd, this.path), before === '' ? text : `${before}\n\n${text}`)
  }
}
