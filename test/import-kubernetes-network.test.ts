import { describe, expect, test } from 'vitest'
import { arrows } from './import-support.ts'
import { app, documents, facts, factsOf, kube, messages } from './kubernetes-support.ts'

describe('NetworkPolicies', () => {
  const policy = (spec: string) =>
    `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: p }\nspec: { ${spec} }`
  const selector = (labels: string) => `podSelector: { matchLabels: { ${labels} } }`
  const apps = (extra = '') => [
    app('web'),
    app('orders'),
    app('stock').replaceAll('{ app: stock }', `{ app: stock${extra} }`),
  ]

  test('whom one lets in calls it, and so does whom it lets out', () => {
    const into = policy(`${selector('app: orders')}, ingress: [{ from: [{ ${selector('app: web')} }] }]`)
    const out = policy(`${selector('app: orders')}, egress: [{ to: [{ ${selector('app: stock')} }] }]`)
    const system = kube(documents(...apps(), into, out.replace('name: p', 'name: q')))
    expect(arrows(system)).toEqual(['orders -> stock', 'web -> orders'])
    expect(system.edges[1]!.source.signal).toBe('NetworkPolicy p')
  })

  test('a label that many have is a permission, and everybody is nobody in particular', () => {
    const tier = 'app: web, tier: x'
    const many = documents(
      app('web').replace('labels: { app: web }', `labels: { ${tier} }`),
      app('orders').replace('labels: { app: orders }', 'labels: { app: orders, tier: x }'),
      app('stock'),
    )
    const in2 = policy(`${selector('app: stock')}, ingress: [{ from: [{ ${selector('tier: x')} }] }]`)
    expect(arrows(kube(documents(many, in2)))).toEqual(['orders -> stock guessed', 'web -> stock guessed'])
    const all = policy(
      `${selector('app: stock')}, ingress: [{ from: [{ podSelector: {} }, { namespaceSelector: {} }] }, {}]`,
    )
    expect(arrows(kube(documents(many, all)))).toEqual([])
  })

  test('a fence around many tells of no calls', () => {
    const team = Array.from({ length: 8 }, (_, i) =>
      app(`a${i}`).replaceAll(`{ app: a${i} }`, `{ app: a${i}, team: t }`),
    )
    const fence = policy(`${selector('team: t')}, ingress: [{ from: [{ ${selector('team: t')} }] }]`)
    expect(arrows(kube(documents(...team, fence)))).toEqual([])
  })

  test('labels that nobody has are told, with what was meant', () => {
    const into = policy(`${selector('app: order')}, ingress: [{ from: [{ ${selector('app: web')} }] }]`)
    expect(messages(kube(documents(...apps(), into)), 'dangling')).toEqual([
      'NetworkPolicy "p" selects app=order, which no workload in these files has; did you mean "orders"?',
    ])
  })

  test('expressions', () => {
    const into = (expression: string) =>
      arrows(
        kube(
          documents(
            ...apps(', tier: back'),
            policy(
              `${selector('app: orders')}, ingress: [{ from: [{ podSelector: { matchExpressions: [${expression}] } }] }]`,
            ),
          ),
        ),
      )
    expect(into('{ key: app, operator: In, values: [web, none] }')).toEqual(['web -> orders'])
    expect(into('{ key: tier, operator: Exists }')).toEqual(['stock -> orders'])
    expect(into('{ key: tier, operator: DoesNotExist }, { key: app, operator: NotIn, values: [orders] }')).toEqual([
      'web -> orders',
    ])
  })
})

test('a budget for disruptions that covers nothing', () => {
  const budget =
    'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: b }\nspec: { selector: { matchLabels: { app: wep } } }'
  expect(messages(kube(documents(app('web'), budget)), 'dangling')).toEqual([
    'PodDisruptionBudget "b" selects app=wep, which no workload in these files has; did you mean "web"?',
  ])
  expect(messages(kube(documents(app('web'), budget.replace('wep', 'web'))), 'dangling')).toEqual([])
})

describe('what is reached from outside', () => {
  const isPublic = (...texts: readonly string[]) => factsOf(kube(documents(app('web'), ...texts)), 'web')['public']
  const service = (type: string, more = '') =>
    `apiVersion: v1\nkind: Service\nmetadata: { name: web-out${more} }\nspec: { type: ${type}, selector: { app: web }, ports: [{ port: 80 }] }`

  test.each([
    ['a balancer', service('LoadBalancer')],
    ['a port of the machines', service('NodePort')],
    [
      'an Ingress',
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: i }\nspec: { rules: [{ host: shop.org, http: { paths: [{ backend: { service: { name: web, port: { number: 80 } } } }] } }] }',
    ],
    [
      'an old Ingress',
      'apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: { name: i }\nspec: { backend: { serviceName: web, servicePort: 80 } }',
    ],
    [
      'a route of a gateway',
      'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: r }\nspec: { parentRefs: [{ name: gw }], rules: [{ backendRefs: [{ name: web, port: 80 }] }] }',
    ],
    [
      'Istio, through a gateway',
      'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: v }\nspec: { gateways: [gw], hosts: ["*"], http: [{ route: [{ destination: { host: web } }] }] }',
    ],
    [
      'OpenShift',
      'apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: { name: r }\nspec: { to: { kind: Service, name: web } }',
    ],
  ])('%s', (_, text) => {
    expect(isPublic(text)).toBe(true)
  })

  test('an internal balancer, a Service inside, and a route inside the mesh are not', () => {
    expect(
      isPublic(
        service('LoadBalancer', ', annotations: { service.beta.kubernetes.io/azure-load-balancer-internal: "true" }'),
      ),
    ).toBeUndefined()
    expect(isPublic(service('ClusterIP'))).toBeUndefined()
    expect(
      isPublic(
        'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: v }\nspec: { hosts: [web], http: [{ route: [{ destination: { host: web } }] }] }',
      ),
    ).toBeUndefined()
  })

  test('a backend or a port that is not there', () => {
    const ingress = (name: string, port: number) =>
      `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: i-${name} }\nspec: { defaultBackend: { service: { name: ${name}, port: { number: ${port} } } } }`
    expect(messages(kube(documents(app('web'), ingress('wep', 80), ingress('web', 81))), 'dangling')).toEqual([
      'Ingress "i-wep" sends to the Service "wep", which is not in these files',
      'Ingress "i-web" sends to port 81 of the Service "web", which listens on 80',
    ])
  })
})

describe('meshes', () => {
  const shop = documents(app('web', 'image: x\nenv: [{ name: O, value: "http://orders" }]'), app('orders'))
  const route = (http: string) =>
    `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: v }\nspec: { hosts: [orders], http: [${http}] }`
  const to = 'route: [{ destination: { host: orders } }]'
  const called = (...texts: readonly string[]) => facts(kube(documents(shop, ...texts)).edges[0]!.facts)

  test('a timeout over all attempts is one of an attempt where that has none', () => {
    expect(called(route(`{ ${to}, timeout: 2s }`))).toEqual({ timeout: '2s' })
    expect(
      called(
        route(`{ ${to}, timeout: 2s, retries: { attempts: 3, perTryTimeout: 500ms, retryOn: "5xx,connect-failure" } }`),
      ),
    ).toEqual({
      timeout: '500ms',
      totalTimeout: '2s',
      'retries.max': 3,
      'retries.retryOn': ['5xx', 'connect'],
    })
    expect(called(route(`{ ${to}, timeout: 0s, retries: { attempts: 0 } }`))).toEqual({ 'retries.max': 0 })
  })

  test('routes of a gateway are for requests from outside', () => {
    const inside = route(`{ ${to}, timeout: 2s }`)
    expect(called(inside.replace('spec: {', 'spec: { gateways: [edge],'))).toEqual({})
    expect(called(inside.replace('spec: {', 'spec: { gateways: [edge, mesh],'))).toEqual({ timeout: '2s' })
  })

  test('routes that differ state nothing that holds for every call', () => {
    expect(
      called(
        route(`{ ${to}, timeout: 2s, retries: { attempts: 1 } }, { ${to}, timeout: 9s, retries: { attempts: 1 } }`),
      ),
    ).toEqual({
      'retries.max': 1,
    })
  })

  test('outlier detection is of the callee, connections are of each caller', () => {
    const rule =
      'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: d }\nspec: { host: orders, trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5 }, connectionPool: { tcp: { maxConnections: 40 } } } }'
    expect(called(rule)).toEqual({ pool: 40 })
    expect(factsOf(kube(documents(shop, rule)), 'orders')).toMatchObject({ outlierDetection: true })
  })

  test('routes of the Gateway API that hang on a Service', () => {
    const own =
      'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: r }\nspec: { parentRefs: [{ kind: Service, name: orders }], rules: [{ timeouts: { request: 3s, backendRequest: 1s }, backendRefs: [{ name: orders }] }] }'
    expect(called(own)).toEqual({ timeout: '1s', totalTimeout: '3s' })
  })
})
