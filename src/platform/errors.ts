/** One fault in the input: where it is, a machine-readable code, and a sentence for the reader. */
export type FieldFault = { path: string; code: string; message: string }

type ErrorOptions = { cause?: unknown; errors?: FieldFault[]; retryAfterSeconds?: number }

/**
 * The one error type that reaches clients as it is. Anything else that is thrown is answered as a 500
 * without its text. `code` is stable and machine-readable (`POST_NOT_FOUND`); `status` is the HTTP status.
 */
export class AppError extends Error {
  readonly status: number
  readonly code: string
  readonly errors: FieldFault[]
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, code: string, message: string, options: ErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.status = status
    this.code = code
    this.errors = options.errors ?? []
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** 400: the request cannot be parsed at all. */
export const badRequest = (message: string, code = 'BAD_REQUEST') => new AppError(400, code, message)

/** 401: nobody, or nobody we know. */
export const unauthorized = (message = 'Sign in to do this.', code = 'UNAUTHORIZED') =>
  new AppError(401, code, message)

/** 403: known, and not allowed. Use `notFound` where the caller may not even know that the thing exists. */
export const forbidden = (message = 'You may not do this.', code = 'FORBIDDEN') =>
  new AppError(403, code, message)

/** 404, with a code made of the resource's name: `notFound('generation')` is `GENERATION_NOT_FOUND`. */
export const notFound = (resource: string) =>
  new AppError(
    404,
    `${resource.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_NOT_FOUND`,
    `This ${resource} does not exist.`,
  )

/** 409: the request contradicts the state of what it names. */
export const conflict = (code: string, message: string) => new AppError(409, code, message)

/** 412: the thing is not as the client last saw it. */
export const preconditionFailed = (message: string) => new AppError(412, 'PRECONDITION_FAILED', message)

/** 413: more bytes than this place takes. */
export const tooLarge = (message: string) => new AppError(413, 'PAYLOAD_TOO_LARGE', message)

/** 415: a content type that this route does not read. */
export const unsupportedMediaType = (message: string) => new AppError(415, 'UNSUPPORTED_MEDIA_TYPE', message)

/** 422: parsed, but wrong; every fault with its field path. */
export const invalid = (errors: FieldFault[], message = 'Some fields are not valid.') =>
  new AppError(422, 'VALIDATION_FAILED', message, { errors })

/** 422 for one field. */
export const invalidField = (path: string, code: string, message: string) =>
  invalid([{ path, code, message }], message)

/** 429 with `Retry-After`. */
export const tooManyRequests = (retryAfterSeconds: number, message = 'Too many requests. Slow down.') =>
  new AppError(429, 'TOO_MANY_REQUESTS', message, { retryAfterSeconds })

/** 503 with `Retry-After`: something that we depend on is away for the moment. */
export const unavailable = (dependency: string, retryAfterSeconds: number, cause?: unknown) =>
  new AppError(
    503,
    'DEPENDENCY_UNAVAILABLE',
    `The ${dependency} is not available right now. Try again soon.`,
    {
      retryAfterSeconds,
      cause,
    },
  )

/** 507: the disk is full. */
export const insufficientStorage = (cause?: unknown) =>
  new AppError(507, 'INSUFFICIENT_STORAGE', 'The server has no room left to store this.', { cause })
