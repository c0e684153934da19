import * as z from 'zod'
import { severities } from '../finding.ts'
import { waiverRules } from '../engine/waiver-rules.ts'
import { zodOf } from '../manifest/schema/to-zod.ts'
import type { AnyRule } from '../rules/define.ts'
import { zodOfOptions } from '../rules/options.ts'
import { configSchema } from './schema.ts'

type JsonSchema = Record<string, unknown>

/** The configuration's JSON Schema, draft-07, with every rule, its options and what they mean. */
export function configJsonSchema(rules: readonly AnyRule[]): object {
  const schema = z.toJSONSchema(zodOf(configSchema), {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
  }) as JsonSchema & {
    properties: JsonSchema
  }
  const severity = { type: 'string', enum: ['off', ...severities] }
  const settingOf = (description: string, options: object = { type: 'object' }) => ({
    description,
    anyOf: [severity, { type: 'object', properties: { severity, options }, additionalProperties: false }],
  })
  const entries = [
    ...rules.map((rule): [string, object] => [rule.id, settingOf(`${rule.title}.`, optionsSchema(rule))]),
    ...waiverRules.map(({ id, title }): [string, object] => [id, { ...severity, description: `${title}.` }]),
  ]
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'scaffold-review configuration',
    ...schema,
    properties: {
      ...schema.properties,
      rules: {
        ...(schema.properties['rules'] as JsonSchema),
        propertyNames: {},
        properties: Object.fromEntries(entries),
        patternProperties: { '/': settingOf('A rule of your own.') },
        additionalProperties: false,
      },
    },
    patternProperties: { '^x-': {} },
  }
}

function optionsSchema({ options }: AnyRule): object {
  const schema = z.toJSONSchema(zodOfOptions(options), { target: 'draft-7', io: 'input', unrepresentable: 'any' })
  // It stands inside another schema.
  delete schema.$schema
  return schema
}
