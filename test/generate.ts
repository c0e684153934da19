import { basename } from 'node:path'

/** Texts of generated files. `npm run generate` writes them; the tests compare them. */

const ruleFiles = Object.keys(import.meta.glob('../src/rules/*/*.ts')).sort()

const camel = (id: string) => id.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

export function registry(): string {
  const rules = ruleFiles.map(file => ({
    name: camel(basename(file, '.ts')),
    from: file.replace('../src/rules/', './'),
  }))
  return `// Made by \`npm run generate\`. A rule is listed here because its file exists.
import type { AnyRule } from './define.ts'
${rules.map(({ name, from }) => `import ${name} from '${from}'`).join('\n')}

export const rules: readonly AnyRule[] = [
${rules.map(({ name }) => `  ${name},`).join('\n')}
]
`
}
