import type { Claim, QuestionKey } from '../../finding.ts'
import type { Service } from '../../manifest/model.ts'
import { list } from '../../units.ts'
import type { Manifest } from '../claims.ts'
import { claim, said } from './claim.ts'
import { changes, type Api } from './document.ts'

/** Who may use a route, and whether it changes anything. */
export function routeClaims(service: Service, apis: readonly Api[], manifest: Manifest): Claim[] {
  const operations = apis.flatMap(api => api.operations)
  const says = apis.some(({ hasSecurity }) => hasSecurity)
  return (service.routes ?? []).flatMap((route, i) => {
    const { path, mutates } = route
    if (path === undefined) return []
    const at = [...service.path, 'routes', i]
    const found = operations.filter(operation => isSamePath(operation.path, path))
    const base = { subject: service.path, question: 'partial-failure' as QuestionKey }
    if (found.length === 0)
      return [
        claim(
          { ...base, at },
          'claimed',
          `No OpenAPI document has the route "${path}" of "${service.name}"`,
          [],
          manifest,
        ),
      ]
    const authentication = route.authentication ?? service.authentication
    const key = route.authentication === undefined ? [...service.path, 'authentication'] : [...at, 'authentication']
    // Where the route says whether it changes anything, the methods that do otherwise are those of another.
    const meant = found.filter(({ method }) => mutates === undefined || changes(method) === mutates)
    const open = meant.filter(({ security }) => security === 'open')
    const closed = meant.filter(({ security }) => security === 'closed')
    // What the service says holds for a route that says nothing, but the route may be the exception.
    const isOwn = route.authentication !== undefined
    const claims: Claim[] = []
    if (authentication === 'none' && closed.length > 0 && open.length === 0 && isOwn)
      claims.push(
        claim(
          { ...base, at: key },
          'contradicted',
          `"${path}" of "${service.name}" is said to be open, but ${said(closed[0]!)} asks who is calling; expected both to say the same`,
          closed,
          manifest,
          'Correct the document, or state how callers are known',
        ),
      )
    else if (authentication !== undefined && authentication !== 'none' && open.length > 0 && isOwn)
      claims.push(
        claim(
          { ...base, at: key },
          'contradicted',
          `"${path}" of "${service.name}" is said to ask for ${authentication}, but ${said(open[0]!)} is open; expected both to say the same`,
          open,
          manifest,
          `Let ${said(open[0]!)} ask who is calling, or state authentication: none`,
        ),
      )
    else if (authentication !== undefined && says && (authentication === 'none' ? open : closed).length > 0)
      claims.push(
        claim(
          { ...base, at: key },
          'evidenced',
          `"${path}" of "${service.name}" is ${authentication === 'none' ? 'open' : 'protected'}, as its document says`,
          found,
          manifest,
        ),
      )
    if (mutates === false && found.every(({ method }) => changes(method)))
      claims.push(
        claim(
          { ...base, question: 'idempotency', at: [...at, 'mutates'] },
          'contradicted',
          `"${path}" of "${service.name}" is said to change nothing, but all that it has is ${list(found.map(said))}; expected both to say the same`,
          found,
          manifest,
          'State mutates: true, or correct the document',
        ),
      )
    if (mutates === true && !found.some(({ method }) => changes(method)))
      claims.push(
        claim(
          { ...base, question: 'idempotency', at: [...at, 'mutates'] },
          'contradicted',
          `"${path}" of "${service.name}" is said to change state, but all that it has is ${list(found.map(said))}; expected both to say the same`,
          found,
          manifest,
          'State mutates: false, or correct the document',
        ),
      )
    return claims
  })
}

/** `/orders/{id}` of a document is `/orders/:id` and `/orders/*` of others. */
const isSamePath = (documented: string, route: string): boolean => {
  const steps = (path: string) =>
    path
      .replace(/\/+$/, '')
      .split('/')
      .map(step => (/^(?:\{.*\}|:.*|\*)$/.test(step) ? '*' : step))
  const [a, b] = [steps(documented), steps(route)]
  return a.length === b.length && a.every((step, i) => step === b[i])
}
