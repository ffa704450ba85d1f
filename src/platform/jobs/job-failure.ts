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
  constructor(code: string, message: string, options: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(message, options)
    this.name = 'TemporaryFailure'
    this.code = code
    this.retryAfterMs = options.retryAfterMs
  }
}

export const isPermanent = (error: unknown): boolean =>
  error instanceof PermanentFailure ||
  (error instanceof AppError && error.status >= 400 && error.status < 500)

/** The text of an unexpected error stays in the log: it may name hosts, files or other people's data. */
export const reasonOf = (error: unknown): FailureReason => {
  if (error instanceof PermanentFailure || error instanceof TemporaryFailure || error instanceof AppError) {
    return { code: error.code, message: error.message }
  }
  return { code: 'JOB_FAILED', message: 'The job failed unexpectedly.' }
}
