import { describe, expect, test } from 'vitest'
import { openapiEvidence } from '../src/evidence/openapi/index.ts'
import { proseEvidence } from '../src/evidence/prose.ts'
import { claimsIn, manifestOf } from './evidence-support.ts'

describe('runbooks and decision records', () => {
  const manifest = manifestOf(`
services:
  orders: { runbook: { path: docs/orders.md, verified: 2026-10-02 } }
  wiki: { runbook: https://wiki.example/orders }
decisions:
  ADR-7: { status: accepted, date: 2025-06-20, document: ./docs/adr/7.md, concerns: [orders-db] }
`)
  const told = (
    files: Record<string, string>,
    covers: (path: string) => boolean = path => path.startsWith('docs/'),
  ) => {
    const shelf = new Map(Object.entries(files).map(([name, text]) => [name, { name, text }]))
    return claimsIn(proseEvidence({ files: shelf, covers }, manifest))
  }
  const runbook = '# Orders is slow\n\nLast followed: 2026-10-02\n'
  const adr = '# 7. Events\n\nDate: 2025-06-20\n\n## Status\n\nAccepted\n\nWrites of Orders DB go through an outbox.\n'

  test('are there, name what they are about, and say the same', () => {
    expect(told({ 'docs/orders.md': runbook, 'docs/adr/7.md': adr })).toEqual([
      'evidenced 3 The runbook of "orders" is "docs/orders.md", followed on 2026-10-02',
      'evidenced 6 The decision "ADR-7" is "docs/adr/7.md"',
    ])
    expect(told({ 'docs/orders.md': 'Orders\n', 'docs/adr/7.md': adr })[0]).toBe(
      'evidenced 3 The runbook of "orders" is "docs/orders.md", which is not dated',
    )
  })

  test('are missing only where a glob would have found them', () => {
    expect(told({})).toEqual([
      'missing 3 What to do for "orders" is written in "docs/orders.md", but there is no such file; expected one',
      'missing 6 The decision "ADR-7" is written in "./docs/adr/7.md", but there is no such file; expected one',
    ])
    expect(told({}, () => false).map(text => text.split(' ')[0])).toEqual(['claimed', 'claimed'])
  })

  test.each([
    [
      'followed less lately than the manifest says',
      { 'docs/orders.md': runbook.replace('2026-10', '2026-01') },
      /^contradicted 3 .* on 2026-10-02 by the manifest and on 2026-01-02 by/,
    ],
    ['followed later', { 'docs/orders.md': runbook.replace('2026-10', '2026-11') }, /^evidenced/],
    ['another date that is none of following it', { 'docs/orders.md': 'Orders, updated 2026-01-01\n' }, /^evidenced/],
    ['about something else', { 'docs/orders.md': 'Reorders\n' }, /^claimed 3 .* does not name it/],
  ])('%s', (_, files, expected) => {
    expect(told({ ...files, 'docs/adr/7.md': adr })[0]).toMatch(expected)
  })

  test.each([
    [
      'superseded under a heading',
      adr.replace('Accepted', 'Superseded by 9'),
      /^contradicted 6 .* the status accepted in the manifest and superseded in its document/,
    ],
    ['superseded in a line', adr.replace('## Status\n\nAccepted', '- **Status**: superseded'), /^contradicted/],
    [
      'superseded in front matter',
      `---\nstatus: superseded\n---\n${adr.replace('## Status\n\nAccepted', '')}`,
      /^contradicted/,
    ],
    [
      'of another day',
      adr.replace('2025-06-20', '2025-06-21'),
      /^contradicted 6 .* the date 2025-06-20 in the manifest and 2025-06-21/,
    ],
    ['about something else', adr.replace('Orders DB', 'the stock'), /^claimed 6 .* does not name "orders-db"/],
    ['neither dated nor decided', 'orders-db\n', /^evidenced/],
  ])('a decision %s', (_, text, expected) => {
    expect(told({ 'docs/orders.md': runbook, 'docs/adr/7.md': text })[1]).toMatch(expected)
  })

  test('the place is the line that says so', () => {
    const shelf = new Map([
      ['docs/orders.md', { name: 'x/docs/orders.md', text: runbook.replace('2026-10', '2026-01') }],
    ])
    const [claim] = proseEvidence({ files: shelf, covers: () => true }, manifest).claims
    expect(claim?.places[0]?.location).toMatchObject({
      file: 'x/docs/orders.md',
      start: { line: 3, column: 1, offset: 18 },
    })
    expect(claim?.location.path).toEqual(['services', 'orders', 'runbook', 'verified'])
  })
})

describe('OpenAPI', () => {
  const manifest = manifestOf(`
services:
  web:
    calls:
      - { to: orders, operation: place-order, idempotencyKey: { header: Idempotency-Key } }
  orders:
    rateLimit: { limit: 100/s }
    authentication: oidc
    routes:
      - { path: "/v1/orders/:id", mutates: false }
      - { path: /v1/orders, mutates: true, authentication: oidc }
`)
  const api = ({
    parameter = 'Idempotency-Key',
    retryAfter = 'Retry-After',
    security = '[{ oidc: [] }]',
    own = '',
    title = 'Orders API',
    at = 'post',
  } = {}) => `openapi: 3.1.0
info: { title: ${title} }
servers: [{ url: "https://shop.example/v1" }]
security: ${security}
components:
  parameters: { key: { name: ${parameter}, in: header } }
  responses: { busy: { headers: { ${retryAfter}: {} } } }
paths:
  /orders:
    ${at}:
      operationId: placeOrder
      parameters: [{ $ref: "#/components/parameters/key" }]
      ${own}
      responses: { "429": { $ref: "#/components/responses/busy" } }
  "/orders/{id}":
    get: { operationId: getOrder }
`
  const told = (text: string, name = 'api/a.yaml') => openapiEvidence([{ name, text }], manifest)

  test('confirms the key, the routes and the limit, through references and servers', () => {
    expect(claimsIn(told(api()))).toEqual([
      'evidenced 5 "web -> orders" sends Idempotency-Key, which POST /v1/orders takes',
      'evidenced 8 "/v1/orders/:id" of "orders" is protected, as its document says',
      'evidenced 11 "/v1/orders" of "orders" is protected, as its document says',
      'evidenced 7 "orders" limits the rate, and POST /v1/orders answers 429 with Retry-After',
    ])
    expect(told(api()).claims[0]?.places).toMatchObject([
      { label: 'POST /v1/orders', location: { file: 'api/a.yaml', start: { line: 10 } } },
    ])
  })

  test.each([
    ['another header', api({ parameter: 'X-Key' }), /^missing 5 .* POST \/v1\/orders takes no such header/],
    ['another case of the header', api({ parameter: 'idempotency-key' }), /^evidenced 5/],
    [
      'no such operation',
      api().replace('placeOrder', 'other'),
      /^claimed 5 .* no OpenAPI document has as an operationId/,
    ],
    ['429 without Retry-After', api({ retryAfter: 'X-Rate' }), /^missing 7 .* answers 429 without Retry-After/],
    ['no 429', api().replace('"429"', '"503"'), /^claimed 7 .* says nothing of 429/],
    [
      'an open operation',
      api({ own: 'security: []' }),
      /^contradicted 11 "\/v1\/orders" of "orders" is said to ask for oidc, but POST \/v1\/orders is open/,
    ],
    ['an optional security', api({ security: '[{}]' }), /^contradicted 11/],
    [
      'a route that only reads',
      api({ at: 'get' }),
      /^contradicted 11 "\/v1\/orders" of "orders" is said to change state/,
    ],
    ['a route that only writes', api().replace('get: {', 'delete: {'), /^contradicted 10 .* is said to change nothing/],
  ])('%s', (_, text, expected) => {
    expect(claimsIn(told(text)).filter(claim => expected.test(claim)).length).toBeGreaterThan(0)
  })

  test('nothing is said of security where the document says nothing of it', () => {
    expect(claimsIn(told(api({ security: '' }))).filter(text => text.includes('protected'))).toEqual([])
  })

  test('a document is of the service in its title, its file or x-service, else nobody knows', () => {
    const other = api({ title: 'Shop' })
    expect(told(other, 'api/orders.v1.yaml').claims).toHaveLength(4)
    expect(told(other, 'api/orders.yaml').claims).toHaveLength(4)
    expect(told(`x-service: orders\n${other}`).claims).toHaveLength(4)
    expect(told(other).questions[0]?.because).toBe(
      'It names no service of the manifest: call its file or its title like one, or add x-service (api/a.yaml:2)',
    )
  })

  test('what is no document is said, and JSON is one', () => {
    expect(told('a: 1\n').problems[0]?.message).toBe(
      'api/a.yaml:1: This is no OpenAPI document; expected the key openapi',
    )
    expect(told('openapi: [\n').problems[0]?.message).toMatch(/^api\/a\.yaml:\d+: /)
    expect(
      told(
        '{"openapi": "3.0.0", "info": {"title": "orders"}, "paths": {"/v1/orders": {"post": {"operationId": "placeOrder"}}}}',
      ).claims[0]?.state,
    ).toBe('missing')
  })

  test('references in a circle and values of other kinds end', () => {
    const circle =
      'openapi: 3.1.0\ninfo: { title: orders }\npaths: { /a: { $ref: "#/paths/~1a" }, /b: 3, /c: { post: { operationId: placeOrder, parameters: 4, responses: [1], security: 7 } } }\n'
    expect(told(circle).claims[0]?.state).toBe('missing')
  })
})
