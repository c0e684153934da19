import * as z from 'zod'
import type { Bound, FactMeta, Output, Type, Words } from './type.ts'

/** Zod's schema of a type: for JSON Schema, and for the issues of what a type does not take. */
export function zodOf<S extends Type>(type: S): z.ZodType<Output<S>> {
  let schema = made.get(type)
  if (!schema) made.set(type, (schema = make(type)))
  return schema as z.ZodType<Output<S>>
}

const made = new WeakMap<Type, z.ZodType>()

/** What is wrong with a value; nothing where `readAs` takes it. */
export function issuesOf(type: Type, value: unknown): readonly z.core.$ZodIssue[] {
  return zodOf(type).safeParse(value).error?.issues ?? []
}

function make(type: Type): z.ZodType {
  switch (type.kind) {
    case 'field': {
      const inner = zodOf(type.of)
      const schema =
        type.presence === 'optional'
          ? inner.optional()
          : type.presence === 'preset'
            ? inner.default(type.preset)
            : inner
      return schema.meta({ description: descriptionOf(type.meta) })
    }
    case 'text': {
      const { error, pattern, least } = type
      let schema = z.string(told(error))
      if (pattern) schema = schema.regex(pattern.is, told(pattern.error))
      return least ? schema.min(least.length, told(least.error)) : schema
    }
    case 'number':
      return (type.bounds ?? []).reduce(bounded, type.isWhole ? z.int(told(type.error)) : z.number(told(type.error)))
    case 'flag':
      return z.boolean(told(type.error))
    case 'choice':
      return z.enum(type.values, told(type.error))
    case 'literal':
      return z.literal(type.values, told(type.error))
    case 'anything':
      return z.unknown()
    case 'list':
      return z.array(zodOf(type.item), told(type.error))
    case 'named': {
      const name = type.name ? z.string().regex(type.name.is, told(type.name.error)) : z.string()
      return z.record(name, zodOf(type.item), told(type.error))
    }
    case 'map': {
      const shape = Object.entries(type.fields).map(([key, field]) => [key, zodOf(field)] as const)
      const error: z.core.$ZodErrorMap = issue => (issue.code === 'invalid_type' ? type.error : undefined)
      return z.strictObject(Object.fromEntries(shape), { error })
    }
    case 'either':
      return z.union(type.options.map(zodOf), told(type.error))
    case 'reading':
      return zodOf(type.of).transform((value, context) =>
        type.as(value as never, message => {
          context.addIssue({ code: 'custom', message })
        }),
      )
    case 'held':
      return zodOf(type.of).refine(value => type.test(value as never), { error: type.error })
  }
}

const told = (error: Words | undefined) =>
  error === undefined
    ? {}
    : { error: typeof error === 'string' ? error : (issue: { input?: unknown }) => error(issue.input) }

const descriptionOf = ({ doc, default: preset }: FactMeta) => (preset ? `${doc} Default: ${preset}.` : doc)

function bounded(schema: z.ZodNumber, { is, than, error }: Bound): z.ZodNumber {
  if (is === 'least') return schema.min(than, told(error))
  if (is === 'most') return schema.max(than, told(error))
  return is === 'above' ? schema.gt(than, told(error)) : schema.lt(than, told(error))
}
