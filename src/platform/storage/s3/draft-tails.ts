import { randomUUID } from 'node:crypto'
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { deleteObjects } from './delete-objects.ts'
import { readObject } from './read-object.ts'
import type { S3Bucket } from './s3-bucket.ts'
import { sendTimes } from './upload-in-parts.ts'

/** No key of an object begins so. */
const prefix = 'uploads/tails/'
/** Of one page, which begins with the oldest. */
const mostAtOnce = 1_000

/**
 * Keeps the bytes of a draft that fill no part. Each time under another key, so that a writer that comes too late replaces
 * nothing. Keys sort by their age.
 */
export const putTail = async (bucket: S3Bucket, data: Buffer<ArrayBuffer>): Promise<string> => {
  const key = `${prefix}${new Date().toISOString()}-${randomUUID()}`
  const command = new PutObjectCommand({
    Bucket: bucket.name,
    Key: key,
    Body: data,
    ContentLength: data.length,
  })
  await bucket.call((sending) => bucket.client.send(command, sending), sendTimes)
  return key
}

/** Undefined for one that is gone. */
export const readTail = (bucket: S3Bucket, key: string) => readObject(bucket, key)

/** Where that fails, it is left to `removeTailsBefore`. */
export const deleteTail = (bucket: S3Bucket, key: string): Promise<void> =>
  deleteObjects(bucket, [key]).catch(() => undefined)

/** Removes tails that were kept before `latest`, a thousand at most. Returns how many. */
export const removeTailsBefore = async (bucket: S3Bucket, latest: Date): Promise<number> => {
  const command = new ListObjectsV2Command({ Bucket: bucket.name, Prefix: prefix, MaxKeys: mostAtOnce })
  const { Contents = [] } = await bucket.call((sending) => bucket.client.send(command, sending))
  const keys = Contents.flatMap(({ Key, LastModified }) =>
    Key !== undefined && LastModified !== undefined && LastModified <= latest ? [Key] : [],
  )
  await deleteObjects(bucket, keys)
  return keys.length
}
