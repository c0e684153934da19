import type { Cache, Model, Service } from '../../manifest/model.ts'
import { duration, percent, rate } from '../../units.ts'
import { defineRule, numberOption, optionMap, yaml, type Context, type OptionValues, type Outcome } from '../define.ts'

const options = optionMap({
  share: numberOption(0.2, "Share of a service's requests for files that is worth a CDN.", { least: 0, most: 1 }),
  rate: numberOption(100, 'Requests per second for files at the peak that are worth a CDN.', { least: 0 }),
})

export default defineRule({
  id: 'edge-unused',
  title: 'The edge could answer, but does not',
  severity: 'info',
  question: 'caching',
  on: 'component',
  options,
  why: 'Files that are the same for everybody take slots of services that have better things to do, far from the user. And a CDN that holds an answer, but may not give it while the origin is down, turns an outage of the origin into one for everybody.',
  formula: 'freed = share of files · λ_peak',
  fix: 'Put a CDN before what is the same for everybody, and let it serve old answers while the origin is down.',
  sources: [
    { title: 'RFC 5861: HTTP Cache-Control Extensions for Stale Content', id: 'section 4, stale-if-error' },
    {
      title:
        'AWS Well-Architected, Reliability: Implement graceful degradation to transform applicable hard dependencies into soft dependencies',
      id: 'REL05-BP01',
      revision: 'November 2024',
    },
  ],
  reads: [
    'services.routes.static',
    'services.routes.share',
    'services.routes.data',
    'caches.layer',
    'caches.inFrontOf',
    'caches.staleIfError',
    'caches.personalised',
    'caches.maxStaleness',
    'caches.ttl',
    'journeys.load',
    'journeys.criticality',
  ],

  // A smell and no fault: it asks for what decides, but not for what nobody began to state.
  appliesTo: component =>
    component.kind === 'service'
      ? filesOf(component).length > 0
      : component.kind === 'cache' && component.layer === 'cdn' && component.staleIfError !== undefined,

  *check(component, context) {
    if (component.kind === 'service') yield* withoutCdn(component, context)
    else if (component.kind === 'cache') yield* withoutOldAnswers(component, context)
  },

  examples: [
    {
      title: 'Images are 60 % of what the application answers',
      bad: yaml`
        journeys:
          browse: { entry: shop, load: { steady: 900/s, peak: 4000/s } }
        services:
          shop:
            routes:
              - path: /images
                static: true # <--
                data: public
                share: 60%
      `,
    },
    {
      title: 'A CDN that may not help while the catalogue is down',
      bad: yaml`
        journeys:
          browse: { entry: catalogue, criticality: critical }
        services:
          catalogue: {}
        caches:
          edge:
            layer: cdn
            inFrontOf: catalogue
            ttl: 1m
            maxStaleness: 1h
            personalised: false
            staleIfError: none # <--
      `,
    },
    {
      title: 'Whether files are the same for everybody, and how old and whose the answers may be',
      unclear: yaml`
        journeys:
          browse: { entry: shop, criticality: high, load: { steady: 900/s, peak: 4000/s } }
          read: { entry: pages, criticality: high, load: { steady: 900/s, peak: 4000/s } }
        services:
          shop:
            routes:
              - { path: /images, static: true, share: 60% } # ?
          pages: {}
        caches:
          edge: # ?
            { layer: cdn, inFrontOf: pages, staleIfError: none }
          other-edge: # ?
            { layer: cdn, inFrontOf: pages, staleIfError: none, personalised: false }
      `,
    },
    {
      title: 'Few files, few requests, files of one user, and a CDN before them that may give old answers',
      good: yaml`
        journeys:
          browse: { entry: shop, criticality: high, load: { steady: 90/s, peak: 400/s } }
          help: { entry: help, criticality: normal, load: { steady: 9/s, peak: 40/s } }
          read: { entry: pages, criticality: critical, load: { steady: 90/s, peak: 400/s } }
        services:
          shop:
            routes:
              - { path: /logo, static: true, data: public, share: 15% }
              - { path: /invoices, static: true, data: personal, share: 50% }
              - { path: /books, share: 35% }
          help: { routes: [{ path: /images, static: true, data: public, share: 90% }] }
          pages: { routes: [{ path: /images, static: true, data: public, share: 90% }] }
          blog: {}
        caches:
          edge: { layer: cdn, inFrontOf: pages, staleIfError: 1h }
          help-edge: { layer: cdn, inFrontOf: help, staleIfError: none, personalised: false, maxStaleness: 1h, ttl: 1m }
          carts-edge: { layer: cdn, inFrontOf: pages, staleIfError: none, personalised: true }
          price-edge: { layer: cdn, inFrontOf: pages, staleIfError: none, personalised: false, maxStaleness: 1m, ttl: 1m }
      `,
    },
  ],
})

type Here = Context<OptionValues<typeof options>>

/** Routes for files that are not said to belong to anybody, with the share of requests that they get. */
const filesOf = ({ routes = [], path }: Service) =>
  routes.flatMap(({ static: isFile, share = 0, data }, i) =>
    isFile === true && share > 0 && (data === undefined || data === 'public')
      ? [{ share, data, path: [...path, 'routes', i] }]
      : [],
  )

/** Where a CDN stands is not always stated; one that may stand before the service counts. */
const mayHaveCdn = (service: Service, model: Model): boolean =>
  [...model.caches.values()].some(
    ({ layer, inFrontOf }) =>
      (layer === 'cdn' || layer === undefined) && (inFrontOf === undefined || inFrontOf === service.name),
  )

function* withoutCdn(service: Service, { model, facts, options }: Here): Generator<Outcome, void, undefined> {
  if (mayHaveCdn(service, model)) return
  const files = filesOf(service)
  const share = files.reduce((sum, file) => sum + file.share, 0)
  const peak = facts.load.requestsAt(service, 'peak').low
  if (share < options.share || share * peak < options.rate) return
  const open = files.find(({ data }) => data === undefined)
  const first = files[0]
  if (open) return yield { unknown: [...open.path, 'data'], because: `${percent(share)} of the requests are for files` }
  if (!first) return
  yield {
    at: [...first.path, 'static'],
    message: `"${service.name}" answers ${rate(share * peak)} for files at the peak, ${percent(share)} of its requests, and no CDN stands before it; expected the edge to answer them`,
    arithmetic: `freed = ${percent(share)} x ${rate(peak)} = ${rate(share * peak)}`,
    journeys: facts.journeys.through(service.name, 'sure'),
  }
}

function* withoutOldAnswers(cache: Cache, { facts }: Here): Generator<Outcome, void, undefined> {
  const { name, path, inFrontOf = '', staleIfError, personalised, maxStaleness, ttl } = cache
  const isOld = staleIfError !== 'none' || personalised === true
  const journeys = facts.journeys
    .through(inFrontOf, 'sure')
    .filter(({ criticality }) => criticality === 'critical' || criticality === 'high')
  if (isOld || journeys.length === 0) return
  const because = `"${name}" may not answer while "${inFrontOf}" is down`
  if (personalised === undefined) return yield { unknown: [...path, 'personalised'], because }
  if (maxStaleness === undefined) return yield { unknown: [...path, 'maxStaleness'], because }
  if (typeof ttl !== 'number') return yield* ttl === undefined ? [{ unknown: [...path, 'ttl'], because }] : []
  const room = maxStaleness - ttl
  if (room <= 0) return
  yield {
    at: [...path, 'staleIfError'],
    message: `${because}, though its answers may be ${duration(maxStaleness)} old; expected old answers rather than none`,
    arithmetic: `${duration(maxStaleness)} - ${duration(ttl)} to live = ${duration(room)} that an outage may last`,
    fix: `Set staleIfError to at most ${duration(room)}`,
    journeys,
  }
}
