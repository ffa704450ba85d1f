import { HeadBucketCommand } from '@aws-sdk/client-s3'
import type { Logger } from 'pino'
import { leftoverAgeMs, removeFilesBefore } from '../leftover-files.ts'
import { makeDirectory } from '../new-file.ts'
import { isObjectKey } from '../object-key.ts'
import { rememberLinks } from '../remembered-links.ts'
import { signDownloadUrl } from '../signed-url.ts'
import type { Storage } from '../storage.ts'
import { objectExists, uploadInProgress } from '../storage-faults.ts'
import { deleteObjects } from './delete-objects.ts'
import { removeTailsBefore } from './draft-tails.ts'
import { abortUploadsBefore } from './leftover-uploads.ts'
import { copyLocally } from './local-copy.ts'
import { putObject } from './put-object.ts'
import { headObject, readObject } from './read-object.ts'
import { callInTime, S3Bucket } from './s3-bucket.ts'
import { openS3Client, type S3Options } from './s3-client.ts'
import { openS3Drafts } from './s3-drafts.ts'
import { signS3Download, signS3Upload } from './s3-links.ts'
import { isBucketReady } from './start-check.ts'
import { takeObject } from './take-object.ts'

export type S3StorageOptions = S3Options & {
  /** For objects that a program reads as a file, and parts that gather. Made when it is not there. */
  directory: string
  /** Signs the links that lead to `storage.routes.ts`. */
  signingKey: Uint8Array
  log: Logger
  /** Given by tests. */
  leftoversAfterMs?: number
}

/**
 * A link that is good for longer is one that is kept. It has to survive a change of keys or endpoint, and S3 signs for seven
 * days at most, so it leads to this server, which passes the bytes on.
 */
const longestS3LinkMs = 2 * 60 * 60_000
const checkTimeoutMs = 2_000

/**
 * Keeps objects in a bucket of S3. It also opens while S3 is away.
 * @throws StartFault when the bucket is not there or the keys do not open it
 */
export const openS3Storage = async (options: S3StorageOptions): Promise<Storage> => {
  const { directory, signingKey, log, leftoversAfterMs = leftoverAgeMs } = options
  const bucket = new S3Bucket(openS3Client(options), options.bucket)
  const signer = openS3Client(options, options.publicEndpoint)
  /** Keys that are being put by this process. */
  const writing = new Set<string>()
  const own = (key: string): string => {
    if (!isObjectKey(key)) throw new Error('Not the key of an object')
    return key
  }
  await makeDirectory(directory)
  if (!(await isBucketReady(bucket, options)))
    log.warn({ endpoint: options.endpoint }, 'S3 is away: files answer 503 until it is back')
  return {
    put: async (key, content, putOptions) => {
      if (writing.has(own(key))) throw uploadInProgress()
      writing.add(key)
      try {
        if ((await headObject(bucket, key)) !== undefined) throw objectExists()
        return await putObject(bucket, key, content, putOptions)
      } finally {
        writing.delete(key)
      }
    },
    take: ({ key: sentKey, sha256 }, key) => takeObject(bucket, { key: own(sentKey), sha256 }, own(key)),
    head: async (key) => headObject(bucket, own(key)),
    read: async (key, range) => readObject(bucket, own(key), range),
    openLocally: async (key, signal) => copyLocally(bucket, own(key), directory, signal),
    delete: async (keys) => deleteObjects(bucket, keys.map(own)),
    signUpload: async (grant) => signS3Upload(signer, bucket.name, { ...grant, key: own(grant.key) }),
    signDownload: rememberLinks((grant) => {
      own(grant.key)
      return grant.expiresAt.getTime() - Date.now() > longestS3LinkMs
        ? signDownloadUrl(signingKey, grant)
        : signS3Download(signer, bucket.name, grant)
    }),
    drafts: openS3Drafts(bucket, directory),
    removeLeftovers: async () => {
      const latest = new Date(Date.now() - leftoversAfterMs)
      const [onDisk, tails] = [
        await removeFilesBefore(directory, latest),
        await removeTailsBefore(bucket, latest),
      ]
      return onDisk + tails + (await abortUploadsBefore(bucket, latest))
    },
    check: async () => {
      const command = new HeadBucketCommand({ Bucket: bucket.name })
      await callInTime((sending) => bucket.client.send(command, sending), { timeoutMs: checkTimeoutMs })
    },
    close: () => {
      bucket.close()
      signer.destroy()
    },
  }
}
