import { describe, expect, test } from 'vitest'
import { app, documents, factsOf, kube, messages } from './kubernetes-support.ts'

const set = (name: string, container: string, pod = '', spec = '') =>
  app(name, container, pod, spec).replace('kind: Deployment', 'kind: StatefulSet')
const claims = 'volumeClaimTemplates: [{ metadata: { name: data } }]'
const mount = (path: string) => `volumeMounts: [{ name: data, mountPath: ${path} }]`
const volume = (kind: string) => `volumes: [{ name: data, ${kind} }]`
const claim = 'persistentVolumeClaim: { claimName: data }'

/** What is said of where a store keeps its data, and the fact. */
function home(text: string): [unknown, string[]] {
  const system = kube(text)
  return [
    factsOf(system, 'db')['persistence'],
    messages(system, 'defect').filter(one => one.includes('when the pod goes')),
  ]
}
const lost = (why: string): [unknown, string[]] => ['none', [`"db" loses what it holds when the pod goes: ${why}`]]

describe('where stores keep their data', () => {
  test('a claim, a volume, or nothing at all', () => {
    expect(home(set('db', `image: postgres:16\n${mount('/var/lib/postgresql/data')}`, '', claims))).toEqual([
      'durable',
      [],
    ])
    expect(home(app('db', `image: mongo:7\n${mount('/data/db')}`, volume(claim)))).toEqual(['durable', []])
    expect(home(app('db', `image: mongo:7\n${mount('/data')}`, volume('hostPath: { path: /srv }')))).toEqual([
      'durable',
      [],
    ])
    expect(home(app('db', 'image: mongo:7'))).toEqual(lost('no volume for its data'))
    expect(home(set('db', 'image: mysql:8'))).toEqual(lost('a StatefulSet without volumeClaimTemplates'))
  })

  test('an emptyDir on the folder of the data is lost; one on a scratch folder says nothing', () => {
    expect(home(app('db', `image: mongo:7\n${mount('/data/db/')}`, volume('emptyDir: {}')))).toEqual(
      lost('an emptyDir at /data/db'),
    )
    expect(home(app('db', `image: mongo:7\n${mount('/tmp')}`, volume('emptyDir: {}')))).toEqual(
      lost('no volume for its data'),
    )
  })

  test('a claim that is mounted where the engine does not write', () => {
    const wrong = app('db', `image: redis:7\n${mount('/mnt/redis')}`, volume(claim))
    expect(home(wrong)).toEqual(lost('persistentVolumeClaim is mounted at /mnt/redis, and the data is in /data'))
    const told = app('db', `image: redis:7\nargs: [--dir, /mnt/redis]\n${mount('/mnt/redis')}`, volume(claim))
    expect(home(told)).toEqual([undefined, []])
    const moved = `image: postgres:16\nenv: [{ name: PGDATA, value: /mnt/pg/data }]\n${mount('/mnt/pg')}`
    expect(home(app('db', moved, volume(claim)))).toEqual(['durable', []])
  })

  test('a store of which only the name is known is believed to write to its volume', () => {
    expect(home(app('db', `image: team/own-db:1\n${mount('/where/ever')}`, volume(claim)))).toEqual([undefined, []])
  })

  test('Redis on a volume keeps what it is told to keep', () => {
    expect(home(app('db', `image: redis:7\n${mount('/data')}`, volume(claim)))).toEqual([undefined, []])
    expect(home(app('db', `image: redis:7\nargs: [--appendonly, "yes"]\n${mount('/data')}`, volume(claim)))).toEqual([
      'appendOnly',
      [],
    ])
  })

  test('queues too; what shares its reason shares a line', () => {
    const system = kube(documents(app('rabbitmq', 'image: rabbitmq:4'), app('db', 'image: mongo:7')))
    expect(messages(system, 'defect')[0]).toBe(
      '"rabbitmq" and "db" lose what they hold when the pod goes: no volume for its data',
    )
    expect(factsOf(system, 'rabbitmq')).not.toHaveProperty('persistence')
  })
})

describe('other faults that no key of a manifest tells', () => {
  const sound = 'readinessProbe: { tcpSocket: { port: 80 } }'

  test('no probes, in one line', () => {
    const found = messages(kube(documents(app('web'), app('orders'), app('stock', `image: x\n${sound}`))), 'defect')
    expect(found).toContain(
      '"web" and "orders" have no probe: instances get requests before they serve, and keep getting them when they hang',
    )
  })

  test('a limit of CPU below what the kernel gives out', () => {
    const limit = (cpu: string) => kube(app('web', `image: x\n${sound}\nresources: { limits: { cpu: ${cpu} } }`))
    expect(messages(limit('2m'), 'defect')).toContain(
      '"web" may use 2m of a core, less than the 10m that the kernel can give out: at that, 10ms of work take 1s',
    )
    expect(messages(limit('10m'), 'defect').join()).not.toContain('kernel')
  })

  test('a heap as large as the limit of memory', () => {
    const heap = (option: string) =>
      messages(
        kube(
          app(
            'web',
            `image: x\n${sound}\nresources: { limits: { memory: 512Mi } }\nenv: [{ name: JAVA_OPTS, value: "-Xms64m ${option}" }]`,
          ),
        ),
        'defect',
      ).join()
    expect(heap('-Xmx512m')).toContain('"web" has a heap (-Xmx512m) as large as its memory limit of 512Mi')
    expect(heap('-Xmx384m')).not.toContain('heap')
  })

  test('what runs once, and how many need it', () => {
    const call = `image: x\n${sound}\nenv: [{ name: A_URL, value: "http://stock" }]`
    const system = kube(
      documents(app('web', call, '', 'replicas: 2'), app('orders', call), app('stock', `image: x\n${sound}`)),
    )
    expect(messages(system, 'defect')).toEqual([
      '"orders" and "stock" run as a single instance, or may go down to one: each restart and each drain of a machine is an outage; several need "stock" (2)',
    ])
  })

  test('wiring that is not in the files is told once', () => {
    const some = ['a', 'b', 'c'].map(name => app(name))
    expect(messages(kube(documents(...some)), 'unwired')).toEqual([
      '3 of 3 components have no known calls: their wiring is not in these files',
    ])
  })
})
