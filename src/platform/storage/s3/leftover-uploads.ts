import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type MultipartUpload,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { isObjectKey } from '../object-key.ts'
import type { S3Bucket } from './s3-bucket.ts'
import { unlessMissing } from './s3-faults.ts'

/** Of one page, which is what one run looks through. */
const mostAtOnce = 1_000

/**
 * Aborts uploads in parts that began before `latest`, a thousand at most: their process died. Those of others in the same
 * bucket are left alone. Several processes do not disturb each other. Returns how many.
 */
export const abortUploadsBefore = async (bucket: S3Bucket, latest: Date): Promise<number> => {
  let aborted = 0
  for (const { Key, UploadId, Initiated } of await listUploads(bucket)) {
    if (Key === undefined || !isObjectKey(Key) || Initiated === undefined || Initiated > latest) continue
    const command = new AbortMultipartUploadCommand({ Bucket: bucket.name, Key, UploadId })
    await unlessMissing(bucket.call((sending) => bucket.client.send(command, sending)))
    aborted += 1
  }
  return aborted
}

const listUploads = async (bucket: S3Bucket): Promise<MultipartUpload[]> => {
  const command = new ListMultipartUploadsCommand({ Bucket: bucket.name, MaxUploads: mostAtOnce })
  const list = bucket.call((sending) => bucket.client.send(command, sending))
  const { Uploads } = await list.catch((error: unknown) => {
    // Such a server has means of its own, or keeps nothing for long.
    if (error instanceof S3ServiceException && error.name === 'NotImplemented') return { Uploads: [] }
    throw error
  })
  return Uploads ?? []
}
