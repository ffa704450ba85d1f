import { AppError } from '../errors.ts'

/** What the job's owner may read about why it failed. */
export type FailureReason = { code: string; message: string }

/** Thrown by a handler when trying again is of no use. `message` is shown to the job's owner. */
export class PermanentFailure extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PermanentFailure'
    this.code = code
  }
}

/** Thrown by a handler that knows when to try again, for example from a 429's `Retry-After`. Counts as a failure. */
export class TemporaryFailure extends Error {
  readonly code: string
  readonly retryAfterMs: number | undefined
  /** What the owner has named is at fault, such as his receiver of webhooks: no concern of who runs Backlot. */
  readonly isOwners: boolean
  constructor(
    code: string,
    message: string,
    options: ErrorOptions & { retryAfterMs?: number; isOwners?: boolean } = {},
  ) {
    super(message, options)
    this.name = 'TemporaryFailure'
    this.code = code
    this.retryAfterMs = options.retryAfterMs
    this.isOwners = options.isOwners ?? false
  }
}

export const isPermanent = (error: unknown): boolean =>
  error instanceof PermanentFailure ||
  (error instanceof AppError && error.status >= 400 && error.status < 500)

/** Whether who runs Backlot has to look, when trying again was of no use. */
export const isUnexpected = (error: unknown): boolean =>
  !isPermanent(error) && !(error instanceof TemporaryFailure && error.isOwners)

/** The text of an unexpected error stays in the log: it may name hosts, files or other people's data. */
export const reasonOf = (error: unknown): FailureReason => {
  if (error instanceof PermanentFailure || error instanceof TemporaryFailure || error instanceof AppError) {
    // PostgreSQL's text takes neither a NUL nor half a character.
    return { code: error.code, message: error.message.replaceAll('\0', '').toWellFormed() }
  }
  return { code: 'JOB_FAILED', message: 'The job failed unexpectedly.' }
}
