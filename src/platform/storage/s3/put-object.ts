import { createHash, type Hash } from 'node:crypto'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { tooLarge } from '../../errors.ts'
import { releaseChunk } from '../release-chunk.ts'
import type { PutOptions } from '../storage.ts'
import { checksumMismatch } from '../storage-faults.ts'
import { gatherParts, type Part, partBytes } from './gather-parts.ts'
import { MultipartUpload } from './multipart-upload.ts'
import type { S3Bucket } from './s3-bucket.ts'
import { mostParts, sendTimes } from './upload-in-parts.ts'

type Content = AsyncIterable<Uint8Array> | Iterable<Uint8Array>
type Seen = { hash: Hash; sizeBytes: number }

/**
 * Stores content under a key that nothing is under: in one request, or above 8 MB in parts, of which one leaves while the next
 * gathers. What fails is taken back, parts and all; only a process that dies leaves parts behind.
 */
export const putObject = async (bucket: S3Bucket, key: string, content: Content, options: PutOptions) => {
  const seen: Seen = { hash: createHash('sha256'), sizeBytes: 0 }
  const parts = gatherParts(watched(content, seen, options))
  const finish = () => {
    const sha256 = seen.hash.digest('hex')
    if (options.sha256 !== undefined && options.sha256 !== sha256) throw checksumMismatch()
    return { sizeBytes: seen.sizeBytes, sha256 }
  }
  const { value: first } = await parts.next()
  if (first === undefined) throw new Error('There is always a last part')
  if (!first.isLast) return putParts(bucket, key, [first, parts], finish, options.signal)
  const stored = finish()
  await putWhole(bucket, key, first.data, options.signal)
  return stored
}

async function* watched(
  content: Content,
  seen: Seen,
  { maxBytes, signal }: PutOptions,
): AsyncGenerator<Uint8Array> {
  const limit = Math.min(maxBytes, mostParts * partBytes)
  for await (const chunk of content) {
    signal?.throwIfAborted()
    seen.sizeBytes += chunk.byteLength
    if (seen.sizeBytes > limit) throw tooLarge(`At most ${limit} bytes can be stored here.`)
    seen.hash.update(chunk)
    yield chunk
  }
}

const putWhole = async (
  bucket: S3Bucket,
  key: string,
  data: Buffer<ArrayBuffer>,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const command = new PutObjectCommand({
    Bucket: bucket.name,
    Key: key,
    Body: data,
    ContentLength: data.length,
  })
  await bucket.call((sending) => bucket.client.send(command, sending), { ...sendTimes, signal })
  releaseChunk(data)
}

const putParts = async <Stored>(
  bucket: S3Bucket,
  key: string,
  [first, rest]: [Part, AsyncIterable<Part>],
  finish: () => Stored,
  signal: AbortSignal | undefined,
): Promise<Stored> => {
  const upload = await MultipartUpload.begin(bucket, key, signal)
  try {
    await upload.send(first.data)
    for await (const { data } of rest) await upload.send(data)
    const stored = finish()
    await upload.complete()
    return stored
  } catch (error) {
    await upload.abort()
    throw error
  }
}
