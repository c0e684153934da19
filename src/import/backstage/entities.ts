import { isMap, type YamlDocument } from '../documents.ts'
import { at, items, root, textOf, type Spot } from '../spot.ts'

/** An entity of a Backstage catalog. */
export interface Entity {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** `service`, `database`, `openapi`; in lower case. */
  readonly type: string
  readonly spot: Spot
  /** `component:default/orders`, in lower case. */
  readonly ref: string
}

export function entityOf(document: YamlDocument): Entity | undefined {
  const { value } = document
  if (!isMap(value) || !/^backstage\.io\//.test(String(value['apiVersion']))) return undefined
  const spot = root(document)
  const [kind, name] = [textOf(at(spot, 'kind')), textOf(at(spot, 'metadata', 'name'))]
  if (kind === undefined || name === undefined) return undefined
  const namespace = textOf(at(spot, 'metadata', 'namespace')) ?? 'default'
  const ref = `${kind}:${namespace}/${name}`.toLowerCase()
  return { kind, namespace, name, type: (textOf(at(spot, 'spec', 'type')) ?? '').toLowerCase(), spot, ref }
}

/** `[kind:][namespace/]name` in full, with what is left out taken from where it stands. */
export function fullRef(text: string, kind: string, namespace: string): string {
  const [, first, second, name = text] = /^(?:([^:/]+):)?(?:([^:/]+)\/)?([^:/]+)$/.exec(text.trim()) ?? []
  return `${first ?? kind}:${second ?? namespace}/${name}`.toLowerCase()
}

/** References of a list, each with its place. */
export function refsOf(entity: Entity, key: string, kind: string): { ref: string; text: string; spot: Spot }[] {
  return items(at(entity.spot, 'spec', key)).flatMap(spot => {
    const text = textOf(spot)
    return text === undefined ? [] : [{ ref: fullRef(text, kind, entity.namespace), text, spot }]
  })
}
