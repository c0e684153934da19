import { sameForAllUsers } from '../../analysis/cache-keys.ts'
import type { Path } from '../../finding.ts'
import type { Cache, Service } from '../../manifest/model.ts'
import { list } from '../../units.ts'
import { defineRule, noOptions, yaml, type Outcome } from '../define.ts'

type Route = NonNullable<Service['routes']>[number]

export default defineRule({
  id: 'personalised-response-public-cache',
  title: 'A shared cache may give one user the answer of another',
  severity: 'error',
  question: 'caching',
  on: 'component',
  options: noOptions,
  why: 'A shared cache knows only what is in its key. What belongs to one user and is kept under a key that others have as well is handed to whoever asks next, logged in or not, and no log of the service shows it.',
  fix: 'Let only the browser keep the answer (`scope: private`), or put what tells users apart into the key.',
  sources: [
    { title: 'RFC 9111: HTTP Caching', id: 'section 3.5, Storing Responses to Authenticated Requests' },
    { title: 'RFC 9110: HTTP Semantics', id: 'section 12.5.5, Vary' },
  ],
  reads: [
    'services.routes.cache.scope',
    'services.routes.cache.ttl',
    'services.routes.cache.vary',
    'services.routes.authentication',
    'services.routes.data',
    'services.routes.static',
    'services.routes.intentionallyPublic',
    'services.authentication',
    'caches.layer',
    'caches.personalised',
    'caches.keyedBy',
  ],

  appliesTo: component =>
    component.kind === 'service'
      ? component.routes?.some(isKept) === true
      : component.kind === 'cache' && component.personalised === true && isShared(component),

  *check(component, { facts }) {
    const journeys = facts.journeys.through(component.name, 'sure')
    const outcomes =
      component.kind === 'service'
        ? (component.routes ?? []).map((route, i) => ofRoute(route, [...component.path, 'routes', i], component))
        : component.kind === 'cache'
          ? [ofCache(component)]
          : []
    for (const outcome of outcomes) if (outcome) yield 'at' in outcome ? { ...outcome, journeys } : outcome
  },

  examples: [
    {
      title: 'The orders of the last user who asked, and a page for staff that a CDN gives to everybody',
      bad: yaml`
        services:
          shop:
            authentication: oidc
            routes:
              - path: /me/orders
                data: personal
                cache: { scope: public, ttl: 1m, vary: none } # <--
              - path: /reports
                authentication: saml
                data: internal
                cache: { scope: public, ttl: 1h, vary: [Accept-Encoding, Origin] } # <--
      `,
    },
    {
      title: 'A CDN keeps pages that belong to one user by their address alone',
      bad: yaml`
        services:
          shop: {}
        caches:
          edge:
            layer: cdn
            inFrontOf: shop
            personalised: true
            keyedBy: [host, path, Accept-Language] # <--
      `,
    },
    {
      title: 'Who may keep it, what tells answers apart, and whether the answer is the same for all',
      unclear: yaml`
        services:
          shop:
            authentication: oidc
            routes:
              - path: /me/orders
                data: personal
                cache: { ttl: 1m } # ?
              - path: /me/address
                data: personal
                cache: { scope: public } # ?
              - path: /me/cart
                data: personal
                cache: { scope: public, vary: none } # ?
              - path: /prices # ?
                cache: { scope: public, vary: none }
              - { path: /stock, cache: { vary: none } }
        caches:
          edge: # ?
            { layer: cdn, personalised: true }
          pages: # ?
            { personalised: true, keyedBy: [path] }
      `,
    },
    {
      title: 'Kept by the browser only, told apart by user, the same for all, meant for all, or not kept',
      good: yaml`
        services:
          shop:
            authentication: oidc
            routes:
              - { path: /me/orders, data: personal, cache: { scope: private, ttl: 1m } }
              - { path: /me/address, data: personal, cache: { scope: public, vary: [Authorization] } }
              - { path: /me/cart, data: personal, cache: { scope: public, ttl: 0s, vary: none } }
              - { path: /books, data: public, cache: { scope: public, vary: none } }
              - { path: /authors, data: personal, intentionallyPublic: true, cache: { scope: public, vary: none } }
              - { path: /help, authentication: none, cache: { scope: public, vary: none } }
              - { path: /me/inbox, data: personal }
          partners: {}
      `,
    },
    {
      title: 'Files behind a signed address, a CDN that knows the tenant, and a cache that the service asks',
      good: yaml`
        services:
          shop:
            routes:
              - { path: /invoices, authentication: signed-url, static: true, cache: { scope: public, vary: none } }
        caches:
          edge: { layer: cdn, inFrontOf: shop, personalised: true, keyedBy: [path, tenant] }
          images: { layer: cdn, inFrontOf: shop, personalised: false, keyedBy: [path] }
          carts: { layer: application, personalised: true, keyedBy: [path] }
          pages: { personalised: true }
      `,
    },
  ],
})

/** Whether an answer may be kept at all. */
const isKept = ({ cache }: Route): boolean => cache !== undefined && cache.ttl !== 0

/** A cache that the service asks itself has checked who asks before. */
const isShared = ({ layer, keyedBy }: Cache): boolean =>
  layer === 'cdn' || (layer === undefined && keyedBy !== undefined)

function ofRoute(route: Route, at: Path, service: Service): Outcome | undefined {
  const { cache, data, path = `route ${String(at.at(-1))}` } = route
  const authentication = route.authentication ?? service.authentication ?? 'none'
  if (!isKept(route) || data === 'public' || route.intentionallyPublic === true) return undefined
  // What everybody may ask for without saying who they are is the same for all, unless it is said to be personal.
  if (authentication === 'none' && data !== 'personal') return undefined
  const { scope, vary } = cache ?? {}
  if (scope === 'private' || scope === 'none') return undefined
  const headers = vary === 'none' ? [] : vary
  if (headers !== undefined && !sameForAllUsers(headers)) return undefined
  const because = `"${service.name}" answers ${path} to users that it knows`
  // A file behind an address that is signed carries its key in the address.
  if (data === undefined && route.static === true) return undefined
  if (data === undefined) return scope === 'public' ? { unknown: [...at, 'data'], because } : undefined
  if (scope === undefined) return { unknown: [...at, 'cache', 'scope'], because }
  if (headers === undefined) return { unknown: [...at, 'cache', 'vary'], because }
  if (cache?.ttl === undefined) return { unknown: [...at, 'cache', 'ttl'], because }
  const key = ['its path', ...headers]
  return {
    at: [...at, 'cache', 'scope'],
    message: `"${service.name}" lets shared caches keep the ${data} answers of ${path} under ${list(key)} alone; expected only the user's own browser to keep them`,
    arithmetic: `key = ${key.join(' + ')}: the same for every user`,
    evidence: [{ label: `${data} data`, at: [...at, 'data'] }],
  }
}

function ofCache({ name, path, layer, keyedBy }: Cache): Outcome | undefined {
  if (keyedBy === undefined)
    return { unknown: [...path, 'keyedBy'], because: `"${name}" is shared and keeps what belongs to one user` }
  if (!sameForAllUsers(keyedBy)) return undefined
  if (layer === undefined)
    return {
      unknown: [...path, 'layer'],
      because: `"${name}" keeps what belongs to one user under ${list(keyedBy)} alone`,
    }
  return {
    at: [...path, 'keyedBy'],
    message: `"${name}" is shared and keeps what belongs to one user under ${list(keyedBy)} alone; expected a key that tells users apart`,
    arithmetic: `key = ${keyedBy.join(' + ')}: the same for every user`,
    fix: 'Put what tells users apart, such as Authorization, into the key, or pass these answers by',
    evidence: [{ label: 'values belong to one user', at: [...path, 'personalised'] }],
  }
}
