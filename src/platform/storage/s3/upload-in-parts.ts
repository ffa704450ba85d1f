import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { S3Bucket } from './s3-bucket.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const mostParts = 10_000

/** A part at 140 KB/s. */
export const sendTimes = { attemptTimeoutMs: 60_000, timeoutMs: 150_000 }
/** S3 puts the parts together before it answers. */
const completeTimes = { attemptTimeoutMs: 120_000, timeoutMs: 120_000 }

/** What is sent in parts, and is an object under `key` when it is completed. */
export type UploadInParts = { key: string; uploadId: string }

export const beginUpload = async (
  bucket: S3Bucket,
  key: string,
  signal?: AbortSignal,
): Promise<UploadInParts> => {
  const command = new CreateMultipartUploadCommand({ Bucket: bucket.name, Key: key })
  const { UploadId } = await bucket.call((sending) => bucket.client.send(command, sending), { signal })
  if (UploadId === undefined) throw new Error('S3 tells no id of an upload in parts')
  return { key, uploadId: UploadId }
}

/** Sends one part, the first of which has number 1, in place of one with its number. Returns its tag. */
export const sendPart = async (
  bucket: S3Bucket,
  upload: UploadInParts,
  number: number,
  data: Buffer<ArrayBuffer>,
  signal?: AbortSignal,
): Promise<string> => {
  const part = { PartNumber: number, Body: data, ContentLength: data.length }
  const command = new UploadPartCommand({ ...targetOf(bucket, upload), ...part })
  const { ETag } = await bucket.call((sending) => bucket.client.send(command, sending), {
    ...sendTimes,
    signal,
  })
  if (ETag === undefined) throw new Error('S3 tells no tag of a part')
  return ETag
}

/** Makes an object of the parts with these tags. @throws what S3 answers when a part with another tag took the place of one */
export const completeUpload = async (
  bucket: S3Bucket,
  upload: UploadInParts,
  etags: readonly string[],
  signal?: AbortSignal,
): Promise<void> => {
  const Parts = etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }))
  const command = new CompleteMultipartUploadCommand({
    ...targetOf(bucket, upload),
    MultipartUpload: { Parts },
  })
  await bucket.call((sending) => bucket.client.send(command, sending), { ...completeTimes, signal })
}

/** Takes back what was sent. Where that fails, the parts are left to `abortUploadsBefore`. */
export const abortUpload = async (bucket: S3Bucket, upload: UploadInParts): Promise<void> => {
  const command = new AbortMultipartUploadCommand(targetOf(bucket, upload))
  await bucket.call((sending) => bucket.client.send(command, sending)).catch(() => undefined)
}

const targetOf = (bucket: S3Bucket, { key, uploadId }: UploadInParts) => ({
  Bucket: bucket.name,
  Key: key,
  UploadId: uploadId,
})
