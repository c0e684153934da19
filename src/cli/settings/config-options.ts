import type { Command } from 'commander'

/** What every command that reviews may be told of the configuration. */
export interface ConfigOptions {
  /** A file; `false`: no configuration, whichever is found. */
  readonly config?: string | false
  readonly allowPlugins?: boolean
}

export const withConfigOptions = (command: Command): Command =>
  command
    .option('-c, --config <file>', 'the configuration; none: .scaffold-review.yaml beside the manifest or above')
    .option('--no-config', 'use no configuration, whichever there is')
    .option('--allow-plugins', 'run the code of the plugins that the configuration names', false)
