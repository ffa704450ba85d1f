import { AppError, conflict } from '../errors.ts'

export const uploadInProgress = () =>
  new AppError(409, 'UPLOAD_IN_PROGRESS', 'This is being uploaded at this moment.', { retryAfterSeconds: 30 })

export const objectExists = () => conflict('OBJECT_EXISTS', 'This has been uploaded already.')

/** What had arrived was removed, or the database is older than it. */
export const uploadLost = () =>
  conflict('UPLOAD_LOST', 'What had arrived of this upload is gone. Ask how far it is, and send it again.')

export const isUploadLost = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'UPLOAD_LOST'

export const checksumMismatch = () => {
  const message = 'The SHA-256 of what arrived is not the declared one. Send it again.'
  return new AppError(422, 'CHECKSUM_MISMATCH', message, {
    errors: [{ path: 'sha256', code: 'checksum_mismatch', message }],
  })
}
