import { pretty } from './pretty.ts'
import type { Reporter } from './reporter.ts'

export const reporters = { pretty } satisfies Record<string, Reporter>
