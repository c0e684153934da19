import { defineRule, noOptions, type AnyRule, type Context, type Outcome, type Subjects } from '../src/rules/define.ts'

export type Said = (service: Subjects['service'], context: Context<unknown>) => Iterable<Outcome>

/** A rule about services that says what it is told to say. */
export const rule = (id: string, says: Said, more: Partial<AnyRule> = {}): AnyRule =>
  defineRule({
    id,
    title: 'Fake',
    severity: 'warning',
    question: 'scaling',
    on: 'service',
    options: noOptions,
    why: 'Because.',
    fix: 'Mend it.',
    sources: [],
    reads: [],
    examples: [
      { title: 'one', good: '' },
      { title: 'two', good: '' },
    ],
    *check(service, context) {
      yield* says(service, context)
    },
    ...(more as object),
  })

/** One finding on each service, or on the one named. */
export const fails = (id: string, more: Partial<AnyRule> & { only?: string; with?: Partial<Outcome> } = {}) =>
  rule(
    id,
    function* ({ name, path }) {
      if (more.only === undefined || more.only === name) yield { at: path, message: `"${name}" ${id}`, ...more.with }
    },
    more,
  )
export const asks = (id: string, ...keys: string[]) =>
  rule(id, function* ({ path }) {
    for (const key of keys) yield { unknown: [...path, key], because: `${id} wants to know` }
  })
export const passes = (id: string, more: Partial<AnyRule> = {}) => rule(id, () => [], more)
