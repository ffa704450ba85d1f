import { createHash } from 'node:crypto'
import { CopyObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { releaseChunk } from '../release-chunk.ts'
import type { ObjectHead, UploadGrant } from '../storage.ts'
import { checksumMismatch, objectExists } from '../storage-faults.ts'
import { deleteObjects } from './delete-objects.ts'
import { headObject, readObject } from './read-object.ts'
import type { S3Bucket } from './s3-bucket.ts'
import { unlessMissing } from './s3-faults.ts'

/** S3 copies inside; some servers move the bytes to do so. */
const copyTimes = { attemptTimeoutMs: 90_000, timeoutMs: 100_000 }

/** See `Storage.take`: a copy, since S3 has no second names. */
export const takeObject = async (
  bucket: S3Bucket,
  grant: Pick<UploadGrant, 'key' | 'sha256'>,
  key: string,
): Promise<ObjectHead | undefined> => {
  if ((await headObject(bucket, key)) !== undefined) throw objectExists()
  const command = new CopyObjectCommand({
    Bucket: bucket.name,
    Key: key,
    CopySource: `${bucket.name}/${grant.key}`,
    // Else S3 would repeat to readers what the sender said of it, such as an encoding.
    MetadataDirective: 'REPLACE',
    ContentType: 'application/octet-stream',
  })
  const copied = await unlessMissing(
    bucket.call((sending) => bucket.client.send(command, sending), copyTimes),
  )
  if (copied === undefined) return undefined
  if (grant.sha256 !== undefined && (await sha256Of(bucket, key)) !== grant.sha256) {
    await deleteObjects(bucket, [key, grant.key])
    throw checksumMismatch()
  }
  return headObject(bucket, key)
}

/** As the server verified it, where it keeps checksums of whole objects; else by reading all of it. */
const sha256Of = async (bucket: S3Bucket, key: string): Promise<string | undefined> => {
  const command = new HeadObjectCommand({ Bucket: bucket.name, Key: key, ChecksumMode: 'ENABLED' })
  const head = await unlessMissing(bucket.call((sending) => bucket.client.send(command, sending)))
  const known = Buffer.from(head?.ChecksumSHA256 ?? '', 'base64')
  if (known.length === 32) return known.toString('hex')
  const stream = await readObject(bucket, key)
  if (stream === undefined) return undefined
  const hash = createHash('sha256')
  for await (const chunk of stream) {
    hash.update(chunk)
    releaseChunk(chunk)
  }
  return hash.digest('hex')
}
