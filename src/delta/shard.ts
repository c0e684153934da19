import type { Shard } from '../reporters/reporter.ts'

export interface ShardChoice {
  /** From 1. */
  readonly index: number
  readonly count: number
}

/**
 * What of a list one shard takes: every `count`-th in the order of the names, so that no two shards differ by more than one and
 * all machines agree, whatever the order in which each lists the files.
 */
export function shardOf(names: readonly string[], { index, count }: ShardChoice): { names: string[]; shard: Shard } {
  const mine = new Set(names.toSorted((a, b) => (a < b ? -1 : 1)).filter((_, i) => i % count === index - 1))
  const taken = names.flatMap((name, position) => (mine.has(name) ? [{ name, position }] : []))
  return {
    names: taken.map(({ name }) => name),
    shard: { index, count, positions: taken.map(({ position }) => position) },
  }
}
