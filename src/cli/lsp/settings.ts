import type { ReviewOptions } from '../../review.ts'
import type { AnyRule } from '../../rules/define.ts'
import { rules as builtIn } from '../../rules/index.ts'
import type { ConfigOptions } from '../settings/config-options.ts'
import { settingsFor } from '../settings/settings.ts'
import { UserError, type Site } from '../world.ts'

/** By what a manifest is reviewed. */
export interface EditorSettings {
  readonly rules: readonly AnyRule[]
  readonly review: ReviewOptions
}

/**
 * The settings of the manifests that are open, read again when something changes on the disk. An editor shows what can be
 * shown: where a configuration cannot be used, that is told once, and the built-in rules hold meanwhile.
 */
export class SettingsByManifest {
  readonly #options: ConfigOptions
  readonly #site: Site
  readonly #tell: (message: string) => void
  readonly #known = new Map<string, Promise<EditorSettings>>()
  /** What is wrong by now, by manifest. */
  readonly #faults = new Map<string, string>()

  constructor(options: ConfigOptions, site: Site, tell: (message: string) => void) {
    this.#options = options
    this.#site = site
    this.#tell = tell
  }

  /** @param manifest its absolute path */
  of(manifest: string): Promise<EditorSettings> {
    const known = this.#known.get(manifest) ?? this.#read(manifest)
    this.#known.set(manifest, known)
    return known
  }

  /** Something was written, made or removed on the disk. */
  forget(): void {
    this.#known.clear()
  }

  async #read(manifest: string): Promise<EditorSettings> {
    try {
      const settings = await settingsFor([manifest], this.#options, this.#site)
      this.#faults.delete(manifest)
      return settings
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      const isNews = ![...this.#faults.values()].includes(error.message)
      this.#faults.set(manifest, error.message)
      if (isNews) this.#tell(`${error.message}\nUntil then the built-in rules hold.`)
      return { rules: builtIn, review: {} }
    }
  }
}
