import type { World } from '../world.ts'

/** Whether GitHub Actions runs the program: its log renders colours, and a step has a summary. */
export const isGitHubActions = (env: World['env']): boolean => env['GITHUB_ACTIONS'] === 'true'
