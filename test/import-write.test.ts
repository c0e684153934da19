import { describe, expect, test } from 'vitest'
import { draftOf } from '../src/import/write/manifest-of.ts'
import { draftText } from '../src/import/write/text.ts'
import { compose } from './import-support.ts'
import { dataOf, edge, element, heading, problemsOf, system, textOf } from './import-write-support.ts'
import { reviewText } from './support.ts'

describe('a draft', () => {
  test('says where each part was read, and keeps apart what is not sure', async () => {
    const text = textOf(
      await compose(`
services:
  web:
    image: web:1
    ports: ["80:80"]
    environment: { API_URL: "http://api:80", AMQP: "amqp://rabbitmq" }
    depends_on: [cache]
  api: { image: api }
  cache: { image: "redis:7" }
  rabbitmq: { image: "rabbitmq:3" }
`),
    )
    expect(problemsOf(text)).toEqual([])
    await expect(text).toMatchFileSnapshot('golden/import-draft.txt')
  })

  test('no rule concludes anything from what is inferred', async () => {
    const services = (how: string) => `
services:
  web: { image: web, ports: ["80:80"], ${how} }
  db: { image: "postgres:16", deploy: { replicas: 2 } }
`
    const guessed = reviewText(textOf(await compose(services('depends_on: [db]'))))
    const alone = reviewText(textOf(await compose(services('restart: always'))))
    const asked = ({ openQuestions, findings }: typeof alone) =>
      [
        ...openQuestions.map(({ element, fact }) => [element, ...fact].join(' ')),
        ...findings.map(({ message }) => message),
      ].sort()
    expect(asked(guessed)).toEqual(asked(alone))
    expect(guessed.findings).toEqual([])
  })

  test('holds only what a manifest may hold, and tells what is left out', () => {
    const { entries, notes } = draftOf(
      system(
        [
          element('service', 'web', { replicas: 'many', zones: 3, 'x-own': 1, nonsense: 1 }),
          element('store', 'web'),
          element('service', '-x'),
          element('service', '__proto__'),
          element('store', 'db'),
          element('queue', 'q'),
          element('job', 'report'),
        ],
        [
          edge('web', 'db', { optional: true }),
          edge('web', 'web'),
          edge('web', 'nobody'),
          edge('db', 'web'),
          edge('web', 'q', { kind: 'publish', optional: true }),
          edge('report', 'q', { kind: 'consume' }),
          edge('report', 'db'),
        ],
      ),
    )
    expect(notes.map(({ message }) => message)).toEqual([
      '"replicas" of "web" cannot be "many" in a manifest; left out',
      '"nonsense" of "web" cannot be 1 in a manifest; left out',
      '"web" is there twice; left out',
      expect.stringMatching(/^"-x" is no name/),
      expect.stringMatching(/^"__proto__" is no name/),
    ])
    expect(
      entries.map(({ name, lines }) => [
        name,
        Object.entries(lines).flatMap(([list, some]) => some.map(one => `${list} ${one.other}`)),
      ]),
    ).toEqual([
      ['web', ['calls db', 'publishes q']],
      ['db', []],
      ['q', []],
      ['report', ['calls db', 'x-inferred q']],
    ])
    const text = draftText({ entries, notes }, heading, [])
    expect(problemsOf(text)).toEqual([])
  })

  test('no text of a file becomes structure', () => {
    const strange = { file: 'a: b\n#.yaml', line: 1, signal: 'env "x"\n  - y: {', confidence: 'derived' as const }
    const one = { ...element('service', 'null', { replicas: 1 }), source: strange }
    const fact = { path: ['zones'], value: 2, source: { ...strange, signal: 'other\nkey: value' } }
    const text = draftText(
      draftOf(system([{ ...one, facts: [...one.facts, fact] }])),
      { ...heading, system: '# a: [' },
      ['a\nb: c'],
    )
    expect(problemsOf(text)).toEqual([])
    expect(dataOf(text)).toEqual({
      version: 1,
      system: '# a: [',
      platform: 'compose',
      services: { null: { replicas: 1, zones: 2, 'x-source': strange } },
    })
  })
})
