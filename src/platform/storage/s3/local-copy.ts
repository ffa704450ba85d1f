import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { toDiskFault } from '../new-file.ts'
import { readObject } from './read-object.ts'
import type { S3Bucket } from './s3-bucket.ts'

/** Copies an object to a file in `directory`, which is removed when it is disposed of. */
export const copyLocally = async (
  bucket: S3Bucket,
  key: string,
  directory: string,
  signal?: AbortSignal,
): Promise<(AsyncDisposable & { path: string }) | undefined> => {
  const stream = await readObject(bucket, key)
  if (stream === undefined) return undefined
  const file = path.join(directory, randomUUID())
  const remove = () => rm(file, { force: true })
  try {
    await pipeline(stream, createWriteStream(file, { flags: 'wx', mode: 0o600 }), signal ? { signal } : {})
  } catch (error) {
    await remove()
    signal?.throwIfAborted()
    throw toDiskFault(error)
  }
  return { path: file, [Symbol.asyncDispose]: remove }
}
