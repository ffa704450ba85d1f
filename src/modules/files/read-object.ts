import { createHash } from 'node:crypto'
import { releaseChunk } from '../../platform/storage/release-chunk.ts'
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

/**
 * The SHA-256 of an object of any size, in lower-case hex.
 * @param onBytes is told how many bytes have been read so far; what it throws ends the reading
 */
export const hashObject = async (
  storage: Storage,
  key: string,
  onBytes: (readBytes: number) => void = () => undefined,
): Promise<string | undefined> => {
  const stream = await storage.read(key)
  if (stream === undefined) return undefined
  const hash = createHash('sha256')
  let readBytes = 0
  for await (const chunk of stream) {
    hash.update(chunk)
    readBytes += chunk.length
    releaseChunk(chunk)
    onBytes(readBytes)
  }
  return hash.digest('hex')
}
