import { nameFor } from './names.ts'
import { compare } from './order.ts'
import { factOf, sourceOf, type Spot } from './spot.ts'
import type { ImportedElement, ImportedFact, ImportedSystem, Source } from './system.ts'

/** Gathers SLOs and the services that they are about, each under a name of its own. */
export class Slos {
  readonly #services = new Map<string, ImportedElement>()
  readonly #others = new Map<string, ImportedSystem['others'][number]>()

  /** A service that a specification names; what several say of it is put together. */
  service(text: string, spot: Spot, facts: readonly ImportedFact[] = [], signal = 'the service of an SLO'): void {
    const name = nameFor(text)
    const known = this.#services.get(name)
    const has = (fact: ImportedFact) => known?.facts.some(({ path }) => path.join('.') === fact.path.join('.')) === true
    const more = facts.filter(fact => !has(fact))
    if (known) this.#services.set(name, { ...known, facts: [...known.facts, ...more] })
    else
      this.#services.set(name, {
        kind: 'service',
        name,
        aliases: name === text ? [] : [text],
        source: sourceOf(spot, signal, 'stated'),
        facts: more,
      })
  }

  add(text: string, facts: readonly ImportedFact[], source: Source): void {
    const plain = nameFor(text)
    const values = (all: readonly ImportedFact[]) => JSON.stringify(all.map(({ path, value }) => [path, value]))
    let name = plain
    for (let i = 2; this.#others.has(name); i++) {
      // A copy of what is there already says nothing new.
      if (values(this.#others.get(name)!.facts) === values(facts)) return
      name = `${plain}-${i}`
    }
    this.#others.set(name, { section: 'slos', name, facts, source })
  }

  elements(): ImportedElement[] {
    return [...this.#services.values()].sort((a, b) => compare(a.name, b.name))
  }

  others(): ImportedSystem['others'] {
    return [...this.#others.values()].sort((a, b) => compare(a.name, b.name))
  }
}

export interface Indicator {
  readonly name: string
  /** What is measured, in whichever language of queries. */
  readonly query: string
  readonly spot: Spot
}

/**
 * What an SLO measures, by its query: the bound of a histogram's bucket is a latency with its threshold, codes of answers are
 * availability. By its name alone it is a guess.
 */
export function indicatorFacts({ name, query, spot }: Indicator): ImportedFact[] {
  const bucket = /_bucket\{[^}]*\ble\s*=~?\s*"([\d.]+)"/.exec(query)?.[1]
  if (bucket !== undefined) {
    const unit = /_(milliseconds|ms|seconds)_bucket/.exec(query)?.[1]
    const threshold =
      unit && Number(bucket) > 0 ? thresholdText(Number(bucket) * (unit === 'seconds' ? 1000 : 1)) : undefined
    return [
      factOf(['indicator'], 'latency', spot, 'the bound of a bucket', 'derived'),
      ...(threshold === undefined ? [] : [factOf(['threshold'], threshold, spot, 'the bound of a bucket', 'derived')]),
    ]
  }
  if (/\b(?:code|status|status_code|response_code|http_status|grpc_code|http_status_code)\s*(?:=~|!~|!=|=)/.test(query))
    return [factOf(['indicator'], 'availability', spot, 'codes of answers', 'derived')]
  const word = /latenc|response.?time|duration/i.test(name)
    ? 'latency'
    : /availab|success|error|uptime/i.test(name)
      ? 'availability'
      : /fresh/i.test(name)
        ? 'freshness'
        : undefined
  return word === undefined ? [] : [factOf(['indicator'], word, spot, `the name ${name}`, 'guessed')]
}

/** Milliseconds as a manifest writes them. */
export const thresholdText = (milliseconds: number): string =>
  milliseconds >= 1000 && milliseconds % 1000 === 0
    ? `${milliseconds / 1000}s`
    : `${Number(milliseconds.toPrecision(12))}ms`
