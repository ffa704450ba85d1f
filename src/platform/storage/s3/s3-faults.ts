import { S3ServiceException } from '@aws-sdk/client-s3'
import { codeOf, networkCodes } from '../../database/infrastructure-error.ts'
import { AppError, insufficientStorage, unavailable } from '../../errors.ts'

const retryAfterSeconds = 2

/** What S3 servers say when they have no room: Swift and Ceph, MinIO. */
const fullCodes = new Set(['QuotaExceeded', 'InsufficientStorage', 'XMinioStorageFull'])

/** The storage is away, or refuses the keys that it took before: it cannot be used by anybody, and that may pass. */
export const isOutage = (error: unknown): boolean => {
  if (error instanceof S3ServiceException) {
    const status = statusOf(error) ?? 500
    // 501: it is there, and does not know the command.
    return !isFull(error) && ((status >= 500 && status !== 501) || [401, 403, 429].includes(status))
  }
  if (!(error instanceof Error) || error instanceof AppError) return false
  return error.name === 'TimeoutError' || networkCodes.has(codeOf(error) ?? '')
}

const isFull = (error: S3ServiceException) => fullCodes.has(error.name) || statusOf(error) === 507

const statusOf = (error: S3ServiceException) => error.$metadata.httpStatusCode

export const storageAway = (cause: unknown) => unavailable('file storage', retryAfterSeconds, cause)

/** What clients may know of what S3 answered. */
export const toS3Fault = (error: unknown): unknown => {
  if (error instanceof S3ServiceException && isFull(error)) return insufficientStorage(error)
  return isOutage(error) ? storageAway(error) : error
}

/** Undefined for an object that is not there. A bucket that is not there is another matter. */
export const unlessMissing = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer
  } catch (error) {
    if (error instanceof S3ServiceException && missingNames.has(error.name)) return undefined
    throw error
  }
}

const missingNames = new Set(['NotFound', 'NoSuchKey', 'NoSuchUpload'])
