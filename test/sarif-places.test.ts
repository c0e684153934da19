import { expect, test } from 'vitest'
import { artifactOf } from '../src/reporters/sarif-places.ts'
import { rules } from '../src/rules/index.ts'
import { physicalOf, read, resultsOf } from './read-sarif.ts'
import { examples } from './reporter-runs.ts'
import { reviewText } from './support.ts'

test.each([
  ['scaffold.yaml', 'scaffold.yaml'],
  ['./deploy//scaffold.yaml', 'deploy//scaffold.yaml'],
  ['../shop/scaffold.yaml', '../shop/scaffold.yaml'],
  ['a b/100% ü#1?.yaml', 'a%20b/100%25%20%C3%BC%231%3F.yaml'],
  ['https://example.org/x.yaml', 'https%3A//example.org/x.yaml'],
  ['a\\b\ud800.yaml', 'a%5Cb%EF%BF%BD.yaml'],
  ['-', 'stdin'],
  ['', 'stdin'],
])('the file %j is %s below the root', (file, uri) => {
  expect(artifactOf(file)).toEqual({ uri, uriBaseId: '%SRCROOT%' })
})

test.each([
  ['/srv/shop/scaffold.yaml', 'file:///srv/shop/scaffold.yaml'],
  ['D:/shop/a b.yaml', 'file:///D:/shop/a%20b.yaml'],
])('the absolute path %s has a URI of its own', (file, uri) => {
  expect(artifactOf(file)).toEqual({ uri })
})

test('regions hold what they say they hold', () => {
  const run = examples()
  const texts = new Map(run.reports.flatMap(({ sources }) => sources.map(({ file, text }) => [file, text])))
  for (const result of read(run).results) {
    const { artifactLocation, region, contextRegion } = physicalOf(result)
    const text = texts.get(decodeURIComponent(artifactLocation.uri))!
    const lines = text.split('\n')
    if (region.startLine === region.endLine) {
      const held = lines[region.startLine - 1]!.slice(region.startColumn - 1, region.endColumn - 1)
      expect(region.snippet?.text ?? '').toBe(held)
    }
    if (!contextRegion) continue
    expect(contextRegion.endLine).toBeLessThanOrEqual(text.trimEnd().split('\n').length)
    expect(contextRegion.snippet.text).toBe(lines.slice(contextRegion.startLine - 1, contextRegion.endLine).join('\n'))
    expect(contextRegion.snippet.text.length).toBeGreaterThan(region.snippet!.text.length)
  }
})

test('no context where there is nothing around it', () => {
  const [result] = resultsOf(reviewText('shop: 1', rules))
  expect(physicalOf(result!)).toMatchObject({ region: { snippet: { text: 'shop: 1' } } })
  expect(physicalOf(result!).contextRegion).toBeUndefined()
})

test('a manifest in one long line is not repeated with every result', () => {
  const long = `{ services: { shop: { calls: [{ to: orders, timeout: none }] }, orders: {} }, x-notes: "${'x'.repeat(5000)}" }`
  const results = resultsOf(reviewText(long, rules))
  expect(results.length).toBeGreaterThan(0)
  for (const result of results) expect(physicalOf(result).contextRegion).toBeUndefined()
})
