import { proxyImages } from '../images.ts'
import { parseImage } from '../parts.ts'
import { isKnown, type ImportedEdge, type ImportedSystem } from '../system.ts'
import type { Component } from './component.ts'

/**
 * Where users come in, where that is evident: the one service with an open port that nobody else addresses; of several, those
 * that are proxies or front ends by their image or name. A port alone says little, as many files open one for each service.
 */
export function entryJourneys(
  components: readonly Component[],
  edges: readonly ImportedEdge[],
): { journeys: ImportedSystem['others']; public: ReadonlySet<string> } {
  const known = edges.filter(({ source }) => isKnown(source))
  const isCalled = (name: string) => known.some(({ to, from }) => to === name && from !== name)
  const services = components.filter(({ part }) => part.kind === 'service')
  const open = services.filter(({ service }) =>
    service.ports.some(({ published, isOpen }) => published !== undefined && isOpen),
  )
  const candidates = open.filter(({ service }) => !isCalled(service.name))
  const evident = candidates.length === 1 ? candidates : candidates.filter(isFront)
  const leads = evident.filter(
    ({ service }) => services.length === 1 || known.some(({ from }) => from === service.name),
  )
  return {
    public: new Set(evident.map(({ service }) => service.name)),
    journeys: leads.map(({ service }) => {
      const { at } = service.ports.find(({ published, isOpen }) => published !== undefined && isOpen)!
      const source = { file: at.file, line: at.line, signal: 'ports', confidence: 'derived' as const }
      return {
        section: 'journeys',
        name: service.name,
        facts: [{ path: ['entry'], value: service.name, source }],
        source,
      }
    }),
  }
}

function isFront({ service: { name, image }, part }: Component): boolean {
  if (part.isProxy || (image !== undefined && proxyImages.includes(parseImage(image).base))) return true
  return /(?:^|[-_.])(?:web|www|front-?end|ui|gateway|api-?gateway|apigw|gw|proxy|edge|router|ingress|webapp|web-?site|portal|store-?front|bff|spa|mvc)(?:$|[-_.])|^web(?:app|ui|spa|mvc|site|shop|store|client)$/i.test(
    name,
  )
}
