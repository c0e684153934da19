import { at, items, root, textOf, type Spot } from '../spot.ts'
import { quoted } from '../names.ts'
import type { ImportNote } from '../system.ts'
import { dangling } from './entry.ts'
import { bytesOf, millicores } from './facts.ts'
import type { Network } from './network.ts'
import type { KubeObject } from './objects.ts'
import type { Member } from './parts.ts'
import { hint as meant, unselected } from './policies.ts'
import { isUnprobed } from './probes.ts'
import type { Scaler } from './scaling.ts'
import { homeOf } from './volumes.ts'
import { isSelective, type LabelIndex } from './workload.ts'

/** Objects that name what is not there: autoscalers, budgets for disruptions, Services. */
export function danglingNotes(
  objects: readonly KubeObject[],
  scalers: readonly Scaler[],
  network: Network,
  index: LabelIndex,
  isElsewhere: (name: string) => boolean,
): ImportNote[] {
  const unmatched = scalers.flatMap(({ object, target }) => {
    if (network.workloads(target.name, object.namespace).some(one => one.object.kind === target.kind)) return []
    const near = index.in(object.namespace)
    if (near.length === 0) return []
    const [other] = network.workloads(target.name, object.namespace)
    const hint = other
      ? `; "${target.name}" is a ${other.object.kind}`
      : meant(
          target.name,
          near.map(one => one.object.name),
        )
    const message = `${object.kind} "${object.name}" scales the ${target.kind} "${target.name}", which is not in these files${hint}`
    return [dangling(target.spot, message)]
  })
  const budgets = objects.flatMap(object => {
    if (object.kind !== 'PodDisruptionBudget') return []
    const selector = at(root(object), 'spec', 'selector')
    const isFine = !isSelective(selector) || !index.has(object.namespace)
    return isFine || index.selected(selector, object.namespace).length > 0 ? [] : [unselected(object, selector, index)]
  })
  const services = network.all.flatMap(({ object, selector, workloads }) => {
    const pairs = Object.entries(selector)
    if (pairs.length === 0 || workloads.length > 0 || !index.has(object.namespace)) return []
    if (pairs.some(([, value]) => isElsewhere(value))) return []
    const text = pairs.map(([key, value]) => `${key}=${value}`).join(', ')
    const message = `Service "${object.name}" selects ${text}, which no workload in these files has`
    return [dangling(at(root(object), 'spec', 'selector'), message)]
  })
  return [...unmatched, ...budgets, ...services]
}

/** Faults that no key of a manifest can tell, one line for all that share one. */
export function defectNotes(members: readonly Member[]): ImportNote[] {
  const inside = members.filter(({ part }) => part.kind !== 'outside')
  const running = inside.filter(({ workload }) => !workload.isJob && workload.object.kind !== 'Pod')
  const unprobed = running.filter(({ workload }) => isUnprobed(workload))
  const names = (all: readonly Member[]) => quoted(all.map(({ name }) => name))
  return [
    ...homeless(inside),
    ...(unprobed.length > 0
      ? [
          defect(
            at(unprobed[0]!.main),
            `${names(unprobed)} ${unprobed.length === 1 ? 'has' : 'have'} no probe: instances get requests before they serve, and keep getting them when they hang`,
          ),
        ]
      : []),
    ...running.flatMap(starved),
    ...inside.flatMap(heaps),
  ]
}

function defect(spot: Spot, message: string): ImportNote {
  const { file, line, column } = spot.object.place(spot.path)
  return { kind: 'defect', message, file, line, column }
}

function homeless(members: readonly Member[]): ImportNote[] {
  const groups = new Map<string, { members: Member[]; spot: Spot }>()
  for (const member of members) {
    const { part, workload } = member
    if (!(part.kind === 'store' || part.kind === 'queue') || workload.isJob) continue
    const { is, words, spot } = homeOf(member)
    if (is !== 'gone' && is !== 'elsewhere') continue
    const group = groups.get(words)
    if (group) group.members.push(member)
    else groups.set(words, { members: [member], spot })
  }
  return [...groups].map(([words, { members, spot }]) => {
    const who = quoted(members.map(({ name }) => name))
    const [lose, hold] = members.length === 1 ? ['loses', 'it holds'] : ['lose', 'they hold']
    return defect(spot, `${who} ${lose} what ${hold} when the pod goes: ${words}`)
  })
}

/** The kernel gives out at least 1 ms of each period of 100 ms: less than 10m cannot be had. */
function starved({ name, main }: Member): ImportNote[] {
  const spot = at(main, 'resources', 'limits', 'cpu')
  const limit = millicores(textOf(spot))
  if (limit === undefined || limit <= 0 || limit >= 10) return []
  return [
    defect(
      spot,
      `"${name}" may use ${limit}m of a core, less than the 10m that the kernel can give out: at that, 10ms of work take 1s`,
    ),
  ]
}

/** A virtual machine needs memory beside its heap; a limit that is as large as the heap kills it under load. */
function heaps({ name, workload }: Member): ImportNote[] {
  return workload.containers.flatMap(container => {
    const limit = at(container, 'resources', 'limits', 'memory')
    const most = bytesOf(textOf(limit))
    if (most === undefined) return []
    const texts = [
      ...items(at(container, 'env')).map(one => textOf(at(one, 'value')) ?? ''),
      ...['command', 'args'].flatMap(key => items(at(container, key)).map(one => textOf(one) ?? '')),
    ]
    for (const text of texts) {
      const [option, amount, unit = ''] = /(?<![\w-])-Xmx(\d{1,12})([kmgKMG]?)/.exec(text) ?? []
      const factor = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }[unit.toLowerCase()] ?? 1
      if (option !== undefined && Number(amount) * factor >= most)
        return [
          defect(
            limit,
            `"${name}" has a heap (${option}) as large as its memory limit of ${textOf(limit)!}, and needs more than its heap`,
          ),
        ]
    }
    return []
  })
}
