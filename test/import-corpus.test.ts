import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readCompose } from '../src/import/compose/read-compose.ts'
import { arrow, corpus, filesOn, hasCorpus } from './import-support.ts'

interface Truth {
  readonly edges: readonly { readonly from: string; readonly to: string }[]
  readonly not_edges: readonly { readonly from: string; readonly to: string }[]
  readonly not_part_of_system: readonly string[]
}

/** The naive importer of the corpus finds this share of the true edges, `depends_on` included. */
const systems = [
  ['aks-store', ['docker-compose.yml'], 0.91],
  ['robot-shop', ['docker-compose.yaml'], 0.63],
  ['sock-shop', ['docker-compose.yml'], 0.12],
  ['otel-demo', ['compose.yaml', 'compose.full.yaml', 'compose.extras.yaml'], 0.95],
  ['eshop-on-containers', ['docker-compose.yml', 'docker-compose.override.yml'], 0.75],
  ['dsb-social-network', ['docker-compose.yml'], 0.15],
] as const

describe.skipIf(!hasCorpus)('real systems', () => {
  test.each(systems)('%s', async (name, files, naive) => {
    const folder = join(corpus, 'systems', name)
    const truth = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as Truth
    const system = await readCompose(filesOn(folder, files))
    const names = new Set(system.elements.map(one => one.name))
    const wanted = new Set(truth.edges.filter(({ from, to }) => names.has(from) && names.has(to)).map(arrow))
    const known = system.edges.filter(({ source }) => source.confidence !== 'guessed')
    const share = (edges: readonly { from: string; to: string }[]) =>
      edges.filter(edge => wanted.has(arrow(edge))).length
    const row = {
      system: name,
      components: names.size,
      true: wanted.size,
      known: known.length,
      right: share(known),
      'with guesses': system.edges.length,
      'right with guesses': share(system.edges),
      naive,
    }
    console.table([row])
    if (process.env['SHOW'])
      console.log(
        known.filter(edge => !wanted.has(arrow(edge))).map(e => `WRONG ${arrow(e)} ${e.source.signal}`),
        [...wanted].filter(one => !system.edges.some(edge => arrow(edge) === one)).map(e => `MISSING ${e}`),
        system.edges
          .filter(e => e.source.confidence === 'guessed')
          .map(e => `${wanted.has(arrow(e)) ? 'ok' : 'BAD'} guess ${arrow(e)}`),
        system.notes.map(n => `${n.kind} ${n.file}:${n.line} ${n.message}`),
        system.others.map(o => `${o.section} ${o.name}`),
        system.elements.map(
          e => `${e.kind} ${e.name} ${e.facts.map(f => `${f.path.join('.')}=${JSON.stringify(f.value)}`).join(' ')}`,
        ),
      )
    expect(share(known)).toBeGreaterThanOrEqual(0.95 * known.length)
    expect(share(system.edges)).toBeGreaterThanOrEqual(Math.floor(naive * wanted.size))
    for (const edge of truth.not_edges) expect(known.map(arrow)).not.toContain(arrow(edge))
  })
})
