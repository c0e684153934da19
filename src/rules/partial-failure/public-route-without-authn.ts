import type { Path } from '../../finding.ts'
import type { Service } from '../../manifest/model.ts'
import { defineRule, noOptions, yaml, type Outcome } from '../define.ts'

type Route = NonNullable<Service['routes']>[number]

export default defineRule({
  id: 'public-route-without-authn',
  title: 'Anybody may call a route that changes state or answers with private data',
  severity: 'error',
  question: 'partial-failure',
  on: 'service',
  options: noOptions,
  why: 'What is open to the internet is found and called within hours. A route that changes state or answers with personal data then does so for everybody who asks.',
  fix: 'Ask callers who they are, or mark the route with `intentionallyPublic: true` where it is meant to be open, as a login is.',
  sources: [
    { title: 'OWASP API Security Top 10: Broken Authentication', id: 'API2', revision: '2023' },
    { title: 'Azure Well-Architected, Security: Identity and access management', id: 'SE:05', revision: '2026-07' },
  ],
  reads: [
    'services.public',
    'services.authentication',
    'services.routes.authentication',
    'services.routes.mutates',
    'services.routes.data',
    'services.routes.intentionallyPublic',
  ],
  impliedBy: ['internal-service-exposed'],

  appliesTo: ({ public: isPublic, routes = [] }) => isPublic !== false && routes.length > 0,

  *check(service, { facts }) {
    const journeys = facts.journeys.through(service.name, 'sure')
    for (const [i, route] of (service.routes ?? []).entries()) {
      const outcome = judge(route, [...service.path, 'routes', i], service)
      if (outcome) yield 'at' in outcome ? { ...outcome, journeys } : outcome
    }
  },

  examples: [
    {
      title: 'Refunds for everybody, and addresses of customers to read',
      bad: yaml`
        services:
          shop:
            public: true
            routes:
              - path: /admin/refunds
                authentication: none # <--
                mutates: true
              - path: /customers
                authentication: none # <--
                data: personal
          reports:
            public: true
            authentication: none
            routes:
              - path: /sales # <--
                data: internal
      `,
    },
    {
      title: 'How callers are known, what the route does, and whether it is reached from outside',
      unclear: yaml`
        services:
          shop:
            public: true
            routes:
              - path: /orders # ?
                mutates: true
              - path: /books # ?
                authentication: none
              - path: /authors # ?
                authentication: none
                mutates: false
          stock: # ?
            routes: [{ path: /reservations, authentication: none, mutates: true }]
      `,
    },
    {
      title: 'Known callers, a login that is meant to be open, and what everybody may read',
      good: yaml`
        services:
          shop:
            public: true
            authentication: oidc
            routes:
              - { path: /orders, mutates: true, data: personal }
              - { path: /payments/events, authentication: hmac-signature, mutates: true }
              - { path: /login, authentication: none, mutates: true, intentionallyPublic: true }
              - { path: /books, authentication: none, mutates: false, data: public }
              - { path: /logo, authentication: none, static: true }
          wiki: { public: true, routes: [{ path: /pages }] }
      `,
    },
    {
      title: 'Callers from inside, known to the gateway',
      good: yaml`
        services:
          stock:
            public: false
            routes: [{ path: /reservations, authentication: none, mutates: true }]
          worker: { public: true }
      `,
    },
  ],
})

function judge(route: Route, at: Path, service: Service): Outcome | undefined {
  const { mutates, data, path = `route ${String(at.at(-1))}` } = route
  const authentication = route.authentication ?? service.authentication
  if (route.intentionallyPublic === true || (authentication !== undefined && authentication !== 'none'))
    return undefined
  const harm =
    data === 'personal' || data === 'internal'
      ? `answers with ${data} data`
      : mutates === true
        ? 'changes state'
        : undefined
  const whose = `${path} of "${service.name}"`
  if (harm === undefined) {
    // What is open on purpose and does no harm needs no more words; what nobody described at all is not asked about.
    if (authentication === undefined || route.static === true || (mutates === false && data !== undefined))
      return undefined
    return { unknown: [...at, mutates === undefined ? 'mutates' : 'data'], because: `Anybody may call ${whose}` }
  }
  if (authentication === undefined) return { unknown: [...at, 'authentication'], because: `${whose} ${harm}` }
  if (service.public === undefined)
    return { unknown: [...service.path, 'public'], because: `${whose} ${harm} for everybody who reaches it` }
  return {
    at: [...at, 'authentication'],
    message: `${whose} ${harm} for anybody on the internet; expected callers to say who they are`,
    evidence: [
      { label: 'reached from outside', at: [...service.path, 'public'] },
      { label: harm, at: [...at, harm === 'changes state' ? 'mutates' : 'data'] },
    ],
  }
}
