import { DeleteObjectsCommand } from '@aws-sdk/client-s3'
import type { S3Bucket } from './s3-bucket.ts'

/** S3 takes a thousand, but Swift deletes about fifty in a second. */
const mostAtOnce = 200
const deleteTimes = { attemptTimeoutMs: 20_000, timeoutMs: 30_000 }

/** Deletes objects, many with each request. @throws when one of them could not be deleted */
export const deleteObjects = async (bucket: S3Bucket, keys: readonly string[]): Promise<void> => {
  for (let at = 0; at < keys.length; at += mostAtOnce) {
    const Objects = keys.slice(at, at + mostAtOnce).map((Key) => ({ Key }))
    const command = new DeleteObjectsCommand({ Bucket: bucket.name, Delete: { Objects, Quiet: true } })
    const { Errors } = await bucket.call((sending) => bucket.client.send(command, sending), deleteTimes)
    const [failed] = Errors ?? []
    if (failed !== undefined) throw new Error(`S3 did not delete ${failed.Key}: ${failed.Code}`)
  }
}
