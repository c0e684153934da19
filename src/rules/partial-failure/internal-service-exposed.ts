import type { Path } from '../../finding.ts'
import type { Service } from '../../manifest/model.ts'
import { list } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'internal-service-exposed',
  title: 'A service can be reached past its gateway',
  severity: 'warning',
  question: 'partial-failure',
  on: 'service',
  options: noOptions,
  why: 'What the gateway does for everybody, who may come in and how often, does not happen to those who go round it. A service that was sized and trusted for what the gateway lets through meets the internet.',
  fix: 'Let only the gateway reach the service, or give the service authentication and a rate limit of its own.',
  sources: [
    {
      title: 'Taibi, Lenarduzzi: On the Definition of Microservice Bad Smells',
      id: 'IEEE Software 2018, No API-Gateway',
    },
    { title: 'Microservices Patterns (Richardson)', id: 'ch. 8, API gateway' },
  ],
  reads: [
    'services.public',
    'services.role',
    'services.authentication',
    'services.rateLimit',
    'services.routes.authentication',
    'services.routes.rateLimit',
    'services.routes.intentionallyPublic',
    'calls.to',
  ],

  appliesTo: (service, { facts }) =>
    service.public === true && service.role !== 'frontend' && facts.gatewaysBefore(service.name).length > 0,

  *check(service, { facts }) {
    const { name, path, role } = service
    const gateways = list(facts.gatewaysBefore(name).map(gateway => `"${gateway}"`))
    const because = `"${name}" is reached from outside, past ${gateways}`
    const guards = [
      { guard: defence(service, 'authentication'), word: 'authentication' },
      { guard: defence(service, 'rateLimit'), word: 'rate limit' },
    ]
    const lacking = guards.filter(({ guard }) => guard === 'none')
    const open = guards.flatMap(({ guard }) => (typeof guard === 'object' ? [guard.unknown] : []))
    if (lacking.length === 0) {
      if (open[0]) yield { unknown: open[0], because }
      return
    }
    if (role === undefined) return yield { unknown: [...path, 'role'], because }
    yield {
      at: [...path, 'public'],
      message: `${because}, and has no ${lacking.map(({ word }) => word).join(' and no ')} of its own; expected only the gateway to reach it`,
      journeys: facts.journeys.through(name, 'sure'),
    }
  },

  examples: [
    {
      title: 'The stock has a balancer of its own beside the gateway, and so has what is behind it',
      bad: yaml`
        services:
          gateway: { role: gateway, public: true, authentication: oidc, calls: [{ to: stock }] }
          stock:
            role: api
            public: true # <--
            authentication: oidc
            rateLimit: none
            calls: [{ to: suppliers }]
          suppliers:
            role: api
            public: true # <--
            authentication: none
      `,
    },
    {
      title: 'What it is, and whether it defends itself',
      unclear: yaml`
        services:
          gateway: { role: edge, calls: [{ to: stock }, { to: prices }, { to: taxes }] }
          stock: # ?
            { role: api, public: true }
          prices: # ?
            { role: api, public: true, authentication: oidc }
          taxes: # ?
            { public: true, rateLimit: none }
      `,
    },
    {
      title: 'Defences of its own, also route by route, a frontend, an inner gateway, and what is not public',
      good: yaml`
        services:
          gateway:
            role: gateway
            public: true
            calls: [{ to: uploads }, { to: hooks }, { to: site }, { to: partners }, { to: stock }]
          uploads: { role: api, public: true, authentication: oidc, rateLimit: { limit: 100/s, scope: global } }
          hooks:
            role: api
            public: true
            rateLimit: { limit: 100/s, scope: global }
            routes:
              - { path: /payments, authentication: hmac-signature }
              - { path: /health, intentionallyPublic: true }
          site: { role: frontend, public: true, authentication: none, rateLimit: none }
          partners: { role: edge, public: true, authentication: none, rateLimit: none }
          stock: { role: api, public: false, authentication: none, rateLimit: none }
      `,
    },
    {
      title: 'One service without any gateway, and one that no gateway leads to',
      good: yaml`
        services:
          gateway: { role: gateway, public: true, calls: [{ to: shop }] }
          shop: { role: api, public: false }
          blog: { role: api, public: true, authentication: none, rateLimit: none }
      `,
    },
  ],
})

/** The defence of a service against callers from outside: its own or that of each route that is not meant to be open. */
function defence(
  service: Service,
  key: 'authentication' | 'rateLimit',
): 'stated' | 'none' | { readonly unknown: Path } {
  const routes = (service.routes ?? []).filter(({ intentionallyPublic }) => intentionallyPublic !== true)
  const stated = routes.length === 0 ? [service[key]] : routes.map(route => route[key] ?? service[key])
  if (stated.includes('none')) return 'none'
  return stated.includes(undefined) ? { unknown: [...service.path, key] } : 'stated'
}
