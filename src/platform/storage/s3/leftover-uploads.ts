import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type MultipartUpload,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { isObjectKey } from '../object-key.ts'
import type { S3Bucket } from './s3-bucket.ts'
import { unlessMissing } from './s3-faults.ts'

const pageSize = 1_000
/** Of one run: a hundred thousand uploads. */
const mostPages = 100

/**
 * Aborts uploads in parts that began before `latest`: their process died, or nobody came back to resume them. Those of others
 * in the same bucket are left alone. Several processes do not disturb each other. Returns how many.
 */
export const abortUploadsBefore = async (bucket: S3Bucket, latest: Date): Promise<number> => {
  let aborted = 0
  for await (const { Key, UploadId, Initiated } of listUploads(bucket)) {
    if (Key === undefined || !isObjectKey(Key) || Initiated === undefined || Initiated > latest) continue
    const command = new AbortMultipartUploadCommand({ Bucket: bucket.name, Key, UploadId })
    await unlessMissing(bucket.call((sending) => bucket.client.send(command, sending)))
    aborted += 1
  }
  return aborted
}

async function* listUploads(bucket: S3Bucket): AsyncGenerator<MultipartUpload> {
  let from: { KeyMarker?: string; UploadIdMarker?: string } = {}
  for (let page = 0; page < mostPages; page += 1) {
    const { Uploads, IsTruncated, NextKeyMarker, NextUploadIdMarker } = await listPage(bucket, from)
    yield* Uploads ?? []
    if (!IsTruncated || !NextKeyMarker) return
    from = { KeyMarker: NextKeyMarker, ...(NextUploadIdMarker && { UploadIdMarker: NextUploadIdMarker }) }
  }
}

const listPage = (bucket: S3Bucket, from: { KeyMarker?: string; UploadIdMarker?: string }) => {
  const command = new ListMultipartUploadsCommand({ Bucket: bucket.name, MaxUploads: pageSize, ...from })
  const list = bucket.call((sending) => bucket.client.send(command, sending))
  return list.catch((error: unknown): Partial<ListMultipartUploadsCommandOutput> => {
    // Such a server has means of its own, or keeps nothing for long.
    if (error instanceof S3ServiceException && error.name === 'NotImplemented') return {}
    throw error
  })
}
