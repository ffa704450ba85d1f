import { randomBytes } from 'node:crypto'
import { zstdDecompressSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { openCompressor } from './compressor.ts'

it.each([
  { count: 24, bytes: 1024 ** 2, most: 8 },
  { count: 100, bytes: 100, most: 32 },
])('is ready when $most of $count parts of $bytes bytes are left', async ({ count, bytes, most }) => {
  const compressor = openCompressor()
  const parts = Array.from({ length: count }, () => randomBytes(bytes))
  let done = 0
  const compressed = parts.map(async (part) => {
    const answer = await compressor.compress(part)
    done += 1
    return answer
  })
  expect(done).toBe(0)
  await compressor.ready()
  expect(done).toBeGreaterThanOrEqual(count - most)
  await compressor.close()
  expect((await Promise.all(compressed)).map((answer) => zstdDecompressSync(answer))).toEqual(parts)
})
