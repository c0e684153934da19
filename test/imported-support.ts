import { readSystem } from '../src/evidence/system/index.ts'
import type { Confidence, ImportedEdge, ImportedElement, ImportedFact, ImportedSystem } from '../src/import/system.ts'
import { manifestOf } from './evidence-support.ts'

/** A manifest, and systems made by hand as importers make them. */

export const shop = manifestOf(`
services:
  web:
    replicas: { min: 3, max: 9 }
    zones: 3
    terminationGrace: 45s
    autoscaling: { metric: cpu, target: 60% }
    health: { liveness: { interval: 5s, checks: [] }, startup: none }
    deploy: { strategy: canary, maxSurge: 25% }
    calls: [{ to: orders, timeout: 3s }, { to: mail }]
  orders: { replicas: 3, cpu: { limit: none } }
  unbuilt: {}
stores: { orders-db: { engine: postgres@16, replicas: 2 } }
queues: { events: {} }
externals: { mail: {} }
jobs: { report: { schedule: "0 3 * * *" } }
`)

export const source = (signal: string, confidence: Confidence = 'stated', line = 3) => ({
  file: 'k.yaml',
  line,
  signal,
  confidence,
})
export const fact = (path: string, value: unknown, confidence?: Confidence): ImportedFact => ({
  path: path.split('.'),
  value,
  source: source(path, confidence),
})
export const element = (
  name: string,
  facts: ImportedFact[] = [],
  more: Partial<ImportedElement> = {},
): ImportedElement => ({
  kind: 'service',
  name,
  aliases: [],
  source: source(`Deployment ${name}`),
  facts,
  ...more,
})
export const edge = (from: string, to: string, more: Partial<ImportedEdge> = {}): ImportedEdge => ({
  from,
  to,
  kind: 'call',
  source: source(`env ${to}`),
  ...more,
})
const text = 'one\ntwo\n  three\n'
export const read = (
  elements: ImportedElement[],
  edges: ImportedEdge[] = [],
  kind: 'kubernetes' | 'compose' = 'kubernetes',
  notes: ImportedSystem['notes'] = [],
) =>
  readSystem(
    kind,
    { elements, edges, notes, others: [] },
    new Map([['k.yaml', { name: 'x/k.yaml', text }]]),
    name => `x/${name}`,
  )
