import type { CommandEntry } from './command.ts'

/** The commands in the order of the program's help. The first is the one that runs when none is named. */
export const commands: readonly [CommandEntry, ...CommandEntry[]] = [
  {
    name: 'review',
    summary: 'review a manifest (the default command)',
    load: async () => (await import('./commands/review-command.ts')).reviewCommand,
  },
  {
    name: 'analyze',
    summary: 'print what follows from a manifest: latency, availability, retries, saturation and more',
    load: async () => (await import('./commands/analyze-command.ts')).analyzeCommand,
  },
  {
    name: 'graph',
    summary: 'draw the architecture as SVG, Mermaid or Graphviz text',
    load: async () => (await import('./commands/graph-command.ts')).graphCommand,
  },
  {
    name: 'baseline',
    summary: 'accept what stands today, so that only what a change makes worse fails',
    load: async () => (await import('./commands/baseline-command.ts')).baselineCommand,
  },
  {
    name: 'diff',
    summary: 'compare two versions of a manifest: elements, findings, and what users get',
    load: async () => (await import('./commands/diff-command.ts')).diffCommand,
  },
  {
    name: 'drift',
    summary: 'compare a manifest with the files of its evidence: what only one of them has, and what differs',
    load: async () => (await import('./commands/drift-command.ts')).driftCommand,
  },
  {
    name: 'merge',
    summary: 'make one report of several, such as those of all shards',
    load: async () => (await import('./commands/merge-command.ts')).mergeCommand,
  },
  {
    name: 'init',
    summary: 'write a first manifest',
    load: async () => (await import('./commands/init-command.ts')).initCommand,
  },
  {
    name: 'import',
    summary: 'draft a manifest from files that are there: Compose, Kubernetes, SLOs, catalogs, traces',
    load: async () => (await import('./commands/import-command.ts')).importCommand,
  },
  {
    name: 'fix',
    summary: 'mend what a program may mend in a manifest: misspelt keys and names, missing units and the like',
    load: async () => (await import('./commands/fix-command.ts')).fixCommand,
  },
  {
    name: 'whatif',
    summary: 'print what becomes of each journey when something is down, slow, flushed, rolled out, or under more load',
    load: async () => (await import('./commands/whatif-command.ts')).whatifCommand,
  },
  {
    name: 'simulate',
    summary: 'run requests through the design over time: retry storms, cold caches, drains, and whether it recovers',
    load: async () => (await import('./commands/simulate-command.ts')).simulateCommand,
  },
  {
    name: 'checklist',
    summary: 'ask a team what the manifest does not say, and write the answers into it',
    load: async () => (await import('./commands/checklist-command.ts')).checklistCommand,
  },
  {
    name: 'explain',
    summary: 'print the page of a rule, a table, a question of the checklist, or a whole reference',
    load: async () => (await import('./commands/reference-commands.ts')).explainCommand,
  },
  {
    name: 'rules',
    summary: 'list the rules, or test those of your own by their examples',
    load: async () => (await import('./commands/rules-command.ts')).rulesCommand,
  },
  {
    name: 'schema',
    summary: 'print a JSON Schema (draft-07), for editors and other tools',
    load: async () => (await import('./commands/reference-commands.ts')).schemaCommand,
  },
  {
    name: 'completion',
    summary: 'print a completion script for bash, zsh or fish',
    load: async () => (await import('./commands/completion-command.ts')).completionCommand,
  },
  {
    name: 'lsp',
    summary: 'speak the Language Server Protocol with an editor',
    load: async () => (await import('./commands/lsp-command.ts')).lspCommand,
  },
]
