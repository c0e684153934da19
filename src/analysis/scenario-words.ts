import type { Scenario } from './scenario.ts'
import { duration, list, number } from '../units.ts'

/** `"psp" does not answer, at 3 times the load`. */
export function scenarioWords({ down, slow, dataLoss, cacheFlush, deploy, zoneLoss, load }: Scenario): string {
  const quoted = (names: readonly string[]) => list(names.map(name => `"${name}"`))
  const are = (names: readonly string[]) => (names.length === 1 ? 'is' : 'are')
  const parts: string[] = []
  if (down.length > 0) parts.push(`${quoted(down)} ${are(down)} down`)
  for (const { component, time } of slow)
    parts.push(
      Number.isFinite(time) ? `"${component}" answers after ${duration(time)}` : `"${component}" does not answer`,
    )
  if (dataLoss.length > 0) parts.push(`the data of ${quoted(dataLoss)} is lost`)
  if (cacheFlush.length > 0) parts.push(`${quoted(cacheFlush)} ${are(cacheFlush)} empty`)
  if (deploy.length > 0)
    parts.push(`${deploy.length > 5 ? `${number(deploy.length)} services` : quoted(deploy)} ${are(deploy)} rolled out`)
  if (zoneLoss) parts.push('one zone is lost')
  const what = list(parts)
  if (load === undefined) return what
  return parts.length === 0 ? loadWords(load) : `${what}, with ${loadWords(load)}`
}

function loadWords(load: NonNullable<Scenario['load']>): string {
  const factors = Object.entries(load)
  const [first] = factors
  if (!first) return 'another load'
  if (factors.every(([, factor]) => factor === first[1]))
    return `${number(first[1])} times the load${factors.length === 1 ? ` of "${first[0]}"` : ''}`
  return list(
    factors
      .filter(([, factor]) => factor !== 1)
      .map(([name, factor]) => `${number(factor)} times the load of "${name}"`),
  )
}
