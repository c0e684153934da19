import fc from 'fast-check'
import { expect, test } from 'vitest'
import { callersFirst } from '../src/analysis/callers-first.ts'
import { factsOf } from '../src/analysis/index.ts'
import { latencyOf } from '../src/analysis/latency.ts'
import { visitorsOf } from '../src/analysis/reach.ts'
import { review, reviewInSteps } from '../src/review.ts'
import { rules } from '../src/rules/index.ts'
import { randomManifest } from './random-manifest.ts'
import { filesOf, modelOf } from './support.ts'

const manifests = fc.nat(999_999).map(seed => JSON.stringify(randomManifest(seed)))

test('a review with pauses says what one without says, and pauses after each rule', () => {
  fc.assert(
    fc.property(manifests, text => {
      const steps = reviewInSteps(filesOf(text), rules, { today: '2026-11-23' })
      let pauses = 0
      for (let step = steps.next(); ; step = steps.next(), pauses++) {
        if (!step.done) continue
        expect(step.value).toEqual(review(filesOf(text), rules, { today: '2026-11-23' }))
        break
      }
      expect(pauses).toBe(rules.length + 1)
    }),
    { numRuns: 10 },
  )
})

test('what follows a journey walks all that it can come to, callers first, and nothing that it cannot', () => {
  fc.assert(
    fc.property(manifests, text => {
      const { graph, reach } = factsOf(modelOf(text))
      const { groups, groupOf, from } = callersFirst(graph)
      for (const entry of graph.out.keys()) {
        const reached = new Set([entry])
        for (const name of reached) for (const { to } of graph.out.get(name)!) reached.add(to.name)
        expect(new Set(from(entry).flat())).toEqual(reached)
        const places = from(entry).map(group => groups.indexOf(group))
        expect(places).toEqual([...places].sort((a, b) => a - b))
      }
      for (const { from: caller, to } of graph.edges) expect(groupOf(caller.name)).toBeLessThanOrEqual(groupOf(to.name))
      for (const { journey, touches } of reach.values())
        for (const name of touches.keys()) expect(visitorsOf(reach).get(name)).toContain(journey)
    }),
    { numRuns: 30 },
  )
})

test('no estimate of a latency is above what bounds it without a draw', () => {
  fc.assert(
    fc.property(manifests, text => {
      const model = modelOf(text)
      const facts = factsOf(model)
      for (const journey of model.journeys.values()) {
        for (const undecided of ['parallel', 'sequence'] as const) {
          const latency = latencyOf(journey, model, facts, undecided)
          // At the median the bound of a single hop is exact, and draws of a wide one are further off than that.
          for (const percentile of ['p90', 'p95', 'p99'] as const) {
            const most = latency?.ceiling(percentile) ?? 0
            // What the draws may be off by.
            expect(latency?.estimate.quantile(percentile) ?? 0).toBeLessThanOrEqual(most * 1.015)
            expect(latency?.certain.quantile(percentile) ?? 0).toBeLessThanOrEqual(most * 1.015)
          }
        }
      }
    }),
    { numRuns: 15 },
  )
})
