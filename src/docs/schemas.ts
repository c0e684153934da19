import { configJsonSchema } from '../config/json-schema.ts'
import { rules } from '../rules/index.ts'
import { baselineJsonSchema } from '../delta/baseline-schema.ts'
import { driftJsonSchema } from '../delta/drift-json.ts'
import { diffJsonSchema } from '../delta/diff-json.ts'
import { manifestJsonSchema } from '../manifest/json-schema.ts'
import { analysisJsonSchema } from '../reporters/table-json.ts'
import { reportJsonSchema } from '../reporters/report-schema.ts'
import { simulationJsonSchema } from '../reporters/simulate-json.ts'
import { whatIfJsonSchema } from '../reporters/whatif-json.ts'

/** The JSON Schemas that the package publishes, by name. */
const schemas = {
  manifest: manifestJsonSchema,
  report: reportJsonSchema,
  analysis: analysisJsonSchema,
  config: () => configJsonSchema(rules),
  baseline: baselineJsonSchema,
  diff: diffJsonSchema,
  drift: driftJsonSchema,
  whatif: whatIfJsonSchema,
  simulation: simulationJsonSchema,
}

export type SchemaName = keyof typeof schemas
export const schemaNames = Object.keys(schemas) as SchemaName[]

export const schemaText = (name: SchemaName): string => `${JSON.stringify(schemas[name](), undefined, 2)}\n`
