import { expect, test } from 'vitest'
import { registry } from './generate.ts'

test('src/rules/index.ts', async () => {
  await expect(registry()).toMatchFileSnapshot('../src/rules/index.ts')
})
