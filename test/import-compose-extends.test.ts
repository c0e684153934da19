import { describe, expect, test } from 'vitest'
import { readCompose } from '../src/import/compose/read-compose.ts'
import type { ImportedSystem } from '../src/import/system.ts'
import { arrows, compose, filesIn } from './import-support.ts'

const element = ({ elements }: ImportedSystem, name: string) => elements.find(one => one.name === name)
const fact = (system: ImportedSystem, name: string, path: string) =>
  element(system, name)?.facts.find(one => one.path.join('.') === path)?.value
const messages = ({ notes }: ImportedSystem, kind?: string) =>
  notes.filter(note => kind === undefined || note.kind === kind).map(({ message }) => message)

describe('extends and include', () => {
  test('a service of the same file and of another one, its own values above', async () => {
    const system = await compose(
      `
services:
  base: { image: base, environment: { A_URL: "http://a:80" } }
  web: { extends: base, environment: { B_URL: "http://b:80" } }
  api: { extends: { file: common/base.yaml, service: far }, image: api }
  a: { image: a }
  b: { image: b }
`,
      {
        'common/base.yaml':
          'services: { far: { extends: { service: near }, environment: { B_URL: "http://b" } }, near: { image: x, deploy: { replicas: 3 } } }',
      },
    )
    expect(arrows(system)).toEqual(['base -> a', 'web -> a', 'web -> b', 'api -> b'])
    expect(fact(system, 'api', 'replicas')).toBe(3)
    expect(element(system, 'api')?.source.signal).toBe('image api')
  })

  test('what cannot be extended is told, and the rest is read', async () => {
    const system = await compose(`
services:
  a: { extends: b, image: a }
  b: { extends: { service: a }, image: b }
  c: { extends: { file: none.yaml, service: x }, image: c }
  d: { extends: nobody, image: d }
`)
    expect(system.elements.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd'])
    expect(messages(system, 'unreadable')).toEqual([
      '"b" extends "a", which leads back to itself; read without it',
      '"a" extends "b", which leads back to itself; read without it',
      '"c" extends "x" of "none.yaml", which is not there or cannot be read; read without it',
      '"d" extends "nobody", which is not in this file; read without it',
    ])
  })

  test('included files have a folder and variables of their own', async () => {
    const system = await readCompose(
      filesIn(
        {
          'shop/compose.yaml':
            'include: [../pay/compose.yaml, { path: [x/a.yaml, x/b.yaml], env_file: x/.env }]\nservices: { web: { image: "web:${TAG}", environment: { P: "http://pay:80" } } }',
          'shop/.env': 'TAG=1',
          'pay/compose.yaml': 'services: { pay: { image: "pay:${TAG}" } }',
          'pay/.env': 'TAG=2',
          'shop/x/a.yaml': 'services: { x: { image: "x:${TAG}" } }',
          'shop/x/b.yaml': 'services: { x: { deploy: { replicas: 2 } } }',
          'shop/x/.env': 'TAG=3',
        },
        ['shop/compose.yaml'],
      ),
    )
    expect(system.elements.map(({ source }) => source.signal)).toEqual(['image pay:2', 'image x:3', 'image web:1'])
    expect(fact(system, 'x', 'replicas')).toBe(2)
    expect(arrows(system)).toEqual(['web -> pay'])
  })

  test('a file that includes itself is read once', async () => {
    const system = await compose('include: [a.yaml]\nservices: { web: { image: w } }', {
      'a.yaml': 'include: [a.yaml, b.yaml]\nservices: { a: { image: a } }',
    })
    expect(messages(system, 'unreadable')).toEqual([
      '"a.yaml", which is included here, includes itself',
      '"b.yaml", which is included here, is not there or cannot be read',
    ])
    expect(system.elements.map(({ name }) => name)).toEqual(['a', 'web'])
  })
})
