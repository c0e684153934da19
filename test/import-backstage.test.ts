import { expect, test } from 'vitest'
import { catalog } from '../src/import/backstage/read-backstage.ts'
import { arrows } from './import-support.ts'
import { documents, factsOf, messages, problemsOf } from './kubernetes-support.ts'

const entity = (kind: string, name: string, spec: string, metadata = '') =>
  `apiVersion: backstage.io/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name}${metadata} }\nspec: { ${spec} }`

const shop = documents(
  entity(
    'Component',
    'web',
    'type: website, owner: group:default/team-web, dependsOn: [component:orders, "resource:default/sessions"], consumesApis: [orders-api, gone-api]',
  ),
  entity(
    'Component',
    'orders',
    'type: service, owner: team-orders, providesApis: [orders-api, order-events], dependsOn: [resource:orders-db, resource:events, component:ghost]',
    ', links: [{ url: "https://wiki/orders", title: Runbook }]',
  ),
  entity('Component', 'mailer', 'type: worker, consumesApis: [order-events], dependsOn: [Component:Default/Orders]'),
  entity('Component', 'report', 'type: job, dependsOn: [resource:orders-db]'),
  entity('Component', 'ui-kit', 'type: library'),
  entity('API', 'orders-api', 'type: openapi'),
  entity('API', 'order-events', 'type: asyncapi'),
  entity('Resource', 'orders-db', 'type: postgres-database, dependencyOf: [component:default/mailer]'),
  entity('Resource', 'sessions', 'type: redis-cache'),
  entity('Resource', 'events', 'type: kafka-topic'),
  entity('Resource', 'images', 'type: s3-bucket'),
  entity('Resource', 'zone', 'type: dns-zone'),
  entity('System', 'shop', 'owner: team-web'),
  'title: no entity',
)

test('a Backstage catalog', () => {
  const system = catalog([{ name: 'catalog-info.yaml', text: shop }])
  expect(system.elements.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'queue events',
    'store images',
    'service mailer',
    'service orders',
    'store orders-db',
    'job report',
    'cache sessions',
    'service web',
  ])
  expect(factsOf(system, 'web')).toEqual({ role: 'frontend', owner: 'team-web' })
  expect(factsOf(system, 'orders')).toEqual({ owner: 'team-orders', runbook: 'https://wiki/orders' })
  expect(factsOf(system, 'images')).toEqual({ role: 'objectStore' })
  expect(arrows(system)).toEqual([
    // By an API of events, which goes through a broker that the catalog does not show.
    'mailer -> orders unknown',
    'mailer -> orders-db',
    'orders -> events unknown',
    'orders -> orders-db',
    'report -> orders-db',
    'web -> orders',
    'web -> sessions',
  ])
  expect(system.edges.find(({ from }) => from === 'web')!.source).toMatchObject({
    line: 4,
    signal: 'consumesApis orders-api',
  })
  expect(messages(system)).toEqual([
    '1 document without `apiVersion: backstage.io/v1alpha1`',
    'Left out, as they run nothing that is known here: 1 Component of type library and 1 Resource of type dns-zone',
    '"orders" needs "component:ghost", which is not in these files',
    '"web" needs the API "gone-api", which nobody in these files provides',
  ])
  expect(problemsOf(system)).toEqual([])
})

test('the same name in two namespaces, and references that are no text', () => {
  const system = catalog([
    { name: 'b.yaml', text: entity('Component', 'a', 'type: service', ', namespace: eu') },
    {
      name: 'a.yaml',
      text: documents(entity('Component', 'a', 'type: service, dependsOn: [component:eu/a, 7, null, {}]'), '[1'),
    },
  ])
  expect(arrows(system)).toEqual(['a -> a.eu'])
  expect(messages(system, 'unreadable')).toHaveLength(1)
})
