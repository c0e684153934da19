import { describe, expect, test } from 'vitest'
import { readCompose } from '../src/import/compose/read-compose.ts'
import type { ImportedSystem } from '../src/import/system.ts'
import { arrows, compose, filesIn } from './import-support.ts'

const element = ({ elements }: ImportedSystem, name: string) => elements.find(one => one.name === name)
const fact = (system: ImportedSystem, name: string, path: string) =>
  element(system, name)?.facts.find(one => one.path.join('.') === path)?.value
const messages = ({ notes }: ImportedSystem, kind?: string) =>
  notes.filter(note => kind === undefined || note.kind === kind).map(({ message }) => message)

/** Several files as with `-f`. */
const layers = (...texts: string[]) => {
  const files = Object.fromEntries(texts.map((text, i) => [`${i}.yaml`, text]))
  return readCompose(filesIn(files, Object.keys(files)))
}

describe('several files', () => {
  const base = `
services:
  web:
    image: web:1
    command: [serve, --db, db:5432]
    environment: [A_URL=http://a:80, B_URL=http://b:80]
    depends_on: [a]
    deploy: { replicas: 2 }
  a: { image: a }
  b: { image: b }
  c: { image: c }
  db: { image: "postgres:16" }
`
  test('maps are merged, commands replaced, lists and maps are the same', async () => {
    const system = await layers(
      base,
      `
services:
  web:
    command: serve
    environment: { B_URL: "http://c:80" }
    depends_on: { b: { condition: service_healthy } }
`,
    )
    expect(arrows(system)).toEqual(['web -> a', 'web -> c', 'web -> b unknown guessed'])
    expect(fact(system, 'web', 'replicas')).toBe(2)
  })

  test('!override puts a value in the place of another, !reset takes it out', async () => {
    const system = await layers(
      base,
      `
services:
  web:
    environment: !override [C_URL=http://c:80]
    depends_on: !reset []
    deploy: !reset null
  b: !reset null
`,
    )
    expect(arrows(system)).toEqual(['web -> c', 'web -> db'])
    expect(element(system, 'b')).toBeUndefined()
    expect(fact(system, 'web', 'replicas')).toBe(1)
  })

  test('the second block of a service patches the first; an empty file changes nothing', async () => {
    const system = await layers(base, '# nothing here\n', 'services:\n  a: { deploy: { replicas: 4 } }\n')
    expect(fact(system, 'a', 'replicas')).toBe(4)
    expect(element(system, 'a')?.source.signal).toBe('image a')
  })

  test('volumes meet by their place in the container', async () => {
    const data = (volume: string) => `services: { db: { image: "mysql:8", volumes: ["${volume}"] } }`
    const kept = await layers(data('data:/var/lib/mysql'), data('./my.cnf:/etc/mysql/my.cnf'))
    expect(fact(kept, 'db', 'persistence')).toBeUndefined()
    const lost = await layers(data('./my.cnf:/etc/mysql/my.cnf'), data('logs:/var/log'))
    expect(fact(lost, 'db', 'persistence')).toBeUndefined()
    expect(fact(await layers(data('./my.cnf:/etc/mysql/my.cnf')), 'db', 'persistence')).toBe('none')
  })
})

describe('anchors', () => {
  test('merge keys, also in a list, below what stands there itself', async () => {
    const system = await compose(`
x-a: &a { A_URL: "http://a:80", B_URL: "http://a:80" }
x-b: &b { B_URL: "http://b:80", C_URL: "http://b:80" }
x-logging: &logging { driver: json-file }
services:
  one: { image: one, environment: { <<: [*a, *b], C_URL: "http://c:80" }, logging: { <<: *logging } }
  two: { image: two, environment: { <<: *b } }
  a: { image: a }
  b: { image: b }
  c: { image: c }
`)
    expect(arrows(system)).toEqual(['one -> a', 'one -> c', 'two -> b'])
  })

  test('what many share by an anchor is no guess', async () => {
    const system = await compose(`
x-common: &common
  depends_on: [redis, db]
services:
  one: { image: one, <<: *common }
  two: { image: two, depends_on: [db] }
  redis: { image: redis }
  db: { image: postgres }
`)
    expect(arrows(system)).toEqual(['two -> db unknown guessed'])
  })
})

describe('variables', () => {
  test('come from .env beside the file, and a key alone takes the one of its name', async () => {
    const text = `
services:
  web:
    image: web
    environment: [API_ADDR, OTHER_URL]
    env_file: [{ path: web.env, required: false }, missing.env]
  two: { image: two, environment: { API_ADDR: null } }
  api: { image: api }
  db: { image: postgres }
`
    const system = await compose(text, {
      '.env': 'API=api\nAPI_ADDR=${API}:8080\n',
      'web.env': 'DB_URL=postgres://db/shop\nAPI_ADDR=nobody:1\n',
    })
    expect(arrows(system)).toEqual(['web -> db', 'web -> api', 'two -> api'])
    expect(system.edges[0]!.source).toEqual({ file: 'web.env', line: 1, signal: 'env DB_URL', confidence: 'derived' })
    expect(system.edges[0]!.facts).toMatchObject([{ path: ['schema'], value: 'shop' }])
  })

  test('one that must be set and is not is told once', async () => {
    const system = await compose('services: { a: { image: "${I:?set it}" }, b: { image: "x${I:?set it}${J?}" } }')
    expect(messages(system, 'ignored')).toEqual([
      'I, J must be set and are not: read as empty. Values come from ".env" beside the file or from --env-file, never from the environment',
    ])
  })
})

describe('what does not start', () => {
  const text = `
services:
  web: { image: web, environment: { SEARCH_URL: "http://search:9200", OFF_URL: "http://off:80" } }
  search: { image: elasticsearch, profiles: [search] }
  off: { image: off, deploy: { replicas: 0 } }
`
  test('is left out, said so, and nothing dangles that names it', async () => {
    const system = await compose(text)
    expect(system.elements.map(({ name }) => name)).toEqual(['web'])
    expect(messages(system, 'ignored')[0]).toMatch(/^Left out.*"search", "off"/)
    expect(messages(system, 'dangling')).toEqual([])
  })

  test('a profile that is asked for is on', async () => {
    const system = await readCompose({ ...filesIn({ 'compose.yaml': text }), profiles: ['search'] })
    expect(arrows(system)).toEqual(['web -> search'])
  })

  test('where all have a profile, all are read', async () => {
    const system = await compose('services: { a: { image: a, profiles: [x] }, b: { image: b, profiles: [y] } }')
    expect(system.elements).toHaveLength(2)
  })
})

test('files that are no Compose files are told with their place', async () => {
  const system = await layers(
    'apiVersion: v1\nkind: Pod\n',
    '- a\n',
    'services: [a]\n',
    'a: [\n',
    'services:\n  a: [1]\n  b: { image: b }\n',
  )
  expect(
    system.notes
      .filter(({ kind }) => kind === 'unreadable' || kind === 'skipped')
      .map(({ file, line, message }) => `${file}:${line} ${message}`),
  ).toEqual([
    '0.yaml:1 This is a Kubernetes object; "import kubernetes" reads it',
    '1.yaml:1 This is no Compose file; expected a map with "services"',
    '2.yaml:1 "services" is no map; expected a map from name to service',
    expect.stringMatching(/^3\.yaml:\d /),
    '4.yaml:2 The service "a" is no map; expected a map with image or build',
  ])
  expect(system.elements.map(({ name }) => name)).toEqual(['b'])
})

test('the first version of the format has its services at the top', async () => {
  const system = await compose(
    'web:\n  image: web\n  links: ["db:database"]\n  environment: [DB=postgres://database/x]\ndb:\n  image: postgres\n',
  )
  expect(arrows(system)).toEqual(['web -> db'])
})
