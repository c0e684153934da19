import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { factsOf } from '../src/analysis/index.ts'
import { dotOf } from '../src/picture/dot.ts'
import { mermaidOf } from '../src/picture/mermaid.ts'
import { grouped, overviewOf } from '../src/picture/overview.ts'
import { pictureOf, worstOf, type Picture } from '../src/picture/picture.ts'
import { around, ofGroup, ofJourney } from '../src/picture/select.ts'
import { svgOf } from '../src/picture/svg.ts'
import { folder, run } from './cli-support.ts'
import { modelOf, reviewFile } from './support.ts'

const shop = 'examples/web-shop-naive/scaffold.yaml'
const drawn = (text: string, report?: ReturnType<typeof reviewFile>): Picture => {
  const model = modelOf(text)
  return pictureOf(model, factsOf(model), report)
}
const names = ({ nodes }: Picture) => nodes.map(({ name }) => name)
const lines = ({ edges }: Picture) => edges.map(({ from, to }) => `${from} -> ${to}`)

const small = `
owner: team-shop
journeys:
  checkout: { entry: web, criticality: critical }
  browse: { entry: web }
services:
  web:
    calls:
      - { to: orders, serves: [checkout], fallback: none }
      - { to: catalogue, serves: [browse], optional: true }
  orders:
    owner: team-orders
    calls: [{ to: db, access: read, fallback: none }, { to: db, access: write }]
    publishes: [{ to: events }]
  mailer: { consumes: [{ from: events }] }
  catalogue: {}
stores: { db: { engine: postgres@16 } }
queues: { events: {} }
jobs:
  report: { calls: [{ to: db }] }
`

describe('what is drawn', () => {
  test('every component and job once, and every way between two of them as one line', () => {
    const picture = drawn(small)
    expect(names(picture)).toEqual(['catalogue', 'db', 'events', 'mailer', 'orders', 'report', 'web'])
    expect(lines(picture)).toEqual([
      'events -> mailer',
      'orders -> db',
      'orders -> events',
      'report -> db',
      'web -> catalogue',
      'web -> orders',
    ])
    const line = (from: string, to: string) => picture.edges.find(edge => edge.from === from && edge.to === to)!
    expect(line('orders', 'db')).toMatchObject({
      count: 2,
      hard: 'yes',
      async: false,
      journeys: ['checkout'],
    })
    expect(line('web', 'catalogue')).toMatchObject({ hard: 'no', journeys: ['browse'] })
    expect(line('orders', 'events')).toMatchObject({ kind: 'message', async: true })
    expect(picture.groups).toEqual(['team-orders', 'team-shop'])
    expect(picture.nodes.find(({ name }) => name === 'web')).toMatchObject({ important: true, group: 'team-shop' })
    expect(picture.nodes.find(({ name }) => name === 'catalogue')!.important).toBe(false)
  })

  test('the place of every finding is marked, and nothing else', () => {
    const report = reviewFile(shop)
    const picture = drawn(readFileSync(shop, 'utf8'), report)
    const marked = [...picture.nodes, ...picture.edges]
    const sum = (key: 'error' | 'warning') => marked.reduce((total, { findings }) => total + findings[key], 0)
    // Every finding of the shop is about one component, one line, or the entry of its journey.
    expect(sum('error')).toBe(report.findings.filter(({ severity }) => severity === 'error').length)
    expect(picture.nodes.find(({ name }) => name === 'order-events')!.findings.error).toBe(3)
    expect(worstOf(picture.nodes.find(({ name }) => name === 'mailer')!)).toBe('warning')
    expect(drawn(readFileSync(shop, 'utf8')).nodes.every(node => worstOf(node) === undefined && node.open === 0)).toBe(
      true,
    )
  })
})

describe('parts', () => {
  test('one journey, the surroundings of one component, one team', () => {
    const picture = drawn(small)
    expect(names(ofJourney(picture, 'checkout'))).toEqual(['db', 'events', 'mailer', 'orders', 'web'])
    expect(names(around(picture, 'db', 1))).toEqual(['db', 'orders', 'report'])
    expect(names(around(picture, 'db', 2))).toEqual(['db', 'events', 'orders', 'report', 'web'])
    expect(lines(ofGroup(picture, 'team-orders'))).toEqual(['orders -> db', 'orders -> events', 'web -> orders'])
  })

  test('a line between groups is as hard as its hardest, and asynchronous where all of it is', () => {
    const picture = overviewOf(grouped(drawn(small)))
    const between = picture.edges.map(({ from, to, hard, async, count }) => [`${from} -> ${to}`, hard, async, count])
    expect(between).toEqual([
      ['team-orders -> team-shop', 'yes', false, 3],
      ['team-shop -> team-orders', 'yes', false, 1],
    ])
    const soft = overviewOf(
      grouped(
        drawn(`
services:
  a: { owner: x, calls: [{ to: b, optional: true }, { to: c }], publishes: [{ to: q }] }
  b: { owner: y }
  c: { owner: z }
queues: { q: { owner: w } }
`),
      ),
    )
    expect(soft.edges.map(({ to, hard, async }) => [to, hard, async])).toEqual([
      ['y', 'no', false],
      ['z', 'maybe', false],
      ['w', 'maybe', true],
    ])
  })

  test('an overview adds up what it hides', () => {
    const picture = grouped(drawn(readFileSync(shop, 'utf8'), reviewFile(shop)))
    expect(picture.groups).toEqual(['in no journey', 'in several journeys', 'only in browse', 'only in checkout'])
    const overview = overviewOf(picture)
    const errors = ({ nodes, edges }: Picture) =>
      [...nodes, ...edges].reduce((total, { findings }) => total + findings.error, 0)
    expect(errors(overview)).toBe(errors(picture))
    expect(overview.nodes.map(({ name }) => name)).toEqual(picture.groups)
    expect(overview.edges.every(({ from, to }) => from !== to)).toBe(true)
  })
})

describe('forms', () => {
  test('Graphviz draws every node and line, also with names that would mean something to it', async () => {
    const picture = drawn(`
services:
  "a.b/c d": { owner: '"]; x -> y; \\\\', calls: [{ to: node }, { to: graph }] }
  node: {}
  graph: { calls: [{ to: subgraph }] }
stores: { subgraph: { engine: "</svg><script>\\\\N" } }
`)
    const svg = await svgOf(picture, 'A "shop" & <more>')
    expect(svg.match(/class="node /g)).toHaveLength(4)
    expect(svg.match(/class="edge /g)).toHaveLength(3)
    expect(svg).toContain('aria-label="A &quot;shop&quot; &amp; &lt;more&gt;"')
    expect(svg).not.toContain('<script')
    expect(svg).toMatch(/^<svg role="img"/)
    expect(await svgOf(picture, 'A "shop" & <more>')).toBe(svg)
  })

  test('Mermaid tells by the line whether a request waits, and whether it fails', () => {
    const text = mermaidOf(
      drawn(`
journeys: { buy: { entry: web, criticality: critical } }
services:
  web:
    calls:
      - { to: cache }
      - { to: orders, fallback: none }
      - { to: ads, optional: true }
      - { to: audit, mode: async }
    publishes: [{ to: events }]
  orders: {}
  ads: {}
  audit: {}
stores: { db: { engine: postgres@16 } }
queues: { events: {} }
caches: { cache: { inFrontOf: db } }
jobs: { report: { calls: [{ to: db }], publishes: [{ to: events }] } }
`),
    )
    const ids = new Map([...text.matchAll(/^ +(n\d+)\W+"(\w+)/gm)].map(([, id, name]) => [id!, name!]))
    const arrows = [...text.matchAll(/^ +(n\d+) (\S+) (n\d+)$/gm)]
    expect(arrows.map(([, from, arrow, to]) => `${ids.get(from!)} ${arrow} ${ids.get(to!)}`)).toEqual([
      'report --> db',
      'report -.-> events',
      'web --> ads',
      'web -.-> audit',
      'web --> cache',
      // What the cache could not answer.
      'web -.-> db',
      'web -.-> events',
      'web ==> orders',
    ])
  })

  test('Mermaid text holds no character of a name that could end it', () => {
    const text = mermaidOf(drawn(`stores: { db: { engine: '"] --> x; click y "javascript:1" %% <b>' } }`))
    expect(text).toBe(
      'flowchart LR\n  n0[("db<br>#34;#93; --#62; x#59; click y #34;javascript:1#34; #37;#37; #60;b#62;")]\n',
    )
  })

  test('the text for Graphviz names classes and shapes', () => {
    const text = dotOf(drawn(small))
    expect(text).toContain('label="team-orders"')
    expect(text).toMatch(/"db" \[label="db\\npostgres@16", shape=cylinder/)
    expect(text).toMatch(/"orders" -> "events" \[style=dashed|"orders" -> "events" \[.*style=dashed/)
  })
})

describe('graph', () => {
  const cwd = folder({ 'scaffold.yaml': small, 'bad.yaml': 'services: { web: { replcas: 2 } }' })
  test('prints Mermaid, and SVG to a file', async () => {
    const { code, out } = await run(['graph', '--plain'], cwd)
    expect(code).toBe(0)
    expect(out).toMatch(/^flowchart LR\n {2}subgraph g0\["team-orders"\]/)
    expect((await run(['graph', '-f', 'svg', '-o', 'a.svg'], cwd)).out).toBe('')
    expect(readFileSync(`${cwd}/a.svg`, 'utf8')).toMatch(/^<svg /)
  })
  test('shows what was found unless it is asked not to', async () => {
    expect((await run(['graph'], cwd)).out).toMatch(/error|warning|open/)
    expect((await run(['graph', '--plain'], cwd)).out).not.toMatch(/error|warning|open/)
  })
  test('takes one journey, or the surroundings of one component', async () => {
    expect((await run(['graph', '--journey', 'browse', '--plain'], cwd)).out).not.toContain('report')
    const { out } = await run(['graph', '--focus', 'mailer', '--depth', '1', '--plain'], cwd)
    expect(out).toContain('"events"')
    expect(out).not.toContain('"orders"')
  })
  test.each([
    [['--journey', 'chekout'], 'There is no journey "chekout"; did you mean "checkout"?'],
    [['--focus', 'ordrs'], 'There is no component "ordrs"; did you mean "orders"?'],
    [['--depth', '0'], 'Expected a whole number from 1.'],
  ])('%j: a mistake is named', async (argv, message) => {
    const { code, err } = await run(['graph', ...argv], cwd)
    expect(code).toBe(2)
    expect(err).toContain(message)
  })
  test('what cannot be read is told as by a review, and not in place of a drawing', async () => {
    const { code, out, err } = await run(['graph', 'bad.yaml'], cwd)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('replcas')
  })
})
