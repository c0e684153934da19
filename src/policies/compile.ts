import { Ajv, type ErrorObject } from 'ajv'
import { RE2JS } from 're2js'
import type { Path } from '../finding.ts'
import { noOptions, type AnyRule, type Example, type Outcome, type Subjects } from '../rules/define.ts'
import { fill, placeholders, show } from './message.ts'
import { requirementOf } from './require.ts'
import type { Policy } from './schema.ts'
import { Shape, valueAt, viewOf, type Kind } from './view.ts'
import { selectorOf, unknownKey, type PolicyFault } from './where.ts'

type Subject = Subjects[Kind]

/** Turns a policy into a rule like any other, or says all that is wrong with it. */
export function compilePolicy(policy: Policy): { rule: AnyRule; faults?: undefined } | { faults: PolicyFault[] } {
  const { on: kind, where, id } = policy
  const requirement = requirementOf(policy.require, kind)
  const selector = selectorOf(where ?? {}, kind)
  const faults = [...selector.faults, ...requirement.faults, ...messageFaults(policy)]
  const holds = faults.length === 0 ? validatorOf(requirement.schema, faults) : undefined
  if (!holds) return { faults }
  return {
    rule: {
      id,
      title: policy.title ?? titleOf(id),
      severity: policy.severity,
      question: policy.question,
      on: kind,
      options: noOptions,
      why: policy.why,
      fix: policy.fix,
      sources: [],
      reads: [...new Set([...selector.facts, ...requirement.facts])],
      examples: policy.examples.map(exampleOf) as unknown as AnyRule['examples'],
      ...(where === undefined ? {} : { appliesTo: (subject: Subject) => selector.select(viewOf(subject)) !== false }),
      *check(subject: Subject): Generator<Outcome, void, undefined> {
        const view = viewOf(subject)
        const errors = holds(view)
        if (errors.length === 0) return
        const meant = selector.select(view)
        if (typeof meant === 'object') {
          const because = `the policy "${id}" would not hold then`
          for (const fact of meant.missing) yield { unknown: [...subject.path, ...fact], because }
        } else if (meant) yield toViolation(policy, subject, view, errors)
      },
    },
  }
}

/** `our/calls-give-up` -> `Calls give up`. */
const titleOf = (id: string): string => {
  const words = id.split('/').at(-1)!.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function exampleOf({ title, good, bad }: Policy['examples'][number], i: number): Example {
  const name = title ?? `Example ${i + 1}`
  return good === undefined ? { title: name, bad: bad ?? '' } : { title: name, good }
}

function messageFaults({ message, on }: Policy): PolicyFault[] {
  const root = Shape.of(on)
  return placeholders(message)
    .filter(key => !root.at(key.split('.')).isKnown)
    .map(key => ({ path: ['message'], message: unknownKey(key, root, on) }))
}

/** Patterns run in linear time: one that backtracks for ever cannot be written. */
const linear = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern)
    return { test: (text: string) => compiled.matcher(text).find() }
  },
  { code: 'linear' },
)

type Validator = (view: unknown) => readonly ErrorObject[]

const ajv = new Ajv({
  ...{ allErrors: true, logger: false, validateFormats: false },
  ...{ strictTypes: false, strictTuples: false, code: { regExp: linear } },
})

function validatorOf(schema: Record<string, unknown>, faults: PolicyFault[]): Validator | undefined {
  if (!ajv.validateSchema(schema)) {
    for (const { instancePath, message = '' } of ajv.errors ?? []) {
      const path = ['require', ...stepsOf(instancePath, schema)]
      // A value that fits none of several forms is reported once for each of them.
      if (!faults.some(fault => fault.path.join('\u0000') === path.join('\u0000')))
        faults.push({ path, message: `"${String(path.at(-1))}" ${message.replace(/^must /, 'has to ')}` })
    }
    return undefined
  }
  try {
    const validate = ajv.compile(schema)
    return view => (validate(view) ? [] : (validate.errors ?? []))
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^strict mode: /, '') : String(error)
    faults.push({ path: ['require'], message: `The schema cannot be used: ${why}` })
    return undefined
  }
}

/** A JSON Pointer as keys and indices. */
function stepsOf(pointer: string, root: unknown): (string | number)[] {
  let value = root
  return pointer
    .split('/')
    .slice(1)
    .map(step => {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
      const isIndex = Array.isArray(value)
      value = (value as Record<string, unknown> | undefined)?.[key]
      return isIndex ? Number(key) : key
    })
}

/** Most lines that say why a requirement does not hold. */
const mostReasons = 4

function toViolation(policy: Policy, subject: Subject, view: unknown, errors: readonly ErrorObject[]): Outcome {
  // Keywords that only say that one of those under them failed.
  const leaves = errors.filter(({ keyword }) => !['anyOf', 'oneOf', 'if'].includes(keyword))
  const reasons = (leaves.length > 0 ? leaves : errors).map(error => ({
    path: pathOf(error, view),
    text: reasonOf(error, view, policy.on),
  }))
  const written = reasons[0]!.path
  const hidden = written.length > 0 && !Shape.of(policy.on).at([String(written[0])]).key
  return {
    at: [...subject.path, ...(hidden ? [] : written)],
    message: fill(policy.message, view, policy.on),
    arithmetic: [...new Set(reasons.map(({ text }) => text))].slice(0, mostReasons).join('\n'),
    fix: policy.fix,
  }
}

function pathOf({ instancePath, params }: ErrorObject, view: unknown): Path {
  const steps = stepsOf(instancePath, view)
  const missing = (params as { missingProperty?: string }).missingProperty
  return missing === undefined ? steps : [...steps, missing]
}

function reasonOf(error: ErrorObject, view: unknown, kind: Kind): string {
  const path = pathOf(error, view)
  const name = path.join('.') || 'it'
  if (error.keyword === 'required') return `${name} is not stated`
  const keys = path.map(String)
  const { comparison, limit } = error.params as { comparison?: string; limit?: number }
  const value = show(valueAt(view, keys), keys, kind)
  if (comparison !== undefined && limit !== undefined)
    return `${name} = ${value}, expected ${comparison} ${show(limit, keys, kind)}`
  return `${name} = ${value}, ${(error.message ?? '').replace(/^must /, 'has to ')}`
}
