import { S3ServiceException } from '@aws-sdk/client-s3'
import { boundedTurns } from '../../bounded-turns.ts'
import type { Drafts } from '../storage.ts'
import { uploadLost } from '../storage-faults.ts'
import { deleteTail } from './draft-tails.ts'
import { DraftUpload } from './draft-upload.ts'
import { headObject } from './read-object.ts'
import type { S3Bucket } from './s3-bucket.ts'
import { abortUpload, completeUpload } from './upload-in-parts.ts'

/** So many parts and tails, of 5 MiB at most, are in memory on their way to S3. */
const sentAtOnce = 8
const mostWaiting = 1_000

/**
 * Drafts as uploads in parts. The bytes behind the last whole part are an object of their own, the tail, until they fill a part
 * or are the last ones. Which parts and which tail count is what was noted of the draft: S3 completes an upload only of parts
 * with the tags that we tell, so a writer that lost its draft to another one cannot change what that one wrote.
 * @param directory for the parts that gather
 */
export const openS3Drafts = (bucket: S3Bucket, directory: string): Drafts => {
  const inTurn = boundedTurns('file storage', { atOnce: sentAtOnce, maxWaiting: mostWaiting })
  return {
    commitEveryMs: 5_000,
    open: (draft) => DraftUpload.open({ bucket, directory, inTurn }, draft),
    finish: async ({ key, parts }) => {
      if ((await headObject(bucket, key)) !== undefined) return
      if (parts === null) throw uploadLost()
      const isCompleted = await unlessLost(completeUpload(bucket, { key, ...parts }, parts.etags))
      // Another process may have completed it at the same time.
      if (!isCompleted && (await headObject(bucket, key)) === undefined) throw uploadLost()
    },
    delete: async ({ key, parts }) => {
      if (parts === null) return
      await abortUpload(bucket, { key, ...parts })
      if (parts.tailKey !== null) await deleteTail(bucket, parts.tailKey)
    },
  }
}

/** Of an upload that is gone, and of a part with another tag. */
const lostNames = new Set(['NoSuchUpload', 'InvalidPart'])

const unlessLost = async (completing: Promise<void>): Promise<boolean> => {
  try {
    await completing
    return true
  } catch (error) {
    if (error instanceof S3ServiceException && lostNames.has(error.name)) return false
    throw error
  }
}
