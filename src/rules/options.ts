import type * as z from 'zod'
import { perObject } from '../analysis/memo.ts'
import { readAs, refused } from '../manifest/schema/read-as.ts'
import { zodOf } from '../manifest/schema/to-zod.ts'
import type { RuleOptions } from './define.ts'

type Values = Readonly<Record<string, unknown>>

/** Options that are given together with those that are not, or what is wrong with those that are. */
export type OptionsReading =
  | { readonly values: Values; readonly issues?: undefined }
  | { readonly values?: undefined; readonly issues: readonly z.core.$ZodIssue[] }

export function readOptions(options: RuleOptions, given: unknown): OptionsReading {
  if ('kind' in options) {
    const values = readAs(options, given)
    if (values !== refused) return { values }
  }
  const parsed = zodOfOptions(options).safeParse(given)
  return parsed.success ? { values: parsed.data as Values } : { issues: parsed.error.issues }
}

/** The same, and throws what zod throws where something is wrong. */
export function optionValues(options: RuleOptions, given: unknown): Values {
  return readOptions(options, given).values ?? (zodOfOptions(options).parse(given) as Values)
}

/** The values where none is given, which are the same at every review. */
export const defaultValues = perObject((options: RuleOptions) => optionValues(options, {}))

export const optionNames = (options: RuleOptions): string[] =>
  Object.keys('kind' in options ? options.fields : options.shape)

export const zodOfOptions = (options: RuleOptions): z.ZodType => ('kind' in options ? zodOf(options) : options)
