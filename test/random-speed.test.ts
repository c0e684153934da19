import fc from 'fast-check'
import { parseDocument } from 'yaml'
import { expect, test } from 'vitest'
import { randomManifest } from './random-manifest.ts'
import { reviewText } from './support.ts'

/** Valid manifests of every key that the schema knows. */
const manifests = fc.nat(999_999).map(seed => JSON.stringify(randomManifest(seed)))

test('a review of any manifest takes about as long as another parser takes to read it', { timeout: 200_000 }, () => {
  const texts = fc.sample(manifests, { seed: 8, numRuns: Number(process.env['SEEDS'] ?? 100) })
  // Both once before they count, so that neither pays for what is compiled when it first runs.
  for (const text of texts.slice(0, 20)) time(text)
  const times = texts.map(time)
  const sum = (of: 'review' | 'parse') => times.reduce((sum, time) => sum + time[of], 0)
  const [review, parse] = [sum('review'), sum('parse')]
  // In turn, so that whatever slows the machine slows both; a manifest here has 13 kB and parses in 8 to 10 ms.
  expect(review / parse, `${(review / texts.length).toFixed(1)} ms each`).toBeLessThan(1.5)
})

function time(text: string): { review: number; parse: number } {
  const started = performance.now()
  const { problems } = reviewText(text)
  const between = performance.now()
  parseDocument(text)
  expect(problems).toEqual([])
  return { review: between - started, parse: performance.now() - between }
}
