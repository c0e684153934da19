import type { Claim, QuestionKey } from '../../finding.ts'
import type { Call, Service } from '../../manifest/model.ts'
import { list } from '../../units.ts'
import { nothing, unreadableFile, unreadablePart, type Manifest, type Told } from '../claims.ts'
import type { EvidenceFile } from '../yaml.ts'
import { claim, said } from './claim.ts'
import { readApis, type Api, type Operation } from './document.ts'
import { routeClaims } from './routes.ts'

/** OpenAPI documents against what a manifest says of services, their routes and the calls to them. */
export function openapiEvidence(files: readonly EvidenceFile[], manifest: Manifest): Told {
  const told = nothing()
  const byService = new Map<Service, Api[]>()
  for (const file of files) {
    const { apis, fault } = readApis(file)
    if (fault) {
      const { location, message } = fault
      const text = `${location.file}:${location.start.line}: ${message}`
      told.problems.push(unreadableFile('openapi', text, location, manifest))
    }
    for (const api of apis) {
      const service = serviceOf(api, manifest)
      if (service) byService.set(service, [...(byService.get(service) ?? []), api])
      else {
        const why = 'It names no service of the manifest: call its file or its title like one, or add x-service'
        told.questions.push(unreadablePart('openapi', 'idempotency', api.file, why, api.location, manifest))
      }
    }
  }
  for (const [service, apis] of byService) {
    const operations = apis.flatMap(api => api.operations)
    const calls = manifest.model.calls.filter(({ target }) => target === service)
    told.claims.push(
      ...calls.flatMap(call => keyClaim(call, operations, manifest) ?? []),
      ...routeClaims(service, apis, manifest),
      ...limitClaim(service, operations, manifest),
    )
  }
  return told
}

/** `Orders API`, `orders-service.yaml` and `orders` are one name. */
const plain = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/\b(?:api|service|rest|http|openapi|swagger|v\d+)\b/g, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')

function serviceOf({ names }: Api, { model }: Manifest): Service | undefined {
  for (const name of names) {
    const found = [...model.services.values()].filter(service => plain(service.name) === plain(name))
    if (found.length === 1) return found[0]
  }
  return undefined
}

const sameName = (a: string, b: string) =>
  a.replaceAll(/[^a-z0-9]/gi, '').toLowerCase() === b.replaceAll(/[^a-z0-9]/gi, '').toLowerCase()

/** The header that carries an idempotency key, at the operation that the call names or at all that change something. */
function keyClaim(call: Call, operations: readonly Operation[], manifest: Manifest): Claim | undefined {
  const { idempotencyKey: key, operation, path, name } = call
  if (typeof key !== 'object' || key.header === undefined) return undefined
  const header = key.header.toLowerCase()
  const base = { subject: path, question: 'idempotency' as QuestionKey, at: [...path, 'idempotencyKey'] }
  const named =
    operation === undefined ? [] : operations.filter(({ id }) => id !== undefined && sameName(id, operation))
  const meant = named.length > 0 ? named : operations.filter(({ method }) => ['post', 'patch'].includes(method))
  if (operation !== undefined && named.length === 0)
    return claim(
      base,
      'claimed',
      `"${name}" calls "${operation}", which no OpenAPI document has as an operationId`,
      [],
      manifest,
    )
  const without = meant.filter(({ headers }) => !headers.includes(header))
  if (meant.length === 0)
    return claim(
      base,
      'claimed',
      `"${name}" sends ${key.header}, but no operation is documented that changes something`,
      [],
      manifest,
    )
  if (without.length === 0)
    return claim(
      base,
      'evidenced',
      `"${name}" sends ${key.header}, which ${list(meant.map(said).slice(0, 3))} ${meant.length === 1 ? 'takes' : 'take'}`,
      meant,
      manifest,
    )
  if (named.length === 0 && without.length < meant.length)
    return claim(
      base,
      'claimed',
      `"${name}" sends ${key.header}, which ${without.length} of ${meant.length} operations do not take; an operation says which is meant`,
      without,
      manifest,
    )
  return claim(
    base,
    'missing',
    `"${name}" sends ${key.header}, but ${said(without[0]!)} takes no such header; expected the callee to know repeats by it`,
    without,
    manifest,
    `Let ${said(without[0]!)} take ${key.header} and document it, or take the key out of the call`,
  )
}

function limitClaim(service: Service, operations: readonly Operation[], manifest: Manifest): Claim[] {
  const { rateLimit, path, name } = service
  if (rateLimit === undefined) return []
  const base = { subject: path, question: 'partial-failure' as QuestionKey, at: [...path, 'rateLimit'] }
  const refusing = operations.filter(({ responses }) => responses.has('429'))
  if (rateLimit === 'none')
    return refusing.length === 0
      ? []
      : [
          claim(
            base,
            'contradicted',
            `"${name}" is said to have no rate limit, but ${said(refusing[0]!)} may answer 429; expected both to say the same`,
            refusing,
            manifest,
            'State the limit, or take 429 out of the document',
          ),
        ]
  if (refusing.length === 0)
    return [claim(base, 'claimed', `"${name}" limits the rate, and its document says nothing of 429`, [], manifest)]
  const silent = refusing.filter(({ responses }) => !responses.get('429')!.includes('retry-after'))
  if (silent.length === 0)
    return [
      claim(
        base,
        'evidenced',
        `"${name}" limits the rate, and ${said(refusing[0]!)} answers 429 with Retry-After`,
        refusing,
        manifest,
      ),
    ]
  return [
    claim(
      base,
      'missing',
      `"${name}" limits the rate, but ${said(silent[0]!)} answers 429 without Retry-After; expected it to say when to try again`,
      silent,
      manifest,
      'Send Retry-After with 429, and document it',
    ),
  ]
}
