import type { Readable } from 'node:stream'
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import type { ByteRange, ObjectHead } from '../storage.ts'
import { guardedBody } from './guarded-body.ts'
import type { S3Bucket } from './s3-bucket.ts'
import { unlessMissing } from './s3-faults.ts'

export const headObject = async (bucket: S3Bucket, key: string): Promise<ObjectHead | undefined> => {
  const command = new HeadObjectCommand({ Bucket: bucket.name, Key: key })
  const head = await unlessMissing(bucket.call((sending) => bucket.client.send(command, sending)))
  if (head === undefined) return undefined
  const { ContentLength, LastModified, ETag } = head
  if (ContentLength === undefined || LastModified === undefined || ETag === undefined)
    throw new Error('S3 tells no size, date or tag of an object')
  return { sizeBytes: ContentLength, modifiedAt: LastModified, etag: ETag }
}

/** See `Storage.read`. */
export const readObject = async (
  bucket: S3Bucket,
  key: string,
  range?: ByteRange,
): Promise<Readable | undefined> => {
  const Range = range === undefined ? undefined : `bytes=${range.first}-${range.last}`
  const command = new GetObjectCommand({ Bucket: bucket.name, Key: key, Range })
  const answer = await unlessMissing(bucket.call((sending) => bucket.client.send(command, sending)))
  return answer === undefined ? undefined : guardedBody(answer.Body)
}
