import { posix } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

/** From the ground up. A file may import from its own layer and from those below. */
const layers: readonly { readonly name: string; readonly is: RegExp }[] = [
  { name: 'finding', is: /^src\/finding\.ts$/ },
  { name: 'units', is: /^src\/units\.ts$/ },
  { name: 'manifest', is: /^src\/manifest\// },
  { name: 'analysis', is: /^src\/analysis\// },
  { name: 'rules', is: /^src\/rules\// },
  { name: 'report', is: /^src\/report\.ts$/ },
  { name: 'engine', is: /^src\/engine\// },
  { name: 'review', is: /^src\/review\.ts$/ },
  { name: 'policies', is: /^src\/policies\// },
  { name: 'config', is: /^src\/config\// },
  { name: 'tables', is: /^src\/tables\// },
  { name: 'picture', is: /^src\/picture\// },
  { name: 'whatif', is: /^src\/whatif\// },
  { name: 'simulate', is: /^src\/simulate\// },
  { name: 'reporters', is: /^src\/reporters\// },
  { name: 'delta', is: /^src\/delta\// },
  { name: 'docs', is: /^src\/docs\// },
  { name: 'edit', is: /^src\/edit\// },
  { name: 'import', is: /^src\/import\// },
  { name: 'evidence', is: /^src\/evidence\// },
  { name: 'lsp', is: /^src\/lsp\// },
  { name: 'interview', is: /^src\/interview\// },
  { name: 'world', is: /^src\/cli\/(?:at-once|command|version|world)\.ts$/ },
  { name: 'reading', is: /^src\/cli\/reading\// },
  { name: 'writing', is: /^src\/cli\/writing\// },
  { name: 'settings', is: /^src\/cli\/settings\// },
  { name: 'server', is: /^src\/cli\/lsp\// },
  { name: 'checklist', is: /^src\/cli\/checklist\// },
  { name: 'cli', is: /^src\/(?:cli\/(?:commands\/|commands\.ts$|main\.ts$)|index\.ts$)/ },
  { name: 'bin', is: /^bin\// },
]

interface File {
  readonly file: string
  readonly text: string
}
const filesIn = (found: Record<string, string>, root: string): File[] =>
  Object.entries(found).map(([file, text]) => ({ file: posix.join(root, file), text }))
const house = filesIn(
  import.meta.glob<string>('../{src,bin}/**/*.{ts,tsx}', { eager: true, query: '?raw', import: 'default' }),
  'test',
)
const tests = filesIn(import.meta.glob<string>('./**/*.ts', { eager: true, query: '?raw', import: 'default' }), 'test')

const layerOf = (file: string) => layers.findIndex(({ is }) => is.test(file))
/** What a file imports or exports again: another file by its path from the root, a package by its name. */
const importsOf = ({ file, text }: File) =>
  ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) =>
      fileName.startsWith('.') ? posix.join(posix.dirname(file), fileName) : fileName,
    )

const outsideWorld = [
  'process',
  'console',
  'performance',
  'globalThis',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'fetch',
  'require',
]
/** Uses of the clock, of chance and of the world outside. */
function impuritiesOf({ file, text }: File): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    // With an argument it is a date; without one it is the clock.
    if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length)
      found.push('new Date')
    if (ts.isPropertyAccessExpression(node)) {
      if (['Date.now', 'Math.random'].includes(node.getText())) found.push(node.getText())
      visit(node.expression)
      return
    }
    if (ts.isIdentifier(node) && outsideWorld.includes(node.text) && !ts.isPropertyAssignment(node.parent))
      found.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true))
  return found
}
const isOutside = (file: string) => /^(?:src\/cli|bin)\//.test(file)

test('every file has a layer, and the glob finds them', () => {
  expect(house.filter(({ file }) => layerOf(file) === -1).map(({ file }) => file)).toEqual([])
  expect(house.length).toBeGreaterThan(50)
  expect(new Set(house.map(({ file }) => layerOf(file))).size).toBeGreaterThanOrEqual(9)
})

describe.each(house.map(one => [one.file, one] as const))('%s', (file, one) => {
  const imports = importsOf(one)

  test('imports point down', () => {
    const here = layerOf(file)
    const up = imports.filter(
      target => /^(?:src|bin|test)\//.test(target) && !(layerOf(target) >= 0 && layerOf(target) <= here),
    )
    expect(up).toEqual([])
  })

  if (/^src\/rules\/.+\//.test(file)) {
    test('a rule knows no other rule', () => {
      expect(imports.filter(target => target.startsWith('src/rules/') && target !== 'src/rules/define.ts')).toEqual([])
    })
  }

  if (!isOutside(file)) {
    test('is pure: no node, no clock, no chance, no console', () => {
      expect(imports.filter(target => target.startsWith('node:'))).toEqual([])
      expect(impuritiesOf(one)).toEqual([])
    })
  }
})

test('no file is longer than 250 lines', () => {
  const lines = ({ text }: { text: string }) => text.trimEnd().split('\n').length
  expect([...house, ...tests].filter(file => lines(file) > 250).map(({ file }) => file)).toEqual([])
})

test('the checks above see what they look for', () => {
  const text = "import x from '../define.ts'\nexport * from '../../units.ts'\nvoid import('node:fs')\n"
  expect(importsOf({ file: 'src/rules/a/b.ts', text })).toEqual(['src/rules/define.ts', 'src/units.ts', 'node:fs'])
  const impure =
    "// Date.now()\n/* process.exit */ const a = 'console.log' + x.process + `${new Date(0)}${new Date()}`\nDate.now(); process.exit(); Math.random()\n"
  expect(impuritiesOf({ file: 'a.ts', text: impure })).toEqual(['new Date', 'Date.now', 'process', 'Math.random'])
  expect(layerOf('src/rules/scaling/x.ts')).toBeLessThan(layerOf('src/engine/fold.ts'))
})
