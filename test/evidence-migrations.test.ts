import { expect, test } from 'vitest'
import { folder, run } from './cli-support.ts'

const manifest = (evidence = '{ migrations: "db/**/*.sql" }', orders = '', more = '') => `
services: { web: { calls: [{ to: orders-db, timeout: 1s }, { to: stock-db, timeout: 1s }] } }
stores:
  orders-db:
    engine: postgres@16
    role: systemOfRecord
    migrations:
      tool: flyway
      lockTimeout: 1s
      statementTimeout: 5s
      strategy: expandContract
      ${orders}
  stock-db: { engine: postgres@16, role: systemOfRecord, migrations: { tool: flyway, lockTimeout: 1s, statementTimeout: 5s, strategy: expandContract } }
  ${more}
evidence: ${evidence}
`
const index = (word = '') => `CREATE INDEX ${word} orders_by_day ON orders (day);\n`

interface Said {
  manifests: {
    findings: {
      ruleId: string
      severity: string
      message: string
      subject: { path: string }
      location: { file: string; line: number }
      fingerprint: string
    }[]
    openQuestions: { key: string; because?: string }[]
    evidence: {
      claims: {
        state: string
        message: string
        location: { line: number }
        places: { location: { file: string; line: number } }[]
      }[]
    }
  }[]
}
async function said(files: Record<string, string>) {
  const cwd = folder(files)
  const { code, out, err } = await run(['-f', 'json', '--exit-zero'], cwd)
  expect(err).toBe('')
  const [report] = (JSON.parse(out) as Said).manifests
  const hazards = report!.findings.filter(({ ruleId }) => ruleId === 'migration-hazard')
  return { code, cwd, hazards, claims: report!.evidence.claims, questions: report!.openQuestions }
}

test('a dangerous statement is a finding in the SQL file, about the store whose folder it is in', async () => {
  const { hazards, cwd } = await said({
    'scaffold.yaml': manifest(),
    'db/orders/V1__a.sql': 'CREATE TABLE a (b int);\n',
    'db/orders/V2__b.sql': `-- by day\n${index()}`,
  })
  expect(
    hazards.map(({ severity, subject, location }) => `${severity} ${subject.path} ${location.file}:${location.line}`),
  ).toEqual([expect.stringMatching(/^(?:error|warning) stores\.orders-db db\/orders\/V2__b\.sql:2$/)])
  const { out } = await run([], cwd)
  expect(out).toMatch(/\[migration-hazard\][\s\S]*--> db\/orders\/V2__b\.sql:2:1\n2 \| CREATE INDEX/)
})

test('a safe way to do the same is none, and no older finding takes its name when a line is added', async () => {
  expect((await said({ 'scaffold.yaml': manifest(), 'db/orders/V2__b.sql': index('CONCURRENTLY') })).hazards).toEqual(
    [],
  )
  const ids = async (above: string) =>
    (await said({ 'scaffold.yaml': manifest(), 'db/orders/V2__b.sql': above + index() })).hazards.map(
      ({ fingerprint }) => fingerprint,
    )
  expect(await ids('')).toEqual(await ids('-- a comment\n\n'))
})

test('the files that a store names are its own', async () => {
  const files = { 'sql/a.sql': index() }
  const { hazards } = await said({ 'scaffold.yaml': manifest('{}', 'files: sql/*.sql'), ...files })
  expect(hazards[0]?.subject.path).toBe('stores.orders-db')
  expect(
    (await said({ 'scaffold.yaml': manifest('{ migrations: "sql/*.sql" }'), ...files })).hazards[0]?.subject.path,
  ).toBe('evidence.migrations')
})

test('what is planned is confirmed or contradicted by what is written', async () => {
  const step = (more: string) =>
    `steps: [{ kind: addIndex, object: orders, ${more} }, { kind: dropColumn, object: orders.old, release: 9 }]`
  const claims = async (more: string) =>
    (
      await said({ 'scaffold.yaml': manifest(undefined, step(more)), 'db/orders/V2__b.sql': index('CONCURRENTLY') })
    ).claims.map(({ state, message }) => `${state} ${message}`)
  const [first, second] = await claims('concurrently: true')
  expect(second).toMatch(/^claimed The step dropColumn of orders\.old in "orders-db" is in no migration yet/)
  expect(first).toMatch(/^evidenced The step addIndex of orders in "orders-db" is written as planned/)
  expect((await claims('concurrently: false'))[0]).toMatch(
    /^contradicted .* has concurrently false in the manifest and true in the migration/,
  )
})

test('what cannot be read leaves a question, and another engine is said to be left out', async () => {
  const { questions } = await said({ 'scaffold.yaml': manifest(), 'db/orders/V1__a.sql': 'ALTER TABEL a;\n' })
  expect(questions.find(({ key }) => key === 'evidence.migrations')?.because).toContain('(db/orders/V1__a.sql:1)')
  const mysql = 'shop-db: { engine: mysql@8, role: systemOfRecord, migrations: { files: my/*.sql } }'
  const { claims, hazards } = await said({
    'scaffold.yaml': manifest('{}', '', mysql),
    'my/V1__a.sql': 'ALTER TABLE a DROP COLUMN b;\n',
  })
  expect(hazards).toEqual([])
  expect(claims[0]).toMatchObject({
    state: 'claimed',
    message: expect.stringContaining('Migrations for mysql are not read'),
  })
})
