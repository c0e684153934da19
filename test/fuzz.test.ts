import fc from 'fast-check'
import { expect, test } from 'vitest'
import { complaints } from './fuzz-check.ts'
import { mutated, mutationKinds, startOf, type Mutation } from './fuzz-mutate.ts'

/**
 * Mutated manifests through the whole program. `npm run fuzz` goes on for FUZZ_SECONDS (default 300) from a seed that it
 * prints; FUZZ_SEED repeats one. In the tests the same property has a few dozen turns from a fixed seed.
 */
const isLong = import.meta.env.MODE === 'fuzz'
const seconds = isLong ? Number(process.env['FUZZ_SECONDS'] ?? 300) : 20
const seed = isLong ? Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31) : 8

const index = fc.nat({ max: 1_000_000 })
const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom(...mutationKinds),
  where: index,
  what: index,
})

test(
  'whatever is done to a manifest, the answer is a report or a reason',
  { timeout: seconds * 1000 + 120_000 },
  async () => {
    if (isLong) console.log(`seed ${seed}, ${seconds} s`)
    let runs = 0
    await fc.assert(
      fc.asyncProperty(
        index,
        fc.array(mutation, { minLength: 1, maxLength: 5 }),
        index,
        async (start, mutations, which) => {
          runs++
          const text = mutations.reduce(mutated, startOf(start))
          expect(await complaints(text, which), text).toEqual([])
        },
      ),
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
