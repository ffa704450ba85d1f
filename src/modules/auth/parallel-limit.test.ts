import { expect, test } from 'vitest'
import { parallelLimit } from './parallel-limit.ts'

test('so many of a key may be underway, and the next when one has ended, well or not', async () => {
  const limit = parallelLimit(2)
  const end = limit.begin('a')
  limit.begin('a')
  expect(() => limit.begin('a')).toThrow('Too many at the same time')
  await expect(limit.during('a', async () => 'never')).rejects.toMatchObject({ status: 429 })
  limit.begin('b')
  end()
  await expect(limit.during('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await limit.during('a', async () => 'done')).toBe('done')
})
