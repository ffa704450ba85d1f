import type { Storage } from '../../platform/storage/storage.ts'

/** A whole object in memory, `sizeBytes` of it at most: for pictures, whose kinds are bounded. */
export const readObject = async (
  storage: Storage,
  key: string,
  sizeBytes: number,
): Promise<Buffer | undefined> => {
  const stream = await storage.read(key, { first: 0, last: sizeBytes - 1 })
  if (stream === undefined) return undefined
  const data = Buffer.allocUnsafe(sizeBytes)
  let at = 0
  for await (const chunk of stream) {
    data.set(chunk, at)
    at += chunk.length
  }
  return data.subarray(0, at)
}
