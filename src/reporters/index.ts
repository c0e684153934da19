import { json } from './json.ts'
import { pretty } from './pretty.ts'
import type { Reporter } from './reporter.ts'

export const reporters = { pretty, json } satisfies Record<string, Reporter>
