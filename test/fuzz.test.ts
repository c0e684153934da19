import fc from 'fast-check'
import { expect, test } from 'vitest'
import { complaints, type Input } from './fuzz-check.ts'
import { anyKinds, configurationOf, mutated, mutationKinds, startOf, type Mutation } from './fuzz-mutate.ts'

/**
 * Mutated manifests, and now and then a mutated configuration, through the whole program. `npm run fuzz` goes on for FUZZ_SECONDS (default 300) from a seed that it
 * prints; FUZZ_SEED repeats one. In the tests the same property has a few dozen turns from a fixed seed.
 */
const isLong = import.meta.env.MODE === 'fuzz'
const seconds = isLong ? Number(process.env['FUZZ_SECONDS'] ?? 300) : 20
const seed = isLong ? Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31) : 8

const index = fc.nat({ max: 1_000_000 })
const mutations = (kinds: readonly Mutation['kind'][], most: number): fc.Arbitrary<Mutation[]> =>
  fc.array(fc.record({ kind: fc.constantFrom(...kinds), where: index, what: index }), { maxLength: most })

const text = (start: string, edits: readonly Mutation[]) => edits.reduce(mutated, start)

const input: fc.Arbitrary<Input> = fc
  .record({
    start: index,
    first: mutations(mutationKinds, 2),
    then: mutations(mutationKinds, 5),
    config: fc.option(fc.record({ start: index, edits: mutations(anyKinds, 3) })),
  })
  .map(({ start, first, then, config }) => {
    const before = text(startOf(start), first)
    return {
      before,
      manifest: text(before, then),
      config: config ? text(configurationOf(config.start), config.edits) : undefined,
    }
  })

test(
  'whatever is done to a manifest, the answer is a report or a reason',
  { timeout: seconds * 1000 + 120_000 },
  async () => {
    if (isLong) console.log(`seed ${seed}, ${seconds} s`)
    let runs = 0
    await fc.assert(
      fc.asyncProperty(input, index, async (input, which) => {
        runs++
        expect(await complaints(input, which), JSON.stringify(input)).toEqual([])
      }),
      {
        seed,
        numRuns: isLong ? 10_000_000 : 60,
        ...(isLong ? { interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false } : {}),
      },
    )
    if (isLong) console.log(`${runs} manifests`)
    expect(runs).toBeGreaterThanOrEqual(isLong ? 1 : 60)
  },
)
