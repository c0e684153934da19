import { readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { defineConfig } from 'rolldown'

/** Modules that few runs need and that are asked where nothing can wait for an `import()`. They export functions only. */
const onDemand = ['src/manifest/thorough-read.ts', 'src/manifest/schema/to-zod.ts', 'src/analysis/cron.ts']
/** The examples of all rules: two thirds of their text, and only their pages and tests read them. */
const examples = 'rule-examples'
/** The parts of the program that are worth keeping as V8 compiled them. */
const compiled = ['commander', 'main', 'review']
const chunkOf = file => basename(file, '.ts')
const pathOf = id => relative(import.meta.dirname, id)

/**
 * The program as few files that load fast: what every review needs in one, and each command, format and parser that is not
 * always needed in one of its own. CommonJS, because Node starts it sooner than modules.
 */
export default defineConfig({
  input: {
    'scaffold-review': 'bin/scaffold-review.ts',
    'lsp-worker': 'bin/lsp-worker.ts',
    [examples]: examples,
    compiled: 'bin/compiled.ts',
    ...Object.fromEntries(onDemand.map(file => [chunkOf(file), file])),
  },
  platform: 'node',
  preserveEntrySignatures: 'allow-extension',
  // Where the parser is built for browsers it does not ask for an environment variable at each token.
  resolve: {
    alias: {
      yaml: join(import.meta.dirname, 'node_modules/yaml/browser/index.js'),
      // Whether there are colours is decided by us; to find out by itself it would load half of the network.
      '#supports-color': join(import.meta.dirname, 'node_modules/chalk/source/vendor/supports-color/browser.js'),
    },
  },
  // The format for people is a part of what every review needs, and still asked for as the others are.
  checks: { ineffectiveDynamicImport: false },
  external: [...onDemand.map(chunkOf), examples].map(chunk => `./${chunk}.cjs`),
  makeAbsoluteExternalsRelative: false,
  plugins: [readOnDemand(), examplesApart(), lighterPackages(), runCompiled()],
  output: {
    dir: 'dist/bin',
    cleanDir: true,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: chunkFor, debugName: 'review' }] },
    // Names and lines stay, so that the trace of a defect can be read; comments cost time at each start.
    minify: false,
    comments: { legal: true, annotation: false, jsdoc: false },
  },
})

/**
 * Each file that is read takes time of its own, so what a plain review reads is one, beside the program's help. What parses the
 * command line is apart: were it beside the program, then a thread that reviews would start the program by reading it.
 */
function chunkFor(id, graph) {
  if (pathOf(id).startsWith('node_modules/commander/')) return 'commander'
  const help = reachedFrom(graph, ['bin/scaffold-review.ts', 'src/cli/main.ts'])
  const review = reachedFrom(graph, ['src/cli/commands/review-command.ts', 'src/reporters/pretty.ts'])
  return review.has(id) && !help.has(id) ? 'review' : undefined
}

function reachedFrom(graph, files) {
  const found = new Set(files.map(file => join(import.meta.dirname, file)))
  for (const id of found) for (const next of graph.getModuleInfo(id)?.importedIds ?? []) found.add(next)
  return found
}

/** In place of a module, functions of the same names that read it when one of them is first called. */
function readOnDemand() {
  const prefix = '\0on-demand:'
  return {
    name: 'read-on-demand',
    resolveId(source, importer) {
      const file = importer && onDemand.find(one => basename(one) === basename(source))
      return file && prefix + file
    },
    load(id) {
      if (!id.startsWith(prefix)) return undefined
      const file = id.slice(prefix.length)
      const names = [...readFileSync(file, 'utf8').matchAll(/^export function (\w+)/gm)].map(([, name]) => name)
      return names
        .map(name => `export const ${name} = (...given) => require('./${chunkOf(file)}.cjs').${name}(...given)`)
        .join('\n')
    },
  }
}

/** Each rule reads its examples when it is asked for them. They stand in its file, so that file is read twice. */
function examplesApart() {
  const [query, index] = ['?examples', '\0rule-examples']
  const isRule = id => /^src\/rules\/[a-z-]+\/[a-z-]+\.ts$/.test(pathOf(id))
  return {
    name: 'examples-apart',
    resolveId: source =>
      source === examples ? index : source.endsWith(query) ? join(import.meta.dirname, source) : undefined,
    load(id) {
      if (id.endsWith(query)) return { code: readFileSync(id.slice(0, -query.length), 'utf8'), moduleType: 'ts' }
      if (id !== index) return undefined
      const files = [...readFileSync('src/rules/index.ts', 'utf8').matchAll(/^import \w+ from '\.\/(.+)'$/gm)]
      const rules = files.map(([, file], i) => ({ name: `rule${i}`, id: chunkOf(file), path: `src/rules/${file}` }))
      return [
        ...rules.map(({ name, path }) => `import { examples as ${name} } from '${path}${query}'`),
        `export const examples = { ${rules.map(({ name, id }) => `'${id}': ${name}`).join(', ')} }`,
      ].join('\n')
    },
    transform(code, id) {
      const file = id.endsWith(query) ? id.slice(0, -query.length) : id
      if (!isRule(file)) return undefined
      const { body } = this.parse(code, { lang: 'ts' })
      const rule = body.find(({ type }) => type === 'ExportDefaultDeclaration')
      const property = rule?.declaration.arguments?.[0]?.properties.find(({ key }) => key?.name === 'examples')
      if (!property) throw new Error(`${pathOf(file)}: no examples in the argument of its default export`)
      const [before, text, after] = [
        code.slice(0, property.start),
        code.slice(property.value.start, property.value.end),
        code.slice(property.end),
      ]
      if (id === file)
        return `${before}get examples() { return require('./${examples}.cjs').examples['${chunkOf(file)}'] }${after}`
      return `${code.slice(0, rule.start)}export const examples = ${text}${code.slice(rule.end)}`
    },
  }
}

const isMade = ({ type }) => type !== 'Literal' && type !== 'UnaryExpression'

function swapped(code, before, after) {
  if (!code.includes(before)) throw new Error(`A package does not hold what was to go: ${before}`)
  return code.replace(before, after)
}

/** What packages do when they are loaded and nothing here needs. */
function lighterPackages() {
  const lighter = {
    // For commands that are programs of their own.
    'node_modules/commander/lib/command.js': code =>
      swapped(
        code,
        "require('node:child_process')",
        "{ spawn: (...given) => require('node:child_process').spawn(...given) }",
      ),
    // Only its events are read. What it prepares for the rest goes where it is said that nothing else comes of it.
    'node_modules/js-yaml/dist/js-yaml.mjs': (code, { body }) => {
      const values = body.flatMap(({ type, declarations }) =>
        type === 'VariableDeclaration' ? declarations.map(({ init }) => init).filter(isMade) : [],
      )
      const pure = values.reduceRight(
        (text, { start, end }) =>
          `${text.slice(0, start)}/* @__PURE__ */ (() => (${text.slice(start, end)}))()${text.slice(end)}`,
        code,
      )
      // Node 20 gives an object that begins with a copy of another a layout of its own, with which no text after the first few
      // is read by fast code.
      return swapped(pure, '...DEFAULT_PARSER_OPTIONS,\n\t\t...options,', "filename: '', maxDepth: 100, ...options,")
    },
  }
  return {
    name: 'lighter-packages',
    transform(code, id) {
      return lighter[pathOf(id)]?.(code, this.parse(code))
    },
  }
}

/** Moves the text of a chunk into a file of its own, which is run by what V8 made of it before. */
function runCompiled() {
  return {
    name: 'run-compiled',
    generateBundle(_, bundle) {
      for (const name of compiled) {
        const chunk = bundle[`${name}.cjs`]
        const fileName = `${name}.text.cjs`
        if (/\braw`[^`]*[^\0-\x7f]/.test(chunk.code)) throw new Error(`${fileName}: an escape would not be read as one`)
        // In ASCII it takes half of the memory and is read without being decoded.
        const ascii = char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
        this.emitFile({ type: 'asset', fileName, source: chunk.code.replace(/[^\0-\x7f]/g, ascii) })
        chunk.code = `require('./compiled.cjs').runCompiled(require.resolve('./${fileName}'), module, require)\n`
      }
    },
  }
}
